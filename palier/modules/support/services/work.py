"""Use cases inside an accompaniment: aims, steps, partners, appointments, papers, reviews and its story."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.wording import guard
from palier.modules.partners import public as partners
from palier.modules.referrals import public as referrals
from palier.modules.support.enums import (
    AimAction,
    AppointmentAction,
    AppointmentState,
    Doer,
    EntryKind,
    PaperState,
    Place,
    StepAction,
)
from palier.modules.support.models import Aim, Appointment, Entry, FilePartner, Paper, Step, SupportFile
from palier.modules.support.models.files import FOLLOWED
from palier.modules.support.rules.meetings import is_allowed
from palier.modules.support.selectors.modes import meetings_mode
from palier.modules.support.services import files
from palier.modules.support.workflow import AIM, APPOINTMENT, STEP


class NotFollowed(DomainError):
    code = "support.not-followed"
    message = _("This accompaniment is not in progress: {state}. Nothing can be added to it.")


class MeetingNotAllowed(DomainError):
    code = "support.meeting-not-allowed"
    message = _(
        "The continuity plan in force allows no such meeting: {mode}. Plan a call, or say that there is danger."
    )


class AppointmentInThePast(DomainError):
    code = "support.appointment-in-the-past"
    message = _("This time has passed. Plan it later, or note it in the story.")


class AppointmentClash(DomainError):
    code = "support.appointment-clash"
    message = _("{worker} already has an appointment then, from {start} to {end}.")


class PartnerMissing(DomainError):
    code = "support.partner-missing"
    message = _("Choose the partner who does it.")


class PartnerUnknown(DomainError):
    code = "support.partner-unknown"
    message = _("This partner is not on the list any more. Choose another.")


class SharingNotProven(DomainError):
    code = "support.sharing-not-proven"
    message = _("Say how the person agreed that facts be shared with this partner.")


class TextMissing(DomainError):
    code = "support.text-missing"
    message = _("Write what happened.")


class InTheFuture(DomainError):
    code = "support.in-the-future"
    message = _("This has not happened yet. Correct the date.")


def _open_file(file_id: UUID, by: Actor) -> SupportFile:
    file = files.locked_file(file_id, by=by)
    if file.state not in FOLLOWED:
        raise NotFollowed(state=file.get_state_display())
    return file


@transaction.atomic
def set_aim(
    *, file_id: UUID, title: str, due_on: date | None, wording_reason: str = "", by: Actor, at: datetime
) -> Aim:
    """Agree on an aim. Raises: NotFollowed, UnfitWording, NotAReader, NotFound, NotAllowed."""
    file = _open_file(file_id, by)
    wording = guard(title, reason=wording_reason)
    aim = Aim.objects.create(file=file, title=title.strip(), due_on=due_on, set_at=at)
    journal.record("support.aim.set", by=by, at=at, subject=aim)
    wording.record(by=by, at=at, subject=aim)
    return aim


@transaction.atomic
def move_aim(*, file_id: UUID, aim_id: UUID, action: str, by: Actor, at: datetime) -> Aim:
    """Reach an aim, give it up or take it up again. Raises: TransitionRefused, NotFollowed, NotFound."""
    aim = _own(_open_file(file_id, by).aims, aim_id)
    AIM.move(aim, AimAction(action), by=by, at=at)
    aim.ended_on = None if action == AimAction.REOPEN else localdate(at)
    aim.save()
    return aim


def _own(rows: Any, row_id: UUID) -> Any:
    """Return a row of this very file, locked; another file's id is as unknown as no id. Raises: NotFound."""
    found = rows.select_for_update(of=("self",)).filter(pk=row_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def set_step(
    *,
    file_id: UUID,
    title: str,
    doer: str,
    due_on: date | None,
    aim_id: UUID | None = None,
    partner_id: UUID | None = None,
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> Step:
    """Plan a step, by the worker, the person or a partner.

    Raises: PartnerMissing, PartnerUnknown, NotFollowed, UnfitWording, NotAReader, NotFound.
    """
    file = _open_file(file_id, by)
    if doer == Doer.PARTNER and partner_id is None:
        raise PartnerMissing
    if partner_id is not None and partners.partner(partner_id) is None:
        raise PartnerUnknown
    aim = _own(file.aims, aim_id) if aim_id else None
    wording = guard(title, reason=wording_reason)
    step = Step.objects.create(
        file=file,
        aim=aim,
        title=title.strip(),
        doer=Doer(doer),
        partner_id=partner_id if doer == Doer.PARTNER else None,
        due_on=due_on,
        set_at=at,
    )
    journal.record("support.step.set", by=by, at=at, subject=step, doer=step.doer)
    wording.record(by=by, at=at, subject=step)
    return step


@transaction.atomic
def move_step(
    *,
    file_id: UUID,
    step_id: UUID,
    action: str,
    outcome: str = "",
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> Step:
    """Finish a step, give it up or take it up again. Raises: TransitionRefused, NotFollowed, UnfitWording, NotFound."""
    step = _own(_open_file(file_id, by).steps, step_id)
    wording = guard(outcome, reason=wording_reason)
    STEP.move(step, StepAction(action), by=by, at=at)
    step.ended_on = None if action == StepAction.REOPEN else localdate(at)
    step.outcome = outcome.strip()
    step.save()
    wording.record(by=by, at=at, subject=step)
    return step


@transaction.atomic
def hand_over_step(
    *,
    file_id: UUID,
    step_id: UUID,
    kind: str,
    urgency: str,
    summary: str,
    consent: str,
    consent_how: str,
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    """Hand a step over to its partner as a referral; the answer comes back on the file. Doing it twice gives the same.

    Raises: what `referrals.open_referral` raises, NotFollowed, NotFound.
    """
    file = _open_file(file_id, by)
    step = _own(file.steps, step_id)
    step.referral_id = referrals.open_referral(
        kind=kind,
        urgency=urgency,
        summary=summary,
        person_id=file.person_id,
        consent=consent,
        consent_how=consent_how,
        source_kind="support.step",
        source_id=step.pk,
        partner_id=step.partner_id,
        wording_reason=wording_reason,
        by=by,
        at=at,
    )
    step.save(update_fields=["referral_id"])
    return step.referral_id


@transaction.atomic
def add_partner(
    *,
    file_id: UUID,
    partner_id: UUID,
    role: str,
    may_share: bool,
    consent_how: str = "",
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> FilePartner:
    """Have a partner take part; facts are shared only with the person's proven consent.

    Raises: SharingNotProven, PartnerUnknown, NotFollowed, UnfitWording, NotAReader, NotFound.
    """
    file = _open_file(file_id, by)
    if partners.partner(partner_id) is None:
        raise PartnerUnknown
    if may_share and not consent_how.strip():
        raise SharingNotProven
    wording = guard(role, consent_how, reason=wording_reason)
    fields = {"role": role.strip(), "may_share": may_share, "consent_how": consent_how.strip()}
    taking_part, is_new = FilePartner.objects.update_or_create(
        file=file,
        partner_id=partner_id,
        until=None,
        defaults=fields,
        create_defaults={**fields, "since": localdate(at)},
    )
    journal.record(
        "support.partner.join" if is_new else "support.partner.change", by=by, at=at, subject=taking_part
    )
    wording.record(by=by, at=at, subject=taking_part)
    return taking_part


@transaction.atomic
def end_partner(*, file_id: UUID, taking_part_id: UUID, by: Actor, at: datetime) -> None:
    """Note that a partner takes part no more. Raises: NotFollowed, NotFound."""
    taking_part = _own(_open_file(file_id, by).partners.filter(until__isnull=True), taking_part_id)
    taking_part.until = localdate(at)
    taking_part.save(update_fields=["until"])
    journal.record("support.partner.leave", by=by, at=at, subject=taking_part)


@transaction.atomic
def plan_appointment(
    *,
    file_id: UUID,
    starts_at: datetime,
    minutes: int,
    place: str,
    where: str = "",
    is_danger: bool = False,
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> Appointment:
    """Plan a meeting, as the mode of the service allows at the person's home.

    Raises: MeetingNotAllowed, AppointmentInThePast, AppointmentClash, NotFollowed, UnfitWording, NotFound.
    """
    file = _open_file(file_id, by)
    if starts_at < at:
        raise AppointmentInThePast
    _must_fit_the_mode(file, place, is_danger, at=at)
    _must_be_free(file, starts_at, minutes)
    wording = guard(where, reason=wording_reason)
    planned = Appointment.objects.create(
        file=file,
        starts_at=starts_at,
        minutes=minutes,
        place=Place(place),
        where=where.strip(),
        is_danger=is_danger,
    )
    journal.record("support.appointment.plan", by=by, at=at, subject=planned, place=planned.place)
    wording.record(by=by, at=at, subject=planned)
    return planned


def _must_fit_the_mode(file: SupportFile, place: str, is_danger: bool, *, at: datetime) -> None:
    mode = meetings_mode(person_ids=[file.person_id], at=at)[file.person_id]
    if not is_allowed(place, mode.value, is_danger=is_danger):
        raise MeetingNotAllowed(mode=mode.label)


def _must_be_free(file: SupportFile, starts_at: datetime, minutes: int) -> None:
    ends_at = starts_at + timedelta(minutes=minutes)
    planned = Appointment.objects.filter(
        file__worker_id=file.worker_id,
        state=AppointmentState.PLANNED,
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - timedelta(hours=8),
    )
    for other in planned:
        until = other.starts_at + timedelta(minutes=other.minutes)
        if until > starts_at:
            raise AppointmentClash(
                worker=file.worker_name,
                start=f"{localtime(other.starts_at):%H:%M}",
                end=f"{localtime(until):%H:%M}",
            )


@transaction.atomic
def turn_into_call(*, file_id: UUID, appointment_id: UUID, by: Actor, at: datetime) -> Appointment:
    """Keep an appointment that the mode no longer allows, by telephone. Raises: NotFollowed, NotFound."""
    planned = _own(_open_file(file_id, by).appointments, appointment_id)
    if planned.state == AppointmentState.PLANNED and planned.place != Place.PHONE:
        planned.place, planned.where, planned.sequence = Place.PHONE, "", planned.sequence + 1
        planned.save(update_fields=["place", "where", "sequence"])
        journal.record("support.appointment.turn-into-call", by=by, at=at, subject=planned)
    return planned


@transaction.atomic
def end_appointment(
    *,
    file_id: UUID,
    appointment_id: UUID,
    action: str,
    outcome: str = "",
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> Appointment:
    """Say that it was held, missed or cancelled. Held ones join the story with what was said.

    Raises: InTheFuture, TransitionRefused, NotFollowed, UnfitWording, NotFound.
    """
    file = _open_file(file_id, by)
    planned = _own(file.appointments, appointment_id)
    if action != AppointmentAction.CANCEL and planned.starts_at > at:
        raise InTheFuture
    wording = guard(outcome, reason=wording_reason)
    APPOINTMENT.move(planned, AppointmentAction(action), by=by, at=at)
    planned.outcome, planned.sequence = outcome.strip(), planned.sequence + 1
    planned.save()
    wording.record(by=by, at=at, subject=planned)
    if action == AppointmentAction.HOLD and outcome.strip():
        kind = {Place.HOME: EntryKind.VISIT, Place.PHONE: EntryKind.CALL}.get(
            Place(planned.place), EntryKind.MEETING
        )
        _tell(file, kind, outcome, happened_at=planned.starts_at, by=by, at=at)
    return planned


@transaction.atomic
def ask_paper(*, file_id: UUID, label: str, wording_reason: str = "", by: Actor, at: datetime) -> Paper:
    """Ask the person for a document. Raises: NotFollowed, UnfitWording, NotAReader, NotFound."""
    file = _open_file(file_id, by)
    wording = guard(label, reason=wording_reason)
    paper = Paper.objects.create(file=file, label=label.strip(), asked_on=localdate(at))
    wording.record(by=by, at=at, subject=paper)
    return paper


@transaction.atomic
def mark_paper(*, file_id: UUID, paper_id: UUID, state: str, by: Actor, at: datetime) -> Paper:
    """Say where a document asked for is. Raises: NotFollowed, NotFound."""
    paper = _own(_open_file(file_id, by).papers, paper_id)
    paper.state, paper.changed_on = PaperState(state), localdate(at)
    paper.save(update_fields=["state", "changed_on"])
    return paper


@transaction.atomic
def tell(
    *,
    file_id: UUID,
    kind: str,
    text: str,
    happened_at: datetime | None = None,
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> Entry:
    """Add a line to the story. Raises: TextMissing, InTheFuture, NotFollowed, UnfitWording, NotFound."""
    file = _open_file(file_id, by)
    if not text.strip():
        raise TextMissing
    if happened_at is not None and happened_at > at:
        raise InTheFuture
    wording = guard(text, reason=wording_reason)
    entry = _tell(file, EntryKind(kind), text, happened_at=happened_at or at, by=by, at=at)
    wording.record(by=by, at=at, subject=entry)
    return entry


def _tell(
    file: SupportFile, kind: EntryKind, text: str, *, happened_at: datetime, by: Actor, at: datetime
) -> Entry:
    return Entry.objects.create(
        file=file,
        at=happened_at,
        recorded_at=at,
        kind=kind,
        text=text.strip(),
        by_id=by.user_id,
        by_name=by.name,
    )


@transaction.atomic
def hold_review(
    *, file_id: UUID, text: str, review_on: date, wording_reason: str = "", by: Actor, at: datetime
) -> Entry:
    """Take stock with the person and fix the next review.

    Raises: TextMissing, ReviewTooFar, ReviewInThePast, NotFollowed, UnfitWording, NotFound.
    """
    file = _open_file(file_id, by)
    if not text.strip():
        raise TextMissing
    files.check_review(review_on, at=at)
    wording = guard(text, reason=wording_reason)
    file.review_on = review_on
    file.save(update_fields=["review_on"])
    entry = _tell(file, EntryKind.REVIEW, text, happened_at=at, by=by, at=at)
    journal.record("support.file.review", by=by, at=at, subject=file, next_on=review_on.isoformat())
    wording.record(by=by, at=at, subject=entry)
    return entry
