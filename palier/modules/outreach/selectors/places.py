"""Where a campaign calls: any place of the plan, or a priority district."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from palier.kernel.places import PlaceKind
from palier.modules.estate import public as estate
from palier.modules.outreach.selectors.candidates import Scope


def districts() -> list[tuple[str, str]]:
    """Return the priority districts where the landlord has residences: (id, name)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT district.id::text, coalesce(nullif(district.name, ''), district.code)
            FROM estate_district district JOIN estate_residence residence ON residence.district_id = district.id
            ORDER BY 2"""
        )
        return list(cursor.fetchall())


def district_name(id: str) -> str | None:
    """Return the name of a district, None when there is no such one."""
    return dict(districts()).get(id)


def scope_of(kind: str, id: str, *, at: datetime) -> Scope:
    """Return the residences of a campaign's place. Raises: estate.PlaceUnknown."""
    if kind == PlaceKind.ORGANISATION:
        return Scope(at)
    if kind == "district":
        return Scope(at, tuple(_residences_of_district(UUID(id))))
    return Scope(at, tuple(estate.residence_ids_in(estate.place_of_id(kind, id))))


def _residences_of_district(id: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM estate_residence WHERE district_id = %s", [id])
        return [residence for (residence,) in cursor.fetchall()]
