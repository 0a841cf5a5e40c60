"""Who calls whom: the same caller as before, then the language, then an even load. Pure."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heapreplace

COMMON = "fr"
"""The language that every caller speaks."""


@dataclass(frozen=True)
class Caller:
    """Somebody who may call. Units: `daily` in households a day, `load` in households already theirs."""

    id: Hashable
    daily: int = 30
    languages: frozenset[str] = field(default=frozenset())
    load: int = 0

    def speaks(self, language: str) -> bool:
        return language == COMMON or language in self.languages


@dataclass(frozen=True)
class Household:
    """A household to call. `former`: who called it last time, None when nobody did."""

    id: Hashable
    language: str = COMMON
    former: Hashable = None


def share(groups: Mapping[str, int], callers: Sequence[Caller]) -> dict[tuple[str, Hashable], int]:
    """Return how many households of each language each caller takes, so that loads stay even.

    A language that nobody speaks goes to everybody: the household is called, and the page says so. Rare languages
    first, so that those who speak them are not already full of French.
    """
    loads = {one.id: one.load for one in callers}
    shared: dict[tuple[str, Hashable], int] = {}
    for language in sorted(groups, key=lambda code: (code == COMMON, groups[code], code)):
        able = [one for one in callers if one.speaks(language)] or list(callers)
        if able:
            for caller, count in _fill(groups[language], able, loads).items():
                shared[language, caller] = count
    return shared


def _fill(count: int, callers: Sequence[Caller], loads: dict[Hashable, int]) -> dict[Hashable, int]:
    """Give one household after another to whoever is the least busy for their capacity."""
    given = {one.id: 0 for one in callers}
    heap = [((loads[one.id] + 1) / one.daily, rank) for rank, one in enumerate(callers)]
    heapify(heap)
    for _turn in range(count):
        _burden, rank = heap[0]
        one = callers[rank]
        given[one.id] += 1
        loads[one.id] += 1
        heapreplace(heap, ((loads[one.id] + 1) / one.daily, rank))
    return {caller: number for caller, number in given.items() if number}


def assign(households: Iterable[Household], callers: Sequence[Caller]) -> dict[Hashable, Hashable]:
    """Return the caller of each household; nothing when nobody calls.

    A household keeps its former caller as long as that one is among the callers.
    """
    known = {one.id: one for one in callers}
    kept: dict[Hashable, Hashable] = {}
    waiting: dict[str, list[Household]] = {}
    loads = {one.id: one.load for one in callers}
    for household in households:
        if household.former in known:
            kept[household.id] = household.former
            loads[household.former] += 1
        else:
            waiting.setdefault(household.language, []).append(household)
    busy = [Caller(one.id, one.daily, one.languages, loads[one.id]) for one in callers]
    shares = share({language: len(group) for language, group in waiting.items()}, busy)
    for (language, caller), count in shares.items():
        taken, waiting[language] = waiting[language][:count], waiting[language][count:]
        kept |= {household.id: caller for household in taken}
    return kept
