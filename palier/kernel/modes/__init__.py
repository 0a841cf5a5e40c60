"""Services and the modes they work in: declarations, the rule for overlaps, and how to ask."""

from palier.kernel.modes.asking import mode_of, modes_of, register_source
from palier.kernel.modes.merging import (
    BeginsBeforeRecorded,
    Contribution,
    ModeAnswer,
    ModeChange,
    SourceKind,
    in_force,
    merge,
    with_hypothesis,
)
from palier.kernel.modes.registry import (
    UnknownService,
    register,
    service,
    service_keys,
    services,
)
from palier.kernel.modes.services import (
    Mode,
    ModeField,
    Service,
    State,
    UnknownField,
    UnknownValue,
    WrongDeclaration,
)
from palier.kernel.places import Place, PlaceKind, PlaceRef

__all__ = [
    "BeginsBeforeRecorded",
    "Contribution",
    "Mode",
    "ModeAnswer",
    "ModeChange",
    "ModeField",
    "Place",
    "PlaceKind",
    "PlaceRef",
    "Service",
    "SourceKind",
    "State",
    "UnknownField",
    "UnknownService",
    "UnknownValue",
    "WrongDeclaration",
    "in_force",
    "merge",
    "mode_of",
    "modes_of",
    "register",
    "register_source",
    "service",
    "service_keys",
    "services",
    "with_hypothesis",
]
