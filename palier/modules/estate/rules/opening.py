"""Opening hours: read them as people type them, group the days that are alike."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

_CLOSED = {"", "ferme", "fermé", "closed", "-", "–", "x"}
_TIME = r"(\d{1,2})\s*(?:h|:|\.)?\s*(\d{2})?"
_SLOT = re.compile(rf"^{_TIME}\s*(?:-|–|—|à|a|to)\s*{_TIME}\s*(.*)$", re.I)
_APPOINTMENT = re.compile(
    r"^(?:\(?\s*(?:sur|on|by|uniquement sur)?\s*(?:rendez[- ]vous|rdv|appointment)\s*\)?)$", re.I
)


class HoursNotUnderstood(ValueError):
    """The text of a day's hours cannot be read; `text` is the part at fault."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, order=True)
class HoursSlot:
    """One opening `[opens_at, closes_at)`."""

    opens_at: time
    closes_at: time
    by_appointment: bool = False

    def overlaps(self, other: "HoursSlot") -> bool:
        return self.opens_at < other.closes_at and other.opens_at < self.closes_at


@dataclass(frozen=True)
class DayHours:
    """The openings of one day of the week (1 is Monday), in order; none means closed."""

    weekday: int
    slots: tuple[HoursSlot, ...] = ()

    @property
    def is_closed(self) -> bool:
        return not self.slots


@dataclass(frozen=True)
class DayGroup:
    """Consecutive days with the same hours."""

    first: int
    last: int
    slots: tuple[HoursSlot, ...]


def read_day(text: str) -> tuple[HoursSlot, ...]:
    """Read the hours of a day: `9h-12h, 14h-17h30`, `9:00-12:00 14:00-17:00 sur rdv`, `fermé`.

    Raises: HoursNotUnderstood.
    """
    text = " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())
    if text.lower() in _CLOSED:
        return ()
    # A space between two openings is a separator too, where a digit follows a complete range.
    parted = re.split(
        r"\s*(?:,|;|/|\bet\b|\band\b)\s*", re.sub(rf"((?:-|–|—|à)\s*{_TIME})\s+(?=\d)", r"\1,", text)
    )
    slots = sorted(_read_slot(part) for part in parted if part)
    for earlier, later in pairwise(slots):
        if earlier.overlaps(later):
            raise HoursNotUnderstood(text)
    return tuple(slots)


def _read_slot(text: str) -> HoursSlot:
    found = _SLOT.match(text)
    if not found:
        raise HoursNotUnderstood(text)
    from_hour, from_minute, to_hour, to_minute, rest = found.groups()
    if rest and not _APPOINTMENT.match(rest.strip()):
        raise HoursNotUnderstood(text)
    try:
        opens = time(int(from_hour), int(from_minute or 0))
        closes = time(int(to_hour), int(to_minute or 0))
    except ValueError:
        raise HoursNotUnderstood(text) from None
    if opens >= closes:
        raise HoursNotUnderstood(text)
    return HoursSlot(opens, closes, bool(rest))


def week_of(rows: Iterable[tuple[int, HoursSlot]]) -> tuple[DayHours, ...]:
    """Arrange (weekday, opening) pairs into the seven days of a week."""
    by_day: dict[int, list[HoursSlot]] = {}
    for weekday, slot in rows:
        by_day.setdefault(weekday, []).append(slot)
    return tuple(DayHours(day, tuple(sorted(by_day.get(day, ())))) for day in range(1, 8))


def grouped(week: Sequence[DayHours]) -> tuple[DayGroup, ...]:
    """Join consecutive days with the same hours; closed days are left out."""
    groups: list[DayGroup] = []
    for day in week:
        if groups and groups[-1].slots == day.slots and groups[-1].last == day.weekday - 1:
            groups[-1] = DayGroup(groups[-1].first, day.weekday, day.slots)
        else:
            groups.append(DayGroup(day.weekday, day.weekday, day.slots))
    return tuple(group for group in groups if group.slots)


def open_slot(week: Sequence[DayHours], weekday: int, at: time) -> HoursSlot | None:
    """Return the opening in course at this time of this day, if any."""
    slots = next((day.slots for day in week if day.weekday == weekday), ())
    return next((slot for slot in slots if slot.opens_at <= at < slot.closes_at), None)
