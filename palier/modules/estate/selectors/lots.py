"""Lots and their reservations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from palier.kernel.errors import NotFound
from palier.modules.estate.enums import LotKind, LotStatus
from palier.modules.estate.models import Lot, Reservation


@dataclass(frozen=True)
class LotRow:
    """A lot as other modules see it. `label` is what people read: « Logement 0101-A-12, T3, 2e étage »."""

    id: UUID
    code: str
    label: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    residence_id: UUID
    residence_code: str
    residence_name: str
    building: str
    entrance: str
    door: str
    floor: int | None
    typology: str
    surface_m2: Decimal | None

    @property
    def is_dwelling(self) -> bool:
        return self.kind == LotKind.DWELLING


@dataclass(frozen=True)
class ReservationRow:
    """A reservation; `ends_at` is where it stops holding (excluded), None when open-ended."""

    id: UUID
    lot_id: UUID
    lot_code: str
    purpose: str
    purpose_label: str
    holder: str
    starts_at: datetime
    ends_at: datetime | None
    state: str
    state_label: str
    note: str
    reference: str
    reserved_by: str
    released_by: str
    released_at: datetime | None
    release_reason: str

    def holds_at(self, at: datetime) -> bool:
        """Say whether the lot is taken by this reservation at a moment."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


def floor_label(floor: int | None) -> str:
    """Write a floor: « rez-de-chaussée », « 1er étage », « sous-sol 1 »."""
    if floor is None:
        return ""
    if floor == 0:
        return _("ground floor")
    if floor < 0:
        return _("basement {number}").format(number=-floor)
    if floor == 1:
        return _("1st floor")
    return _("floor {number}").format(number=floor)


def lot_label(record: Lot) -> str:
    """Write a lot in a few words, its code first."""
    parts = [
        f"{record.get_kind_display()} {record.code}",
        record.get_typology_display() if record.typology else "",
    ]
    return ", ".join(part for part in (*parts, floor_label(record.floor)) if part)


def lot_row(record: Lot) -> LotRow:
    """Turn a record (with residence, building and entrance joined) into what other modules see."""
    return LotRow(
        id=record.id,
        code=record.code,
        label=lot_label(record),
        kind=record.kind,
        kind_label=record.get_kind_display(),
        status=record.status,
        status_label=record.get_status_display(),
        residence_id=record.residence_id,
        residence_code=record.residence.code,
        residence_name=record.residence.name,
        building=str(record.building) if record.building else "",
        entrance=record.entrance.code if record.entrance else "",
        door=record.door,
        floor=record.floor,
        typology=record.typology,
        surface_m2=record.surface_m2,
    )


def with_places() -> QuerySet[Lot]:
    """Lots with residence, building and entrance joined: one query whatever their number."""
    return Lot.objects.select_related("residence", "building", "entrance").order_by("search_key", "pk")


def lot(lot_id: UUID) -> LotRow:
    """Raises: NotFound."""
    record = with_places().filter(pk=lot_id).first()
    if record is None:
        raise NotFound(kind="lot", id=str(lot_id))
    return lot_row(record)


def lot_by_code(code: str) -> LotRow:
    """Raises: NotFound."""
    record = with_places().filter(code=code).first()
    if record is None:
        raise NotFound(kind="lot", code=code)
    return lot_row(record)


def lots(ids: Iterable[UUID]) -> dict[UUID, LotRow]:
    """Return these lots by id; unknown ids are left out. One query."""
    return {record.id: lot_row(record) for record in with_places().filter(pk__in=list(ids))}


def lots_of_residence(residence_id: UUID, *, kind: LotKind | str | None = None) -> tuple[LotRow, ...]:
    """Return the lots of a residence in the order of their codes. One query."""
    rows = with_places().filter(residence_id=residence_id)
    return tuple(lot_row(record) for record in (rows.filter(kind=kind) if kind else rows))


def lot_ids_by_code(codes: Iterable[str]) -> Mapping[str, UUID]:
    """Return the ids of the lots that have these codes; unknown codes are left out. One query."""
    return dict(Lot.objects.filter(code__in=list(codes)).values_list("code", "id"))


def reservations_in_force(at: datetime) -> QuerySet[Reservation]:
    """The reservations that hold a lot at a moment, past or future."""
    return Reservation.objects.filter(period__contains=at)


def is_lot_free(lot_id: UUID, at: datetime) -> bool:
    """Say whether a lot may be taken at a moment: vacant, to let, held by nobody. False if unknown."""
    return vacant_lots(at).filter(pk=lot_id).exists()


def vacant_lots(at: datetime) -> QuerySet[Lot]:
    """The lots that are vacant, to let, and held by nobody at a moment."""
    taken = reservations_in_force(at).filter(lot=OuterRef("pk"))
    return Lot.objects.filter(status=LotStatus.VACANT).exclude(Exists(taken))


def vacant_lot_ids(*, at: datetime, kind: LotKind | str = LotKind.DWELLING) -> frozenset[UUID]:
    """Return the lots of a kind that are free at a moment. One query."""
    return frozenset(vacant_lots(at).filter(kind=kind).values_list("id", flat=True))


def reservation_row(record: Reservation) -> ReservationRow:
    """Turn a record (with its lot joined) into what other modules see."""
    return ReservationRow(
        id=record.id,
        lot_id=record.lot_id,
        lot_code=record.lot.code,
        purpose=record.purpose,
        purpose_label=record.get_purpose_display(),
        holder=record.holder,
        # An emptied period (released before it began) has no bounds left: its release dates it.
        starts_at=record.period.lower or record.released_at or record.reserved_at,
        ends_at=record.period.upper if not record.period.isempty else record.released_at,
        state=record.state,
        state_label=record.get_state_display(),
        note=record.note,
        reference=record.reference,
        reserved_by=record.reserved_by,
        released_by=record.released_by,
        released_at=record.released_at,
        release_reason=record.release_reason,
    )


def reservations_of(lot_id: UUID) -> tuple[ReservationRow, ...]:
    """Return the reservations of a lot, the latest first. One query."""
    rows = Reservation.objects.select_related("lot").filter(lot_id=lot_id).order_by("-reserved_at", "-pk")
    return tuple(reservation_row(record) for record in rows)


def reservation_list() -> QuerySet[Reservation]:
    """Every reservation with its lot and residence, those still held first."""
    return Reservation.objects.select_related("lot__residence").order_by("state", "-reserved_at", "pk")


def lots_count(residence_id: UUID) -> int:
    """Count the lots of a residence, those taken out of the estate included."""
    return Lot.objects.filter(residence_id=residence_id).count()


def held_lots_count(at: datetime) -> int:
    """Count the lots that a reservation holds at a moment."""
    return reservations_in_force(at).values("lot").distinct().count()
