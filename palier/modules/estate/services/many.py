"""Use cases on many lots, reservations or residences at once: one statement each, whatever the number."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.range import Range

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.events import publish_many
from palier.modules.estate.enums import LotAction, LotStatus, ReservationPurpose, ReservationState
from palier.modules.estate.events import LotReleased, LotReserved, LotStatusChanged
from palier.modules.estate.models import Lot, Reservation, Residence
from palier.modules.estate.permissions import Permission
from palier.modules.estate.services.reservations import HolderMissing, PeriodReversed
from palier.modules.estate.workflow import LOT


@transaction.atomic
def change_statuses(
    *, lot_ids: Sequence[UUID], action: str, by: Actor, at: datetime, reason: str = ""
) -> int:
    """Have lots take one step of their workflow; those that are elsewhere are left. Returns how many moved.

    Each lot's history says it, with the reason. Raises: NotAllowed.
    """
    step = LotAction(action)
    sources, target, permission = LOT.table[step]
    by.must(permission)
    before = dict(Lot.objects.filter(pk__in=lot_ids, status__in=sources).values_list("pk", "status"))
    Lot.objects.filter(pk__in=before).update(status=target, status_since=timezone.localdate(at))
    journal.record_many(
        f"estate.lot.{step.value}", by=by, at=at, table="estate_lot", ids=list(before), to=target.value,
        reason=reason, in_bulk=True,
    )  # fmt: skip
    publish_many(
        LotStatusChanged(lot_id=lot, before=was, after=target.value, at=at) for lot, was in before.items()
    )
    return len(before)


@transaction.atomic
def put_statuses_back(*, statuses: Mapping[UUID, tuple[str, str | None]], by: Actor, at: datetime) -> int:
    """Give lots back the status and the day that they had: (status, ISO day). Raises: NotAllowed."""
    by.must(Permission.LOT_CHANGE)
    ids, values = list(statuses), [LotStatus(status).value for status, _since in statuses.values()]
    now = dict(Lot.objects.filter(pk__in=ids).values_list("pk", "status"))
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE estate_lot AS lot SET status = was.status, status_since = was.since
            FROM unnest(%s::uuid[], %s::text[], %s::date[]) AS was (id, status, since) WHERE lot.id = was.id""",
            [ids, values, [since for _status, since in statuses.values()]],
        )
    journal.record_many("estate.lot.put-back", by=by, at=at, table="estate_lot", ids=ids, in_bulk=True)
    publish_many(
        LotStatusChanged(lot_id=lot, before=now[lot], after=statuses[lot][0], at=at)
        for lot in ids
        if lot in now
    )
    return len(ids)


