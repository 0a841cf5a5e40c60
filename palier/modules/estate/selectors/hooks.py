"""What a higher module lets the estate show of the people in its lots, without the estate knowing them.

`people` registers two functions; the estate calls them once for all the lots or residences of a page.
Where none is registered, the status of the lot is all there is to say.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from palier.kernel.access import Actor


@dataclass(frozen=True)
class Occupancy:
    """Who is in a lot, as this actor may read it. A sealed person's lot names nobody: ask the referent."""

    label: str
    url: str = ""
    sealed: bool = False


@dataclass(frozen=True)
class PeopleCounts:
    """How many people and households live in a residence; sealed persons count too."""

    persons: int = 0
    households: int = 0


OccupancyHook = Callable[..., Mapping[UUID, Occupancy]]
PeopleHook = Callable[..., Mapping[UUID, PeopleCounts]]
Told = TypeVar("Told", bound=OccupancyHook)
Counted = TypeVar("Counted", bound=PeopleHook)

_occupancy: list[OccupancyHook] = []
_people: list[PeopleHook] = []


def register_occupancy(hook: Told) -> Told:
    """Register `hook(*, lot_ids, actor) -> {lot id: Occupancy}`. One query whatever the number of lots."""
    _occupancy[:] = [hook]
    return hook


def register_people_counts(hook: Counted) -> Counted:
    """Register `hook(*, residence_ids) -> {residence id: PeopleCounts}`. One query."""
    _people[:] = [hook]
    return hook


def occupancy_of(lot_ids: Iterable[UUID], actor: Actor) -> dict[UUID, Occupancy]:
    """Ask who is in these lots; lots about which nothing is known are left out."""
    asked, found = list(lot_ids), dict[UUID, Occupancy]()
    for hook in _occupancy if asked else ():
        found |= hook(lot_ids=asked, actor=actor)
    return found


def people_in(residence_ids: Iterable[UUID]) -> dict[UUID, PeopleCounts] | None:
    """Ask how many people live in these residences; None where no module answers."""
    if not _people:
        return None
    return dict(_people[0](residence_ids=list(residence_ids)))
