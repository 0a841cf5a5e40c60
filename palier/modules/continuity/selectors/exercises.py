"""Exercises as screens show them: the list, the board of one, what was measured."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery, TextField

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.continuity.enums import ExerciseState, InjectState
from palier.modules.continuity.models import (
    AfterActionReview,
    CallOut,
    ContinuityPlan,
    Exercise,
    Inject,
    LogEntry,
)
from palier.modules.continuity.rules.exercise_script import ScriptLine, delay_words, write_script
from palier.modules.continuity.rules.lessons import Punctuality, median_minutes, punctuality
from palier.modules.continuity.rules.plan_document import LevelDocument
from palier.modules.continuity.selectors import log, tasks
from palier.modules.continuity.selectors.lessons import role_facts, task_facts
from palier.modules.continuity.selectors.modes import played_history
from palier.modules.continuity.selectors.plans import level_of, version_in_force
from palier.modules.continuity.selectors.preview import Preview, preview_level
from palier.modules.continuity.selectors.service_lines import ServiceLine, service_lines
from palier.modules.continuity.services.activations import place_of
from palier.modules.continuity.workflow.lessons import EXERCISE

TONES = {
    ExerciseState.PREPARED: "info",
    ExerciseState.RUNNING: "warn",
    ExerciseState.ENDED: "accent",
    ExerciseState.ASSESSED: "good",
    ExerciseState.CANCELLED: "",
}
#: What each line counts and names beside its own columns; the plan is known by its code.
COUNTED = {
    "count": Count("injects"),
    "plan_name": Subquery(
        ContinuityPlan.objects.filter(code=OuterRef("plan_code")).values("name")[:1],
        output_field=TextField(),
    ),
}
#: After this, a running exercise was probably forgotten: its page asks.
FORGOTTEN_AFTER = timedelta(hours=12)


class ExerciseUnknown(NotFound):
    code = "continuity.exercise-unknown"


@dataclass(frozen=True)
class ExerciseLine:
    """An exercise as lists show it."""

    id: UUID
    number: int
    title: str
    plan_code: str
    plan_name: str
    level: str
    scope_label: str
    scope_value: str
    animator: str
    state: str
    state_label: str
    tone: str
    planned_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    is_stopped_for_real: bool
    activation_id: UUID | None
    injects: int

    @property
    def is_running(self) -> bool:
        return self.state == ExerciseState.RUNNING


@dataclass(frozen=True)
class InjectLine:
    id: UUID
    delay: str
    due_at: datetime | None
    is_due: bool
    text: str
    expected: str
    within_minutes: int | None
    state: str
    state_label: str
    played_at: datetime | None
    answered_at: datetime | None
    reacted_in: timedelta | None
    is_met: bool | None


@dataclass(frozen=True)
class ObservationLine:
    kind: str
    kind_label: str
    text: str
    noted_at: datetime
    author: str


@dataclass(frozen=True)
class Measures:
    """What an exercise showed, measured. Units: minutes."""

    tasks: Punctuality
    roles: int
    roles_answered: int
    median_answer: int | None
    longest_answer: int | None
    injects_timed: int
    injects_met: int


@dataclass(frozen=True)
class ExerciseCard(ExerciseLine):
    """One exercise, whole. `elapsed` since it began."""

    objectives: str
    clock: str
    clock_label: str
    conclusion: str
    script: str
    elapsed: timedelta | None
    is_forgotten: bool
    lines: tuple[InjectLine, ...]
    observations: tuple[ObservationLine, ...]
    services: tuple[ServiceLine, ...]
    tasks: tuple[tasks.TaskLine, ...]
    entries: tuple[log.LogLine, ...]
    call_out_id: UUID | None
    measures: Measures | None
    review_id: UUID | None
    actions: tuple[str, ...]

    @property
    def next_inject(self) -> InjectLine | None:
        return next((one for one in self.lines if one.state == InjectState.PLANNED), None)


def exercises(*, actor: Actor, limit: int = 100) -> list[ExerciseLine]:
    """Every exercise, the latest first. One query."""
    rows = Exercise.objects.visible_to(actor).annotate(**COUNTED)
    return [ExerciseLine(**_line(row)) for row in rows.order_by("-number")[:limit]]


def running_exercises() -> tuple[ExerciseLine, ...]:
    """The one that runs, if any. One query."""
    rows = Exercise.objects.filter(state=ExerciseState.RUNNING).annotate(**COUNTED)
    return tuple(ExerciseLine(**_line(row)) for row in rows)


def exercise_of(activation_id: UUID) -> ExerciseLine | None:
    row = Exercise.objects.filter(activation_id=activation_id).annotate(**COUNTED).first()
    return ExerciseLine(**_line(row)) if row else None


def exercise_card(exercise_id: UUID, *, actor: Actor, at: datetime) -> ExerciseCard:
    """One exercise with all that its board shows. Raises: ExerciseUnknown."""
    row = (
        Exercise.objects.visible_to(actor)
        .select_related("activation__plan", "activation__plan_version")
        .annotate(**COUNTED)
        .filter(pk=exercise_id)
        .first()
    )
    if row is None:
        raise ExerciseUnknown()
    injects = list(row.injects.all())
    end = row.ended_at or at
    elapsed = end - row.started_at if row.started_at else None
    begun = row.activation is not None
    return ExerciseCard(
        **_line(row),
        objectives=row.objectives,
        clock=row.clock,
        clock_label=row.get_clock_display(),
        conclusion=row.conclusion,
        script=write_script(
            ScriptLine(one.offset_minutes, one.text, one.expected, one.within_minutes) for one in injects
        ),
        elapsed=elapsed,
        is_forgotten=bool(row.state == ExerciseState.RUNNING and elapsed and elapsed > FORGOTTEN_AFTER),
        lines=tuple(_inject(one, row, end) for one in injects),
        observations=tuple(
            ObservationLine(one.kind, one.get_kind_display(), one.text, one.noted_at, one.author_name)
            for one in row.observations.all()
        ),
        services=_services(row, end) if begun else (),
        tasks=_tasks(row, actor, at) if begun else (),
        entries=_entries(row) if begun else (),
        call_out_id=_call_out(row) if begun else None,
        measures=measures(row) if begun else None,
        review_id=AfterActionReview.objects.visible_to(actor)
        .filter(activation=row.activation, activation__isnull=False)
        .values_list("pk", flat=True)
        .first(),
        actions=tuple(str(action) for action in EXERCISE.open_to(row, actor)),
    )


def preview_of(exercise_id: UUID, *, actor: Actor, at: datetime) -> tuple[Preview, LevelDocument]:
    """The numbers of the level that an exercise will play. Raises: ExerciseUnknown, NoPlanInForce, LevelUnknown."""
    row = Exercise.objects.visible_to(actor).filter(pk=exercise_id).first()
    if row is None:
        raise ExerciseUnknown()
    version = version_in_force(code=row.plan_code, actor=actor)
    level = level_of(version, row.level)
    return preview_level(version=version, level=level, scope=place_of(row), at=at), level


def measures(row: Exercise) -> Measures | None:
    """Target times met or not, from the tasks, the call-out and the events. Four queries."""
    if row.activation is None:
        return None
    steps = tuple(row.activation.steps.order_by("number"))
    roles = role_facts(row.activation.pk)
    known = [one.minutes for one in roles if one.minutes is not None]
    timed = [one for one in row.injects.all() if one.within_minutes and one.played_at]
    return Measures(
        tasks=punctuality(task_facts(row.activation, steps)),
        roles=len(roles),
        roles_answered=len(known),
        median_answer=median_minutes(known),
        longest_answer=max(known, default=None),
        injects_timed=len(timed),
        injects_met=sum(bool(_met(one)) for one in timed),
    )


def _services(row: Exercise, at: datetime) -> tuple[ServiceLine, ...]:
    """How services would work: those that the exercise asks otherwise."""
    assert row.activation is not None
    changes = played_history(row.activation.pk)
    asked = {one.service for one in changes if one.values}
    # At its end the level is lifted: what is shown is what it asked while it ran.
    shown_at = at if row.ended_at is None else at - timedelta(microseconds=1)
    return tuple(one for one in service_lines(changes, at=shown_at) if one.key in asked)


def _tasks(row: Exercise, actor: Actor, at: datetime) -> tuple[tasks.TaskLine, ...]:
    return tuple(tasks.task_lines(actor=actor, at=at, state="all", activation_id=row.activation_id, limit=60))


def _entries(row: Exercise) -> tuple[log.LogLine, ...]:
    mine = LogEntry.objects.filter(activation=row.activation, exercise=True)
    return tuple(log.lines(list(mine.order_by("-seq")[:15])))


def _call_out(row: Exercise) -> UUID | None:
    calls = CallOut.objects.filter(activation=row.activation).order_by("number")
    return calls.values_list("pk", flat=True).first()


def _inject(one: Inject, exercise: Exercise, at: datetime) -> InjectLine:
    due_at = exercise.started_at + timedelta(minutes=one.offset_minutes) if exercise.started_at else None
    return InjectLine(
        id=one.pk,
        delay=delay_words(one.offset_minutes),
        due_at=due_at,
        is_due=bool(due_at and due_at <= at and one.state == InjectState.PLANNED),
        text=one.text,
        expected=one.expected,
        within_minutes=one.within_minutes,
        state=one.state,
        state_label=one.get_state_display(),
        played_at=one.played_at,
        answered_at=one.answered_at,
        reacted_in=one.answered_at - one.played_at if one.answered_at and one.played_at else None,
        is_met=_met(one),
    )


def _met(one: Inject) -> bool | None:
    """Whether the reaction came in time; None when nobody asked for a time, or it is still awaited."""
    if not one.within_minutes or not one.played_at:
        return None
    return bool(one.answered_at and one.answered_at - one.played_at <= timedelta(minutes=one.within_minutes))


def _line(row: Exercise) -> dict[str, Any]:
    scope = "" if row.scope_kind == "organisation" else f"{row.scope_kind}:{row.scope_code or row.scope_id}"
    return {
        "id": row.pk,
        "number": row.number,
        "title": row.title,
        "plan_code": row.plan_code,
        "plan_name": getattr(row, "plan_name", None) or row.plan_code,
        "level": row.level,
        "scope_label": row.scope_label,
        "scope_value": scope,
        "animator": row.animator_name,
        "state": row.state,
        "state_label": row.get_state_display(),
        "tone": TONES[ExerciseState(row.state)],
        "planned_at": row.planned_at,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "is_stopped_for_real": row.is_stopped_for_real,
        "activation_id": row.activation_id,
        "injects": getattr(row, "count", 0),
    }
