"""What the facts of a crisis ask to change in the plan. Each proposal carries the facts that call for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from palier.modules.continuity.enums import CellRole, Evidence, ProposalKind
from palier.modules.continuity.rules.tasks import due_at

#: Delays that a card may be given, from the shortest; beyond the last, whole days.
STEPS_MINUTES = (15, 30, 60, 120, 240, 360, 480, 720, 1440, 2880, 4320)
#: Late by less than this is on time: nobody rewrites a plan for five minutes.
TOLERANCE = timedelta(minutes=10)
#: A minimum is not rewritten for one bad day, nor for the morning of an exercise.
LEAST_DAYS = 3


@dataclass(frozen=True)
class TaskFact:
    """One task of an activation, as it went."""

    code: str
    level: str
    title: str
    role: str
    deputy: str
    delay: str
    opened_at: datetime
    due_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    is_done: bool
    by_hand: bool = False
    log_seq: int | None = None
    steps: tuple[str, ...] = ()
    since: datetime | None = None

    @property
    def lateness(self) -> timedelta:
        """How late it was finished; nothing when it was not, or in time."""
        if not (self.is_done and self.due_at and self.ended_at):
            return timedelta()
        late = self.ended_at - self.due_at
        return late if late > TOLERANCE else timedelta()

    @property
    def is_missed(self) -> bool:
        """Due while the level was in force, and never done."""
        return (
            not self.is_done
            and self.due_at is not None
            and self.ended_at is not None
            and self.ended_at > self.due_at
        )


@dataclass(frozen=True)
class RoleFact:
    """What one role did of a call-out. Units: minutes."""

    number: int
    role: str
    minutes: int | None
    people: int


@dataclass(frozen=True)
class ReviewFact:
    """A review date of a level that nobody decided upon in time."""

    level: str
    due_on: date
    decided_on: date
    review_days: int

    @property
    def days_late(self) -> int:
        return (self.decided_on - self.due_on).days


@dataclass(frozen=True)
class StaffFact:
    """A service against its least staff, over the days that were counted."""

    level: str
    service: str
    service_label: str
    needed: int
    count: int
    per_dwellings: int | None
    present: tuple[int, ...]

    @property
    def never_met(self) -> bool:
        return bool(self.present) and max(self.present) < self.needed


@dataclass(frozen=True)
class Reason:
    """One fact, in words: its kind and what fills it."""

    kind: Evidence
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposed:
    """A change to the plan. `change` is what `plan_amend.amended` reads."""

    kind: ProposalKind
    said: dict[str, Any]
    evidence: tuple[Reason, ...]
    change: dict[str, Any]


def proposals(
    *,
    tasks: Sequence[TaskFact],
    roles: Sequence[RoleFact],
    reviews: Sequence[ReviewFact],
    staff: Sequence[StaffFact],
) -> tuple[Proposed, ...]:
    """Work out every change, in the order of the plan's chapters. Nothing is proposed without a fact."""
    silent = {one.role: one for one in roles if one.minutes is None and one.people}
    found: list[Proposed] = []
    for task in tasks:
        if task.by_hand:
            found += _new_card(task)
        elif task.lateness:
            found.append(_longer_delay(task))
        elif task.is_missed:
            found += _other_hands(task, silent)
        elif task.role in silent and not task.deputy:
            found.append(_deputy(task, (_silence(silent[task.role]),)))
    found += [_shorter_review(one) for one in reviews if one.days_late > 0 and one.review_days > 1]
    found += [
        _staff(one) for one in staff if one.never_met and len(one.present) >= LEAST_DAYS and max(one.present)
    ]
    return tuple(found)


def _longer_delay(task: TaskFact) -> Proposed:
    assert task.ended_at and task.due_at
    after = next_delay(task.ended_at - (task.since or task.opened_at), longer_than=task.delay)
    said = {"level": task.level, "card": task.title, "before": task.delay, "after": after}
    fact = Reason(
        Evidence.ENDED_LATE,
        {"due": task.due_at, "ended": task.ended_at, "late": task.lateness},
    )
    change = {"what": "delay", "level": task.level, "code": task.code, "delay": after}
    return Proposed(ProposalKind.LONGER_DELAY, said, (fact,), change)


def _other_hands(task: TaskFact, silent: dict[str, RoleFact]) -> list[Proposed]:
    """Never done: another role if a deputy was named, else a deputy."""
    facts = [Reason(Evidence.NEVER_ENDED, {"due": task.due_at})]
    if task.started_at is None:
        facts.append(Reason(Evidence.NEVER_BEGUN, {"role": task.role}))
    if task.role in silent:
        facts.append(_silence(silent[task.role]))
    if task.deputy:
        change = {
            "what": "role",
            "level": task.level,
            "code": task.code,
            "role": task.deputy,
            "deputy": task.role,
        }
        said = {"level": task.level, "card": task.title, "before": task.role, "after": task.deputy}
        return [Proposed(ProposalKind.OTHER_ROLE, said, tuple(facts), change)]
    return [_deputy(task, tuple(facts))]


