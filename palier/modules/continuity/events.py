"""News of the continuity module. Plans and activations first, then the crisis cell's."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from palier.kernel.events import event


@dataclass(frozen=True)
class LevelDecision:
    """What every decision about a level says. `former_level` is "" at an activation."""

    activation_id: UUID
    step_id: UUID
    reference: str
    plan_code: str
    plan_name: str
    level: str
    level_name: str
    former_level: str
    scope_kind: str
    scope_id: str
    scope_label: str
    effective_at: datetime
    recorded_at: datetime
    decided_at: datetime
    decided_by: str
    reason: str
    review_on: date | None
    exercise: bool
    via: str


@event("continuity.level-activated")
@dataclass(frozen=True)
class LevelActivated(LevelDecision):
    pass


@event("continuity.level-changed")
@dataclass(frozen=True)
class LevelChanged(LevelDecision):
    pass


@event("continuity.level-extended")
@dataclass(frozen=True)
class LevelExtended(LevelDecision):
    pass


@event("continuity.level-lifted")
@dataclass(frozen=True)
class LevelLifted(LevelDecision):
    pass


# An exercise has names of its own: whoever acts on a level never hears of one.


@event("continuity.exercise-activated")
@dataclass(frozen=True)
class ExerciseActivated(LevelDecision):
    pass


@event("continuity.exercise-changed")
@dataclass(frozen=True)
class ExerciseChanged(LevelDecision):
    pass


@event("continuity.exercise-extended")
@dataclass(frozen=True)
class ExerciseExtended(LevelDecision):
    pass


@event("continuity.exercise-lifted")
@dataclass(frozen=True)
class ExerciseLifted(LevelDecision):
    pass


@dataclass(frozen=True)
class OverrideDecision:
    """What the crisis cell decided of one service. `values` holds {field: value}."""

    override_id: UUID
    service: str
    values: dict[str, str]
    scope_kind: str
    scope_id: str
    scope_label: str
    effective_at: datetime
    recorded_at: datetime
    decided_at: datetime
    decided_by: str
    reason: str
    review_on: date | None
    exercise: bool
    via: str


@event("continuity.override-decided")
@dataclass(frozen=True)
class OverrideDecided(OverrideDecision):
    pass


@event("continuity.override-lifted")
@dataclass(frozen=True)
class OverrideLifted(OverrideDecision):
    pass


@event("continuity.review-due")
@dataclass(frozen=True)
class ReviewDue:
    """The review date of an activation, an override or a plan has come: nothing changes by itself."""

    kind: str
    id: UUID
    label: str
    review_on: date


@event("continuity.plan-approved")
@dataclass(frozen=True)
class PlanApproved:
    version_id: UUID
    plan_code: str
    plan_name: str
    number: int
    approved_by: str


# The crisis cell's news.


@event("continuity.to-log")
@dataclass(frozen=True)
class ToLog:
    """Something that the crisis log must say. Written by the outbox, so that no business transaction queues on it.

    `key` makes it written once; `category`, `source` and `severity` are those of the log.
    """

    key: str
    text: str
    category: str
    event_at: datetime
    author_name: str
    via: str
    author_id: UUID | None = None
    source: str = "palier"
    severity: str = "routine"
    kind: str = ""
    decision_maker: str = ""
    activation_id: UUID | None = None
    exercise: bool = False
    about_table: str = ""
    about_id: str = ""
    place_label: str = ""


@event("continuity.task-late")
@dataclass(frozen=True)
class TaskLate:
    """A late task was carried up to the deputy, then to the coordinator. Never said of an exercise."""

    task_id: UUID
    title: str
    step: str
    at: datetime


@event("continuity.situation-report-frozen")
@dataclass(frozen=True)
class SituationReportFrozen:
    report_id: UUID
    number: int
    frozen_at: datetime


@event("continuity.vigilance-changed")
@dataclass(frozen=True)
class VigilanceChanged:
    """The vigilance of a department changed, as the newest map has it: the highest colour, in force or to come.

    `colour` "green", with no dates, says that a vigilance is over. The same colour comes again when its end moves.
    """

    department: str
    phenomenon: str
    colour: str
    since: datetime | None
    until: datetime | None
    at: datetime
