"""Reading a vigilance map: no database."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from palier.modules.continuity.enums import VigilanceProblem
from palier.modules.continuity.rules.vigilance import (
    MapRefused,
    Peak,
    Stretch,
    carried_on,
    changes,
    in_season,
    peaks,
    reaches,
    read_bulletin,
)
from palier.modules.continuity.tests.vigilance_map import domain, lap, map_of, period, phenomenon

REAL = Path(__file__).resolve().parents[5] / "shared/data/crisis"


def utc(day, hour, month=7):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def problem(content):
    with pytest.raises(MapRefused) as refused:
        read_bulletin(content)
    return refused.value.problem


class TestReadBulletin:
    def test_joins_the_stretches_of_one_colour_across_periods(self):
        found = read_bulletin(map_of())

        assert Stretch("11", "heat", "orange", utc(10, 10), utc(11, 22)) in found.stretches
        assert [one.department for one in found.stretches if one.colour == "orange"] == ["11"]

    def test_takes_a_colour_written_as_number_or_as_text(self):
        content = map_of(
            period(domain("11", phenomenon(6, lap(3))), domain("31", phenomenon("6", lap(" 3 "))))
        )

        assert {one.department: one.colour for one in read_bulletin(content).stretches} == {
            "11": "orange",
            "31": "orange",
        }

    def test_gives_the_coast_to_its_department_and_passes_the_country_over(self):
        found = read_bulletin(map_of())

        assert Stretch("11", "coast", "yellow", utc(10, 4), utc(10, 22)) in found.stretches
        assert found.departments == {"11", "31"}

    def test_holds_a_phenomenon_without_time_lapse_for_the_whole_period(self):
        content = map_of(period(domain("2A", phenomenon("4", highest="2"))))

        assert read_bulletin(content).stretches == (
            Stretch("2A", "floods", "yellow", utc(10, 4), utc(10, 22)),
        )

    def test_leaves_green_out(self):
        assert all(one.colour != "green" for one in read_bulletin(map_of()).stretches)

    def test_passes_over_a_phenomenon_that_it_does_not_know(self):
        content = map_of(period(domain("11", phenomenon("12", lap(4)), phenomenon("6", lap(2)))))

        assert [one.phenomenon for one in read_bulletin(content).stretches] == ["heat"]

    @pytest.mark.parametrize("colour", [0, 5, "orange", None, True, 2.0])
    def test_refuses_what_is_not_a_colour_and_says_where(self, colour):
        said = problem(map_of(period(domain("11", phenomenon("6", lap(colour))))))

        assert "product.periods[0].timelaps.domain_ids[0].phenomenon_items[0]" in str(said)

    def test_says_the_line_of_a_file_that_is_not_json(self):
        said = problem(b'{"product": {\n "update_time": ')

        assert said.kind == VigilanceProblem.SYNTAX
        assert dict(said.said)["line"] == "2"

    @pytest.mark.parametrize(
        "content",
        [b"[]", b"{}", b'{"product": 3}', b'{"product": {"update_time": "2026-07-10T04:00:00Z"}}', b"null"],
    )
    def test_refuses_another_file(self, content):
        assert problem(content).kind == VigilanceProblem.NOT_A_MAP

    def test_refuses_a_moment_without_time_zone(self):
        assert problem(map_of(issued="2026-07-10T04:00:28")).kind == VigilanceProblem.MOMENT

    def test_refuses_a_period_that_ends_before_it_begins(self):
        content = map_of(period(domain("11"), begin="2026-07-11T04:00:00Z"))

        assert problem(content).kind == VigilanceProblem.ORDER

    def test_refuses_bytes_that_are_not_text(self):
        assert problem(b"\xff\xfe{").kind == VigilanceProblem.NOT_TEXT

    @pytest.mark.skipif(not REAL.is_dir(), reason="the file of Météo-France is not here")
    def test_reads_the_map_of_meteo_france(self):
        file = next(REAL.glob("vigilance_meteofrance_cdp_carte_externe_*.json"))

        found = read_bulletin(file.read_bytes())

        assert found.issued_at == datetime(2026, 8, 26, 4, 0, 28, tzinfo=UTC)
        assert {"35", "14", "10", "2A"} <= found.departments
        assert Stretch("35", "thunderstorms", "orange", utc(26, 18, 8), utc(26, 22, 8)) in found.stretches

    @pytest.mark.skipif(not REAL.is_dir(), reason="the codes of Météo-France are not here")
    def test_agrees_with_the_codes_of_meteo_france(self):
        codes = json.loads((REAL / "vigilance_codes.json").read_text())

        assert len(codes["couleurs"]) == 4
        assert len(codes["phenomenes"]) == 9


HEAT = Stretch("11", "heat", "orange", utc(10, 10), utc(11, 22))


class TestCarriedOn:
    def test_keeps_the_beginning_of_a_spell_that_goes_on(self):
        later = Stretch("11", "heat", "orange", utc(11, 4), utc(12, 22))

        assert carried_on([later], [HEAT])[0].since == HEAT.since

    def test_begins_anew_after_a_break(self):
        later = Stretch("11", "heat", "orange", utc(13, 4), utc(13, 22))

        assert carried_on([later], [HEAT])[0].since == later.since


class TestPeaks:
    def test_keeps_the_highest_colour_that_is_not_over(self):
        red = Stretch("11", "heat", "red", utc(9, 10), utc(10, 4))

        assert peaks([HEAT, red], at=utc(10, 5)) == {("11", "heat"): Peak("orange", HEAT.since, HEAT.until)}


class TestChanges:
    def test_says_what_begins_and_what_is_over(self):
        begun = changes({}, peaks([HEAT], at=utc(10, 5)), departments=frozenset({"11"}))
        over = changes(peaks([HEAT], at=utc(10, 5)), {}, departments=frozenset({"11"}))

        assert [one[2].colour for one in begun] == ["orange"]
        assert [one[2].colour for one in over] == ["green"]

    def test_says_nothing_of_a_department_of_which_the_map_is_silent(self):
        assert changes(peaks([HEAT], at=utc(10, 5)), {}, departments=frozenset({"31"})) == []


@pytest.mark.parametrize(("day", "inside"), [(531, False), (601, True), (915, True), (916, False)])
def test_the_season_includes_its_last_day(day, inside):
    assert in_season(day, begins=601, ends=915) is inside


def test_a_season_may_cross_the_new_year():
    assert in_season(115, begins=1101, ends=331)
    assert not in_season(601, begins=1101, ends=331)


def test_red_reaches_orange_and_yellow_does_not():
    assert reaches("red", "orange")
    assert not reaches("yellow", "orange")
