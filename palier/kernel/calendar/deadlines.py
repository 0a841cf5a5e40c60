"""Time limits in days, weeks, months and years.

Legal: code de procédure civile, art. 641 (how a limit runs) and art. 642 (a limit that ends on a Saturday, a Sunday or
a public holiday ends on the next working day).
"""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from palier.kernel.calendar.holidays import is_holiday

Unit = Literal["days", "weeks", "months", "years"]
SATURDAY, SUNDAY = 5, 6


class Counting(StrEnum):
    """Which days a limit in days counts."""

    CALENDAR = "calendar"  # every day (jours calendaires)
    WORKING = "working"  # Monday to Friday (jours ouvrés)
    BUSINESS = "business"  # Monday to Saturday (jours ouvrables)
    CLEAR = "clear"  # neither the first day nor the last counts (jours francs)


class WrongTerm(ValueError):
    """A limit that the law does not know: a negative number, another unit, working months."""


def legal_deadline(
    start: date,
    n: int,
    unit: Unit,
    *,
    roll: bool = True,
    counting: Counting = Counting.CALENDAR,
    department: str = "",
) -> date:
    """Return the last day of a time limit that runs from `start`, the day of the act, which does not count.

    `roll`: a limit that ends on a Saturday, a Sunday or a public holiday ends on the next working day.
    Raises: WrongTerm.
    """
    if n < 0 or (counting != Counting.CALENDAR and unit != "days"):
        raise WrongTerm(f"{n} {unit}, {counting}")
    if unit == "days":
        end = _after_days(start, n, counting, department)
    elif unit == "weeks":
        end = start + timedelta(weeks=n)
    elif unit in ("months", "years"):
        end = add_months(start, n * (12 if unit == "years" else 1))
    else:
        raise WrongTerm(f"{n} {unit}")
    return next_working_day(end, department) if roll else end


def add_months(day: date, months: int) -> date:
    """Return the same-numbered day some months later (earlier when negative), or the last of that month.

    Legal: code de procédure civile, art. 641, al. 2.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def next_working_day(day: date, department: str = "") -> date:
    """Return the day itself when it is worked from Monday to Friday, else the first such day after it."""
    while not is_working_day(day, department):
        day += timedelta(days=1)
    return day


def is_working_day(day: date, department: str = "", *, with_saturday: bool = False) -> bool:
    """Say whether offices work on a day; `with_saturday`: whether it is a « jour ouvrable »."""
    rest = (SUNDAY,) if with_saturday else (SATURDAY, SUNDAY)
    return day.weekday() not in rest and not is_holiday(day, department)


def _after_days(start: date, n: int, counting: Counting, department: str) -> date:
    if counting in (Counting.CALENDAR, Counting.CLEAR):
        return start + timedelta(days=n + (counting == Counting.CLEAR))
    day, left = start, n
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, department, with_saturday=counting == Counting.BUSINESS)
    return day
