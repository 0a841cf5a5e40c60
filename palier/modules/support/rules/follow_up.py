"""Deadlines of a follow-up: its review, what is late, what must be settled before it closes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# The text to which a person agrees; a new wording is a new version (RGPD art. 7).
AGREEMENT_VERSION = "2026-11"


@dataclass(frozen=True)
class Due:
    """One thing with a day, as rules need it."""

    due_on: date | None
    is_finished: bool


def latest_review(on: date, *, months: int) -> date:
    """Return the last day on which the next review may be held: same day `months` later, else the month's last."""
    year, month = divmod(on.month - 1 + months, 12)
    year, month = on.year + year, month + 1
    for day in range(on.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError("a month has a first day")


def late(things: Iterable[Due], *, on: date) -> int:
    """Count what should have been done before a day and is not."""
    return sum(not one.is_finished and one.due_on is not None and one.due_on < on for one in things)


def is_coming(due_on: date | None, *, on: date, days: int) -> bool:
    """Say whether something falls within the coming days, today included."""
    return due_on is not None and on <= due_on <= on + timedelta(days=days)
