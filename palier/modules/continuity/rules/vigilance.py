"""Read Météo-France's vigilance map: which department is watched for what, in which colour, from when to when.

The map is the product `cdp_carte_externe` (version 6): periods (today, tomorrow), each with its domains. A domain is
the country, a department ("35", "2A", "971") or its coast ("3010": the coast of 30). Colours come as numbers or as
text; a phenomenon without any time lapse holds for its whole period, in its highest colour.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from palier.modules.continuity.enums import Colour, Phenomenon, VigilanceProblem

COLOURS = {str(code): colour for code, colour in enumerate(Colour, start=1)}
PHENOMENA = {str(code): phenomenon for code, phenomenon in enumerate(Phenomenon, start=1)}
RANK = {colour: rank for rank, colour in enumerate(Colour)}
DEPARTMENT = re.compile(r"(?P<department>0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8])(?P<coast>10)?")


@dataclass(frozen=True)
class Stretch:
    """One colour of one phenomenon in one department, from `since` to `until` (not included)."""

    department: str
    phenomenon: str
    colour: str
    since: datetime
    until: datetime

    def holds_at(self, at: datetime) -> bool:
        return self.since <= at < self.until


@dataclass(frozen=True)
class Bulletin:
    """One map. `departments` are those it speaks of; green stretches are left out of `stretches`."""

    issued_at: datetime
    valid_from: datetime
    valid_until: datetime
    departments: frozenset[str]
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong and where."""

    kind: VigilanceProblem
    said: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return str(self.kind.label).format(**dict(self.said))


class MapRefused(ValueError):
    """The file cannot be read as a map; `problem` says why."""

    def __init__(self, kind: VigilanceProblem, **said: object) -> None:
        super().__init__(str(kind))
        self.problem = Problem(kind, tuple((name, str(value)) for name, value in said.items()))


def read_bulletin(content: bytes) -> Bulletin:
    """Read a map. Raises: MapRefused."""
    product = _part(_parsed(content), "product", "")
    issued_at = _moment(_part(product, "update_time", "product"), "product.update_time")
    periods = _part(product, "periods", "product")
    if not isinstance(periods, list) or not periods:
        raise MapRefused(VigilanceProblem.NOT_A_MAP, path="product.periods")
    spans, departments, found = [], set(), []
    for number, period in enumerate(periods):
        path = f"product.periods[{number}]"
        span = _span(period, "begin_validity_time", "end_validity_time", path)
        spans.append(span)
        for department, stretches in _domains(period, span, path):
            departments.add(department)
            found += stretches
    return Bulletin(
        issued_at=issued_at,
        valid_from=min(begin for begin, _end in spans),
        valid_until=max(end for _begin, end in spans),
        departments=frozenset(departments),
        stretches=tuple(joined(one for one in found if one.colour != Colour.GREEN)),
    )


def joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Join the stretches of one colour that follow one another: noon to ten, then ten to noon, is one."""
    held: Stretch | None = None
    for one in sorted(stretches, key=lambda s: (s.department, s.phenomenon, s.colour, s.since, s.until)):
        same = held and (held.department, held.phenomenon, held.colour) == (
            one.department,
            one.phenomenon,
            one.colour,
        )
        if held and same and one.since <= held.until:
            held = replace(held, until=max(held.until, one.until))
            continue
        if held:
            yield held
        held = one
    if held:
        yield held


def carried_on(stretches: Iterable[Stretch], former: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Give a stretch the beginning it had in the map before: each map begins at its own hour, not the weather."""
    known = list(former)
    return tuple(replace(one, since=_true_beginning(one, known)) for one in stretches)


def _true_beginning(one: Stretch, known: list[Stretch]) -> datetime:
    mine = [
        past.since
        for past in known
        if (past.department, past.phenomenon, past.colour) == (one.department, one.phenomenon, one.colour)
        and past.since < one.since <= past.until
    ]
    return min(mine, default=one.since)


@dataclass(frozen=True)
class Peak:
    """The highest colour to come or in force of one phenomenon in one department; green when there is none."""

    colour: str
    since: datetime | None = None
    until: datetime | None = None


def peaks(stretches: Iterable[Stretch], *, at: datetime) -> dict[tuple[str, str], Peak]:
    """The highest colour by department and phenomenon, among what is not over; of equals, the first."""
    found: dict[tuple[str, str], Peak] = {}
    for one in sorted(
        (s for s in stretches if s.until > at), key=lambda s: (-RANK[Colour(s.colour)], s.since)
    ):
        found.setdefault((one.department, one.phenomenon), Peak(one.colour, one.since, one.until))
    return found


