"""Numbers that come from law, contract or usage: dated, with their source, read at the date of the act.

    CALL_OUT = declare(Parameter(
        key="continuity.call-out-deputy-after",
        label=_("Time before the deputy is shown when nobody answers the call-out"),
        unit="minutes",
        values=(Dated(15, source="Usage"),),
        adjustable=True,
    ))

    value_of("continuity.call-out-deputy-after", on=activation.effective_at.date())

The business date decides, never "today": an act of last March is judged by last March's number.
"""

from palier.kernel.parameters.registry import (
    Dated,
    Parameter,
    UnknownParameter,
    WrongParameter,
    declare,
    declared,
    parameter,
    worded,
)
from palier.kernel.parameters.values import value_of

__all__ = [
    "Dated",
    "Parameter",
    "UnknownParameter",
    "WrongParameter",
    "declare",
    "declared",
    "parameter",
    "value_of",
    "worded",
]
