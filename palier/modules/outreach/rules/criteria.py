"""Who belongs to a segment: any of several groups, each of conditions that must all hold. Pure.

    {"any": [{"all": [{"input": "age", "at_least": 75}, {"input": "lives_alone"}]},
             {"all": [{"input": "markers", "among": ["needs_help_to_leave"]}]}]}

Only the inputs below exist: whatever else might be known of somebody is refused by name (domain dossier § 2.1; RGPD
art. 5 and 9). An objection to these calls excludes always and is therefore not an input.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from palier.modules.outreach.enums import CriteriaProblem, SegmentInput

NUMBERS = {
    SegmentInput.AGE: (0, 120),
    SegmentInput.HOUSEHOLD_SIZE: (1, 40),
    SegmentInput.DAYS_WITHOUT_CONTACT: (1, 3650),
}
"""Inputs that hold a number, with the least and the greatest that make sense."""

MARKERS = (
    "lives_alone", "isolated", "needs_help_to_leave", "stays_indoors", "adapted_dwelling", "home_help",
    "cares_for_someone", "alone_with_children", "student_alone", "income_loss", "hard_to_reach", "written_french",
    "bereaved", "asked_to_be_called",
)  # fmt: skip
"""The natures of markers that the people module keeps; a test compares both lists."""

ONLY_FOR = {SegmentInput.IN_ARREARS: "C"}
"""Inputs that one segment alone may use: what is owed serves families in payment difficulty, nothing else."""

NEVER = frozenset(
    {
        "nationality", "origin", "birth_place", "religion", "belief", "health", "diagnosis", "disability_rate",
        "income", "ethnicity", "union", "orientation", "name", "family_name",
    }
)  # fmt: skip
"""Inputs that people ask for and that no query may hold (RGPD art. 9)."""

MOST_GROUPS, MOST_CONDITIONS = 8, 6


class CriteriaRefused(ValueError):
    """A query that cannot be read or may not be asked; `problem` says why, `said` where and what."""

    def __init__(self, problem: CriteriaProblem, **said: object) -> None:
        super().__init__(problem.value)
        self.problem, self.said = problem, said

    def __str__(self) -> str:
        return str(self.problem.label).format(**self.said)


@dataclass(frozen=True)
class Condition:
    """One condition. A number has `at_least`, `at_most` or both, inclusive; markers have `among`; the rest is a yes."""

    input: SegmentInput
    at_least: int | None = None
    at_most: int | None = None
    among: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"input": self.input.value}
        if self.at_least is not None:
            said["at_least"] = self.at_least
        if self.at_most is not None:
            said["at_most"] = self.at_most
        if self.among:
            said["among"] = list(self.among)
        return said


@dataclass(frozen=True)
class Criteria:
    """A whole query: the groups, one of which is enough."""

    groups: tuple[tuple[Condition, ...], ...]

    def as_json(self) -> dict[str, Any]:
        return {"any": [{"all": [one.as_json() for one in group]} for group in self.groups]}

    def inputs(self) -> frozenset[SegmentInput]:
        return frozenset(one.input for group in self.groups for one in group)


def read_criteria(document: Any, *, segment: str) -> Criteria:
    """Read and check a query. Raises: CriteriaRefused, naming the group and the condition (1, 2…)."""
    groups = document.get("any") if isinstance(document, Mapping) else None
    if not isinstance(groups, list) or not groups:
        raise CriteriaRefused(CriteriaProblem.EMPTY)
    if len(groups) > MOST_GROUPS:
        raise CriteriaRefused(CriteriaProblem.TOO_LONG, most=MOST_GROUPS)
    return Criteria(tuple(_group(one, rank, segment) for rank, one in enumerate(groups, start=1)))


def _group(group: Any, rank: int, segment: str) -> tuple[Condition, ...]:
    conditions = group.get("all") if isinstance(group, Mapping) else None
    if not isinstance(conditions, list) or not conditions:
        raise CriteriaRefused(CriteriaProblem.EMPTY_GROUP, group=rank)
    if len(conditions) > MOST_CONDITIONS:
        raise CriteriaRefused(CriteriaProblem.TOO_LONG, most=MOST_CONDITIONS)
    return tuple(_conditions(conditions, rank, segment))


def _conditions(conditions: list[Any], rank: int, segment: str) -> Iterator[Condition]:
    for said in conditions:
        if not isinstance(said, Mapping) or not isinstance(said.get("input"), str):
            raise CriteriaRefused(CriteriaProblem.EMPTY_GROUP, group=rank)
        yield _condition(said, rank, segment)


def _condition(said: Mapping[str, Any], rank: int, segment: str) -> Condition:
    name = said["input"]
    if name in NEVER:
        raise CriteriaRefused(CriteriaProblem.FORBIDDEN, group=rank, input=name)
    try:
        asked = SegmentInput(name)
    except ValueError:
        raise CriteriaRefused(CriteriaProblem.UNKNOWN, group=rank, input=name) from None
    if ONLY_FOR.get(asked, segment) != segment:
        raise CriteriaRefused(CriteriaProblem.ARREARS_ELSEWHERE, group=rank, segment=ONLY_FOR[asked])
    unknown = set(said) - {"input", "at_least", "at_most", "among"}
    if unknown:
        raise CriteriaRefused(CriteriaProblem.UNKNOWN, group=rank, input=min(unknown))
    if asked in NUMBERS:
        return _number(said, asked, rank)
    return _markers(said, rank) if asked == SegmentInput.MARKERS else Condition(asked)


def _number(said: Mapping[str, Any], asked: SegmentInput, rank: int) -> Condition:
    low, high = NUMBERS[asked]
    least, most = said.get("at_least"), said.get("at_most")
    for value in (least, most):
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high
        ):
            raise CriteriaRefused(CriteriaProblem.NUMBER, group=rank, input=asked.label, low=low, high=high)
    if least is None and most is None:
        raise CriteriaRefused(CriteriaProblem.NUMBER, group=rank, input=asked.label, low=low, high=high)
    if least is not None and most is not None and least > most:
        raise CriteriaRefused(CriteriaProblem.ORDER, group=rank, input=asked.label)
    return Condition(asked, least, most)


def _markers(said: Mapping[str, Any], rank: int) -> Condition:
    among = said.get("among")
    if not isinstance(among, list) or not among or not set(map(str, among)) <= set(MARKERS):
        raise CriteriaRefused(CriteriaProblem.MARKERS, group=rank)
    return Condition(SegmentInput.MARKERS, among=tuple(one for one in MARKERS if one in among))
