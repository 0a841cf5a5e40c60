"""Addresses, projections and hours: pure Python, no database."""

from datetime import time

import pytest

from palier.modules.estate.rules.addresses import (
    Address,
    address_key,
    house_number,
    name_key,
    programme_name,
    street_words,
    written,
)
from palier.modules.estate.rules.lambert93 import to_lon_lat
from palier.modules.estate.rules.opening import (
    DayGroup,
    DayHours,
    HoursNotUnderstood,
    HoursSlot,
    grouped,
    open_slot,
    read_day,
    week_of,
)
from palier.modules.estate.rules.rpls import typology_of


def key(number: str, street_type: str, street_name: str, repetition: str = "") -> str:
    return address_key(
        insee_code="11262",
        number=number,
        repetition=repetition,
        street_type=street_type,
        street_name=street_name,
    )


class TestAddressKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (key("16", "R", "VOLTAIRE"), key("16", "RUE", "Voltaire")),
            (key("7", "AV", "DE PROVENCE"), key("7", "AVENUE", "DE  PROVENCE")),
            (key("1", "", "RUE DU COMMERCE"), key("1", "RUE", "DU COMMERCE")),
            (key("15 B", "RUE", "BRUEGHEL"), key("15", "RUE", "BRUEGHEL", "B")),
            (key("2", "RUE", "DE L`AGLY"), key("2", "RUE", "DE L'AGLY")),
            (key("12", "BD", "GAL LECLERC"), key("12", "BOULEVARD", "GÉNÉRAL LECLERC")),
            (key("4.0", "RUE", "DE ST SALVAYRE"), key("4", "RUE", "DE SAINT SALVAYRE")),
        ],
    )
    def test_is_the_same_for_two_ways_of_writing(self, one, other):
        assert one == other

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (key("15B", "RUE", "X"), key("15BIS", "RUE", "X")),
            (key("1", "RUE", "X"), key("1", "IMPASSE", "X")),
            (key("1", "RUE", "X"), key("11", "RUE", "X")),
        ],
    )
    def test_keeps_two_places_apart(self, one, other):
        assert one != other

    def test_reads_a_number_with_its_repetition(self):
        assert [house_number("18BI"), house_number("1", "bis"), house_number("BT 2")] == [
            "18BIS",
            "1BIS",
            "BT 2",
        ]

    def test_leaves_a_name_that_only_looks_like_a_type(self):
        assert street_words("RUE", "COUR DES MIRACLES") == ("RUE", "COUR DES MIRACLES")


class TestProgrammeName:
    @pytest.mark.parametrize(
        ("written_as", "expected"),
        [
            ("APT N.9 RESIDENCE SAN MIGUEL", "SAN MIGUEL"),
            ("APT N.12 BATIMENT ELYCIA", "ELYCIA"),
            ("29 PLA RESIDENCE CAPELLE", "CAPELLE"),
            ("RESIDENCE AMARRAGE BATIMENT B", "AMARRAGE"),
            ("RAZIMBAUD (158)", "RAZIMBAUD (158)"),
            ("APT N.16 BAT A - RES ST VINCENT", "ST VINCENT"),
            ("LO-PO-FA", "LO-PO-FA"),
            ("Résidence Les Éoliennes, bâtiment B", "Les Éoliennes"),
            ("APT N. 302 - BAT A", ""),
            ("PORTE 1101", ""),
            ("ENSEMBLE 1", ""),
            ("", ""),
        ],
    )
    def test_leaves_doors_and_buildings_out(self, written_as, expected):
        assert programme_name(written_as) == expected

    def test_takes_the_first_column_that_names_something(self):
        assert programme_name("", "LGT 9", "LES CIGALES") == "LES CIGALES"

    def test_is_compared_without_articles_nor_abbreviations(self):
        assert name_key("RESIDENCE LES FLEURS D'AUTOMNE") == name_key("Fleurs d’Automne")
        assert name_key("ST VINCENT") == name_key("RES SAINT VINCENT")