def _silence(fact: RoleFact) -> Reason:
    return Reason(Evidence.ROLE_SILENT, {"number": fact.number, "role": fact.role})


def _deputy(task: TaskFact, facts: tuple[Reason, ...]) -> Proposed:
    """A card that rests on one role alone, which did not answer or did not do it."""
    deputy = stand_in(task.role)
    change = {"what": "deputy", "level": task.level, "code": task.code, "deputy": deputy}
    said = {"level": task.level, "card": task.title, "after": deputy}
    return Proposed(ProposalKind.DEPUTY, said, (*facts, Reason(Evidence.NO_DEPUTY)), change)


def stand_in(role: str) -> str:
    """Who stands in for a role that named nobody: the coordinator, and the director for the coordinator."""
    return CellRole.DIRECTOR.value if role == CellRole.COORDINATOR else CellRole.COORDINATOR.value


def _shorter_review(one: ReviewFact) -> Proposed:
    after = max(1, one.review_days // 2)
    fact = Reason(Evidence.REVIEW_LATE, {"due": one.due_on, "days": one.days_late})
    change = {"what": "review_days", "level": one.level, "days": after}
    said = {"level": one.level, "before": one.review_days, "after": after}
    return Proposed(ProposalKind.SHORTER_REVIEW, said, (fact,), change)


def _staff(one: StaffFact) -> Proposed:
    """The best that was ever seen becomes what is asked; by dwellings, the same people look after more of them."""
    best = max(one.present)
    change: dict[str, Any] = {"what": "staff", "level": one.level, "service": one.service}
    if one.per_dwellings:
        # needed = count × ⌈dwellings ÷ per⌉, so the share of each grows as fewer people are there.
        change |= {"count": one.count, "per_dwellings": -(-one.per_dwellings * one.needed // best)}
    else:
        change |= {"count": best, "per_dwellings": None}
    said = {"level": one.level, "service": one.service_label, "before": one.needed, "after": best}
    fact = Reason(Evidence.STAFF_SHORT, {"days": len(one.present), "best": best, "needed": one.needed})
    return Proposed(ProposalKind.STAFF, said, (fact,), change)


def _new_card(task: TaskFact) -> list[Proposed]:
    """What people added by hand and did: the next crisis begins with it. What was given up is not proposed."""
    if not (task.is_done and task.ended_at and task.level):
        return []
    role = task.role or CellRole.COORDINATOR.value
    target = task.due_at or task.ended_at
    change = {
        "what": "card",
        "level": task.level,
        "title": task.title,
        "role": role,
        "deputy": stand_in(role),
        "delay": next_delay(target - (task.since or task.opened_at)),
        "steps": list(task.steps),
    }
    facts = [Reason(Evidence.ADDED_BY_HAND, {"opened": task.opened_at, "ended": task.ended_at})]
    if task.log_seq:
        facts.append(Reason(Evidence.ADDED_FROM_LOG, {"seq": task.log_seq}))
    said = {"level": task.level, "card": task.title, "after": role}
    return [Proposed(ProposalKind.NEW_CARD, said, tuple(facts), change)]


def next_delay(elapsed: timedelta, *, longer_than: str = "") -> str:
    """The shortest usual delay that would have been long enough, and longer than the one that was not."""
    minutes = max(0, -(-int(elapsed.total_seconds()) // 60))
    least = minutes_of(longer_than) if longer_than else -1
    for one in STEPS_MINUTES:
        if one >= minutes and one > least:
            return f"T+{one} min" if one % 60 else f"T+{one // 60} h"
    days = max(-(-minutes // 1440), least // 1440 + 1)
    return f"D+{min(days, 999)}"


_MONDAY = datetime(2020, 3, 16, 8, tzinfo=UTC)


def minutes_of(delay: str) -> int:
    """How long a delay leaves, for a level activated on a Monday at 8: « D+2 » ends at 18:00 two days later."""
    due = due_at(delay=delay, activated_at=_MONDAY, zone=ZoneInfo("UTC"))
    return int((due - _MONDAY).total_seconds() // 60)


@dataclass(frozen=True)
class Punctuality:
    """How a set of tasks went."""

    in_time: int
    late: int
    missed: int
    unfinished: int

    @property
    def total(self) -> int:
        return self.in_time + self.late + self.missed + self.unfinished


def punctuality(tasks: Iterable[TaskFact]) -> Punctuality:
    """Count tasks in time, late, missed (due and never done) and not due before the end."""
    in_time = late = missed = unfinished = 0
    for task in tasks:
        if task.is_done:
            late += bool(task.lateness)
            in_time += not task.lateness
        elif task.is_missed:
            missed += 1
        else:
            unfinished += 1
    return Punctuality(in_time, late, missed, unfinished)


def median_minutes(values: Iterable[int]) -> int | None:
    known = list(values)
    return round(median(known)) if known else None
