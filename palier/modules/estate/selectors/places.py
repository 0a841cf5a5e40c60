"""Places of the organisation, as the continuity plan compares them."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from palier.kernel import places as kernel_places
from palier.kernel.errors import NotFound
from palier.kernel.geography.selectors import departments
from palier.kernel.organisations.current import current_organisation
from palier.kernel.places import Place, PlaceKind, PlaceRef
from palier.modules.estate.models import Agency, Lot, ReceptionPoint, Residence


class PlaceUnknown(NotFound):
    code = "estate.place-unknown"
    message = _("No place “{kind}:{place_code}” is known here. Check its code on its page.")


def organisation_place() -> Place:
    """Return the whole organisation as a place."""
    organisation = current_organisation()
    return kernel_places.organisation_place(label=organisation.name, code=organisation.slug)


# RPLS codes Paris, Lyon and Marseille by arrondissement; a mayor's decision is for the whole city.
_CITIES_OF_ARRONDISSEMENTS = (
    ("75101", "75120", "75056"),
    ("69381", "69389", "69123"),
    ("13201", "13216", "13055"),
)


def whole_city(insee_code: str) -> str:
    """Return the commune of a municipal arrondissement, or the code itself."""
    for first, last, city in _CITIES_OF_ARRONDISSEMENTS:
        if first <= insee_code <= last:
            return city
    return insee_code


def department_of(insee_code: str) -> str:
    """Return the department that a commune's code begins with (`974` overseas)."""
    return insee_code[:3] if insee_code[:2] in ("97", "98") else insee_code[:2]


def _commune_refs(insee_code: str) -> tuple[PlaceRef, ...]:
    if not insee_code:
        return ()
    communes = dict.fromkeys((insee_code, whole_city(insee_code)))
    return (
        *(PlaceRef(PlaceKind.COMMUNE, code) for code in communes),
        PlaceRef(PlaceKind.DEPARTMENT, department_of(insee_code)),
    )


def _agency_refs(agency_id: UUID | None) -> tuple[PlaceRef, ...]:
    return (PlaceRef(PlaceKind.AGENCY, str(agency_id)),) if agency_id else ()


def agency_place(record: Agency) -> Place:
    # An agency's own address says nothing of where its residences are: a commune's decision is not the
    # agency's.
    return Place(PlaceKind.AGENCY, str(record.id), record.code, record.name)


def reception_place(record: ReceptionPoint) -> Place:
    within = (*_agency_refs(record.agency_id), *_commune_refs(record.insee_code))
    return Place(PlaceKind.RECEPTION, str(record.id), record.code, record.name, within)


def residence_place(record: Residence) -> Place:
    within = (*_agency_refs(record.agency_id), *_commune_refs(record.insee_code))
    return Place(PlaceKind.RESIDENCE, str(record.id), record.code, record.name, within)


def commune_place(insee_code: str, name: str) -> Place:
    within = (PlaceRef(PlaceKind.DEPARTMENT, department_of(insee_code)),)
    return Place(PlaceKind.COMMUNE, insee_code, insee_code, name, within)


def department_place(code: str, name: str = "") -> Place:
    return Place(PlaceKind.DEPARTMENT, code, code, name or code)


def place_of(kind: PlaceKind | str, code: str = "") -> Place:
    """Return the place that people name by this code: `agency` `A01`, `commune` `11262`.

    Raises: PlaceUnknown, also for a kind that does not exist.
    """
    return _found(kind, code, by_id=False)


def place_of_id(kind: PlaceKind | str, id: UUID | str = "") -> Place:
    """Return the place that has this id (a uuid in text, an Insee code, "" for the organisation).

    Raises: PlaceUnknown.
    """
    return _found(kind, str(id), by_id=True)


def _found(kind: PlaceKind | str, value: str, *, by_id: bool) -> Place:
    refused = PlaceUnknown(kind=str(kind), place_code=value)
    try:
        kind = PlaceKind(kind)
    except ValueError:
        raise refused from None
    if kind == PlaceKind.ORGANISATION:
        return organisation_place()
    if kind in (PlaceKind.COMMUNE, PlaceKind.DEPARTMENT):
        place = next((one for one in places(kind) if one.id == value), None)
    else:
        place = _record_place(kind, value, by_id=by_id)
    if place is None:
        raise refused
    return place


_RECORDS: dict[PlaceKind, tuple[type[Any], Callable[[Any], Place]]] = {
    PlaceKind.AGENCY: (Agency, agency_place),
    PlaceKind.RECEPTION: (ReceptionPoint, reception_place),
    PlaceKind.RESIDENCE: (Residence, residence_place),
}


def _record_place(kind: PlaceKind, value: str, *, by_id: bool) -> Place | None:
    model, build = _RECORDS[kind]
    if by_id:
        try:
            UUID(value)
        except ValueError:
            return None
    record = model.objects.filter(**{"pk" if by_id else "code": value}).first()
    return build(record) if record else None


def places(kind: PlaceKind | str | None = None) -> tuple[Place, ...]:
    """Return every place of a kind, or of every kind, in the order of names. One query a kind."""
    if kind is None:
        return tuple(place for one in PlaceKind for place in places(one))
    kind = PlaceKind(kind)
    if kind == PlaceKind.ORGANISATION:
        return (organisation_place(),)
    if kind in _RECORDS:
        model, build = _RECORDS[kind]
        return tuple(build(record) for record in model.objects.order_by("search_key", "pk"))
    named = _communes()
    if kind == PlaceKind.COMMUNE:
        return tuple(commune_place(code, name) for code, name in named)
    names = dict(departments())
    codes = sorted({department_of(code) for code, _name in named})
    return tuple(department_place(code, names.get(code, code)) for code in codes)


def _communes() -> list[tuple[str, str]]:
    """The communes where the landlord has a residence or receives people."""
    found: dict[str, str] = {}
    for model in (ReceptionPoint, Residence):
        rows = (
            model.objects.exclude(insee_code="")
            .values_list("insee_code", "city")
            .order_by("insee_code", "city")
        )
        found |= dict(rows.distinct())
    return sorted(found.items(), key=lambda one: (one[1].lower(), one[0]))


def place_of_lot(lot_id: UUID) -> Place:
    """Return the residence of a lot as a place: modes are asked there.

    Raises: PlaceUnknown.
    """
    record = Residence.objects.filter(lots__pk=lot_id).first()
    if record is None:
        raise PlaceUnknown(kind="lot", place_code=str(lot_id))
    return residence_place(record)


def places_of_lots(lot_ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Return the residence of each lot as a place. One query."""
    rows = Lot.objects.filter(pk__in=list(lot_ids)).select_related("residence")
    return {lot.id: residence_place(lot.residence) for lot in rows}


def places_of_residences(ids: Iterable[UUID] | None = None) -> dict[UUID, Place]:
    """Return residences as places, by id; None means all of them. One query."""
    rows = Residence.objects.only("id", "code", "name", "agency_id", "insee_code")
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return {record.id: residence_place(record) for record in rows}
