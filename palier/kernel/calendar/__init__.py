"""Days that count: public holidays by department, working days, and time limits as the law counts them.

    legal_deadline(date(2022, 2, 2), 10, "days")             # 2022-02-14: the 12th is a Saturday
    legal_deadline(received_on, 1, "months", department="57")

Pure: the day is always an argument. A time limit ends at 24:00 of the day returned.
"""

from palier.kernel.calendar.deadlines import (
    Counting,
    WrongTerm,
    add_months,
    is_working_day,
    legal_deadline,
    next_working_day,
)
from palier.kernel.calendar.holidays import easter, holiday_label, is_holiday, public_holidays

__all__ = [
    "Counting",
    "WrongTerm",
    "add_months",
    "easter",
    "holiday_label",
    "is_holiday",
    "is_working_day",
    "legal_deadline",
    "next_working_day",
    "public_holidays",
]
