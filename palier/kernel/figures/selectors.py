"""Figures with their curve."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from palier.kernel.figures.models import FigureSnapshot
from palier.kernel.figures.registry import Figure, Number, values

DAYS = 30


@dataclass(frozen=True)
class FigureCurve:
    """A figure now, and one value a day before it, oldest first; None where a day was not counted."""

    figure: Figure
    value: Number | None
    days: tuple[date, ...]
    curve: tuple[Number | None, ...]

    @property
    def before(self) -> Number | None:
        """The last value known before today."""
        return next((value for value in reversed(self.curve[:-1]) if value is not None), None)


def figure_curves(*, at: datetime, days: int = DAYS) -> list[FigureCurve]:
    """Every figure now with its curve; one query for the past whatever the number of figures."""
    today = timezone.localdate(at)
    span = tuple(today - timedelta(days=back) for back in range(days - 1, -1, -1))
    past: dict[str, dict[date, Decimal | None]] = {}
    for row in FigureSnapshot.objects.filter(day__gte=span[0], day__lt=today).values_list(
        "key", "day", "value"
    ):
        past.setdefault(row[0], {})[row[1]] = row[2]
    curves = []
    for one in values(at=at):
        known = past.get(one.figure.key, {})
        trace = tuple(plain(known.get(day)) for day in span[:-1])
        curves.append(FigureCurve(one.figure, one.value, span, (*trace, one.value)))
    return curves


def plain(value: Decimal | None) -> Number | None:
    """A stored value as it was counted: a whole number comes back as one."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else value.normalize()