class TestWriting:
    @pytest.mark.parametrize(
        ("received", "expected"),
        [
            ("L`HORREUM", "L’Horreum"),
            ("MOULIN DU GUA (82 HLM)", "Moulin du Gua (82 HLM)"),
            ("LES MONTS DE GENESTO III", "Les Monts de Genesto III"),
            ("Les Éoliennes", "Les Éoliennes"),
        ],
    )
    def test_gives_small_letters_back(self, received, expected):
        assert written(received) == expected

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            (Address("16", "", "R", "VOLTAIRE"), "16 rue Voltaire"),
            (Address("1", "BIS", "", "RUE DU COMMERCE"), "1 bis rue du Commerce"),
            (Address("10", "", "ALL", "DE L'AUSSOU"), "10 allée de l’Aussou"),
            (Address("15 B", "", "RUE", "BRUEGHEL"), "15 B rue Brueghel"),
            (Address("BT A", "", "R", "8 RUE DES PEUPLIERS"), "BT A, 8 rue des Peupliers"),
            (Address("", "", "CHE", "DE LA FALAISE"), "chemin de la Falaise"),
            (Address("12", "", "rue", "Jules-Verne"), "12 rue Jules-Verne"),
            (Address(), ""),
        ],
    )
    def test_gives_a_street_line_as_on_an_envelope(self, address, expected):
        assert address.street_line == expected

    def test_gives_the_city_line_in_capitals(self):
        assert Address(postcode="11100", city="Narbonne").city_line == "11100 NARBONNE"


class TestLambert93:
    @pytest.mark.parametrize(
        ("x", "y", "expected"),
        [
            # Worked out from longitude and latitude by PROJ 9 (EPSG 4326 to 2154).
            (652220.304, 6861682.582, (2.34885, 48.85341)),
            (700227.794, 6231630.330, (3.0028, 43.1839)),
            (704152.969, 7059560.088, (3.0586, 50.6330)),
            (146640.348, 6836261.626, (-4.4860, 48.3904)),
            (1176667.561, 6108273.283, (8.7386, 41.9192)),
            (700000.0, 6600000.0, (3.0, 46.5)),
        ],
    )
    def test_gives_back_known_points(self, x, y, expected):
        assert to_lon_lat(x, y) == pytest.approx(expected, abs=1e-6)

    @pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (3.0, 43.2), (700000.0, 9_000_000.0)])
    def test_refuses_a_point_outside_france(self, x, y):
        assert to_lon_lat(x, y) is None


def slot(opens: str, closes: str, by_appointment: bool = False) -> HoursSlot:
    return HoursSlot(time.fromisoformat(opens), time.fromisoformat(closes), by_appointment)


class TestOpeningHours:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("9h-12h, 14h-17h30", (slot("09:00", "12:00"), slot("14:00", "17:30"))),
            ("9:00-12:00 14:00-17:00", (slot("09:00", "12:00"), slot("14:00", "17:00"))),
            ("8 h 30 – 12 h et 13 h 30 à 16 h", (slot("08:30", "12:00"), slot("13:30", "16:00"))),
            ("14h-17h sur rdv", (slot("14:00", "17:00", True),)),
            ("14h-17h (sur rendez-vous), 9h-12h", (slot("09:00", "12:00"), slot("14:00", "17:00", True))),
            ("fermé", ()),
            ("", ()),
        ],
    )
    def test_are_read_as_people_type_them(self, typed, expected):
        assert read_day(typed) == expected

    @pytest.mark.parametrize("typed", ["le matin", "12h-9h", "9h-12h, 11h-14h", "25h-26h", "9h-12h lundi"])
    def test_are_refused_when_they_mean_nothing(self, typed):
        with pytest.raises(HoursNotUnderstood):
            read_day(typed)

    def test_are_grouped_where_days_are_alike(self):
        morning, all_day = slot("09:00", "12:00"), slot("09:00", "17:00")
        week = week_of([(1, morning), (2, morning), (3, all_day), (5, all_day)])

        assert grouped(week) == (
            DayGroup(1, 2, (morning,)),
            DayGroup(3, 3, (all_day,)),
            DayGroup(5, 5, (all_day,)),
        )

    def test_end_at_the_closing_time(self):
        week = (DayHours(1, (slot("09:00", "12:00"),)),)

        assert open_slot(week, 1, time(11, 59)) == slot("09:00", "12:00")
        assert open_slot(week, 1, time(12)) is None
        assert open_slot(week, 2, time(10)) is None


class TestTypology:
    @pytest.mark.parametrize(("rooms", "expected"), [(1, "T1"), (7, "T7"), (9, "T7"), (None, ""), (0, "")])
    def test_follows_the_rooms(self, rooms, expected):
        assert typology_of(rooms) == expected
