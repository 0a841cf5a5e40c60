"""The page of a file, its list, and the little that others may know."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.timezone import localdate

from palier.kernel.access import Actor, system_actor
from palier.kernel.documents.selectors import DocumentFile, DocumentLine, document_file, documents_about
from palier.kernel.errors import NotFound
from palier.modules.partners import public as partners
from palier.modules.people import public as people
from palier.modules.referrals import public as referrals
from palier.modules.support.enums import AppointmentState, FileState, Meetings, StepState
from palier.modules.support.models import Appointment, FileReading, SupportFile
from palier.modules.support.models.files import FOLLOWED, UNFINISHED
from palier.modules.support.permissions import Permission
from palier.modules.support.rules.meetings import is_allowed
from palier.modules.support.selectors.access import NotAReader, may_read, readers_of
from palier.modules.support.selectors.modes import meetings_mode

READING_LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class AccompaniedCard:
    """What others see: that a person is accompanied, and whom to ask. `file_id` only for those who may read."""

    worker_name: str
    worker_phone: str
    since: date | None
    is_proposed: bool
    file_id: UUID | None
    reference: str


@dataclass(frozen=True)
class StepLine:
    """One step with its partner's name and what the hand-over became."""

    id: UUID
    title: str
    doer: str
    doer_label: str
    aim_id: UUID | None
    partner_id: UUID | None
    partner_name: str
    due_on: date | None
    state: str
    state_label: str
    outcome: str
    ended_on: date | None
    is_late: bool
    referral: Any


@dataclass(frozen=True)
class AppointmentLine:
    """One appointment; `is_allowed` is False when the mode in force no longer lets it be held there."""

    id: UUID
    file_id: UUID
    reference: str
    person_name: str
    starts_at: datetime
    minutes: int
    place: str
    place_label: str
    where: str
    state: str
    state_label: str
    outcome: str
    is_allowed: bool
    is_past: bool


@dataclass(frozen=True)
class PartnerLine:
    """A partner who takes part."""

    id: UUID
    partner_id: UUID
    name: str
    phone: str
    role: str
    may_share: bool
    consent_how: str
    since: date


@dataclass(frozen=True)
class FilePage:
    """Everything that the page of one file shows. `other`: a second file of the same person, both unfinished."""

    file: SupportFile
    person_name: str
    home: people.Home | None
    mode: Meetings
    aims: tuple[Any, ...]
    steps: tuple[StepLine, ...]
    partners: tuple[PartnerLine, ...]
    appointments: tuple[AppointmentLine, ...]
    papers: tuple[Any, ...]
    story: tuple[Any, ...]
    readers: tuple[Any, ...]
    readings: tuple[FileReading, ...]
    documents: tuple[DocumentLine, ...]
    other: SupportFile | None

    @property
    def late_steps(self) -> int:
        return sum(one.is_late for one in self.steps)

    @property
    def is_open(self) -> bool:
        return self.file.state in FOLLOWED


def file_for(*, file_id: UUID, actor: Actor) -> SupportFile:
    """Return a file that this person may read. Raises: NotFound, NotAReader."""
    file = SupportFile.objects.in_clear().filter(pk=file_id).first()
    if file is None:
        raise NotFound
    if not may_read(file, actor):
        raise NotAReader(readers=readers_of(file))
    return file


def has_opened(file: SupportFile, actor: Actor, *, at: datetime) -> bool:
    """Say whether the page shows: to its worker always, to another reader for half an hour after saying so."""
    if actor.user_id is not None and file.worker_id == actor.user_id:
        return True
    return FileReading.objects.filter(
        file_id=file.pk, by_id=actor.user_id, at__gt=at - READING_LASTS
    ).exists()


def file_page(*, file: SupportFile, at: datetime) -> FilePage:
    """Gather the page of a file. At most sixteen queries, whatever it holds."""
    today = localdate(at)
    name = people.names([file.person_id]).get(file.person_id)
    mode = meetings_mode(person_ids=[file.person_id], at=at)[file.person_id]
    appointments = list(file.appointments.order_by("-starts_at"))
    return FilePage(
        file=file,
        person_name=name.name if name else "",
        home=people.homes_of([file.person_id], on=today).get(file.person_id),
        mode=mode,
        aims=tuple(file.aims.all()),
        steps=_steps(file, today),
        partners=_partners(file),
        appointments=tuple(
            appointment_line(one, person_name=name.name if name else "", mode=mode, at=at)
            for one in appointments
        ),
        papers=tuple(file.papers.all()),
        story=tuple(file.entries.order_by("-at", "-recorded_at")),
        readers=tuple(file.readers.order_by("name")),
        readings=tuple(FileReading.objects.filter(file_id=file.pk).order_by("-at")[:20]),
        documents=_documents(file),
        other=_other(file),
    )


