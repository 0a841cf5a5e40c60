"""What makes two records look like one person, on plain values."""

from datetime import date

import pytest

from palier.modules.people.rules import merging
from palier.modules.people.rules.duplicates import (
    PROPOSED,
    Evidence,
    birth_relation,
    closeness,
    from_facts,
    is_proposed,
    names_alike,
    reasons_of,
    score,
    warnings_of,
)


class TestScore:
    @pytest.mark.parametrize(
        "evidence",
        [
            Evidence(alike=1, same_birth=True),
            Evidence(alike=0.75, same_birth=True),
            Evidence(alike=1, same_phone=True),
            Evidence(alike=0.95, same_email=True),
            Evidence(alike=1, same_lot=True),
            Evidence(alike=1, same_birth=True, two_codes=True),
            Evidence(alike=1, same_lot=True, same_phone=True, birth_is_close=True),
        ],
    )
    def test_proposes(self, evidence):
        assert is_proposed(evidence)

    @pytest.mark.parametrize(
        "evidence",
        [
            Evidence(alike=1),
            Evidence(alike=0.5, same_birth=True, same_phone=True),
            Evidence(alike=1, same_lot=True, birth_differs=True),
            Evidence(alike=1, same_lot=True, same_phone=True, birth_differs=True),
            Evidence(alike=0.6, same_lot=True),
            Evidence(alike=1, same_lot=True, civility_differs=True),
        ],
    )
    def test_leaves_alone(self, evidence):
        assert not is_proposed(evidence)

    def test_stays_between_nothing_and_a_hundred(self):
        everything = Evidence(1, same_birth=True, same_phone=True, same_email=True, same_lot=True)
        nothing = Evidence(0, birth_differs=True, civility_differs=True)

        assert (score(everything), score(nothing)) == (100, 0)

    def test_is_lowered_by_each_thing_that_speaks_against(self):
        plain = Evidence(alike=1, same_birth=True)
        warned = [
            Evidence(alike=1, same_birth=True, **{name: True})
            for name in ("same_lease", "two_codes", "civility_differs")
        ]

        assert all(score(one) < score(plain) for one in warned)

    def test_names_how_sure_it_is(self):
        assert [closeness(points) for points in (PROPOSED, 70, 85, 100)] == [
            "possible",
            "likely",
            "sure",
            "sure",
        ]


class TestNamesAlike:
    def test_needs_both_parts_to_be_alike(self):
        assert names_alike(1.0, 0.2) == 0
        assert names_alike(0.2, 1.0) == 0

    def test_sees_a_surname_written_for_the_given_name(self):
        assert names_alike(0.1, 0.1, 1.0, 1.0) == 1.0


class TestBirthRelation:
    @pytest.mark.parametrize(
        ("first", "second", "expected"),
        [
            (date(1948, 5, 12), date(1948, 5, 12), "same"),
            (date(1948, 5, 12), date(1948, 12, 5), "close"),
            (date(1948, 5, 12), date(1949, 5, 12), "close"),
            (date(1948, 5, 12), date(1971, 3, 1), "differs"),
            (date(1948, 5, 12), None, "unknown"),
        ],
    )
    def test_tells_a_slip_of_the_hand_from_another_date(self, first, second, expected):
        assert birth_relation(first, second) == expected


class TestEvidenceKept:
    def test_reads_back_what_was_kept(self):
        evidence = from_facts({"alike": 92, "same_birth": True, "same_phone": True, "two_codes": True})

        assert evidence.alike == 0.92
        assert reasons_of(evidence) == ("same_birth", "same_phone")
        assert warnings_of(evidence) == ("two_codes",)


def who(**fields):
    return {
        **dict.fromkeys(merging.FIELDS, ""),
        "birth_on": None,
        "deceased_on": None,
        "household_id": None,
        **fields,
    }


class TestWhatIsKept:
    def test_is_the_kept_persons_and_the_others_where_there_is_none(self):
        kept = who(family_name="DURAND", civility="")
        gone = who(family_name="DURANT", civility="ms", birth_on=date(1948, 5, 12))

        values = merging.chosen_values(kept, gone, {})

        assert (values["family_name"], values["civility"], values["birth_on"]) == (
            "DURAND",
            "ms",
            date(1948, 5, 12),
        )

    def test_follows_the_choice(self):
        kept, gone = who(family_name="DURAND"), who(family_name="DURANT")

        assert merging.chosen_values(kept, gone, {"family_name": "gone"})["family_name"] == "DURANT"

    @pytest.mark.parametrize("side", ["kept", "gone"])
    def test_never_loses_a_death(self, side):
        kept, gone = who(), who(deceased_on=date(2026, 1, 2))

        chosen = merging.chosen_values(kept, gone, {"deceased_on": side})

        assert chosen["deceased_on"] == date(2026, 1, 2)

    def test_asks_only_where_both_have_a_value_and_not_the_same(self):
        kept = who(family_name="DURAND", given_names="Marie", civility="ms")
        gone = who(family_name="DURANT", given_names="Marie", birth_name="ROUX")

        assert merging.differing(kept, gone) == ("family_name",)

    def test_lets_an_objection_win(self):
        assert merging.consent_that_stays("consent", "opt_out") == "gone"
        assert merging.consent_that_stays("opt_out", "consent") == "kept"
        assert merging.consent_that_stays("opt_out", "opt_out") == "kept"

    def test_keeps_the_role_that_binds_most_until_the_later_end(self):
        assert merging.stronger_role("occupant", "holder") == "holder"
        assert merging.later_end(date(2020, 1, 1), None) is None
        assert merging.later_end(date(2020, 1, 1), date(2021, 1, 1)) == date(2021, 1, 1)
