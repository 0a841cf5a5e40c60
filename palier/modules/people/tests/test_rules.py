"""Rules on plain values."""

from datetime import date

import pytest

from palier.modules.people.rules.contacts import (
    Point,
    best_point,
    line_type,
    normal_phone,
    shown_phone,
    writings_of,
)
from palier.modules.people.rules.leases import age_on, is_in_arrears, status_on
from palier.modules.people.rules.words import identifying_words, unfit_words

TODAY = date(2026, 11, 20)


class TestStatus:
    @pytest.mark.parametrize(
        ("notice_on", "left_on", "expected"),
        [
            (None, None, "current"),
            (date(2026, 11, 1), None, "leaving"),
            (None, date(2027, 1, 1), "leaving"),
            (None, date(2026, 11, 21), "leaving"),
            (None, TODAY, "ended"),
            (None, date(2020, 1, 1), "ended"),
        ],
    )
    def test_follows_the_dates(self, notice_on, left_on, expected):
        assert status_on(date(2019, 1, 1), notice_on, left_on, TODAY) == expected

    def test_is_coming_until_the_day_of_entry(self):
        assert status_on(date(2026, 11, 21), None, None, TODAY) == "coming"
        assert status_on(TODAY, None, None, TODAY) == "current"


class TestArrears:
    @pytest.mark.parametrize(
        ("balance", "on", "expected"),
        [
            (10, date(2026, 11, 1), True),
            (0, date(2026, 11, 1), False),
            (-5, date(2026, 11, 1), False),
            (None, None, None),
            (10, date(2026, 1, 1), None),
        ],
    )
    def test_says_nothing_of_an_old_balance(self, balance, on, expected):
        assert is_in_arrears(balance, on, TODAY) is expected


class TestAge:
    @pytest.mark.parametrize(
        ("birth", "expected"), [(date(1948, 11, 20), 78), (date(1948, 11, 21), 77), (None, None)]
    )
    def test_counts_whole_years(self, birth, expected):
        assert age_on(birth, TODAY) == expected

    def test_of_a_leap_day_turns_on_the_first_of_march(self):
        assert age_on(date(2000, 2, 29), date(2026, 2, 28)) == 25
        assert age_on(date(2000, 2, 29), date(2026, 3, 1)) == 26


class TestPhones:
    @pytest.mark.parametrize(
        "typed", ["06 39 98 01 01", "0639980101", "+33 6 39 98 01 01", "06.39.98.01.01", "0033639980101"]
    )
    def test_have_one_form(self, typed):
        assert normal_phone(typed) == "+33639980101"

    @pytest.mark.parametrize("typed", ["", "12", "pas de téléphone", "06 39 98"])
    def test_that_cannot_be_dialled_are_none(self, typed):
        assert normal_phone(typed) is None

    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            ("+33639980101", "mobile"),
            ("+33700000000", "mobile"),
            ("+33199000001", "landline"),
            ("+33912345678", "landline"),
            ("+33800123456", "other"),
            ("+262692123456", "mobile"),
            ("+262262123456", "landline"),
            ("+262639123456", "mobile"),
        ],
    )
    def test_say_what_they_can_receive(self, value, kind):
        assert line_type(value) == kind

    def test_are_shown_in_pairs(self):
        assert shown_phone("+33639980101") == "06 39 98 01 01"

    def test_are_found_however_they_are_written(self):
        assert {"06 39 98 01 01", "0639980101", "+33639980101"} <= set(writings_of("+33639980101"))


class TestBestPoint:
    def test_takes_the_preferred_one_then_what_is_nobody_else_s(self):
        shared = Point("phone", "+33639980101", "mobile", is_shared=True)
        own = Point("phone", "+33639980102", "mobile")
        preferred = Point("phone", "+33639980103", "mobile", is_preferred=True, is_shared=True)

        assert best_point([shared, own], channel="sms", on=TODAY) == own
        assert best_point([shared, own, preferred], channel="sms", on=TODAY) == preferred

    def test_never_takes_an_unsafe_or_ended_one(self):
        points = [
            Point("phone", "+33639980101", "mobile", is_unsafe=True, is_preferred=True),
            Point("phone", "+33639980102", "mobile", ended_on=date(2026, 1, 1)),
        ]

        assert best_point(points, channel="phone", on=TODAY) is None


class TestWords:
    @pytest.mark.parametrize(
        "note",
        [
            "Alzheimer",
            "sous traitement",
            "est diabétique",
            "dépressif",
            "personne handicapée",
            "a la COVID",
            "alcoolique",
            "famille rom",
            "ne parle pas, marocain",
            "femme voilée",
            "un vrai con",
            "suit une chimio",
        ],
    )
    def test_that_may_not_be_kept_are_found(self, note):
        assert unfit_words(note)

    @pytest.mark.parametrize(
        "note",
        [
            "",
            "Sonner longtemps",
            "Appeler le matin, contacter la fille",
            "Conseillère : Mme Petit",
            "Ne prend pas l'escalier seule",
            "Contrat de la box à son nom",
            "Concierge prévenue",
            "Congé en août",
            "Habite rue de Rome",
            "Laisser un message, rappelle le soir",
        ],
    )
    def test_that_are_fit_pass(self, note):
        assert unfit_words(note) == []


class TestIdentifyingWords:
    def words(self, **changes):
        usual = {
            "family_names": ("Vidal", "Roux"),
            "given_names": "Inès Marie",
            "legal_name": "",
            "references": ("T1", "T0045"),
            "values": ("+33639980101",),
            "namesakes": 0,
        }
        return identifying_words(**{**usual, **changes})

    def test_hold_a_rare_name_alone(self):
        assert {"Vidal", "Roux", "Vidal Inès", "Inès Vidal", "Roux Inès Marie", "T0045"} <= set(self.words())

    def test_leave_a_common_name_alone_to_its_namesakes(self):
        found = self.words(namesakes=5)

        assert "Vidal" not in found
        assert {"Vidal Inès", "Inès Vidal"} <= set(found)

    def test_leave_out_what_is_too_short_to_identify(self):
        assert "T1" not in self.words()
