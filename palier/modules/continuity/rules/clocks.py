"""The clock of an interrupted service against what the plan allows.

A service is *interrupted* when it is stopped. A reduced service still gives its minimum: it says since when,
and no clock runs, otherwise a lockdown of three weeks would show every line in red and hide the one that matters.
RTO is the target delay (délai visé), MTPD the longest tolerable interruption (DMIA); ISO 22301, SGDSN guide 2013.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from palier.kernel.modes import ModeChange, Service, State, in_force, merge
from palier.kernel.places import Place


class Phase(StrEnum):
    """Where an interruption stands."""

    WITHIN_TARGET = "within_target"
    PAST_TARGET = "past_target"
    PAST_LIMIT = "past_limit"


@dataclass(frozen=True)
class Clock:
    """How long a service has been interrupted. Units: hours for the two delays."""

    begun_at: datetime
    elapsed: timedelta
    rto_hours: int
    mtpd_hours: int

    @property
    def phase(self) -> Phase:
        if self.elapsed >= timedelta(hours=self.mtpd_hours):
            return Phase.PAST_LIMIT
        if self.elapsed >= timedelta(hours=self.rto_hours):
            return Phase.PAST_TARGET
        return Phase.WITHIN_TARGET

    @property
    def left(self) -> timedelta:
        """Time before the longest tolerable interruption; negative once past it."""
        return timedelta(hours=self.mtpd_hours) - self.elapsed

    @property
    def share(self) -> float:
        """Part of the longest tolerable interruption that has passed, from 0 to 100."""
        return min(100.0, round(100 * self.elapsed / timedelta(hours=self.mtpd_hours), 1))

    @property
    def target_share(self) -> float:
        """Where the target delay stands on the same scale."""
        return round(100 * self.rto_hours / self.mtpd_hours, 1)


def state_since(
    service: Service, place: Place, changes: Iterable[ModeChange], *, at: datetime, least: State
) -> datetime | None:
    """Say since when a service has been at least this far from normal without a break; None if it is not.

    `changes` is the whole history of the service, superseded changes included.
    """
    mine = [one for one in changes if one.service == service.key]
    begun = None
    for moment in sorted({one.effective_at for one in mine if one.effective_at <= at} | {at}, reverse=True):
        answer = merge(service, place, in_force(mine, at=moment, known_at=at), at=moment, known_at=at)
        if answer.state.rank < least.rank:
            return begun
        begun = moment
    return begun


def interruption_clock(
    service: Service,
    place: Place,
    changes: Iterable[ModeChange],
    *,
    at: datetime,
    rto_hours: int | None = None,
    mtpd_hours: int | None = None,
) -> Clock | None:
    """Start the clock of a stopped service; the plan in force may give its own delays."""
    begun_at = state_since(service, place, changes, at=at, least=State.STOPPED)
    if begun_at is None:
        return None
    return Clock(begun_at, at - begun_at, rto_hours or service.rto_hours, mtpd_hours or service.mtpd_hours)
