"""The situation board: everything that a crisis cell looks at, in a bounded number of queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.figures.selectors import FigureCurve, figure_curves
from palier.kernel.modes import PlaceKind, State, service
from palier.modules.continuity.enums import CellRole, LogCategory
from palier.modules.continuity.models import Activation, CallOut, LogEntry, OfflinePack, Task
from palier.modules.continuity.models.plans import read_document
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.plan_document import ServiceNeeds
from palier.modules.continuity.selectors.exercises import ExerciseLine, running_exercises
from palier.modules.continuity.selectors.modes import whole_history
from palier.modules.continuity.selectors.service_lines import ServiceLine, service_lines
from palier.modules.continuity.selectors.vigilance import Situation, situation
from palier.modules.staff import public as staff

TASKS_SHOWN = 7
ENTRIES_SHOWN = 7
#: After this, a pack that was not renewed is said to be late.
PACK_LATE_AFTER = timedelta(hours=36)


@dataclass(frozen=True)
class LevelInForce:
    """A level in force on a scope, or decided and about to begin."""

    id: UUID
    reference: str
    plan: str
    level: str
    name: str
    scope: str
    whole: bool
    since: datetime
    elapsed: timedelta
    begins_later: bool
    review_on: date | None
    review_in_days: int | None
    decided_by: str
    exercise: bool


@dataclass(frozen=True)
class TaskLine:
    id: UUID
    title: str
    who: str
    due_at: datetime | None
    late: timedelta | None
    left: timedelta | None


@dataclass(frozen=True)
class Tasks:
    """Unfinished tasks; `done` counts those already finished for the activations in force."""

    overdue: int
    due_soon: int
    later: int
    done: int
    lines: tuple[TaskLine, ...]

    @property
    def unfinished(self) -> int:
        return self.overdue + self.due_soon + self.later

    @property
    def total(self) -> int:
        return self.unfinished + self.done


@dataclass(frozen=True)
class EntryLine:
    seq: int
    event_at: datetime
    category: str
    category_label: str
    severity: str
    text: str | None
    author: str
    place: str


@dataclass(frozen=True)
class Answers:
    """The last call-out: who has answered. `silent` names those on duty who are awaited."""

    id: UUID
    number: int
    called_at: datetime
    called: int
    answered: int
    silent: tuple[str, ...]
    exercise: bool


@dataclass(frozen=True)
class Pack:
    """The last offline pack that was made and pushed."""

    made_at: datetime | None
    age: timedelta | None
    late: bool


@dataclass(frozen=True)
class Board:
    """The board at a moment. A part is None when the actor may not see it."""

    at: datetime
    levels: tuple[LevelInForce, ...]
    lines: tuple[ServiceLine, ...]
    presence: staff.PresenceNumbers
    figures: tuple[FigureCurve, ...]
    tasks: Tasks | None
    entries: tuple[EntryLine, ...] | None
    answers: Answers | None
    pack: Pack | None
    exercises: tuple[ExerciseLine, ...] = ()
    vigilance: Situation | None = None

    @property
    def departing(self) -> list[ServiceLine]:
        """Services that do not work as usual somewhere, the worst first."""
        return sorted((one for one in self.lines if not one.is_normal), key=lambda one: -one.worst.rank)

    @property
    def grave(self) -> list[ServiceLine]:
        """Services stopped or reduced somewhere: those one looks at."""
        return [one for one in self.departing if one.worst.rank >= State.REDUCED.rank]

    @property
    def adapted(self) -> list[tuple[ServiceLine, bool]]:
        """Services that work otherwise, and whether since another moment than a level's: most begin with it."""
        moments = {level.since for level in self.levels}
        lines = (one for one in self.departing if one.worst.rank < State.REDUCED.rank)
        return [(one, bool(one.since) and one.since not in moments) for one in lines]

    @property
    def short(self) -> list[tuple[str, staff.ServiceStrength]]:
        """Services that have fewer people than the plan asks, by name."""
        return [(str(service(one.service).name), one) for one in self.presence.short]

    @property
    def usual(self) -> list[ServiceLine]:
        return [one for one in self.lines if one.is_normal]

    @property
    def counts_parked(self) -> bool:
        """Whether any module says how much waits."""
        return any(one.parked is not None for one in self.lines)

    @property
    def by_state(self) -> list[tuple[str, int]]:
        """How many services are in each state, the worst first."""
        counts = Counter(one.worst for one in self.lines)
        return [(state.value, counts[state]) for state in sorted(State, key=lambda one: -one.rank)]

    @property
    def departments(self) -> dict[str, str]:
        """The worst state that was decided for each department apart, for the map."""
        found: dict[str, list[State]] = {}
        for line in self.lines:
            for one in line.local:
                if one.kind == PlaceKind.DEPARTMENT:
                    found.setdefault(one.id, []).append(State(one.state))
        return {code: State.worst(states).value for code, states in found.items()}


def board(*, actor: Actor, at: datetime) -> Board:
    """Gather the board. At most twenty-five queries beside the figures, whatever the data."""
    levels, needs = _levels(at)
    return Board(
        at=at,
        levels=levels,
        lines=service_lines(whole_history(at=at), at=at, needs=needs),
        presence=staff.presence_numbers(at=at),
        figures=tuple(one for one in figure_curves(at=at) if one.value is not None),
        tasks=_tasks(at) if actor.may(Permission.TASK_READ) else None,
        entries=_entries() if actor.may(Permission.LOG_READ) else None,
        answers=_answers() if actor.may(Permission.CELL_READ) else None,
        pack=_pack(at) if actor.may(Permission.REPORT_READ) else None,
        exercises=running_exercises(),
        vigilance=situation(at=at),
    )


