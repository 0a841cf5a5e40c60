"""Which meetings a mode allows, and when stock must be taken."""

import itertools
from datetime import date

import pytest

from palier.modules.support.enums import Meetings, Place
from palier.modules.support.rules.follow_up import Due, is_coming, late, latest_review
from palier.modules.support.rules.meetings import FACE_TO_FACE, instead, is_allowed


class TestMeetings:
    @pytest.mark.parametrize("place", list(Place))
    def test_are_all_allowed_in_ordinary_times(self, place):
        assert is_allowed(place, Meetings.IN_PERSON)

    @pytest.mark.parametrize(
        ("mode", "allowed"),
        [
            (Meetings.BY_PHONE_FIRST, {Place.OFFICE, Place.PARTNER, Place.PHONE, Place.VIDEO}),
            (Meetings.BY_PHONE, {Place.PHONE, Place.VIDEO}),
            (Meetings.EMERGENCIES, {Place.PHONE, Place.VIDEO}),
        ],
    )
    def test_narrow_as_the_mode_protects_more(self, mode, allowed):
        assert {place for place in Place if is_allowed(place, mode)} == allowed

    @pytest.mark.parametrize("mode", list(Meetings))
    @pytest.mark.parametrize("place", list(Place))
    def test_always_go_to_a_person_in_danger(self, mode, place):
        assert is_allowed(place, mode, is_danger=True)

    @pytest.mark.parametrize("mode", list(Meetings))
    @pytest.mark.parametrize("place", sorted(FACE_TO_FACE))
    def test_become_a_call_only_where_they_are_not_allowed(self, mode, place):
        assert (instead(place, mode) == place) is is_allowed(place, mode)

    def test_get_stricter_from_one_mode_to_the_next(self):
        """The order of the mode is one of protection: what a stricter mode allows, a looser one does too."""
        allowed = [{place for place in Place if is_allowed(place, mode)} for mode in Meetings]

        assert all(later <= earlier for earlier, later in itertools.pairwise(allowed))


class TestReviews:
    @pytest.mark.parametrize(
        ("on", "months", "latest"),
        [
            (date(2026, 11, 20), 6, date(2027, 5, 20)),
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2027, 8, 31), 6, date(2028, 2, 29)),
            (date(2026, 12, 31), 1, date(2027, 1, 31)),
            (date(2026, 1, 15), 12, date(2027, 1, 15)),
        ],
    )
    def test_fall_on_the_same_day_or_the_last_of_the_month(self, on, months, latest):
        assert latest_review(on, months=months) == latest


class TestWhatIsDue:
    def test_is_late_the_day_after_and_only_unfinished(self):
        things = [
            Due(date(2026, 11, 19), False),
            Due(date(2026, 11, 19), True),
            Due(date(2026, 11, 20), False),
            Due(None, False),
        ]

        assert late(things, on=date(2026, 11, 20)) == 1

    @pytest.mark.parametrize(
        ("due_on", "coming"),
        [
            (date(2026, 11, 19), False),
            (date(2026, 11, 20), True),
            (date(2026, 12, 4), True),
            (date(2026, 12, 5), False),
            (None, False),
        ],
    )
    def test_comes_within_the_days_shown(self, due_on, coming):
        assert is_coming(due_on, on=date(2026, 11, 20), days=14) is coming
