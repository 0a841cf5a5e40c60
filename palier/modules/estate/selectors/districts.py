"""Priority districts (QPV) and the residences that stand in them, for modules that watch over them."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q

from palier.modules.estate.models import District, Residence


@dataclass(frozen=True)
class DistrictRow:
    """A district where the landlord has residences. `label` is what people read: « Narbonne, QP011901 »."""

    id: UUID
    code: str
    name: str
    label: str
    cities: tuple[str, ...]
    residences: int


def districts() -> list[DistrictRow]:
    """Return the districts where the landlord has residences, by label. One query."""
    rows = District.objects.annotate(
        homes=Count("residences", distinct=True),
        cities=ArrayAgg("residences__city", distinct=True, filter=~Q(residences__city=""), default=[]),
    ).filter(homes__gt=0)
    found = [
        DistrictRow(
            id=row.pk,
            code=row.code,
            name=row.name,
            label=", ".join(filter(None, (" / ".join(sorted(row.cities)), row.name or row.code))),
            cities=tuple(sorted(row.cities)),
            residences=row.homes,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.label)


def district_of_residence(residence_id: UUID) -> UUID | None:
    """Return the district of a residence; None outside any. One query."""
    return Residence.objects.filter(pk=residence_id).values_list("district_id", flat=True).first()
