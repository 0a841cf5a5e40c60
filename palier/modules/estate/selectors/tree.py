"""Agencies, reception points, residences, and what they count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from palier.kernel.errors import NotFound
from palier.kernel.places import Place, PlaceKind
from palier.modules.estate.enums import LotKind, LotStatus, ResidenceSource
from palier.modules.estate.models import Agency, Lot, ReceptionHours, ReceptionPoint, Residence
from palier.modules.estate.models.columns import Located
from palier.modules.estate.rules.addresses import Address
from palier.modules.estate.rules.opening import DayHours, HoursSlot, week_of


@dataclass(frozen=True)
class AgencyRow:
    """An agency as other modules see it."""

    id: UUID
    code: str
    name: str
    address_line: str
    complement: str
    city_line: str
    insee_code: str
    phone: str
    email: str
    is_open: bool


@dataclass(frozen=True)
class ReceptionPointRow:
    """A reception point with its seven days of hours."""

    id: UUID
    code: str
    name: str
    agency_id: UUID | None
    agency_name: str
    address_line: str
    complement: str
    city_line: str
    insee_code: str
    phone: str
    email: str
    access_notes: str
    is_open: bool
    week: tuple[DayHours, ...]


@dataclass(frozen=True)
class ResidenceRow:
    """A residence as other modules see it. `dwellings` counts its lots, or what a skeleton declares."""

    id: UUID
    code: str
    name: str
    is_skeleton: bool
    address_line: str
    complement: str
    postcode: str
    city: str
    insee_code: str
    department_code: str
    agency_id: UUID | None
    agency_name: str
    sector_id: UUID | None
    sector_name: str
    longitude: Decimal | None
    latitude: Decimal | None
    dwellings: int

    @property
    def city_line(self) -> str:
        return f"{self.postcode} {self.city}".strip()


@dataclass(frozen=True)
class EstateCounts:
    """How much there is. `dwellings` includes what skeletons declare; statuses count lots alone."""

    residences: int = 0
    dwellings: int = 0
    occupied: int = 0
    vacant: int = 0
    unavailable: int = 0
    unknown: int = 0
    other_lots: int = 0


UNAVAILABLE = (LotStatus.VACANT_TECHNICAL, LotStatus.WORKS, LotStatus.FOR_SALE, LotStatus.DEMOLITION)


def address_of(record: Located) -> Address:
    """Cut a record's address in its parts."""
    return Address(
        record.number,
        record.repetition,
        record.street_type,
        record.street_name,
        record.complement,
        record.postcode,
        record.city,
    )


def with_dwellings(rows: QuerySet[Residence]) -> QuerySet[Residence]:
    """Add `dwellings` (what is really there, else what the file declared) and `vacant`.

    Counted by subqueries: a page of 25 counts 25 residences, whatever the size of the estate.
    """
    there = Lot.objects.filter(residence=OuterRef("pk"), kind=LotKind.DWELLING)
    here = _count(there.exclude(status=LotStatus.OUT_OF_SERVICE))
    return rows.annotate(
        dwellings=Coalesce(NullIf(here, Value(0)), F("declared_dwellings"), Value(0)),
        vacant=_count(there.filter(status=LotStatus.VACANT)),
    )


def _count(lots: QuerySet[Lot]) -> Coalesce:
    counted = lots.order_by().values("residence").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def residence_row(record: Residence) -> ResidenceRow:
    """Turn a record (with agency and sector joined) into what other modules see."""
    return ResidenceRow(
        id=record.id,
        code=record.code,
        name=record.name,
        is_skeleton=record.source == ResidenceSource.RPLS,
        address_line=address_of(record).street_line,
        complement=record.complement,
        postcode=record.postcode,
        city=record.city,
        insee_code=record.insee_code,
        department_code=record.department_code,
        agency_id=record.agency_id,
        agency_name=record.agency.name if record.agency else "",
        sector_id=record.sector_id,
        sector_name=record.sector.name if record.sector else "",
        longitude=record.longitude,
        latitude=record.latitude,
        dwellings=record.dwellings,  # type: ignore[attr-defined]
    )


def _residences() -> QuerySet[Residence]:
    return with_dwellings(Residence.objects.select_related("agency", "sector"))


def residence(residence_id: UUID) -> ResidenceRow:
    """Raises: NotFound."""
    record = _residences().filter(pk=residence_id).first()
    if record is None:
        raise NotFound(kind="residence", id=str(residence_id))
    return residence_row(record)


def residence_by_code(code: str) -> ResidenceRow:
    """Raises: NotFound."""
    record = _residences().filter(code=code).first()
    if record is None:
        raise NotFound(kind="residence", code=code)
    return residence_row(record)


def residences(ids: Iterable[UUID] | None = None) -> tuple[ResidenceRow, ...]:
    """Return residences in the order of their names; None means all of them. One query."""
    rows = _residences().order_by("search_key", "pk")
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return tuple(residence_row(record) for record in rows)


def residence_ids_by_code(codes: Iterable[str]) -> Mapping[str, UUID]:
    """Return the ids of the residences that have these codes; unknown codes are left out."""
    return dict(Residence.objects.filter(code__in=list(codes)).values_list("code", "id"))


def _in_place(place: Place | None) -> Q:
    if place is None or place.kind == PlaceKind.ORGANISATION:
        return Q()
    column = {
        PlaceKind.AGENCY: "agency_id",
        PlaceKind.RESIDENCE: "pk",
        PlaceKind.COMMUNE: "insee_code",
        PlaceKind.DEPARTMENT: "department_code",
    }.get(place.kind)
    return Q(**{column: place.id}) if column else Q(pk__in=[])


