"""Taking a lot for a purpose, and giving it back."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import ExclusionViolation
from psycopg.types.range import Range

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.modules.estate.enums import LotStatus, ReservationAction, ReservationPurpose
from palier.modules.estate.events import LotReleased, LotReserved
from palier.modules.estate.models import Lot, Reservation
from palier.modules.estate.permissions import Permission
from palier.modules.estate.workflow import RESERVATION


class HolderMissing(DomainError):
    code = "estate.holder-missing"
    message = _("Say who holds the reservation: a person, a team or a partner.")


class PeriodReversed(DomainError):
    code = "estate.period-reversed"
    message = _("The reservation must end after it begins.")


class LotNotVacant(DomainError):
    code = "estate.lot-not-vacant"
    message = _("Lot {lot} is “{status}”: only a vacant lot can be reserved. Change its status first.")


class LotAlreadyReserved(DomainError):
    code = "estate.lot-already-reserved"
    message = _(
        "Lot {lot} is already reserved over part of this period. "
        "Release the other reservation, or change the dates."
    )


@transaction.atomic
def reserve(
    *,
    lot_id: UUID,
    purpose: str,
    holder: str,
    starts_at: datetime,
    ends_at: datetime | None = None,
    by: Actor,
    at: datetime,
    note: str = "",
    reference: str = "",
) -> Reservation:
    """Take a vacant lot for a purpose during `[starts_at, ends_at)`; without an end, until it is released.

    Two reservations of a lot never overlap: the database refuses the second, whoever comes first.
    Raises: NotAllowed, NotFound, HolderMissing, PeriodReversed, LotNotVacant, LotAlreadyReserved.
    """
    by.must(Permission.RESERVATION_CREATE)
    lot = _locked_lot(lot_id)
    if not holder.strip():
        raise HolderMissing
    if ends_at is not None and ends_at <= starts_at:
        raise PeriodReversed
    if lot.status != LotStatus.VACANT:
        raise LotNotVacant(lot=lot.code, status=str(lot.get_status_display()))
    reservation = Reservation(
        lot=lot,
        purpose=ReservationPurpose(purpose),
        holder=holder.strip(),
        period=Range(starts_at, ends_at, "[)"),
        note=note.strip(),
        reference=reference,
        reserved_by=by.name,
        reserved_at=at,
    )
    _insert(reservation, lot)
    journal.record("estate.reservation.create", by=by, at=at, subject=reservation, purpose=purpose)
    publish(
        LotReserved(
            reservation_id=reservation.id,
            lot_id=lot.id,
            purpose=purpose,
            starts_at=starts_at,
            ends_at=ends_at,
            at=at,
        )
    )
    return reservation


def _locked_lot(lot_id: UUID) -> Lot:
    lot = Lot.objects.select_for_update(of=("self",)).filter(pk=lot_id).first()
    if lot is None:
        raise NotFound(kind="lot", id=str(lot_id))
    return lot


def _insert(reservation: Reservation, lot: Lot) -> None:
    try:
        with transaction.atomic():
            reservation.save(force_insert=True)
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            raise LotAlreadyReserved(lot=lot.code) from error
        raise


@transaction.atomic
def release(*, reservation_id: UUID, by: Actor, at: datetime, reason: str = "") -> Reservation:
    """Give a lot back: the reservation stops holding it at once, and stays as the trace of what was.

    Raises: NotAllowed, NotFound, TransitionRefused.
    """
    reservation = Reservation.objects.select_for_update(of=("self",)).filter(pk=reservation_id).first()
    if reservation is None:
        raise NotFound(kind="reservation", id=str(reservation_id))
    RESERVATION.move(reservation, ReservationAction.RELEASE, by=by, at=at)
    reservation.period = _ended(reservation.period, at)
    reservation.released_by, reservation.released_at, reservation.release_reason = by.name, at, reason.strip()
    reservation.save(update_fields=["state", "period", "released_by", "released_at", "release_reason"])
    publish(LotReleased(reservation_id=reservation.id, lot_id=reservation.lot_id, at=at))
    return reservation


def _ended(period: "Range[datetime]", at: datetime) -> "Range[datetime]":
    """Cut a period at a moment; one that had not begun becomes empty, one already over stays as it was."""
    if period.lower is not None and at <= period.lower:
        return Range(empty=True)
    if period.upper is not None and period.upper <= at:
        return period
    return Range(period.lower, at, "[)")
