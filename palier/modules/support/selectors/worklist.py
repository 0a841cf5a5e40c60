"""A social worker's page: who is accompanied, what is due, what the mode in force no longer allows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.timezone import localdate

from palier.kernel.access import Actor
from palier.kernel.parameters.values import value_of
from palier.modules.people import public as people
from palier.modules.support.enums import AppointmentState, FileState, StepState
from palier.modules.support.models import Appointment, Step, SupportFile
from palier.modules.support.models.files import FOLLOWED, UNFINISHED
from palier.modules.support.rules.parameters import COMING_DAYS
from palier.modules.support.selectors.files import AppointmentLine, appointment_line
from palier.modules.support.selectors.modes import meetings_mode


@dataclass(frozen=True)
class DueStep:
    """A step to do, on whose file."""

    id: UUID
    file_id: UUID
    reference: str
    person_name: str
    title: str
    doer_label: str
    due_on: date
    is_late: bool


@dataclass(frozen=True)
class DueFile:
    """A file that waits for something: an agreement, a review, to be taken up again."""

    id: UUID
    reference: str
    person_name: str
    due_on: date | None
    is_late: bool


@dataclass(frozen=True)
class WorkList:
    """What a worker's day holds. `to_turn`: appointments that the mode in force no longer allows where they are."""

    appointments: tuple[AppointmentLine, ...]
    to_say: tuple[AppointmentLine, ...]
    to_turn: tuple[AppointmentLine, ...]
    steps: tuple[DueStep, ...]
    reviews: tuple[DueFile, ...]
    waiting: tuple[DueFile, ...]
    to_resume: tuple[DueFile, ...]
    accompanied: int

    @property
    def is_empty(self) -> bool:
        return not (self.accompanied or self.waiting)


@dataclass(frozen=True)
class WorkerLoad:
    """How many people one social worker accompanies, without saying whom."""

    worker_name: str
    proposed: int
    followed: int
    late_reviews: int


def work_list(*, actor: Actor, at: datetime) -> WorkList:
    """Gather a worker's own work. At most eleven queries, whatever the number of files."""
    today = localdate(at)
    until = today + timedelta(days=int(value_of(COMING_DAYS.key, on=today)))
    mine = SupportFile.objects.led_by(actor)
    planned = list(
        Appointment.objects.filter(file__in=mine, state=AppointmentState.PLANNED)
        .filter(starts_at__lt=at + (until - today) + timedelta(days=1))
        .select_related("file")
        .order_by("starts_at")
    )
    steps = list(
        Step.objects.filter(
            file__in=mine.filter(state__in=FOLLOWED), state=StepState.TO_DO, due_on__lte=until
        )
        .select_related("file")
        .order_by("due_on", "set_at")
    )
    files = list(mine.filter(state__in=UNFINISHED).order_by("review_on", "proposed_at"))
    persons = {
        *(one.person_id for one in files),
        *(one.file.person_id for one in planned),
        *(one.file.person_id for one in steps),
    }
    names = {key: one.name for key, one in people.names(persons).items()}
    modes = meetings_mode(person_ids={one.file.person_id for one in planned}, at=at) if planned else {}
    lines = [
        appointment_line(
            one, person_name=names.get(one.file.person_id, ""), mode=modes[one.file.person_id], at=at
        )
        for one in planned
    ]
    return WorkList(
        appointments=tuple(one for one in lines if not one.is_past),
        to_say=tuple(one for one in lines if one.is_past),
        to_turn=tuple(one for one in lines if not one.is_past and not one.is_allowed),
        steps=tuple(_due_step(one, names, today) for one in steps),
        reviews=_files(files, names, today, FileState.ACTIVE, "review_on", until),
        waiting=_files(files, names, today, FileState.PROPOSED, None, None),
        to_resume=_files(files, names, today, FileState.SUSPENDED, "suspended_until", until),
        accompanied=sum(one.state in FOLLOWED for one in files),
    )


def _due_step(one: Step, names: dict[Any, str], today: date) -> DueStep:
    due_on = one.due_on or today
    return DueStep(
        id=one.pk,
        file_id=one.file_id,
        reference=one.file.reference,
        person_name=names.get(one.file.person_id, ""),
        title=one.title,
        doer_label=str(one.get_doer_display()),
        due_on=due_on,
        is_late=due_on < today,
    )


def _files(
    files: list[SupportFile],
    names: dict[Any, str],
    today: date,
    state: FileState,
    column: str | None,
    until: date | None,
) -> tuple[DueFile, ...]:
    found = []
    for one in files:
        due_on = getattr(one, column) if column else localdate(one.proposed_at)
        if one.state != state or (until is not None and due_on is not None and due_on > until):
            continue
        is_late = column is not None and due_on is not None and due_on < today
        found.append(DueFile(one.pk, one.reference, names.get(one.person_id, ""), due_on, is_late))
    return tuple(found)


def loads(*, at: datetime) -> list[WorkerLoad]:
    """Return each worker's load, the heaviest first. One query."""
    today = localdate(at)
    rows = (
        SupportFile.objects.in_clear()
        .filter(state__in=UNFINISHED)
        .values("worker_id", "worker_name")
        .annotate(
            proposed=Count("pk", filter=Q(state=FileState.PROPOSED)),
            followed=Count("pk", filter=Q(state__in=FOLLOWED)),
            late_reviews=Count("pk", filter=Q(state=FileState.ACTIVE, review_on__lt=today)),
        )
        .order_by("-followed", "worker_name")
    )
    return [
        WorkerLoad(row["worker_name"], row["proposed"], row["followed"], row["late_reviews"]) for row in rows
    ]