def _other(file: SupportFile) -> SupportFile | None:
    """One person has one file at a time, unless two records were merged: whoever reads must know of both."""
    if file.state not in UNFINISHED:
        return None
    rows = SupportFile.objects.in_clear().filter(person_id=file.person_id, state__in=UNFINISHED)
    return rows.exclude(pk=file.pk).order_by("proposed_at").first()


def _documents(file: SupportFile) -> tuple[DocumentLine, ...]:
    """The documents of a file, which only its page shows: the right to read it was checked on the way here."""
    return tuple(documents_about("support_file", file.pk, actor=system_actor("support.file")))


def document_of(*, file: SupportFile, document_id: UUID) -> DocumentFile:
    """Return one document of a file that the reader may open. Raises: NotFound, DocumentWithdrawn, DocumentAltered."""
    if all(one.id != document_id for one in _documents(file)):
        raise NotFound
    return document_file(document_id=document_id, actor=system_actor("support.file"))


def _steps(file: SupportFile, today: date) -> tuple[StepLine, ...]:
    steps = list(file.steps.select_related("partner").order_by(F("due_on").asc(nulls_last=True), "set_at"))
    answers = referrals.lines_of_source("support.step", [one.pk for one in steps])
    return tuple(
        StepLine(
            id=one.pk,
            title=one.title,
            doer=one.doer,
            doer_label=str(one.get_doer_display()),
            aim_id=one.aim_id,
            partner_id=one.partner_id,
            partner_name=one.partner.name if one.partner else "",
            due_on=one.due_on,
            state=one.state,
            state_label=str(one.get_state_display()),
            outcome=one.outcome,
            ended_on=one.ended_on,
            is_late=one.state == StepState.TO_DO and one.due_on is not None and one.due_on < today,
            referral=next(iter(answers.get(one.pk, ())), None),
        )
        for one in steps
    )


def _partners(file: SupportFile) -> tuple[PartnerLine, ...]:
    taking_part = file.partners.filter(until__isnull=True).select_related("partner").order_by("since", "pk")
    return tuple(
        PartnerLine(
            one.pk,
            one.partner_id,
            one.partner.name,
            one.partner.phone,
            one.role,
            one.may_share,
            one.consent_how,
            one.since,
        )
        for one in taking_part
    )


def appointment_line(one: Appointment, *, person_name: str, mode: Meetings, at: datetime) -> AppointmentLine:
    """Return an appointment as pages show it; `mode` is the one in force where the person lives."""
    return AppointmentLine(
        id=one.pk,
        file_id=one.file_id,
        reference=one.file.reference,
        person_name=person_name,
        starts_at=one.starts_at,
        minutes=one.minutes,
        place=one.place,
        place_label=str(one.get_place_display()),
        where=one.where,
        state=one.state,
        state_label=str(one.get_state_display()),
        outcome=one.outcome,
        is_allowed=one.state != AppointmentState.PLANNED
        or is_allowed(one.place, mode.value, is_danger=one.is_danger),
        is_past=one.starts_at <= at,
    )


def files(*, actor: Actor) -> QuerySet[SupportFile]:
    """Return the files that an actor may read, with the number of late steps and the next appointment."""
    return (
        SupportFile.objects.readable_by(actor)
        .select_related("person")
        .annotate(
            person_key=F("person__search_key"),
            steps_left=Count("steps", filter=Q(steps__state=StepState.TO_DO), distinct=True),
            next_appointment=Min(
                "appointments__starts_at", filter=Q(appointments__state=AppointmentState.PLANNED)
            ),
        )
    )


def accompanied(person_id: UUID, *, actor: Actor) -> AccompaniedCard | None:
    """Return what an actor may know of a person's accompaniment; None when there is none. Two queries."""
    file = (
        SupportFile.objects.in_clear()
        .filter(person_id=person_id, state__in=UNFINISHED)
        .order_by("-proposed_at")
        .first()
    )
    if file is None or not actor.may(Permission.CARD_VIEW):
        return None
    readable = may_read(file, actor)
    return AccompaniedCard(
        worker_name=file.worker_name,
        worker_phone=file.worker_phone,
        since=file.agreed_on,
        is_proposed=file.state == FileState.PROPOSED,
        file_id=file.pk if readable else None,
        reference=file.reference if readable else "",
    )


def partner_choices() -> list[tuple[str, str]]:
    """Return the active partners for a form."""
    return [(str(one.id), f"{one.name} · {one.kind_label}") for one in partners.partners_for()]
