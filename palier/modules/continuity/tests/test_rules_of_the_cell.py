"""Pure rules: segments of text messages, delays, escalation, filling in of notices."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from palier.modules.continuity.enums import Escalation
from palier.modules.continuity.rules.notices import filled, message, unfilled
from palier.modules.continuity.rules.sms import count_segments, plain_signs
from palier.modules.continuity.rules.tasks import due_at, escalation_due, first_cycle, steps_between

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class TestSegments:
    """Golden test 27."""

    @pytest.mark.parametrize(
        ("text", "coding", "segments"),
        [
            ("", "gsm7", 0),
            ("a" * 160, "gsm7", 1),
            ("a" * 161, "gsm7", 2),
            ("a" * 306, "gsm7", 2),
            ("a" * 307, "gsm7", 3),
            ("é" * 160, "gsm7", 1),
            ("ê", "ucs2", 1),
            ("a" * 69 + "ê", "ucs2", 1),
            ("a" * 70 + "ê", "ucs2", 2),
            ("a" * 133 + "ê", "ucs2", 2),
            ("a" * 134 + "ê", "ucs2", 3),
            ("€" * 80, "gsm7", 1),
            ("€" * 81, "gsm7", 2),
        ],
    )
    def test_are_counted_as_the_network_cuts(self, text, coding, segments):
        counted = count_segments(text)

        assert (counted.coding, counted.segments) == (coding, segments)

    def test_never_cut_an_escaped_sign_in_two(self):
        text = "a" * 152 + "€" + "a" * 151

        assert count_segments(text).units == 305
        assert count_segments(text).segments == 2
        assert count_segments(text + "a").segments == 3

    def test_never_cut_a_surrogate_pair(self):
        assert count_segments("a" * 66 + "😀" + "a" * 65).segments == 2
        assert count_segments("a" * 66 + "😀" + "a" * 66).segments == 3

    def test_say_which_signs_cost(self):
        assert count_segments("forêt, fenêtre, œuf").foreign == ("ê", "œ")
        assert count_segments(plain_signs("« L’œuf »…")).coding == "gsm7"


class TestDelays:
    @pytest.mark.parametrize(
        ("delay", "due"),
        [
            ("T+4 h", datetime(2026, 11, 22, 13, 30, tzinfo=UTC)),
            ("T+30 min", datetime(2026, 11, 22, 10, 0, tzinfo=UTC)),
            ("T+0", START),
            ("D+0", datetime(2026, 11, 22, 17, tzinfo=UTC)),
            ("D+2", datetime(2026, 11, 24, 17, tzinfo=UTC)),
            ("J+2", datetime(2026, 11, 24, 17, tzinfo=UTC)),
        ],
    )
    def test_run_from_the_activation(self, delay, due):
        assert due_at(delay=delay, activated_at=START, zone=PARIS) == due

    def test_keep_the_hour_of_paris_across_the_change_of_time(self):
        begun = datetime(2026, 10, 23, 9, tzinfo=UTC)

        assert due_at(delay="D+3", activated_at=begun, zone=PARIS).astimezone(PARIS).hour == 18

    def test_are_never_before_the_activation(self):
        late = datetime(2026, 11, 22, 20, tzinfo=UTC)

        assert due_at(delay="D+0", activated_at=late, zone=PARIS) == late

    @pytest.mark.parametrize("wrong", ["", "4 h", "T-4", "D+", "soon"])
    def test_are_refused_otherwise(self, wrong):
        with pytest.raises(ValueError, match="not a delay"):
            due_at(delay=wrong, activated_at=START, zone=PARIS)


class TestEscalation:
    @pytest.mark.parametrize(
        ("late", "due"),
        [
            (29, Escalation.NONE),
            (30, Escalation.DEPUTY),
            (119, Escalation.DEPUTY),
            (120, Escalation.COORDINATOR),
        ],
    )
    def test_goes_up_with_time(self, late, due):
        at = START + timedelta(minutes=late)

        found = escalation_due(
            due_at=START, at=at, deputy_after=timedelta(minutes=30), coordinator_after=timedelta(minutes=120)
        )

        assert found == due

    def test_tells_the_deputy_before_the_coordinator_and_nobody_twice(self):
        assert steps_between(Escalation.NONE, Escalation.COORDINATOR) == [
            Escalation.DEPUTY,
            Escalation.COORDINATOR,
        ]
        assert steps_between(Escalation.DEPUTY, Escalation.DEPUTY) == []
        assert steps_between(Escalation.COORDINATOR, Escalation.DEPUTY) == []


class TestDependencies:
    def test_in_a_loop_are_found(self):
        assert first_cycle({"a": ("b",), "b": ("c",), "c": ("a",)}) == ("a", "b", "c", "a")
        assert first_cycle({"a": ("b", "c"), "b": ("c",), "c": ()}) == ()


class TestNotices:
    def test_are_filled_in(self):
        assert (
            filled("{landlord} : {phone}.", {"landlord": "Alpha", "phone": "02 61 91 00 00"})
            == "Alpha : 02 61 91 00 00."
        )

    def test_leave_no_hole_where_nothing_is_known(self):
        assert filled("Site {website}, merci {other}.", {}) == "Site, merci."
        assert unfilled("{website} {phone}", {"phone": "1"}) == ("website",)

    def test_keep_a_text_message_in_the_cheap_alphabet(self):
        values = {"on_call_number": "04\u00a065\u00a071\u00a000\u00a015"}

        assert count_segments(message("sms", "Urgences\u00a0: {on_call_number}", values)).coding == "gsm7"
        assert "\u00a0" in message("email", "Urgences\u00a0: {on_call_number}", values)
