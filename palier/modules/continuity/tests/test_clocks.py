"""Since when a service has been interrupted, whatever was decided over it meanwhile."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest

from palier.kernel.modes import ModeChange, ModeField, PlaceKind, Service, SourceKind, State
from palier.kernel.places import WHOLE_ORGANISATION, Place, PlaceRef, organisation_place
from palier.modules.continuity.rules.clocks import Clock, Phase, interruption_clock, state_since

NOON = datetime(2020, 3, 16, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Opening(StrEnum):
    OPEN = "open"
    BY_APPOINTMENT = "by_appointment"
    CLOSED = "closed"


DESK = Service(
    key="desk",
    name="Desk",
    fields=(ModeField("opening", "Opening", Opening, (State.NORMAL, State.REDUCED, State.STOPPED)),),
    place_kind=PlaceKind.AGENCY,
    rto_hours=24,
    mtpd_hours=72,
    operated=True,
)
AGENCY = PlaceRef(PlaceKind.AGENCY, "a1")


def change(sequence, opening, *, after=0, source="plan", scope=WHOLE_ORGANISATION, service="desk"):
    """What one source asks from so many hours after noon; None asks nothing any more."""
    at = NOON + after * HOUR
    values = {"opening": opening} if opening else {}
    return ModeChange(sequence, service, scope, SourceKind.ACTIVATION, source, values, at, at)


def since(changes, *, after, least=State.STOPPED, place=None):
    return state_since(DESK, place or organisation_place(), changes, at=NOON + after * HOUR, least=least)


class TestStateSince:
    def test_is_nothing_while_the_service_works(self):
        assert since([], after=5) is None
        assert since([change(1, "by_appointment")], after=5) is None

    def test_begins_when_the_service_stops(self):
        assert since([change(1, "closed", after=2)], after=5) == NOON + 2 * HOUR

    def test_does_not_begin_again_when_a_second_plan_stops_it_too(self):
        changes = [
            change(1, "closed"),
            change(2, "closed", after=3, source="other"),
            change(3, None, after=4),
        ]

        assert since(changes, after=6) == NOON

    def test_begins_again_after_an_hour_of_work(self):
        changes = [change(1, "closed"), change(2, None, after=2), change(3, "closed", after=3)]

        assert since(changes, after=6) == NOON + 3 * HOUR

    def test_counts_a_milder_state_apart(self):
        changes = [change(1, "by_appointment"), change(2, "closed", after=4)]

        assert since(changes, after=6) == NOON + 4 * HOUR
        assert since(changes, after=6, least=State.REDUCED) == NOON

    def test_is_over_once_lifted(self):
        assert since([change(1, "closed"), change(2, None, after=2)], after=6) is None

    def test_ignores_other_services_and_other_places(self):
        changes = [change(1, "closed", scope=AGENCY), change(2, "closed", service="other")]

        assert since(changes, after=6) is None
        assert since(changes, after=6, place=Place(PlaceKind.AGENCY, "a1")) == NOON


class TestInterruptionClock:
    @pytest.mark.parametrize(
        ("hours", "phase"),
        [(1, Phase.WITHIN_TARGET), (24, Phase.PAST_TARGET), (71, Phase.PAST_TARGET), (72, Phase.PAST_LIMIT)],
    )
    def test_passes_the_target_then_the_limit(self, hours, phase):
        clock = interruption_clock(DESK, organisation_place(), [change(1, "closed")], at=NOON + hours * HOUR)

        assert clock.phase == phase

    def test_follows_the_delays_of_the_plan_when_it_gives_its_own(self):
        clock = interruption_clock(
            DESK, organisation_place(), [change(1, "closed")], at=NOON + 5 * HOUR, rto_hours=4, mtpd_hours=10
        )

        assert (clock.rto_hours, clock.mtpd_hours) == (4, 10)
        assert clock.phase == Phase.PAST_TARGET
        assert clock.left == 5 * HOUR
        assert (clock.share, clock.target_share) == (50.0, 40.0)

    def test_does_not_run_for_a_reduced_service(self):
        assert (
            interruption_clock(DESK, organisation_place(), [change(1, "by_appointment")], at=NOON + HOUR)
            is None
        )

    def test_fills_its_bar_and_no_more(self):
        assert Clock(NOON, 500 * HOUR, 24, 72).share == 100.0
        assert Clock(NOON, 500 * HOUR, 24, 72).left < timedelta(0)
