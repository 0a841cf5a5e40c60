"""The figures that modules declare, and their values now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

Number = int | Decimal
Count = Callable[..., Number | None]

ABOUT = ("persons", "dwellings", "things")


@dataclass(frozen=True)
class Figure:
    """One figure. `about` decides how it may be published: figures about persons fall under the smallest
    cell.

    `better` says which way is good ("up", "down" or ""), for the mark beside the curve.
    """

    key: str
    label: Any
    unit: Any
    about: str
    order: int
    better: str
    count: Count

    @property
    def module(self) -> str:
        return self.key.split(".", 1)[0]


@dataclass(frozen=True)
class FigureValue:
    """A figure at a moment; None when nothing can be said yet."""

    figure: Figure
    value: Number | None


_figures: dict[str, Figure] = {}


def figure(
    *, key: str, label: Any, unit: Any = "", about: str = "things", order: int = 100, better: str = ""
) -> Callable[[Count], Count]:
    """Register the function that counts: `count(at=…)` answers a number, or None."""
    if about not in ABOUT:
        raise ValueError(f"{key}: a figure is about one of {', '.join(ABOUT)}")

    def keep(count: Count) -> Count:
        known = _figures.get(key)
        if known is not None and (known.count.__module__, known.count.__qualname__) != (
            count.__module__,
            count.__qualname__,
        ):
            raise ValueError(f"two figures are called {key!r}")
        _figures[key] = Figure(key, label, unit, about, order, better, count)
        return count

    return keep


def figures() -> tuple[Figure, ...]:
    """Every figure, in the order in which screens show them."""
    return tuple(sorted(_figures.values(), key=lambda one: (one.order, one.key)))


def values(*, at: datetime) -> list[FigureValue]:
    """Count every figure now, one query or so each."""
    return [FigureValue(one, one.count(at=at)) for one in figures()]