def residence_ids_in(place: Place | None = None) -> frozenset[UUID]:
    """Return the residences that lie in a place; a reception point holds none."""
    return frozenset(Residence.objects.filter(_in_place(place)).values_list("id", flat=True))


def agency_row(record: Agency) -> AgencyRow:
    """Turn a record into what other modules see."""
    address = address_of(record)
    return AgencyRow(
        record.id,
        record.code,
        record.name,
        address.street_line,
        record.complement,
        f"{record.postcode} {record.city}".strip(),
        record.insee_code,
        record.phone,
        record.email,
        record.is_open,
    )


def agencies() -> tuple[AgencyRow, ...]:
    """Return every agency in the order of names."""
    return tuple(agency_row(record) for record in Agency.objects.order_by("search_key", "pk"))


def reception_point_row(record: ReceptionPoint) -> ReceptionPointRow:
    """Turn a record (with its hours prefetched and its agency joined) into what other modules see."""
    slots = [
        (row.weekday, HoursSlot(row.opens_at, row.closes_at, row.by_appointment))
        for row in record.hours.all()
    ]
    return ReceptionPointRow(
        id=record.id,
        code=record.code,
        name=record.name,
        agency_id=record.agency_id,
        agency_name=record.agency.name if record.agency else "",
        address_line=address_of(record).street_line,
        complement=record.complement,
        city_line=f"{record.postcode} {record.city}".strip(),
        insee_code=record.insee_code,
        phone=record.phone,
        email=record.email,
        access_notes=record.access_notes,
        is_open=record.is_open,
        week=week_of(slots),
    )


def with_hours() -> QuerySet[ReceptionPoint]:
    """Reception points with agency and hours: two queries whatever their number."""
    hours = Prefetch("hours", ReceptionHours.objects.order_by("weekday", "opens_at"))
    return (
        ReceptionPoint.objects.select_related("agency").prefetch_related(hours).order_by("search_key", "pk")
    )


def reception_points(
    place: Place | None = None, *, closed_too: bool = False
) -> tuple[ReceptionPointRow, ...]:
    """Return the reception points of a place; of a residence, those of its agency. Two queries."""
    rows = with_hours() if closed_too else with_hours().filter(is_open=True)
    if place is not None and place.kind != PlaceKind.ORGANISATION:
        rows = rows.filter(_receiving(place))
    return tuple(reception_point_row(record) for record in rows)


def _receiving(place: Place) -> Q:
    if place.kind == PlaceKind.RECEPTION:
        return Q(pk=place.id)
    if place.kind == PlaceKind.AGENCY:
        return Q(agency_id=place.id)
    if place.kind == PlaceKind.RESIDENCE:
        return Q(agency_id__in=[ref.id for ref in place.within if ref.kind == PlaceKind.AGENCY])
    if place.kind == PlaceKind.COMMUNE:
        return Q(insee_code=place.id)
    return Q(insee_code__startswith=place.id)


def counts(residence_ids: Iterable[UUID] | None = None, place: Place | None = None) -> EstateCounts:
    """Count what there is in the organisation, in a place or in some residences. Two queries."""
    chosen = Residence.objects.filter(_in_place(place))
    if residence_ids is not None:
        chosen = chosen.filter(pk__in=list(residence_ids))
    dwelling = Q(kind=LotKind.DWELLING)
    lots = (
        Lot.objects.exclude(status=LotStatus.OUT_OF_SERVICE)
        .filter(residence__in=chosen)
        .aggregate(
            dwellings=Count("pk", filter=dwelling),
            occupied=Count("pk", filter=dwelling & Q(status=LotStatus.OCCUPIED)),
            vacant=Count("pk", filter=dwelling & Q(status=LotStatus.VACANT)),
            unavailable=Count("pk", filter=dwelling & Q(status__in=UNAVAILABLE)),
            unknown=Count("pk", filter=dwelling & Q(status=LotStatus.UNKNOWN)),
            other_lots=Count("pk", filter=~dwelling),
        )
    )
    declared = Q(source=ResidenceSource.RPLS, lots__isnull=True)
    whole = chosen.aggregate(
        residences=Count("pk", distinct=True), declared=Sum("declared_dwellings", filter=declared, default=0)
    )
    lots["dwellings"] += whole["declared"]
    return EstateCounts(residences=whole["residences"], **lots)


@dataclass(frozen=True)
class DepartmentCount:
    """What the landlord has in one department, with the middle of its located residences."""

    department_code: str
    residences: int
    dwellings: int


def counts_by_department() -> tuple[DepartmentCount, ...]:
    """Count residences and dwellings by department, for a map. Two queries."""
    lots = dict(
        Lot.objects.filter(kind=LotKind.DWELLING)
        .exclude(status=LotStatus.OUT_OF_SERVICE)
        .values_list("residence__department_code")
        .annotate(Count("pk"))
        .order_by()
    )
    rows = (
        Residence.objects.exclude(department_code="")
        .values("department_code")
        .annotate(
            residences=Count("pk", distinct=True),
            declared=Sum(
                "declared_dwellings", filter=Q(source=ResidenceSource.RPLS, lots__isnull=True), default=0
            ),
        )
        .order_by("department_code")
    )
    return tuple(
        DepartmentCount(
            row["department_code"], row["residences"], row["declared"] + lots.get(row["department_code"], 0)
        )
        for row in rows
    )


def communes_served() -> tuple[tuple[str, str], ...]:
    """Return (Insee code, name) of the communes where the landlord has residences, in the order of names."""
    rows = (
        Residence.objects.exclude(insee_code="")
        .values_list("insee_code", "city")
        .order_by("insee_code", "city")
    )
    named = dict(rows.distinct())
    return tuple(sorted(named.items(), key=lambda one: (one[1].lower(), one[0])))
