"""Correcting a residence on screen: its name, its agency, its place on the map."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.estate.models import Residence
from palier.modules.estate.permissions import Permission

FIELDS = ("name", "agency_id", "sector_id", "longitude", "latitude")


class HalfAPoint(DomainError):
    code = "estate.half-a-point"
    message = _("Give both the longitude and the latitude, in degrees, or neither.")


@transaction.atomic
def correct(*, residence_id: UUID, values: Mapping[str, Any], by: Actor, at: datetime) -> Residence:
    """Write what a person corrects. The next load of the property list has the last word on what it says.

    Units: longitude and latitude in degrees (WGS 84).
    Raises: NotAllowed, NotFound, HalfAPoint.
    """
    by.must(Permission.RESIDENCE_CHANGE)
    residence = Residence.objects.select_for_update(of=("self",)).filter(pk=residence_id).first()
    if residence is None:
        raise NotFound(kind="residence", id=str(residence_id))
    given = [name for name in FIELDS if name in values]
    for name in given:
        setattr(residence, name, values[name])
    if (residence.longitude is None) != (residence.latitude is None):
        raise HalfAPoint
    residence.save(update_fields=given)
    journal.record("estate.residence.correct", by=by, at=at, subject=residence)
    return residence
