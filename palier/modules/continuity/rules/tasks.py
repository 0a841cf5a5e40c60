"""Delays of action cards: "T+4 h" or "D+2", and who is told when one is late."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from palier.modules.continuity.enums import Escalation

DELAY = re.compile(
    r"^\s*(?P<unit>[TDJ])\s*\+\s*(?P<count>\d{1,3})\s*(?P<suffix>h|min|d|j)?\s*$", re.IGNORECASE
)

#: End of the working day: when a task due on a day, not at an hour, becomes late.
END_OF_DAY = time(18, 0)


def due_at(*, delay: str, activated_at: datetime, zone: ZoneInfo) -> datetime:
    """Work out when a task is due from its delay: hours run from the minute of activation, days end at 18:00.

    "T+0" is at once, "T+4 h" four hours later, "T+30 min" half an hour, "D+2" (or the French "J+2") two days
    later at the end of the working day, "D+0" the same day (at once if that hour has passed).
    Raises: ValueError on anything else.
    """
    parsed = DELAY.match(delay)
    if not parsed:
        raise ValueError(f"not a delay: {delay!r}")
    count, unit = int(parsed["count"]), parsed["unit"].upper()
    suffix = (parsed["suffix"] or "").lower()
    if unit == "T" and suffix in {"", "h"}:
        return activated_at + timedelta(hours=count)
    if unit == "T" and suffix == "min":
        return activated_at + timedelta(minutes=count)
    day = activated_at.astimezone(zone).date() + timedelta(days=count)
    return max(datetime.combine(day, END_OF_DAY, tzinfo=zone), activated_at)


def escalation_due(
    *, due_at: datetime, at: datetime, deputy_after: timedelta, coordinator_after: timedelta
) -> Escalation:
    """Say who should know by now that a task is late: nobody, the deputy, then the coordinator as well."""
    if at < due_at + deputy_after:
        return Escalation.NONE
    if at < due_at + coordinator_after:
        return Escalation.DEPUTY
    return Escalation.COORDINATOR


ORDER = {Escalation.NONE: 0, Escalation.DEPUTY: 1, Escalation.COORDINATOR: 2}


def steps_between(reached: Escalation, due: Escalation) -> list[Escalation]:
    """List the steps still to take, so that a late run tells the deputy before the coordinator and nobody
    twice.
    """
    return [
        step
        for step in (Escalation.DEPUTY, Escalation.COORDINATOR)
        if ORDER[reached] < ORDER[step] <= ORDER[due]
    ]


def first_cycle(depends_on: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Find a loop among dependencies ("a waits for b waits for a"), or nothing. Unknown codes are ignored
    here.
    """
    done: set[str] = set()

    def walk(code: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if code in path:
            return (*path[path.index(code) :], code)
        if code in done or code not in depends_on:
            return ()
        for needed in depends_on[code]:
            found = walk(needed, (*path, code))
            if found:
                return found
        done.add(code)
        return ()

    for code in depends_on:
        found = walk(code, ())
        if found:
            return found
    return ()
