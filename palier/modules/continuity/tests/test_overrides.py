"""The crisis cell decides beside the levels."""

from datetime import date, timedelta

import pytest

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed
from palier.kernel.modes import Place, PlaceKind, mode_of
from palier.kernel.places import organisation_place
from palier.modules.continuity.models import ModeChange, ModeOverride
from palier.modules.continuity.selectors.activations import OverrideUnknown, overrides_in_force
from palier.modules.continuity.services import overrides
from palier.modules.continuity.services.activations import Decision, ReasonMissing, ReviewDatePassed
from palier.modules.continuity.tests.plans import NOON, activate, make_plan, override

DAY = timedelta(days=1)
ORGANISATION = organisation_place()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plan(alpha, actor):
    return make_plan(by=actor)


class TestOverride:
    def test_beats_the_level_in_the_fields_that_it_names(self, actor):
        activate(by=actor)

        override(by=actor, accept="all")

        answer = mode_of("repairs", ORGANISATION, NOON)
        assert answer.mode.plain() == {"accept": "all", "on_call": "nights", "entry_protocol": "on"}
        assert answer.overridden == ("accept",)

    def test_acts_without_any_level(self, actor):
        override(by=actor, accept="safety_only")

        assert mode_of("repairs", ORGANISATION, NOON)["accept"] == "safety_only"

    def test_replaces_the_former_one_of_the_same_service_and_place(self, actor):
        override(by=actor, accept="safety_only")

        override(by=actor, accept="urgent_only", at=NOON + DAY)

        assert mode_of("repairs", ORGANISATION, NOON + DAY)["accept"] == "urgent_only"
        assert len(overrides_in_force(actor=actor)) == 1

    def test_lifted_gives_the_word_back_to_the_levels(self, actor):
        activate(by=actor)
        found = override(by=actor, accept="all")

        overrides.lift_override(override_id=found.pk, reason="No longer needed", by=actor, at=NOON + DAY)

        assert mode_of("repairs", ORGANISATION, NOON)["accept"] == "all"
        assert mode_of("repairs", ORGANISATION, NOON + DAY)["accept"] == "urgent_only"

    def test_is_lifted_once(self, actor):
        found = override(by=actor, accept="all")
        overrides.lift_override(override_id=found.pk, reason="Over", by=actor, at=NOON + DAY)

        with pytest.raises(OverrideUnknown):
            overrides.lift_override(override_id=found.pk, reason="Over", by=actor, at=NOON + DAY)

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            ({"reason": " "}, ReasonMissing),
            ({"review_on": None}, overrides.ReviewMissing),
            ({"review_on": date(2026, 11, 2)}, ReviewDatePassed),
            ({"accept": "most"}, overrides.NotAMode),
            ({"acept": "all"}, overrides.NotAMode),
            ({"service": "gardening"}, overrides.NotAMode),
        ],
    )
    def test_is_refused(self, actor, options, error):
        with pytest.raises(error):
            override(by=actor, **({"accept": "all"} | options if "acept" not in options else options))

        assert not ModeChange.objects.exists()

    def test_is_refused_without_a_value(self, actor):
        with pytest.raises(overrides.NothingChosen):
            override(by=actor)

    def test_is_refused_where_the_place_cannot_decide(self, actor):
        with pytest.raises(overrides.ScopeTooNarrow):
            override(by=actor, service="payables", target_days="8", scope=Place(PlaceKind.RESIDENCE, "r"))

    def test_needs_the_right(self, actor):
        with pytest.raises(NotAllowed):
            override(by=Actor(user_id=None, name="N", email="", organisation="alpha"), accept="all")

    def test_confirmed_twice_is_done_once(self, actor):
        decision = Decision(reason="Flood", review_on=date(2026, 12, 1), key="click")
        for _click in range(2):
            overrides.override(
                service="repairs",
                values={"accept": "all"},
                scope=ORGANISATION,
                decision=decision,
                by=actor,
                at=NOON,
            )

        assert ModeOverride.objects.count() == 1
