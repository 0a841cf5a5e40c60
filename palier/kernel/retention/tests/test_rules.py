"""Durations, fingerprints, the chain of proofs, delays and masks: without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.kernel.retention.rules import (
    GENESIS,
    Term,
    answer_due_on,
    breach_due_at,
    fingerprint,
    first_break,
    masked,
    proof_hash,
)

DAYS = st.dates(date(2001, 1, 1), date(2060, 12, 31))
TERMS = st.builds(Term, st.integers(0, 240), st.sampled_from(["days", "months"]))


class TestATerm:
    @pytest.mark.parametrize(
        ("term", "today", "before"),
        [
            (Term(36), date(2026, 11, 22), date(2023, 11, 22)),
            (Term(6), date(2026, 8, 31), date(2026, 2, 28)),
            (Term(30, "days"), date(2026, 3, 1), date(2026, 1, 30)),
            (Term(0, "days"), date(2026, 3, 1), date(2026, 3, 1)),
        ],
    )
    def test_says_before_which_day_things_are_due(self, term, today, before):
        assert term.before(today) == before

    @given(term=TERMS, today=DAYS, age=st.integers(0, 9000))
    def test_never_lets_go_of_anything_early(self, term, today, age):
        happened = today - timedelta(days=age)

        if happened < term.before(today):
            assert term.end(happened) <= today

    @given(term=TERMS, today=DAYS)
    def test_is_never_more_than_three_days_late(self, term, today):
        """28 February stands for the 29th, 30th and 31st."""
        happened = term.before(today) - timedelta(days=1)

        assert today - term.end(happened) <= timedelta(days=4)


class TestAFingerprint:
    def test_changes_with_a_number(self):
        assert fingerprint({"due": 3, "held": 0}) != fingerprint({"due": 4, "held": 0})

    def test_does_not_depend_on_the_order(self):
        assert fingerprint({"due": 3, "held": 0}) == fingerprint({"held": 0, "due": 3})


class TestTheChainOfProofs:
    def chain(self, *facts):
        rows, previous = [], GENESIS
        for number, each in enumerate(facts, start=1):
            own = proof_hash(previous_hash=previous, facts=each)
            rows.append((number, previous, own, each))
            previous = own
        return rows

    def test_holds_when_nothing_was_touched(self):
        assert first_break(self.chain({"rows": 3}, {"rows": 5})) is None

    def test_breaks_where_a_fact_was_changed(self):
        rows = self.chain({"rows": 3}, {"rows": 5}, {"rows": 7})
        rows[1] = (*rows[1][:3], {"rows": 6})

        assert first_break(rows) == 2

    def test_breaks_where_a_proof_is_missing(self):
        rows = self.chain({"rows": 3}, {"rows": 5}, {"rows": 7})

        assert first_break([rows[0], rows[2]]) == 3


class TestTheDayOfTheAnswer:
    def test_is_one_month_later_on_a_working_day(self):
        assert answer_due_on(date(2026, 1, 31)) == date(2026, 3, 2)

    def test_is_three_months_later_when_extended(self):
        assert answer_due_on(date(2026, 1, 5), extended=True) == date(2026, 4, 7)

    def test_follows_the_holidays_of_the_department(self):
        assert answer_due_on(date(2026, 3, 3), department="57") == date(2026, 4, 7)


def test_a_breach_is_told_within_seventy_two_hours_even_on_a_sunday():
    found = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)

    assert breach_due_at(found) == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


class TestAMask:
    def test_hides_the_others_and_leaves_her(self):
        told = masked(
            "Vue avec son fils Kévin Lopez ; Marie Durand est d’accord.",
            hers=["Marie Durand"],
            others=["Kévin Lopez", "Paul Durand"],
        )

        assert told == "Vue avec son fils █ █ ; Marie Durand est d’accord."

    def test_does_not_care_about_case_nor_accents(self):
        assert masked("appelé KEVIN", hers=[], others=["Kévin"]) == "appelé █"

    def test_leaves_a_word_that_only_contains_a_name(self):
        assert masked("rue des Lopezières", hers=[], others=["Lopez"]) == "rue des Lopezières"
