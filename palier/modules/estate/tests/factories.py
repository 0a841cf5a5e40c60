"""Records with good defaults: a test shows only what differs."""

from datetime import time
from itertools import count
from typing import Any

from palier.modules.estate.models import (
    Agency,
    Building,
    Entrance,
    Lot,
    ReceptionHours,
    ReceptionPoint,
    Residence,
    Sector,
)

_numbers = count(1)

NARBONNE = {"postcode": "11100", "city": "Narbonne", "insee_code": "11262"}


def make_agency(**given: Any) -> Agency:
    number = next(_numbers)
    return Agency.objects.create(
        **{
            "code": f"A{number:03}",
            "name": f"Agence {number}",
            "phone": "04 65 71 00 01",
            **NARBONNE,
            **given,
        }
    )


def make_sector(**given: Any) -> Sector:
    number = next(_numbers)
    return Sector.objects.create(**{"code": f"S{number:03}", "name": f"Secteur {number}", **given})


def make_reception_point(*, mornings: bool = True, **given: Any) -> ReceptionPoint:
    """A reception point; with `mornings`, open from Monday to Friday, 9 to 12."""
    number = next(_numbers)
    point = ReceptionPoint.objects.create(
        **{"code": f"P{number:03}", "name": f"Accueil {number}", **NARBONNE, **given}
    )
    if mornings:
        ReceptionHours.objects.bulk_create(
            ReceptionHours(reception_point=point, weekday=day, opens_at=time(9), closes_at=time(12))
            for day in range(1, 6)
        )
    return point


def make_residence(**given: Any) -> Residence:
    number = next(_numbers)
    address = {"number": str(number), "street_type": "RUE", "street_name": "DES PLATANES", **NARBONNE}
    record = Residence.objects.create(
        **{"code": f"R{number:04}", "name": f"Résidence {number}", **address, **given}
    )
    # Generated columns are read back: the department is worked out by the database.
    record.refresh_from_db()
    return record


def make_building(residence: Residence, **given: Any) -> Building:
    return Building.objects.create(**{"residence": residence, "code": f"B{next(_numbers)}", **given})


def make_entrance(residence: Residence, **given: Any) -> Entrance:
    return Entrance.objects.create(**{"residence": residence, "code": f"E{next(_numbers)}", **given})


def make_lot(residence: Residence | None = None, **given: Any) -> Lot:
    given = {"code": f"L{next(_numbers):05}", "typology": "T3", "surface_m2": "64.50", "floor": 2, **given}
    return Lot.objects.create(residence=residence or make_residence(), **given)
