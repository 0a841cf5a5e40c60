"""Review dates alert once; nothing lifts by itself."""

from datetime import date, timedelta

import pytest

from palier.kernel.modes import mode_of
from palier.kernel.places import organisation_place
from palier.modules.continuity.enums import ActivationState
from palier.modules.continuity.services import activations, reviews
from palier.modules.continuity.services.activations import Decision
from palier.modules.continuity.tests.plans import NOON, activate, make_plan, override

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def active(alpha, actor):
    make_plan(by=actor)
    return activate(by=actor, review_on=date(2026, 11, 16))


class TestTellDue:
    def test_says_nothing_before_the_date(self, active, actor):
        assert reviews.tell_due(by=actor, at=NOON + 13 * DAY) == 0

    def test_tells_of_levels_overrides_and_plans(self, active, actor):
        override(by=actor, accept="all", review_on=date(2026, 11, 20))

        assert reviews.tell_due(by=actor, at=NOON + 14 * DAY) == 1
        assert reviews.tell_due(by=actor, at=NOON + 18 * DAY) == 2
        assert reviews.tell_due(by=actor, at=NOON + 366 * DAY) == 3

    def test_lifts_nothing(self, active, actor):
        reviews.tell_due(by=actor, at=NOON + 30 * DAY)

        active.refresh_from_db()
        assert active.state == ActivationState.ACTIVE
        assert mode_of("repairs", organisation_place(), NOON + 30 * DAY)["accept"] == "urgent_only"

    def test_is_quiet_once_extended(self, active, actor):
        decision = Decision(reason="Still here", review_on=date(2026, 12, 16))
        activations.extend(activation_id=active.pk, decision=decision, by=actor, at=NOON + 15 * DAY)

        assert reviews.tell_due(by=actor, at=NOON + 16 * DAY) == 0

    def test_never_speaks_of_an_exercise(self, alpha, actor):
        make_plan(by=actor)
        activate(by=actor, exercise=True, review_on=date(2026, 11, 16))

        assert reviews.tell_due(by=actor, at=NOON + 20 * DAY) == 0
