"""When the next call of a household falls, and over which days a first round is spread. Pure: days are arguments."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from palier.kernel.calendar import is_holiday, next_working_day

MODE_DAYS = {"monthly": 30, "weekly": 7, "twice_weekly": 3, "daily": 1}
"""Days between two calls that each mode of the service « calls » asks for; `off` asks for nothing."""

WITHOUT_CADENCE_DAYS = 5
"""Working days over which a single call is spread when no cadence says how soon everybody must be reached."""


def effective_cadence(own_days: int | None, mode: str) -> int | None:
    """Return the days between two calls: the household's own, or the mode's in force when it is faster.

    None: one call only.
    """
    asked = MODE_DAYS.get(mode)
    return min((days for days in (own_days, asked) if days is not None), default=None)


def is_calling_day(day: date, *, department: str = "", weekends: bool = False) -> bool:
    """Say whether calls are made on a day: not on a public holiday, nor at weekends unless the landlord says so."""
    return (weekends or day.weekday() < 5) and not is_holiday(day, department)


def calling_day(day: date, *, department: str = "", weekends: bool = False) -> date:
    """Return the day, or the first one after it on which calls are made."""
    if not weekends:
        return next_working_day(day, department)
    while not is_calling_day(day, department=department, weekends=True):
        day += timedelta(days=1)
    return day


def calling_days(start: date, *, department: str = "", weekends: bool = False) -> Iterator[date]:
    """Give the days on which calls are made, from a day on, without end."""
    day = start
    while True:
        day = calling_day(day, department=department, weekends=weekends)
        yield day
        day += timedelta(days=1)


def next_due(
    reached_on: date,
    cadence_days: int | None,
    *,
    asked_on: date | None = None,
    ends_on: date | None = None,
    department: str = "",
    weekends: bool = False,
) -> date | None:
    """Return the day of the next call, None when none is due: no cadence, or the campaign is over by then.

    `asked_on`: the day agreed with the person, which wins. `ends_on`: first day after the campaign.
    """
    if asked_on is None and cadence_days is None:
        return None
    wanted = max(asked_on, reached_on) if asked_on else reached_on + timedelta(days=cadence_days or 0)
    due = calling_day(wanted, department=department, weekends=weekends)
    return None if ends_on is not None and due >= ends_on else due


def first_round(
    start: date,
    calls: int,
    capacity: int,
    cadence_days: int | None,
    *,
    department: str = "",
    weekends: bool = False,
) -> list[tuple[date, int]]:
    """Return how many calls each day of a first round takes: (day, calls), most urgent calls first.

    A round never lasts longer than the cadence: when the callers cannot carry it, days are filled beyond their
    capacity rather than leave anybody unscheduled. Units: `capacity` in calls a day.
    """
    if calls <= 0:
        return []
    span = window(start, cadence_days, department=department, weekends=weekends)
    daily = max(capacity, -(-calls // len(span)), 1)
    planned, left = [], calls
    for day in span:
        planned.append((day, min(daily, left)))
        left -= planned[-1][1]
        if not left:
            break
    return planned


def window(
    start: date, cadence_days: int | None, *, department: str = "", weekends: bool = False
) -> list[date]:
    """Return the calling days of one round: those before the cadence brings the first ones back."""
    days = calling_days(start, department=department, weekends=weekends)
    if cadence_days is None:
        return list(islice(days, WITHOUT_CADENCE_DAYS))
    first = next(days)
    found = [first]
    for day in days:
        if day >= first + timedelta(days=cadence_days):
            break
        found.append(day)
    return found
