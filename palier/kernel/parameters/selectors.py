"""The parameters as the page lists them: value on a day, source, the organisation's own word."""

from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext

from palier.kernel.parameters.models import ParameterOverride
from palier.kernel.parameters.registry import Dated, Parameter, Value, declared


@dataclass(frozen=True)
class OwnValue:
    """One value that the organisation set."""

    value: Value
    since: date
    until: date | None
    reason: str
    decided_by_name: str
    holds: bool


@dataclass(frozen=True)
class ParameterLine:
    """A parameter on a day. `common` is the declared value, `own` what the organisation set, newest first."""

    key: str
    module: str
    label: str
    unit: str
    adjustable: bool
    value: Value | None
    common: Dated | None
    others: tuple[Dated, ...]
    own: tuple[OwnValue, ...] = field(default=())

    @property
    def is_own(self) -> bool:
        return any(one.holds for one in self.own)


def parameter_lines(*, on: date) -> list[ParameterLine]:
    """Every declared parameter with its value on a day; two queries whatever their number."""
    overrides: dict[str, list[ParameterOverride]] = {}
    for row in ParameterOverride.objects.order_by("-since"):
        overrides.setdefault(row.key, []).append(row)
    return [_line(one, overrides.get(one.key, []), on) for one in declared()]


def _line(known: Parameter, rows: list[ParameterOverride], on: date) -> ParameterLine:
    own = tuple(
        OwnValue(
            known.from_json(row.value),
            row.since,
            row.until,
            row.reason,
            row.decided_by_name,
            row.since <= on and (row.until is None or on < row.until),
        )
        for row in rows
    )
    common = _said(known.dated_on(on))
    held = next((one.value for one in own if one.holds), None)
    value = held if held is not None else (common.value if common else None)
    others = tuple(said for dated in known.values if not dated.holds_on(on) and (said := _said(dated)))
    return ParameterLine(
        known.key,
        known.module,
        gettext(known.label),
        gettext(known.unit) if known.unit else "",
        known.adjustable,
        value,
        common,
        others,
        own,
    )


def _said(dated: Dated | None) -> Dated | None:
    """The same value with its source in the reader's language."""
    return replace(dated, source=gettext(dated.source)) if dated and dated.source else dated
