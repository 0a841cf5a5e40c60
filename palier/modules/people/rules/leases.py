"""Where a lease stands, and who lives there, by dates alone. Periods are half-open: the day of exit is
out.
"""

from datetime import date
from decimal import Decimal


def status_on(entered_on: date, notice_on: date | None, left_on: date | None, on: date) -> str:
    """Return coming, current, leaving or ended. A notice given leaves the lease in force until the exit."""
    if left_on is not None and left_on <= on:
        return "ended"
    if entered_on > on:
        return "coming"
    if left_on is not None or (notice_on is not None and notice_on <= on):
        return "leaving"
    return "current"


def is_in_arrears(
    balance: Decimal | float | None, balance_on: date | None, on: date, *, days_valid: int = 92
) -> bool | None:
    """Say whether the tenant owed money on the balance's date; None when it is unknown or older than a
    quarter.

    A balance too old says nothing: a flag that nobody can trust is worse than none.
    """
    if balance is None or balance_on is None or (on - balance_on).days > days_valid:
        return None
    return balance > 0


def age_on(birth_on: date | None, on: date) -> int | None:
    """Return the age in whole years. Somebody born on 29 February has their birthday on 1 March in common
    years.
    """
    if birth_on is None:
        return None
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))
