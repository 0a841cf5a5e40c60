"""What the screens of the estate show: one frozen value a page, a bounded number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.geography.selectors import commune
from palier.kernel.modes import ModeAnswer, PlaceKind, modes_of, service_keys, services
from palier.kernel.places import Place
from palier.modules.estate.enums import LotKind, LotStatus, Typology
from palier.modules.estate.models import Agency, Building, Lot, ReceptionPoint, Residence, Sector
from palier.modules.estate.rules.opening import DayHours, HoursSlot, open_slot
from palier.modules.estate.selectors.hooks import Occupancy, PeopleCounts, occupancy_of, people_in
from palier.modules.estate.selectors.lots import (
    LotRow,
    ReservationRow,
    floor_label,
    lot_row,
    reservations_of,
    with_places,
)
from palier.modules.estate.selectors.places import agency_place, reception_place, residence_place
from palier.modules.estate.selectors.tree import (
    UNAVAILABLE,
    AgencyRow,
    EstateCounts,
    ReceptionPointRow,
    ResidenceRow,
    agency_row,
    counts,
    reception_point_row,
    residence_row,
    with_dwellings,
    with_hours,
)
from palier.modules.estate.workflow import LOT

RECEPTION = "reception"
NEIGHBOURS_DRAWN = 400
LINES_SHOWN = 5


@dataclass(frozen=True)
class ServiceLine:
    """How one service works at a place: its state, what departs from normal, and what decided so."""

    key: str
    name: str
    state: str
    since: datetime | None
    departures: tuple[tuple[str, str], ...]
    decided_by: tuple[str, ...]

    @property
    def is_normal(self) -> bool:
        return self.state == "normal" and not self.departures


@dataclass(frozen=True)
class ServiceGroup:
    """Services that one decision adapts since one moment: it is said once for all of them.

    The first lines are shown, the `folded` ones on demand: a phone is not made for sixteen paragraphs.
    """

    since: datetime | None
    decided_by: tuple[str, ...]
    lines: tuple[ServiceLine, ...]

    @property
    def shown(self) -> tuple[ServiceLine, ...]:
        return self.lines if len(self.lines) <= LINES_SHOWN + 1 else self.lines[:LINES_SHOWN]

    @property
    def folded(self) -> tuple[ServiceLine, ...]:
        return self.lines[len(self.shown) :]


def grouped_services(lines: Iterable[ServiceLine]) -> tuple[ServiceGroup, ...]:
    """Group the services that are not as usual by what decided so, in the order of the worst of each."""
    groups: dict[tuple[datetime | None, tuple[str, ...]], list[ServiceLine]] = {}
    for line in lines:
        if not line.is_normal:
            groups.setdefault((line.since, line.decided_by), []).append(line)
    return tuple(
        ServiceGroup(since, decided_by, tuple(found)) for (since, decided_by), found in groups.items()
    )


def service_line(answer: ModeAnswer) -> ServiceLine:
    """Put a mode in words."""
    fields = {one.key: one for one in answer.service.fields}
    return ServiceLine(
        key=answer.service.key,
        name=str(answer.service.name),
        state=answer.state.value,
        since=answer.since,
        departures=tuple(
            (str(fields[key].label), str(fields[key].label_of(value)))
            for key, value in answer.mode.departures().items()
        ),
        decided_by=tuple(
            dict.fromkeys(
                one.change.label for one in answer.contributions if one.is_decisive and one.change.label
            )
        ),
    )


def services_at(place: Place, at: datetime) -> tuple[ServiceLine, ...]:
    """Say how each service that people meet here works now, the worst first. One query."""
    met = [one for one in services() if one.place_kind in (PlaceKind.RESIDENCE, PlaceKind.AGENCY)]
    answers = modes_of(met, [place], at)
    ordered = sorted((answers[one.key, place.ref] for one in met), key=lambda answer: -answer.state.rank)
    return tuple(service_line(answer) for answer in ordered)


@dataclass(frozen=True)
class ReceptionCard:
    """A reception point with its mode of the moment and today's hours."""

    id: UUID
    code: str
    name: str
    agency_id: UUID | None
    agency: str
    address_line: str
    city_line: str
    phone: str
    email: str
    access_notes: str
    is_open: bool
    week: tuple[DayHours, ...]
    today: tuple[HoursSlot, ...]
    open_now: HoursSlot | None
    state: str
    departures: tuple[tuple[str, str], ...]
    search_key: str