@dataclass(frozen=True)
class LevelMark:
    """The gravest level in force, for the header of every page; `others` counts the other scopes."""

    level: str
    name: str
    scope: str
    others: int


# From the most to the least grave; recovery is graver than watch: services are not all back.
_GRAVITY = ("4", "3", "2", "1", "R", "0")


def level_mark(*, at: datetime) -> LevelMark | None:
    """Say which level is in force, exercises left out; None in ordinary times. One query."""
    rows = Activation.objects.standing().real().filter(effective_at__lte=at)
    found = sorted(
        rows.values_list("level", "level_name", "scope_label"), key=lambda row: _GRAVITY.index(row[0])
    )
    if not found:
        return None
    level, name, scope = found[0]
    return LevelMark(level, name, scope, others=len(found) - 1)


def board_stamp(*, at: datetime) -> str:
    """A mark that changes when anything on the board may have changed, and every minute for the clocks. One query.

    Audited tables are covered by the count of recent audit entries: a count, not the last id alone, because a
    transaction that began earlier may commit later with a smaller id.
    """
    window = at.replace(second=0, microsecond=0) - timedelta(minutes=10)
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, [at, str(UUID(int=int(window.timestamp() * 1000) << 80))])
        (mark,) = cursor.fetchone()
    return f"{mark}-{int(at.timestamp()) // 60}"


_STAMP = """
SELECT md5(concat_ws('|',
    (SELECT count(*) || '.' || coalesce(max(sequence), 0) FROM continuity_mode_change WHERE effective_at <= %s),
    (SELECT max(seq) FROM continuity_log_entry),
    (SELECT count(*) FROM audit_entry WHERE id >= %s),
    (SELECT max(recorded_at) FROM continuity_activation_step),
    (SELECT max(made_at) FROM continuity_offline_pack),
    (SELECT max(taken_at) FROM figure_snapshot)))
"""


def _levels(at: datetime) -> tuple[tuple[LevelInForce, ...], dict[str, ServiceNeeds]]:
    """Levels standing, the most severe first, and the delays that their plans give to services."""
    rows = list(Activation.objects.standing().real().select_related("plan", "plan_version"))
    needs: dict[str, ServiceNeeds] = {}
    for row in rows:
        needs.update(read_document(row.plan_version.text).services)
    ordered = sorted(rows, key=lambda row: (row.scope_kind != "organisation", row.level_since))
    return tuple(_level(row, at) for row in ordered), needs


def _level(row: Activation, at: datetime) -> LevelInForce:
    since = max(row.level_since, row.effective_at)
    return LevelInForce(
        id=row.pk,
        reference=row.reference,
        plan=row.plan.name,
        level=row.level,
        name=row.level_name,
        scope=row.scope_label,
        whole=row.scope_kind == "organisation",
        since=since,
        elapsed=at - since,
        begins_later=since > at,
        review_on=row.review_on,
        review_in_days=(row.review_on - timezone.localdate(at)).days if row.review_on else None,
        decided_by=row.decided_by_name,
        exercise=row.exercise,
    )


def _tasks(at: datetime) -> Tasks:
    """Tasks of the real activations. Two queries."""
    rows = list(Task.objects.unfinished().filter(exercise=False).order_by("due_at", "pk"))
    soon = at + timedelta(hours=24)
    overdue = [row for row in rows if row.due_at and row.due_at < at]
    due = [row for row in rows if row.due_at and at <= row.due_at < soon]
    done = Task.objects.filter(
        state="done", exercise=False, activation__state__in=("active", "changed")
    ).count()
    return Tasks(
        overdue=len(overdue),
        due_soon=len(due),
        later=len(rows) - len(overdue) - len(due),
        done=done,
        lines=tuple(_task_line(row, at) for row in rows[:TASKS_SHOWN]),
    )


def _task_line(row: Task, at: datetime) -> TaskLine:
    late = at - row.due_at if row.due_at and row.due_at < at else None
    left = row.due_at - at if row.due_at and row.due_at >= at else None
    who = row.owner_name or (str(CellRole(row.role).label) if row.role else "")
    return TaskLine(row.pk, row.title, who, row.due_at, late, left)


def _entries() -> tuple[EntryLine, ...]:
    rows = LogEntry.objects.filter(exercise=False).order_by("-seq")[:ENTRIES_SHOWN]
    return tuple(
        EntryLine(
            seq=row.seq,
            event_at=row.event_at,
            category=row.category,
            category_label=str(LogCategory(row.category).label),
            severity=row.severity,
            text=row.text,
            author=row.author_name,
            place=row.place_label,
        )
        for row in rows
    )


def _answers() -> Answers | None:
    """The last call-out still open, unless the activation that caused it is lifted. Two queries."""
    standing = Q(activation__isnull=True) | Q(activation__in=Activation.objects.standing())
    open_calls = CallOut.objects.filter(standing, closed_at__isnull=True, exercise=False)
    call = open_calls.order_by("-number").first()
    if call is None:
        return None
    # A deputy who has not been needed is not awaited.
    awaited = call.answers.filter(Q(is_deputy=False) | Q(answered_at__isnull=False))
    called = list(awaited.order_by("is_deputy", "name").values_list("name", "answered_at"))
    return Answers(
        id=call.pk,
        number=call.number,
        called_at=call.called_at,
        called=len(called),
        answered=sum(answered is not None for _name, answered in called),
        silent=tuple(name for name, answered in called if answered is None),
        exercise=call.exercise,
    )


def _pack(at: datetime) -> Pack:
    made_at = OfflinePack.objects.order_by("-made_at").values_list("made_at", flat=True).first()
    age = at - made_at if made_at else None
    return Pack(made_at, age, age is None or age > PACK_LATE_AFTER)
