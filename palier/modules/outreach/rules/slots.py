"""The parts of a day in which people prefer to be called. Pure: local times are arguments.

Bounds are those of `people.Slot`: a person says « en fin de matinée », the desk calls within it.
"""

from datetime import date, datetime, time
from typing import NamedTuple


class Span(NamedTuple):
    """A part of the day, half-open: `[starts, ends)`, in whole local hours."""

    code: str
    starts: int
    ends: int


SPANS = (
    Span("morning", 9, 12),
    Span("noon", 12, 14),
    Span("afternoon", 14, 18),
    Span("evening", 18, 20),
)
CODES = tuple(span.code for span in SPANS)
ANY = ("", "any")


def slot_at(hour: int) -> str:
    """Return the slot of a local hour; before nine is the morning, after eight the early evening."""
    return next((span.code for span in SPANS if hour < span.ends), SPANS[-1].code)


def slot_starts(day: date, slot: str) -> datetime:
    """Return the naive local moment at which a slot begins on a day."""
    span = next((one for one in SPANS if one.code == slot), SPANS[0])
    return datetime.combine(day, time(span.starts))


def later_slots(slot: str) -> tuple[str, ...]:
    """Return the slots of the day that come after this one."""
    return CODES[CODES.index(slot) + 1 :]


def is_for_later(wanted: str, now: str) -> bool:
    """Say whether a person's best slot is still to come today."""
    return wanted in later_slots(now)
