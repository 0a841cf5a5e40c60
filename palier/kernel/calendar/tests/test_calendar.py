"""Time limits and holidays: the dates that the domain's golden tests give, then what must hold on any day."""

from datetime import date, timedelta

import holidays as world_holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.kernel.calendar import (
    Counting,
    WrongTerm,
    add_months,
    easter,
    is_holiday,
    is_working_day,
    legal_deadline,
    public_holidays,
)

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


class TestLegalDeadline:
    @pytest.mark.parametrize(
        ("start", "n", "unit", "end"),
        [
            (date(2022, 2, 2), 10, "days", date(2022, 2, 14)),  # golden test 6: the 12th is a Saturday
            (date(2026, 1, 31), 1, "months", date(2026, 3, 2)),  # golden test 6: 28 February is a Saturday
            (date(2026, 1, 5), 6, "weeks", date(2026, 2, 16)),  # golden test 8
            (date(2026, 1, 5), 2, "months", date(2026, 3, 5)),  # golden test 8
            (date(2026, 10, 22), 1, "months", date(2026, 11, 23)),
            (date(2024, 2, 29), 1, "years", date(2025, 2, 28)),
            (date(2026, 11, 23), 0, "days", date(2026, 11, 23)),
        ],
    )
    def test_ends_on_the_day_of_the_law(self, start, n, unit, end):
        assert legal_deadline(start, n, unit) == end

    def test_stays_on_a_saturday_when_it_must_not_roll(self):
        assert legal_deadline(date(2022, 2, 2), 10, "days", roll=False) == date(2022, 2, 12)

    def test_rolls_over_a_holiday_of_the_department_alone(self):
        good_friday = date(2026, 4, 3)

        assert legal_deadline(good_friday - timedelta(days=10), 10, "days") == good_friday
        assert legal_deadline(good_friday - timedelta(days=10), 10, "days", department="67") == date(
            2026, 4, 7
        )

    @pytest.mark.parametrize(
        ("counting", "end"),
        [
            (Counting.WORKING, date(2026, 5, 18)),  # 13, 15 and 18 May: Ascension is the 14th
            (Counting.BUSINESS, date(2026, 5, 16)),
            (Counting.CLEAR, date(2026, 5, 16)),
        ],
    )
    def test_counts_the_days_it_is_told_to(self, counting, end):
        assert legal_deadline(date(2026, 5, 12), 3, "days", roll=False, counting=counting) == end

    @pytest.mark.parametrize(("n", "unit"), [(-1, "days"), (3, "fortnights")])
    def test_refuses_what_the_law_does_not_know(self, n, unit):
        with pytest.raises(WrongTerm):
            legal_deadline(date(2026, 1, 1), n, unit)

    def test_refuses_working_months(self):
        with pytest.raises(WrongTerm):
            legal_deadline(date(2026, 1, 1), 1, "months", counting=Counting.WORKING)

    @given(start=DAYS, n=st.integers(0, 400), unit=st.sampled_from(["days", "weeks", "months"]))
    def test_ends_on_a_working_day_and_never_earlier_than_unrolled(self, start, n, unit):
        rolled, plain = legal_deadline(start, n, unit), legal_deadline(start, n, unit, roll=False)

        assert is_working_day(rolled)
        assert timedelta(0) <= rolled - plain <= timedelta(days=5)


class TestAddMonths:
    @given(day=DAYS, months=st.integers(0, 240))
    def test_keeps_the_number_of_the_day_or_takes_the_last(self, day, months):
        later = add_months(day, months)

        assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
        assert later.day == day.day or (later + timedelta(days=1)).day == 1

    @given(day=DAYS, months=st.integers(1, 240))
    def test_goes_back_without_passing_the_day(self, day, months):
        assert add_months(add_months(day, -months), months) <= day


class TestHolidays:
    def test_of_2026_are_those_of_the_calendar(self):
        """Golden test 7."""
        found = {name: day for day, name in public_holidays(2026).items()}

        assert found["Lundi de Pâques"] == date(2026, 4, 6)
        assert found["Ascension"] == date(2026, 5, 14)
        assert found["Lundi de Pentecôte"] == date(2026, 5, 25)
        assert len(found) == 11

    @pytest.mark.parametrize(
        ("department", "day"),
        [
            ("57", date(2026, 4, 3)),
            ("68", date(2026, 12, 26)),
            ("971", date(2026, 5, 27)),
            ("972", date(2026, 5, 22)),
            ("973", date(2026, 6, 10)),
            ("974", date(2026, 12, 20)),
            ("976", date(2026, 4, 27)),
        ],
    )
    def test_of_a_department_are_added_there_alone(self, department, day):
        assert is_holiday(day, department)
        assert not is_holiday(day)
        assert not is_holiday(day, "31")

    @pytest.mark.parametrize("year", range(2008, 2051))
    def test_agree_with_an_independent_list(self, year):
        """From 2008: Whit Monday was the day of solidarity, worked by law, in the three years before."""
        assert list(public_holidays(year)) == sorted(world_holidays.France(years=year))

    @pytest.mark.parametrize("year", [1961, 1999, 2008, 2011, 2038])
    def test_move_with_easter_even_in_odd_years(self, year):
        expected = {1961: (4, 2), 1999: (4, 4), 2008: (3, 23), 2011: (4, 24), 2038: (4, 25)}

        assert easter(year) == date(year, *expected[year])