def reception_cards(points: Iterable[ReceptionPoint], at: datetime) -> tuple[ReceptionCard, ...]:
    """Give each point its mode of the moment. One query for all of them, beside those of the points."""
    records = list(points)
    places = {record.id: reception_place(record) for record in records}
    answers = modes_of([RECEPTION], places.values(), at) if RECEPTION in service_keys() and records else {}
    return tuple(
        _reception_card(record, answers.get((RECEPTION, places[record.id].ref)), at) for record in records
    )


def _reception_card(record: ReceptionPoint, answer: ModeAnswer | None, at: datetime) -> ReceptionCard:
    row, local = reception_point_row(record), timezone.localtime(at)
    line = service_line(answer) if answer else None
    weekday = local.isoweekday()
    stopped = line is not None and line.state == "stopped"
    return ReceptionCard(
        id=row.id,
        code=row.code,
        name=row.name,
        agency_id=row.agency_id,
        agency=row.agency_name,
        address_line=row.address_line,
        city_line=row.city_line,
        phone=row.phone,
        email=row.email,
        access_notes=row.access_notes,
        is_open=row.is_open,
        week=row.week,
        today=next((day.slots for day in row.week if day.weekday == weekday), ()),
        open_now=None if stopped or not row.is_open else open_slot(row.week, weekday, local.time()),
        state=line.state if line else "normal",
        departures=line.departures if line else (),
        search_key=record.search_key,
    )


@dataclass(frozen=True)
class TypologyLine:
    """Dwellings of one size by what becomes of them."""

    typology: str
    occupied: int
    vacant: int
    unavailable: int
    unknown: int

    @property
    def total(self) -> int:
        return self.occupied + self.vacant + self.unavailable + self.unknown


@dataclass(frozen=True)
class OtherLots:
    kind: str
    total: int
    occupied: int


@dataclass(frozen=True)
class MapPoint:
    """Where the residence is, in degrees; `is_commune` when only the middle of its commune is known."""

    longitude: float
    latitude: float
    is_commune: bool = False


@dataclass(frozen=True)
class ResidencePage:
    """Everything of a residence that the estate itself knows."""

    residence: ResidenceRow
    source_label: str
    building_type: str
    built_year: int | None
    first_let_year: int | None
    in_priority_district: bool | None
    district: str
    has_lift: bool | None
    collective_heating: bool | None
    declared_dwellings: int | None
    counts: EstateCounts
    typologies: tuple[TypologyLine, ...]
    other_lots: tuple[OtherLots, ...]
    buildings: int
    lots: int
    people: PeopleCounts | None
    services: tuple[ServiceLine, ...]
    receptions: tuple[ReceptionCard, ...]
    point: MapPoint | None
    neighbours: tuple[tuple[float, float], ...]

    @property
    def knows_people(self) -> bool:
        """Without lots there is no lease to count people from: nobody known is not nobody there."""
        return self.lots > 0 or bool(self.people and self.people.persons)

    @property
    def service_groups(self) -> tuple[ServiceGroup, ...]:
        return grouped_services(self.services)

    @property
    def normal(self) -> tuple[ServiceLine, ...]:
        return tuple(line for line in self.services if line.is_normal)


def _record(residence_id: UUID) -> Residence:
    rows = with_dwellings(Residence.objects.select_related("agency", "sector", "district"))
    record = rows.filter(pk=residence_id).first()
    if record is None:
        raise NotFound(kind="residence", id=str(residence_id))
    return record


def residence_header(residence_id: UUID) -> ResidenceRow:
    """Raises: NotFound."""
    return residence_row(_record(residence_id))


def residence_page(*, residence_id: UUID, actor: Actor, at: datetime) -> ResidencePage:
    """Gather a residence's page.

    Raises: NotFound.
    """
    record = _record(residence_id)
    tallied = _tally(record.id)
    people = people_in([record.id])
    receiving = with_hours().filter(agency_id=record.agency_id, is_open=True) if record.agency_id else ()
    return ResidencePage(
        residence=residence_row(record),
        source_label=record.get_source_display(),
        building_type=record.get_building_type_display() if record.building_type else "",
        built_year=record.built_year,
        first_let_year=record.first_let_year,
        in_priority_district=record.in_priority_district,
        district=str(record.district) if record.district else "",
        has_lift=record.has_lift,
        collective_heating=record.collective_heating,
        declared_dwellings=record.declared_dwellings,
        counts=_counts(record, tallied),
        typologies=_typologies(tallied),
        other_lots=_other_lots(tallied),
        lots=sum(tallied.values()),
        buildings=Building.objects.filter(residence=record).count(),
        people=None if people is None else people.get(record.id, PeopleCounts()),
        services=services_at(residence_place(record), at),
        receptions=reception_cards(receiving, at),
        point=_point(record),
        neighbours=_neighbours(record),
    )


