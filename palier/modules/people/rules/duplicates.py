"""When two records may be one person: what speaks for it, what speaks against it, and how much.

A pair is worth looking at when its names are alike and something else agrees: the birth date, a phone number, an
e-mail, the dwelling. Points are added and taken away; at `PROPOSED` and above, somebody is asked.
"""

from dataclasses import dataclass, fields
from datetime import date

NAMES = 45
"""Points of two names wholly alike; less in proportion."""

POINTS = {
    "same_birth": 35,
    "same_phone": 20,
    "same_email": 20,
    "same_lot": 20,
    "birth_differs": -45,
    "birth_is_close": -15,
    "same_lease": -20,
    "two_codes": -10,
    "civility_differs": -15,
}
PROPOSED, LIKELY, SURE = 60, 70, 85

LEAST_PART = 0.4
"""Under this, two surnames or two given names are those of two people: Lea and Leo, Paul and Marie."""
LEAST_CROSSED = 0.6
"""How alike a surname must be to the other's given name to believe that they were written in each other's place."""
UNSAID = 0.6
"""How alike given names are held to be when one of the two records has none."""
LEAST_ALIKE = 0.55
CROWD_OF_DATE = 150
"""A birth date that more people share is a date put in for want of one (1 January 1900): a common word is asked too."""
CROWD_OF_VALUE = 12
"""A number that more people share is that of an office or of a hostel: it says nothing of who they are."""


@dataclass(frozen=True)
class Evidence:
    """What two records have in common, and what sets them apart. `alike`: 0 to 1, how alike their names are.

    `birth_is_close`: two dates that one slip of the hand explains. `two_codes`: both have a code of the ERP and a
    lease in force, so that the same full file names both.
    """

    alike: float
    same_birth: bool = False
    same_phone: bool = False
    same_email: bool = False
    same_lot: bool = False
    crossed: bool = False
    by_birth_name: bool = False
    birth_differs: bool = False
    birth_is_close: bool = False
    same_lease: bool = False
    two_codes: bool = False
    civility_differs: bool = False


REASONS = ("same_birth", "same_phone", "same_email", "same_lot", "crossed", "by_birth_name")
WARNINGS = ("birth_differs", "birth_is_close", "same_lease", "two_codes", "civility_differs")


def score(evidence: Evidence) -> int:
    """Add up what speaks for and against. Units: points, 0 to 100."""
    points = int(NAMES * evidence.alike + 0.5)
    points += sum(worth for name, worth in POINTS.items() if getattr(evidence, name))
    return max(0, min(100, points))


def is_proposed(evidence: Evidence) -> bool:
    """Say whether somebody should look at the pair."""
    return evidence.alike >= LEAST_ALIKE and score(evidence) >= PROPOSED


def names_alike(
    family: float, given: float, crossed_family: float = 0.0, crossed_given: float = 0.0
) -> float:
    """Return how alike two full names are, from how alike their parts are; written in each other's place counts too.

    `crossed_family`: the surname of one against the given names of the other. All from 0 to 1.
    """
    straight = (family + given) / 2 if min(family, given) >= LEAST_PART else 0.0
    crossed = (
        (crossed_family + crossed_given) / 2 if min(crossed_family, crossed_given) >= LEAST_CROSSED else 0.0
    )
    return max(straight, crossed)


def birth_relation(first: date | None, second: date | None) -> str:
    """Compare two birth dates: same, close (day and month exchanged, or one digit off), differs, or unknown."""
    if first is None or second is None:
        return "unknown"
    if first == second:
        return "same"
    return "close" if _is_a_slip(first, second) else "differs"


def _is_a_slip(first: date, second: date) -> bool:
    exchanged = first.year == second.year and (first.day, first.month) == (second.month, second.day)
    pairs = zip(f"{first:%Y%m%d}", f"{second:%Y%m%d}", strict=True)
    return exchanged or sum(one != other for one, other in pairs) == 1


def reasons_of(evidence: Evidence) -> tuple[str, ...]:
    """Return what speaks for it, by name, the weightiest first."""
    return tuple(name for name in REASONS if getattr(evidence, name))


def warnings_of(evidence: Evidence) -> tuple[str, ...]:
    """Return what speaks against it, by name."""
    return tuple(name for name in WARNINGS if getattr(evidence, name))


def closeness(points: int) -> str:
    """Name how sure a score is: sure, likely or possible."""
    return "sure" if points >= SURE else "likely" if points >= LIKELY else "possible"


def from_facts(facts: dict[str, object]) -> Evidence:
    """Read evidence as it was kept: absent is false. `alike` is kept as a whole percentage."""
    known = {one.name for one in fields(Evidence)} - {"alike"}
    said = {name: bool(value) for name, value in facts.items() if name in known}
    percent = facts.get("alike", 0)
    return Evidence(alike=(percent if isinstance(percent, int) else 0) / 100, **said)
