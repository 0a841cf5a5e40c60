"""How much the landlord has in each commune, and where that is: circles on a map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Max, Q, Sum

from palier.kernel.geography.selectors import CommuneFacts, communes
from palier.modules.estate.enums import LotKind, LotStatus, ResidenceSource
from palier.modules.estate.models import Lot, Residence


@dataclass(frozen=True)
class CommuneCount:
    """What the landlord has in one commune. The point is the middle of the located residences, else of the
    commune; None where neither is known. Units: degrees (WGS 84).
    """

    insee_code: str
    name: str
    department_code: str
    residences: int
    dwellings: int
    longitude: float | None
    latitude: float | None


def counts_by_commune() -> tuple[CommuneCount, ...]:
    """Count residences and dwellings by commune, the largest first. Four queries whatever the data."""
    lots = dict(
        Lot.objects.filter(kind=LotKind.DWELLING)
        .exclude(status=LotStatus.OUT_OF_SERVICE)
        .values_list("residence__insee_code")
        .annotate(Count("pk"))
        .order_by()
    )
    rows = list(
        Residence.objects.exclude(insee_code="")
        .values("insee_code")
        .annotate(
            name=Max("city"),
            department=Max("department_code"),
            residences=Count("pk", distinct=True),
            longitude=Avg("longitude"),
            latitude=Avg("latitude"),
        )
        .order_by()
    )
    declared = dict(
        Residence.objects.filter(Q(source=ResidenceSource.RPLS, lots__isnull=True))
        .values_list("insee_code")
        .annotate(Sum("declared_dwellings", default=0))
        .order_by()
    )
    facts = communes([row["insee_code"] for row in rows])
    counted = (_count(row, lots, declared, facts.get(row["insee_code"])) for row in rows)
    return tuple(sorted(counted, key=lambda one: (-one.dwellings, one.name)))


def _count(
    row: Mapping[str, Any], lots: dict[str, int], declared: dict[str, int], facts: CommuneFacts | None
) -> CommuneCount:
    code = row["insee_code"]
    longitude, latitude = row["longitude"], row["latitude"]
    if longitude is None and facts is not None:
        longitude, latitude = facts.lon, facts.lat
    return CommuneCount(
        insee_code=code,
        name=facts.name if facts else row["name"],
        department_code=row["department"],
        residences=row["residences"],
        dwellings=lots.get(code, 0) + declared.get(code, 0),
        longitude=float(longitude) if longitude is not None else None,
        latitude=float(latitude) if latitude is not None else None,
    )