Tally = dict[tuple[str, str, str], int]


def _tally(residence_id: UUID) -> Tally:
    rows = (
        Lot.objects.filter(residence_id=residence_id)
        .values_list("kind", "typology", "status")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return {(kind, typology, status): n for kind, typology, status, n in rows}


def _sum(
    tallied: Tally, *, dwelling: bool, statuses: Sequence[str] | None = None, typology: str | None = None
) -> int:
    """Count what is in the estate; what was taken out of it is listed, and counted nowhere."""
    return sum(
        n
        for (kind, size, status), n in tallied.items()
        if (kind == LotKind.DWELLING) is dwelling
        and status != LotStatus.OUT_OF_SERVICE
        and (statuses is None or status in statuses)
        and (typology is None or size == typology)
    )


def _counts(record: Residence, tallied: Tally) -> EstateCounts:
    return EstateCounts(
        residences=1,
        dwellings=record.dwellings,  # type: ignore[attr-defined]
        occupied=_sum(tallied, dwelling=True, statuses=[LotStatus.OCCUPIED]),
        vacant=_sum(tallied, dwelling=True, statuses=[LotStatus.VACANT]),
        unavailable=_sum(tallied, dwelling=True, statuses=UNAVAILABLE),
        unknown=_sum(tallied, dwelling=True, statuses=[LotStatus.UNKNOWN]),
        other_lots=_sum(tallied, dwelling=False),
    )


def _typologies(tallied: Tally) -> tuple[TypologyLine, ...]:
    lines = []
    for size in (*Typology.values, ""):
        found = TypologyLine(
            typology=str(Typology(size).label) if size else "",
            occupied=_sum(tallied, dwelling=True, statuses=[LotStatus.OCCUPIED], typology=size),
            vacant=_sum(tallied, dwelling=True, statuses=[LotStatus.VACANT], typology=size),
            unavailable=_sum(tallied, dwelling=True, statuses=UNAVAILABLE, typology=size),
            unknown=_sum(tallied, dwelling=True, statuses=[LotStatus.UNKNOWN], typology=size),
        )
        if found.total:
            lines.append(found)
    return tuple(lines)


def _other_lots(tallied: Tally) -> tuple[OtherLots, ...]:
    found = []
    for kind in LotKind:
        total = sum(
            n
            for (one, _s, status), n in tallied.items()
            if one == kind and status != LotStatus.OUT_OF_SERVICE
        )
        if total and kind != LotKind.DWELLING:
            let = sum(
                n for (one, _s, status), n in tallied.items() if one == kind and status == LotStatus.OCCUPIED
            )
            found.append(OtherLots(str(kind.label), total, let))
    return tuple(found)


def _point(record: Residence) -> MapPoint | None:
    if record.longitude is not None and record.latitude is not None:
        return MapPoint(float(record.longitude), float(record.latitude))
    found = commune(record.insee_code) if record.insee_code else None
    if found is None or found.lon is None or found.lat is None:
        return None
    return MapPoint(found.lon, found.lat, is_commune=True)


def _neighbours(record: Residence) -> tuple[tuple[float, float], ...]:
    """The landlord's other residences of the department, as faint dots around this one."""
    if not record.department_code:
        return ()
    rows = (
        Residence.objects.filter(department_code=record.department_code, longitude__isnull=False)
        .exclude(pk=record.pk)
        .values_list("longitude", "latitude")[:NEIGHBOURS_DRAWN]
    )
    return tuple((float(longitude or 0), float(latitude or 0)) for longitude, latitude in rows)


def residence_list(*, actor: Actor) -> QuerySet[Residence]:
    """Every residence with its agency and its counts, for a list that pages and sorts."""
    return with_dwellings(Residence.objects.select_related("agency", "sector")).order_by("search_key", "pk")


def lot_list(*, residence_id: UUID, actor: Actor) -> QuerySet[Lot]:
    """The lots of a residence, for a list that pages and sorts."""
    return with_places().filter(residence_id=residence_id)


def with_occupancy(lots: Iterable[Lot], actor: Actor) -> dict[UUID, Occupancy]:
    """Who is in the lots of one page of a list. One query."""
    return occupancy_of([lot.id for lot in lots], actor)


@dataclass(frozen=True)
class LotPage:
    """A lot: what it is, where it stands, who holds it."""

    lot: LotRow
    floor_label: str
    rooms: int | None
    financing: str
    convention_number: str
    convention_on: date | None
    energy_class: str
    ghg_class: str
    energy_assessed_on: date | None
    is_accessible: bool | None
    rpls_id: str
    status_since: date | None
    actions: tuple[tuple[str, str], ...]
    reservations: tuple[ReservationRow, ...]
    held_by: ReservationRow | None
    occupancy: Occupancy | None
    surface_m2: Decimal | None


def lot_page(*, lot_id: UUID, actor: Actor, at: datetime) -> LotPage:
    """Gather a lot's page.

    Raises: NotFound.
    """
    record = with_places().filter(pk=lot_id).first()
    if record is None:
        raise NotFound(kind="lot", id=str(lot_id))
    reservations = reservations_of(record.id)
    return LotPage(
        lot=lot_row(record),
        floor_label=floor_label(record.floor),
        rooms=record.rooms,
        financing=record.get_financing_display() if record.financing else "",
        convention_number=record.convention_number,
        convention_on=record.convention_on,
        energy_class=record.energy_class,
        ghg_class=record.ghg_class,
        energy_assessed_on=record.energy_assessed_on,
        is_accessible=record.is_accessible,
        rpls_id=record.rpls_id or "",
        status_since=record.status_since,
        actions=tuple((action.value, str(action.label)) for action in LOT.open_to(record, actor)),  # type: ignore[attr-defined]
        reservations=reservations,
        held_by=next((one for one in reservations if one.holds_at(at)), None),
        occupancy=occupancy_of([record.id], actor).get(record.id),
        surface_m2=record.surface_m2,
    )


@dataclass(frozen=True)
class AgencyPage:
    """An agency, what it looks after and where it receives people."""

    agency: AgencyRow
    counts: EstateCounts
    services: tuple[ServiceLine, ...]
    receptions: tuple[ReceptionCard, ...]
    sectors: tuple[tuple[str, str], ...]

    @property
    def service_groups(self) -> tuple[ServiceGroup, ...]:
        return grouped_services(self.services)

    @property
    def normal(self) -> tuple[ServiceLine, ...]:
        return tuple(line for line in self.services if line.is_normal)


def agency_page(*, agency_id: UUID, at: datetime) -> AgencyPage:
    """Gather an agency's page.

    Raises: NotFound.
    """
    record = agency_record(agency_id)
    place = agency_place(record)
    return AgencyPage(
        agency=agency_row(record),
        counts=counts(place=place),
        services=services_at(place, at),
        receptions=reception_cards(with_hours().filter(agency=record), at),
        sectors=tuple(record.sectors.order_by("search_key").values_list("code", "name")),
    )


def agency_record(agency_id: UUID) -> Agency:
    """Raises: NotFound."""
    record = Agency.objects.filter(pk=agency_id).first()
    if record is None:
        raise NotFound(kind="agency", id=str(agency_id))
    return record


def agency_list(*, actor: Actor) -> QuerySet[Agency]:
    """Every agency with what it looks after, for a list that pages and sorts."""
    return Agency.objects.annotate(residences_count=Count("residences")).order_by("search_key", "pk")


def reception_list(*, actor: Actor, at: datetime) -> tuple[ReceptionCard, ...]:
    """Every reception point with its mode of the moment. Three queries."""
    return reception_cards(with_hours(), at)


def reception_card(*, reception_point_id: UUID, at: datetime) -> ReceptionCard:
    """Raises: NotFound."""
    found = reception_cards(with_hours().filter(pk=reception_point_id), at)
    if not found:
        raise NotFound(kind="reception point", id=str(reception_point_id))
    return found[0]


def reception_record(reception_point_id: UUID) -> ReceptionPointRow:
    """Raises: NotFound."""
    record = with_hours().filter(pk=reception_point_id).first()
    if record is None:
        raise NotFound(kind="reception point", id=str(reception_point_id))
    return reception_point_row(record)


def sector_choices() -> tuple[tuple[str, str], ...]:
    """Sectors for a list of choices."""
    return tuple(
        (str(id_), name) for id_, name in Sector.objects.order_by("search_key").values_list("id", "name")
    )


def agency_choices() -> tuple[tuple[str, str], ...]:
    """Agencies for a list of choices."""
    return tuple(
        (str(id_), name) for id_, name in Agency.objects.order_by("search_key").values_list("id", "name")
    )
