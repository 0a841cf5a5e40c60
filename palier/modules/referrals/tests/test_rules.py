"""Delays and consent, on plain values."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from palier.modules.referrals.rules.consent import HandOver, basis_of, topic_of
from palier.modules.referrals.rules.delays import acknowledgement_due, after_worked_time, climb_due

PARIS = ZoneInfo("Europe/Paris")


class TestAfterWorkedTime:
    @pytest.mark.parametrize(
        ("start", "hours", "end"),
        [
            (datetime(2026, 11, 18, 15, 0), 24, datetime(2026, 11, 19, 15, 0)),
            # Friday to Wednesday: the weekend does not count.
            (datetime(2026, 11, 20, 15, 0), 72, datetime(2026, 11, 25, 15, 0)),
            # Opened on a Sunday: the count begins on Monday at midnight.
            (datetime(2026, 11, 22, 11, 0), 24, datetime(2026, 11, 24, 0, 0)),
            # 11 November is a holiday.
            (datetime(2026, 11, 10, 9, 0), 24, datetime(2026, 11, 12, 9, 0)),
        ],
    )
    def test_counts_worked_days_alone(self, start, hours, end):
        assert after_worked_time(start, timedelta(hours=hours)) == end

    def test_takes_the_days_that_are_worked_as_an_argument(self):
        start = datetime(2026, 11, 20, 15, 0)

        assert after_worked_time(start, timedelta(hours=72), is_worked=lambda _day: True) == datetime(
            2026, 11, 23, 15, 0
        )


class TestAcknowledgementDue:
    def test_does_not_wait_for_monday_when_it_is_urgent(self):
        saturday = datetime(2026, 11, 21, 10, 0, tzinfo=PARIS)

        assert acknowledgement_due(saturday, timedelta(hours=24), urgency="urgent").day == 22
        assert acknowledgement_due(saturday, timedelta(hours=24), urgency="normal").day == 24


class TestClimbDue:
    @pytest.mark.parametrize(
        ("minutes", "climb"),
        [
            (-1, "none"),
            (0, "team_leader"),
            (29, "team_leader"),
            (30, "continuity_lead"),
            (999, "continuity_lead"),
        ],
    )
    def test_goes_one_step_after_the_other(self, minutes, climb):
        due = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)

        assert climb_due(due, timedelta(minutes=30), due + timedelta(minutes=minutes)) == climb


class TestBasis:
    @pytest.mark.parametrize(
        ("names_somebody", "urgency", "consent", "basis"),
        [
            (False, "normal", "not_needed", "nobody_named"),
            (False, "vital", "refused", "nobody_named"),
            (True, "normal", "oral", "consent"),
            (True, "vital", "written", "consent"),
            (True, "normal", "not_needed", None),
            (True, "urgent", "refused", None),
            (True, "vital", "refused", "vital_interest"),
            (True, "vital", "not_needed", "vital_interest"),
        ],
    )
    def test_is_consent_or_danger_to_life_or_nothing(self, names_somebody, urgency, consent, basis):
        assert basis_of(HandOver(names_somebody, urgency, consent)) == basis

    @pytest.mark.parametrize(("days", "basis"), [(-1, "consent"), (1, None)])
    def test_falls_with_an_objection_that_came_later(self, days, basis):
        agreed = datetime(2026, 11, 18, tzinfo=UTC)
        objected = agreed + timedelta(days=days)

        assert basis_of(HandOver(True, "normal", "oral", agreed, objected)) == basis

    def test_asks_about_the_right_topic(self):
        assert (topic_of("food_aid"), topic_of("ccas")) == ("associations", "social_services")
