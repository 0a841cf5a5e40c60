"""When a household that did not answer is tried again, and when trying is enough (domain dossier § 2.4).

Three attempts on two days at different slots, then somebody goes to the door. Two rings in the same slot of the
same day count once: a line that is busy for an hour is no reason to send a caretaker.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from palier.modules.outreach.rules.slots import CODES, later_slots, slot_at, slot_starts

MISSES = ("no_answer", "voicemail", "busy")
"""Results after which the same number is tried again."""

REACHES = ("answered", "third_party", "refused")
"""Results after which somebody was spoken to, and the call is done."""


@dataclass(frozen=True)
class Miss:
    """One ring that reached nobody, at a local moment."""

    day: date
    slot: str


@dataclass(frozen=True)
class NextTry:
    """When to ring again. `not_before` is a naive local moment; `slot` the part of the day aimed at."""

    day: date
    not_before: datetime
    slot: str


def tries(misses: Iterable[Miss]) -> set[tuple[date, str]]:
    """Return the distinct moments at which nobody answered: a day and a slot."""
    return {(miss.day, miss.slot) for miss in misses}


def is_exhausted(misses: Iterable[Miss], *, max_attempts: int, attempt_days: int) -> bool:
    """Say whether enough was tried: so many distinct slots, over so many days."""
    made = tries(misses)
    days = {day for day, _slot in made}
    return len(made) >= max_attempts and len(days) >= min(attempt_days, max_attempts)


def next_try(
    misses: Iterable[Miss],
    *,
    now: datetime,
    result: str,
    max_attempts: int,
    attempt_days: int,
    busy_minutes: int = 20,
    preferred: str = "",
    calling_day: Callable[[date], date] = lambda day: day,
) -> NextTry | None:
    """Return when to ring again after a miss, or None when somebody must go to the door.

    `misses` holds the ring that has just failed. `now` is a naive local moment. `calling_day` gives the day, or the
    first one after it on which calls are made.
    """
    made = list(misses)
    if is_exhausted(made, max_attempts=max_attempts, attempt_days=attempt_days):
        return None
    today, slot = now.date(), slot_at(now.hour)
    if result == "busy" and _is_first_busy(made, today, slot):
        return NextTry(today, now + timedelta(minutes=busy_minutes), slot)
    if _today_has_room(made, today, max_attempts, attempt_days):
        for later in _ordered(later_slots(slot), made, preferred):
            return NextTry(today, slot_starts(today, later), later)
    day = calling_day(today + timedelta(days=1))
    best = _ordered(CODES, made, preferred)[0]
    return NextTry(day, slot_starts(day, best), best)


def _is_first_busy(made: list[Miss], today: date, slot: str) -> bool:
    """A line busy twice in the same slot is left until the next one."""
    return sum(miss.day == today and miss.slot == slot for miss in made) < 2


def _today_has_room(made: list[Miss], today: date, max_attempts: int, attempt_days: int) -> bool:
    """A day takes its share of the attempts, no more: people who are away are away all day."""
    share = -(-max_attempts // attempt_days)
    return sum(day == today for day, _slot in tries(made)) < share


def _ordered(slots: Iterable[str], made: list[Miss], preferred: str) -> list[str]:
    """Slots by what is best: one never tried, then the one the person prefers, then as the day goes."""
    used = {miss.slot for miss in made}
    return sorted(slots, key=lambda slot: (slot in used, slot != preferred, CODES.index(slot)))
