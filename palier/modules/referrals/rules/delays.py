"""By when a referral must be acknowledged, and when it is carried up. Moments in, moments out."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from palier.kernel.calendar import is_working_day


def after_worked_time(
    start: datetime, length: timedelta, *, is_worked: Callable[[date], bool] = is_working_day
) -> datetime:
    """Return `start` plus a length that runs on worked days only, each counting its twenty-four hours.

    `start` is in local time. Seventy-two hours from a Friday at 15:00 end on Wednesday at 15:00.
    """
    moment, left = start, length
    while True:
        midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if is_worked(moment.date()):
            if left <= midnight - moment:
                return moment + left
            left -= midnight - moment
        moment = midnight


def acknowledgement_due(start: datetime, length: timedelta, *, urgency: str) -> datetime:
    """Return by when a referral must be acknowledged: what is vital or urgent does not wait for Monday."""
    return after_worked_time(start, length) if urgency == "normal" else start + length


def climb_due(due: datetime, after: timedelta, at: datetime) -> str:
    """Return how far an overdue referral must have been carried up by now: a code of `Climb`."""
    if at < due:
        return "none"
    return "continuity_lead" if at >= due + after else "team_leader"