@transaction.atomic
def reserve_lots(
    *,
    lot_ids: Sequence[UUID],
    purpose: str,
    holder: str,
    starts_at: datetime,
    ends_at: datetime | None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> int:
    """Take vacant lots for one purpose during `[starts_at, ends_at)`. Two reservations of a lot never overlap.

    Raises: NotAllowed, HolderMissing, PeriodReversed.
    """
    by.must(Permission.RESERVATION_CREATE)
    if not holder.strip():
        raise HolderMissing
    if ends_at is not None and ends_at <= starts_at:
        raise PeriodReversed
    made = Reservation.objects.bulk_create(
        Reservation(
            lot_id=lot, purpose=ReservationPurpose(purpose), holder=holder.strip(), note=note.strip(),
            period=Range(starts_at, ends_at, "[)"), reserved_by=by.name, reserved_at=at,
        )
        for lot in lot_ids
    )  # fmt: skip
    ids = [one.pk for one in made]
    journal.record_many(
        "estate.reservation.create",
        by=by,
        at=at,
        table="estate_reservation",
        ids=ids,
        purpose=purpose,
        in_bulk=True,
    )
    publish_many(
        LotReserved(
            reservation_id=one.pk,
            lot_id=one.lot_id,
            purpose=purpose,
            starts_at=starts_at,
            ends_at=ends_at,
            at=at,
        )
        for one in made
    )
    return len(made)


@transaction.atomic
def release_reservations(
    *, reservation_ids: Sequence[UUID], by: Actor, at: datetime, reason: str = ""
) -> int:
    """Give lots back: each reservation held stops holding its lot now, and stays as a trace. Raises: NotAllowed."""
    by.must(Permission.RESERVATION_RELEASE)
    held = Reservation.objects.filter(pk__in=reservation_ids, state=ReservationState.HELD)
    lots = dict(held.values_list("pk", "lot_id"))
    with connection.cursor() as cursor:
        # A period that had not begun becomes empty; one already over stays as it was.
        cursor.execute(
            """UPDATE estate_reservation SET state = 'released', period = period * tstzrange(NULL, %s),
                released_by = %s, released_at = %s, release_reason = %s WHERE id = ANY(%s)""",
            [at, by.name, at, reason.strip(), list(lots)],
        )
    journal.record_many(
        "estate.reservation.release", by=by, at=at, table="estate_reservation", ids=list(lots), in_bulk=True
    )
    publish_many(LotReleased(reservation_id=one, lot_id=lot, at=at) for one, lot in lots.items())
    return len(lots)


@transaction.atomic
def hold_again(*, periods: Mapping[UUID, str], by: Actor, at: datetime) -> set[UUID]:
    """Take back a release: reservations hold their lots again over the periods that they had.

    Returns: those that could be; a lot reserved or no longer vacant since is left. Raises: NotAllowed.
    """
    by.must(Permission.RESERVATION_CREATE)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE estate_reservation AS r
            SET state = 'held', period = was.period, released_by = '', released_at = NULL, release_reason = ''
            FROM unnest(%s::uuid[], %s::tstzrange[]) AS was (id, period), estate_lot AS lot
            WHERE r.id = was.id AND lot.id = r.lot_id AND lot.status = 'vacant'
              AND NOT EXISTS (SELECT FROM estate_reservation AS other WHERE other.lot_id = r.lot_id
                              AND other.id <> r.id AND other.period && was.period)
            RETURNING r.id""",
            [list(periods), list(periods.values())],
        )
        held = {row[0] for row in cursor.fetchall()}
    journal.record_many(
        "estate.reservation.hold-again",
        by=by,
        at=at,
        table="estate_reservation",
        ids=list(held),
        in_bulk=True,
    )
    return held


@transaction.atomic
def attach_residences(
    *,
    residence_ids: Sequence[UUID],
    agency_id: UUID | None,
    sector_id: UUID | None,
    by: Actor,
    at: datetime,
) -> int:
    """Attach residences to an agency, a sector or both; None leaves one as it is. Raises: NotAllowed."""
    by.must(Permission.RESIDENCE_CHANGE)
    values = {name: one for name, one in (("agency_id", agency_id), ("sector_id", sector_id)) if one}
    attached = Residence.objects.filter(pk__in=residence_ids).update(**values)
    journal.record_many(
        "estate.residence.attach", by=by, at=at, table="estate_residence", ids=residence_ids, in_bulk=True
    )
    return attached


@transaction.atomic
def attach_as_before(*, places: Mapping[UUID, tuple[str | None, str | None]], by: Actor, at: datetime) -> int:
    """Give residences back the agency and the sector that they had. Raises: NotAllowed."""
    by.must(Permission.RESIDENCE_CHANGE)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE estate_residence AS r SET agency_id = was.agency, sector_id = was.sector
            FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS was (id, agency, sector) WHERE r.id = was.id""",
            [
                list(places),
                [agency for agency, _s in places.values()],
                [sector for _a, sector in places.values()],
            ],
        )
    journal.record_many(
        "estate.residence.attach",
        by=by,
        at=at,
        table="estate_residence",
        ids=list(places),
        in_bulk=True,
        undone=True,
    )
    return len(places)
