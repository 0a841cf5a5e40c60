"""Tables of the continuity module, one noun a file."""

from palier.modules.continuity.models.activations import (
    Activation,
    ActivationStep,
    ModeChange,
    ModeOverride,
)
from palier.modules.continuity.models.plans import ContinuityPlan, PlanVersion

__all__ = [
    "Activation",
    "ActivationStep",
    "ContinuityPlan",
    "ModeChange",
    "ModeOverride",
    "PlanVersion",
]
