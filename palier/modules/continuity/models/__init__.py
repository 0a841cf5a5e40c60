"""Tables of the continuity module, one noun a file."""

from palier.modules.continuity.models.activations import (
    Activation,
    ActivationStep,
    ModeChange,
    ModeOverride,
)
from palier.modules.continuity.models.cell import (
    CallOut,
    CallOutAnswer,
    Cell,
    CellDecision,
    CellMember,
    Meeting,
)
from palier.modules.continuity.models.exercises import Exercise, Inject, Observation
from palier.modules.continuity.models.log import LogEntry
from palier.modules.continuity.models.notices import Notice
from palier.modules.continuity.models.plans import ContinuityPlan, PlanVersion
from palier.modules.continuity.models.reports import OfflinePack, PackSettings, SituationReport
from palier.modules.continuity.models.reviews import AfterActionReview, ReviewComment, ReviewProposal
from palier.modules.continuity.models.tasks import Task
from palier.modules.continuity.models.vigilance import (
    VigilanceBulletin,
    VigilanceProposal,
    VigilanceRule,
    VigilanceStretch,
)

__all__ = [
    "Activation",
    "ActivationStep",
    "AfterActionReview",
    "CallOut",
    "CallOutAnswer",
    "Cell",
    "CellDecision",
    "CellMember",
    "ContinuityPlan",
    "Exercise",
    "Inject",
    "LogEntry",
    "Meeting",
    "ModeChange",
    "ModeOverride",
    "Notice",
    "Observation",
    "OfflinePack",
    "PackSettings",
    "PlanVersion",
    "ReviewComment",
    "ReviewProposal",
    "SituationReport",
    "Task",
    "VigilanceBulletin",
    "VigilanceProposal",
    "VigilanceRule",
    "VigilanceStretch",
]
