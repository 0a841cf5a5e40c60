"""What people read: numbers, amounts, dates and durations, to the character."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from palier.kernel.ui import typography


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "places", "french", "english"),
        [
            (6043, 0, "6\u202f043", "6,043"),
            (284000, 0, "284\u202f000", "284,000"),
            (Decimal("1234.5"), 2, "1\u202f234,50", "1,234.50"),
            (-12, 0, "\u221212", "\u221212"),
            (0, 0, "0", "0"),
            (Decimal("2.5"), 0, "3", "3"),
            (Decimal("-0.4"), 0, "0", "0"),
        ],
    )
    def test_groups_thousands_as_the_language_does(self, value, places, french, english):
        assert typography.number(value, places=places, language="fr") == french
        assert typography.number(value, places=places, language="en") == english


class TestMoney:
    def test_keeps_the_euro_beside_its_amount(self):
        assert typography.money(Decimal("1234.56"), language="fr") == "1\u202f234,56\u00a0€"
        assert typography.money(Decimal("1234.56"), language="en") == "€1,234.56"

    def test_puts_the_minus_first(self):
        assert typography.money(Decimal("-3"), language="fr") == "\u22123,00\u00a0€"
        assert typography.money(Decimal("-3"), language="en") == "\u2212€3.00"


class TestPercent:
    def test_reads_a_rate(self):
        assert typography.percent(0.875, language="fr") == "88\u202f%"
        assert typography.percent(0.875, places=1, language="en") == "87.5%"


class TestDates:
    def test_writes_a_moment_in_full(self):
        at = datetime(2020, 3, 16, 8, 30)

        assert typography.moment(at, language="fr") == "lundi 16\u00a0mars 2020 à\u00a08\u00a0h\u00a030"
        assert typography.moment(at, language="en") == "Monday 16\u00a0March 2020 at\u00a008:30"

    def test_writes_the_first_of_a_month_as_french_does(self):
        assert typography.day(date(2020, 4, 1), language="fr") == "mercredi 1er\u00a0avril 2020"

    def test_leaves_round_hours_without_minutes(self):
        assert typography.hour(datetime(2020, 3, 16, 12, 0), language="fr") == "12\u00a0h"

    def test_writes_a_short_moment(self):
        at = datetime(2020, 3, 6, 8, 5)

        assert typography.short_moment(at, language="fr") == "06/03/2020 à\u00a08\u00a0h\u00a005"


class TestDuration:
    @pytest.mark.parametrize(
        ("value", "french"),
        [
            (timedelta(days=2, hours=4, minutes=12), "2\u00a0j\u00a04\u00a0h"),
            (timedelta(days=2, minutes=12), "2\u00a0j"),
            (timedelta(hours=3), "3\u00a0h"),
            (timedelta(minutes=35), "35\u00a0min"),
            (timedelta(seconds=20), "0\u00a0min"),
            (timedelta(hours=-5, minutes=-10), "5\u00a0h\u00a010\u00a0min"),
        ],
    )
    def test_keeps_two_units(self, value, french):
        assert typography.duration(value, language="fr") == french


class TestPhone:
    @pytest.mark.parametrize("typed", ["0639981234", "06.39.98.12.34", "+33639981234", "06 39 98 12 34"])
    def test_goes_by_pairs(self, typed):
        assert typography.phone(typed) == "06\u00a039\u00a098\u00a012\u00a034"

    def test_leaves_other_numbers_alone(self):
        assert typography.phone("+44 20 7946 0000") == "+44 20 7946 0000"


class TestFrench:
    def test_puts_the_spaces_where_they_belong(self):
        assert (
            typography.french("Qui ? « Nous » : 1 234 €")
            == "Qui\u202f? «\u00a0Nous\u00a0»\u00a0: 1\u202f234\u00a0€"
        )
