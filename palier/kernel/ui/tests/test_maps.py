"""The map: places fall inside their own department, and what has no point is counted."""

import csv
import re
from pathlib import Path

import pytest

from palier.kernel.ui import maps
from palier.kernel.ui.maps import PlaceCount, department_map

CENTROIDS = Path(maps.__file__).parents[1] / "geography" / "facts" / "centroids.csv"

pytestmark = pytest.mark.skipif(not maps._outlines(), reason="the assets are not collected: run make setup")

NARBONNE = PlaceCount("Narbonne", "11", 3.004, 43.184, 1170)


def _rings(code: str) -> list[list[tuple[float, float]]]:
    rings, x, y = [], 0.0, 0.0
    for part in maps._outlines()[code].path.split("m")[1:]:
        numbers = [float(text) for text in re.findall(r"-?[\d.]+", part)]
        ring = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        rings.append(ring)
        x, y = ring[0]
    return rings


def _inside(ring: list[tuple[float, float]], x: float, y: float) -> bool:
    crossed = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            crossed = not crossed
    return crossed


class TestProject:
    @pytest.mark.parametrize("code", ["11", "62", "76", "45"])
    def test_places_communes_inside_their_department(self, code):
        rings = _rings(code)
        with CENTROIDS.open(encoding="utf-8") as stream:
            points = [row for row in csv.DictReader(stream) if row["code"].startswith(code)]

        placed = [maps.project(float(row["lon"]), float(row["lat"])) for row in points]

        inside = sum(any(_inside(ring, x, y) for ring in rings) for x, y in placed)
        assert len(points) > 200
        assert inside / len(points) > 0.98


class TestDepartmentMap:
    def test_draws_the_landlords_departments_and_their_neighbours(self):
        drawn = department_map(["11"], [NARBONNE])

        own = [shape.code for shape in drawn.shapes if shape.own]
        assert own == ["11"]
        assert {"34", "66", "09"} <= {shape.code for shape in drawn.shapes}
        assert "75" not in {shape.code for shape in drawn.shapes}

    def test_gives_circles_an_area_that_follows_the_count(self):
        quarter = PlaceCount("Lézignan", "11", 2.76, 43.2, 1170 // 4)

        drawn = department_map(["11"], [NARBONNE, quarter])

        large, small = drawn.circles
        assert large.label == "Narbonne"
        assert small.radius == pytest.approx(large.radius / 2, rel=0.01)

    def test_counts_what_it_cannot_place(self):
        drawn = department_map(["11"], [NARBONNE, PlaceCount("Inconnue", "11", None, None, 40)])

        assert drawn.unplaced == 40
        assert len(drawn.circles) == 1

    def test_gives_squares_to_departments_overseas(self):
        drawn = department_map(
            ["974"], [PlaceCount("Saint-Denis", "974", 55.4, -20.9, 300)], names={"974": "La Réunion"}
        )

        assert [(square.name, square.count) for square in drawn.squares] == [("La Réunion", 300)]
        assert drawn.shapes == ()

    def test_is_nothing_for_a_landlord_without_a_place(self):
        assert department_map([], []) is None
