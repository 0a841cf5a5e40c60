"""Agencies and reception points: their address, their phone, their hours."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.models import Record
from palier.modules.estate.models import Agency, ReceptionHours, ReceptionPoint
from palier.modules.estate.permissions import Permission
from palier.modules.estate.rules.opening import DayHours

ADDRESS_FIELDS = (
    "number",
    "repetition",
    "street_type",
    "street_name",
    "complement",
    "postcode",
    "city",
    "insee_code",
)
AGENCY_FIELDS = ("code", "name", "phone", "email", "is_open", *ADDRESS_FIELDS)
RECEPTION_FIELDS = ("code", "name", "agency_id", "phone", "email", "access_notes", "is_open", *ADDRESS_FIELDS)


class CodeTaken(DomainError):
    code = "estate.code-taken"
    message = _("The code “{taken}” is already used by {name}. Choose another.")


@transaction.atomic
def save_agency(
    *, agency_id: UUID | None = None, values: Mapping[str, Any], by: Actor, at: datetime
) -> Agency:
    """Create an agency, or change the one given.

    Raises: NotAllowed, NotFound, CodeTaken.
    """
    by.must(Permission.AGENCY_CHANGE)
    agency = _loaded(Agency, agency_id)
    _refuse_taken_code(Agency, values["code"], agency)
    _write(agency, values, AGENCY_FIELDS)
    journal.record("estate.agency.save", by=by, at=at, subject=agency)
    return agency


@transaction.atomic
def save_reception_point(
    *,
    reception_point_id: UUID | None = None,
    values: Mapping[str, Any],
    week: Sequence[DayHours],
    by: Actor,
    at: datetime,
) -> ReceptionPoint:
    """Create a reception point with its hours, or change the one given.

    Raises: NotAllowed, NotFound, CodeTaken.
    """
    by.must(Permission.RECEPTION_CHANGE)
    point = _loaded(ReceptionPoint, reception_point_id)
    _refuse_taken_code(ReceptionPoint, values["code"], point)
    _write(point, values, RECEPTION_FIELDS)
    _replace_hours(point, week)
    journal.record("estate.reception.save", by=by, at=at, subject=point)
    return point


def _loaded(model: type[Any], record_id: UUID | None) -> Any:
    if record_id is None:
        return model()
    record = model.objects.select_for_update(of=("self",)).filter(pk=record_id).first()
    if record is None:
        raise NotFound(kind=model._meta.model_name, id=str(record_id))
    return record


def _refuse_taken_code(model: type[Any], code: str, record: Record) -> None:
    other = model.objects.filter(code=code).exclude(pk=record.pk).first()
    if other is not None:
        raise CodeTaken(taken=code, name=other.name)


def _write(record: Any, values: Mapping[str, Any], names: Sequence[str]) -> None:
    given = [name for name in names if name in values]
    for name in given:
        setattr(record, name, values[name])
    if record._state.adding:
        record.save(force_insert=True)
    else:
        record.save(update_fields=given)


def _replace_hours(point: ReceptionPoint, week: Sequence[DayHours]) -> None:
    """Write the hours that differ: untouched days keep their rows, and their history."""
    wanted = {(day.weekday, slot) for day in week for slot in day.slots}
    for row in point.hours.all():
        key = next(
            (
                one
                for one in wanted
                if (one[0], one[1].opens_at, one[1].closes_at, one[1].by_appointment)
                == (row.weekday, row.opens_at, row.closes_at, row.by_appointment)
            ),
            None,
        )
        if key is None:
            row.delete()
        else:
            wanted.discard(key)
    for weekday, slot in sorted(wanted):
        ReceptionHours(
            reception_point=point, weekday=weekday, opens_at=slot.opens_at, closes_at=slot.closes_at,
            by_appointment=slot.by_appointment,
        ).save(force_insert=True)  # fmt: skip
