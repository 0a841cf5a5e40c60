"""A few weeks of life, event by event: offices opened, tenants known, sheets filled, crises lived."""

from collections.abc import Callable, Sequence
from datetime import datetime

from palier.config.demo.calls import Calls
from palier.config.demo.cast import Cast
from palier.config.demo.crisis import Crisis
from palier.config.demo.facts import LandlordSpec
from palier.config.demo.hand_overs import HandOvers
from palier.config.demo.lots import reserve_lots
from palier.config.demo.offices import open_offices
from palier.config.demo.presence import DAYS, Sheets
from palier.config.demo.staffing import Agent
from palier.config.demo.support import Accompaniments
from palier.config.demo.tenants import know_tenants, mark_contacts, seal_somebody
from palier.config.demo.timeline import Timeline
from palier.kernel.figures.services import take_snapshot

Tell = Callable[[str], None]


def live(spec: LandlordSpec, staff: Sequence[Agent], *, seed: int, now: datetime, tell: Tell) -> None:
    """Give a landlord its recent past, in the order in which it happened."""
    tell(f"{spec.name}: a few weeks of life")
    timeline, cast = Timeline(now), Cast(spec, staff)
    timeline.add(34, "09:00", lambda at: open_offices(spec, by=cast.director, at=at))
    timeline.add(31, "14:00", lambda at: know_tenants(cast, seed, at))
    timeline.add(31, "16:00", lambda at: mark_contacts(cast, seed, at))
    timeline.add(30, "11:00", lambda at: seal_somebody(cast, seed, at))
    timeline.add(7, "11:00", lambda at: reserve_lots(cast, seed, at))
    _fill_sheets(timeline, Sheets(spec, seed=seed, now=now, by=cast.actor("rh", "direction")))
    Crisis(cast, timeline, seed).plan()
    HandOvers(cast, timeline, seed).plan()
    Calls(cast, timeline).plan()
    Accompaniments(cast, timeline, seed).plan()
    for days in range(DAYS, 0, -1):
        timeline.add(days, "19:00", lambda at: take_snapshot(at=at))
    timeline.run()
    take_snapshot(at=now)


def _fill_sheets(timeline: Timeline, sheets: Sheets) -> None:
    timeline.add(DAYS, "08:00", sheets.begin)
    for days in range(DAYS, -1, -1):
        timeline.add(days, "08:50", lambda at: sheets.fill(at))
    timeline.add(9, "14:00", sheets.adapt_hours)
