"""What a change of mode will do, counted before anyone confirms.

A module that acts when a level changes (builds a call campaign, moves appointments) registers an item
here. The preview shows its number and whether it can be undone; the list it names is frozen at confirmation,
and the job of the module acts on that list alone, so that what was announced is what is done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from palier.kernel.modes import Mode
from palier.kernel.places import Place


class Undoing(StrEnum):
    """What can be done about a bulk act once it is done."""

    REVERSIBLE = "reversible"
    COMPENSABLE = "compensable"  # a correction is sent
    FINAL = "final"


@dataclass(frozen=True)
class ModeStep:
    """One service that changes: its whole mode before and after, at the scope."""

    service: str
    before: Mode
    after: Mode


@dataclass(frozen=True)
class PreviewRequest:
    """What is about to be decided. `texts` holds the notices of the level, by language then channel."""

    scope: Place
    at: datetime
    steps: tuple[ModeStep, ...]
    level: str = ""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def step(self, service: str) -> ModeStep | None:
        return next((one for one in self.steps if one.service == service), None)


@dataclass(frozen=True)
class PreviewedAct:
    """How many times something will be done. `frozen` is the JSON-able list that the job will act on."""

    count: int
    undoing: Undoing = Undoing.REVERSIBLE
    frozen: tuple[Any, ...] = ()
    details: Mapping[str, int | None] = field(default_factory=dict)


Counter = Callable[[PreviewRequest], PreviewedAct | None]


@dataclass(frozen=True)
class PreviewItem:
    key: str
    label: Any
    count: Counter


_items: dict[str, PreviewItem] = {}


def preview_item(key: str, *, label: Any) -> Callable[[Counter], Counter]:
    """Register the function that counts one kind of act; it answers None when it has nothing to say."""

    def keep(count: Counter) -> Counter:
        known = _items.get(key)
        if known is not None and known.count is not count:
            raise ValueError(f"two modules count {key!r}")
        _items[key] = PreviewItem(key, label, count)
        return count

    return keep


def preview_items() -> tuple[PreviewItem, ...]:
    return tuple(_items[key] for key in sorted(_items))


def counted(request: PreviewRequest) -> dict[str, PreviewedAct | None]:
    """Ask every registered item; items of modules that do not answer are absent."""
    return {item.key: item.count(request) for item in preview_items()}
