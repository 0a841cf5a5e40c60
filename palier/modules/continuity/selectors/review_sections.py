"""Sections that other modules add to an after-action review: calls, repairs, what each knows of the period.

    @review_section("outreach", order=60)
    def calls(period: ReviewPeriod) -> ReviewSection | None: …

Called once, when the review is drafted, inside its transaction; what it returns is frozen with the rest. A module
says numbers and labels, never a person. An exercise asks nobody: its calls were not made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class ReviewPeriod:
    """What the review is about. `scope_kind` and `scope_id` as in `palier.kernel.places`."""

    activation_id: UUID
    reference: str
    scope_kind: str
    scope_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class ReviewTable:
    """A table of plain words."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


@dataclass(frozen=True)
class ReviewSection:
    """One section: a title, facts with their value, tables, curves by label. In French, as the document is."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[ReviewTable, ...] = ()
    curves: tuple[tuple[str, tuple[float | None, ...]], ...] = ()
    note: str = ""

    def as_json(self, key: str) -> dict[str, Any]:
        return {
            "key": key,
            "title": self.title,
            "note": self.note,
            "facts": [list(one) for one in self.facts],
            "tables": [
                {"title": one.title, "header": list(one.header), "rows": [list(row) for row in one.rows]}
                for one in self.tables
            ],
            "curves": [{"label": label, "values": list(values)} for label, values in self.curves],
        }


Draw = Callable[[ReviewPeriod], ReviewSection | None]
_registry: dict[str, tuple[int, Draw]] = {}


def review_section(key: str, *, order: int = 100) -> Callable[[Draw], Draw]:
    """Register what a module says of a crisis that is over; `key` names it once."""

    def register(draw: Draw) -> Draw:
        known = _registry.get(key)
        if known and known[1].__qualname__ != draw.__qualname__:
            raise ValueError(f"Two sections are called {key!r}.")
        _registry[key] = (order, draw)
        return draw

    return register


def sections_of(period: ReviewPeriod) -> list[tuple[str, ReviewSection]]:
    """What every module says, in order; those that have nothing to say are left out."""
    asked = sorted(_registry.items(), key=lambda one: (one[1][0], one[0]))
    drawn = ((key, draw(period)) for key, (_order, draw) in asked)
    return [(key, section) for key, section in drawn if section is not None]
