"""The way of an activation, from a proposal to its lessons, and of an override."""

from palier.kernel.workflow import Workflow
from palier.modules.continuity.enums import (
    ActivationAction,
    ActivationState,
    OverrideAction,
    OverrideState,
)
from palier.modules.continuity.permissions import Permission

_STANDING = (ActivationState.DECIDED, ActivationState.ACTIVE, ActivationState.CHANGED)
_BEGUN = (ActivationState.ACTIVE, ActivationState.CHANGED)

ACTIVATION = Workflow(
    "continuity.activation",
    {
        ActivationAction.DECIDE: (
            (ActivationState.PROPOSED,),
            ActivationState.DECIDED,
            Permission.ACTIVATION_DECIDE,
        ),
        ActivationAction.DROP: (
            (ActivationState.PROPOSED,),
            ActivationState.DROPPED,
            Permission.ACTIVATION_DECIDE,
        ),
        ActivationAction.START: (
            (ActivationState.DECIDED,),
            ActivationState.ACTIVE,
            Permission.ACTIVATION_DECIDE,
        ),
        ActivationAction.CHANGE: (_STANDING, ActivationState.CHANGED, Permission.ACTIVATION_DECIDE),
        ActivationAction.EXTEND: (_BEGUN, ActivationState.CHANGED, Permission.ACTIVATION_DECIDE),
        ActivationAction.LIFT: (_STANDING, ActivationState.LIFTED, Permission.ACTIVATION_DECIDE),
        ActivationAction.DEBRIEF: (
            (ActivationState.LIFTED,),
            ActivationState.DEBRIEFED,
            Permission.ACTIVATION_DECIDE,
        ),
        ActivationAction.CLOSE: (
            (ActivationState.DEBRIEFED,),
            ActivationState.CLOSED,
            Permission.ACTIVATION_DECIDE,
        ),
    },
)

OVERRIDE = Workflow(
    "continuity.override",
    {
        OverrideAction.LIFT: ((OverrideState.IN_FORCE,), OverrideState.LIFTED, Permission.OVERRIDE_DECIDE),
    },
)
