"""Small drawings that fit in a line of text or a tile. Pure Python; the templates turn them into SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Number = int | float | Decimal


@dataclass(frozen=True)
class Sparkline:
    """A curve in a box of width × height; path and area are SVG path data, end is the last point."""

    width: int
    height: int
    path: str
    area: str
    end_x: float
    end_y: float


def sparkline(values: Sequence[Number | None], *, width: int = 96, height: int = 28) -> Sparkline | None:
    """Trace values at equal steps; a gap (None) joins its neighbours. Fewer than two known values give None."""
    known = [(index, float(value)) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    lowest = min(value for _, value in known)
    highest = max(value for _, value in known)
    margin = 3.0
    step = (width - 2 * margin) / (len(values) - 1)
    scale = (height - 2 * margin) / (highest - lowest) if highest > lowest else 0.0
    middle = 0.0 if scale else (height - 2 * margin) / 2
    points = [
        (round(margin + index * step, 1), round(height - margin - middle - (value - lowest) * scale, 1))
        for index, value in known
    ]
    path = "M" + "L".join(f"{x} {y}" for x, y in points)
    area = f"{path}L{points[-1][0]} {height}L{points[0][0]} {height}Z"
    return Sparkline(width, height, path, area, *points[-1])


def share(value: Number | None, maximum: Number | None) -> float:
    """Part of a bar that is filled, from 0 to 100, never outside."""
    if not value or not maximum:
        return 0.0
    return round(max(0.0, min(100.0, float(value) * 100 / float(maximum))), 1)