def changes(
    before: dict[tuple[str, str], Peak], after: dict[tuple[str, str], Peak], *, departments: frozenset[str]
) -> list[tuple[str, str, Peak]]:
    """(department, phenomenon, peak) of what differs: a colour, or how long it lasts. Others' silence is no news."""
    keys = sorted(key for key in {*before, *after} if key[0] in departments)
    none = Peak(Colour.GREEN.value)
    return [
        (*key, after.get(key, none))
        for key in keys
        if (before.get(key, none).colour, before.get(key, none).until)
        != (after.get(key, none).colour, after.get(key, none).until)
    ]


def reaches(colour: str, threshold: str) -> bool:
    """Whether a colour is at least as serious as a threshold."""
    return RANK[Colour(colour)] >= RANK[Colour(threshold)]


def in_season(month_day: int, *, begins: int, ends: int) -> bool:
    """Whether a day lies in a season, its last day included. Units: month × 100 + day (601: 1 June)."""
    return begins <= month_day <= ends if begins <= ends else month_day >= begins or month_day <= ends


# Reading, piece by piece.


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise MapRefused(VigilanceProblem.NOT_TEXT) from wrong
    except json.JSONDecodeError as wrong:
        raise MapRefused(VigilanceProblem.SYNTAX, line=wrong.lineno, column=wrong.colno) from wrong
    except (RecursionError, ValueError) as wrong:
        raise MapRefused(VigilanceProblem.SYNTAX, line=1, column=1) from wrong


def _part(holder: Any, name: str, path: str) -> Any:
    if not isinstance(holder, dict) or holder.get(name) is None:
        raise MapRefused(VigilanceProblem.NOT_A_MAP, path=f"{path}.{name}".lstrip("."))
    return holder[name]


def _list(holder: Any, name: str, path: str) -> list[Any]:
    found = _part(holder, name, path)
    if not isinstance(found, list):
        raise MapRefused(VigilanceProblem.NOT_A_MAP, path=f"{path}.{name}")
    return found


def _moment(value: Any, path: str) -> datetime:
    try:
        read = datetime.fromisoformat(value)
        if read.tzinfo is None:
            raise ValueError(value)
        return read.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as wrong:
        raise MapRefused(VigilanceProblem.MOMENT, path=path, value=value) from wrong


def _colour(value: Any, path: str) -> str:
    colour = COLOURS.get(str(value).strip()) if not isinstance(value, bool) else None
    if colour is None:
        raise MapRefused(VigilanceProblem.COLOUR, path=path, value=value)
    return colour.value


def _span(holder: Any, first: str, last: str, path: str) -> tuple[datetime, datetime]:
    begin = _moment(_part(holder, first, path), f"{path}.{first}")
    end = _moment(_part(holder, last, path), f"{path}.{last}")
    if end <= begin:
        raise MapRefused(VigilanceProblem.ORDER, path=path)
    return begin, end


def _domains(period: Any, span: tuple[datetime, datetime], path: str) -> Iterator[tuple[str, list[Stretch]]]:
    """Each department that the period speaks of, its coast with it; the country as a whole is passed over."""
    laps = _part(period, "timelaps", path)
    for number, domain in enumerate(_list(laps, "domain_ids", f"{path}.timelaps")):
        here = f"{path}.timelaps.domain_ids[{number}]"
        named = DEPARTMENT.fullmatch(str(_part(domain, "domain_id", here)).strip())
        if named:
            yield named["department"], list(_phenomena(domain, named["department"], span, here))


def _phenomena(domain: Any, department: str, span: tuple[datetime, datetime], path: str) -> Iterator[Stretch]:
    for number, item in enumerate(_list(domain, "phenomenon_items", path)):
        here = f"{path}.phenomenon_items[{number}]"
        phenomenon = PHENOMENA.get(str(_part(item, "phenomenon_id", here)).strip())
        if phenomenon is None:  # A phenomenon that Météo-France has added since: it harms none of the others.
            continue
        laps = item.get("timelaps_items") or []
        if not laps:
            colour = _colour(_part(item, "phenomenon_max_color_id", here), f"{here}.phenomenon_max_color_id")
            yield Stretch(department, phenomenon.value, colour, *span)
        for rank, lap in enumerate(laps):
            there = f"{here}.timelaps_items[{rank}]"
            colour = _colour(_part(lap, "color_id", there), f"{there}.color_id")
            yield Stretch(department, phenomenon.value, colour, *_span(lap, "begin_time", "end_time", there))
