"""Seeded draws: the same seed gives the same values, whatever is drawn elsewhere."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from palier.config.demo.facts import Names, first_names, surnames

T = TypeVar("T")
FIRST_DECADE, LAST_DECADE = 1931, 2011
# Ranges that Arcep keeps for fiction: nobody is ever called by mistake.
MOBILE, LANDLINES = "06 39 98", {"11": "04 65 71", "31": "05 36 49", "46": "05 36 49"}


def stream(seed: int, *names: object) -> Random:
    """Return a generator of its own for one thing: adding a residence changes nothing of the others."""
    return Random("/".join(str(part) for part in (seed, *names)))


def pick(random: Random, choices: Sequence[tuple[T, float]]) -> T:
    """Draw one value among (value, weight) pairs."""
    values = [value for value, _weight in choices]
    return random.choices(values, weights=[weight for _value, weight in choices])[0]


def happens(random: Random, rate: float) -> bool:
    """Draw whether something of a given rate (0 to 1) happens."""
    return random.random() < rate


def day_between(random: Random, first: date, last: date) -> date:
    """Draw a day, both ends included."""
    return first + timedelta(days=random.randint(0, max(0, (last - first).days)))


def first_name(random: Random, born: int, sex: str) -> str:
    """Draw a first name as they were given in a person's birth decade."""
    decade = min(LAST_DECADE, max(FIRST_DECADE, born - (born - 1) % 10))
    return _one(random, first_names()[decade, sex])


def surname(random: Random, born: int) -> str:
    """Draw a surname as they are borne in a person's generation."""
    before, since = surnames()
    return _one(random, before if born < 1961 else since)


def _one(random: Random, names: Names) -> str:
    return random.choices(names.names, cum_weights=names.cumulated)[0]


def mobile(random: Random) -> str:
    """Draw a mobile number that belongs to nobody."""
    number = random.randrange(10_000)
    return f"{MOBILE} {number // 100:02d} {number % 100:02d}"


def landline(random: Random, department: str) -> str:
    """Draw a landline number that belongs to nobody."""
    # The first hundred of each range are the landlords' own.
    number = random.randrange(200, 10_000)
    return f"{LANDLINES.get(department, '05 36 49')} {number // 100:02d} {number % 100:02d}"
