"""A small map of vigilance, made here: two departments, a coast, the country."""

import json
from typing import Any

MORNING, EVENING, NEXT = "2026-07-10T04:00:00Z", "2026-07-10T22:00:00Z", "2026-07-11T22:00:00Z"


def lap(colour: Any, begin: str = MORNING, end: str = EVENING) -> dict[str, Any]:
    return {"begin_time": begin, "end_time": end, "color_id": colour}


def phenomenon(code: Any, *laps: dict[str, Any], highest: Any = 1) -> dict[str, Any]:
    return {"phenomenon_id": code, "phenomenon_max_color_id": highest, "timelaps_items": list(laps)}


def domain(code: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"domain_id": code, "max_color_id": 1, "phenomenon_items": list(items)}


def period(
    *domains: dict[str, Any], name: str = "J", begin: str = MORNING, end: str = EVENING
) -> dict[str, Any]:
    return {
        "echeance": name,
        "begin_validity_time": begin,
        "end_validity_time": end,
        "timelaps": {"domain_ids": list(domains)},
    }


def map_of(*periods: dict[str, Any], issued: str = "2026-07-10T04:00:28Z") -> bytes:
    """A whole map; without periods, heat orange in 11 from noon, then all the next day."""
    said = periods or (
        period(
            domain("FRA", phenomenon("6", lap(3))),
            domain(
                "11",
                phenomenon("6", lap(2, MORNING, "2026-07-10T10:00:00Z"), lap("3", "2026-07-10T10:00:00Z")),
                phenomenon("4", highest=1),
            ),
            domain("31", phenomenon("6", lap(1))),
            domain("1110", phenomenon("9", lap(2))),
        ),
        period(
            domain("11", phenomenon("6", lap("3", EVENING, NEXT))),
            domain("31", phenomenon("6", lap(2, EVENING, NEXT))),
            name="J1",
            begin=EVENING,
            end=NEXT,
        ),
    )
    return json.dumps({"product": {"update_time": issued, "periods": list(said)}, "meta": {}}).encode()
