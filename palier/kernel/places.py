"""Where something applies: one value for an organisation, an agency, a residence or a department.

`estate.public` builds places; the kernel only compares them. A place knows what contains it, so that a
residence inherits from its agency, its commune and its department, and everything from the organisation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class PlaceKind(StrEnum):
    """The kinds of place that a plan may be activated on."""

    ORGANISATION = "organisation"
    AGENCY = "agency"
    RECEPTION = "reception"
    RESIDENCE = "residence"
    COMMUNE = "commune"
    DEPARTMENT = "department"


class PlaceRef(NamedTuple):
    """What identifies a place: `id` is a uuid in text, an Insee code, or "" for the organisation."""

    kind: PlaceKind
    id: str


WHOLE_ORGANISATION = PlaceRef(PlaceKind.ORGANISATION, "")

# What a scope of each kind may contain, itself included. A decision taken for a commune cannot say how an
# agency works: part of the agency's residences lie elsewhere.
CONTAINED_KINDS: dict[PlaceKind, frozenset[PlaceKind]] = {
    PlaceKind.ORGANISATION: frozenset(PlaceKind),
    PlaceKind.AGENCY: frozenset({PlaceKind.AGENCY, PlaceKind.RECEPTION, PlaceKind.RESIDENCE}),
    PlaceKind.RECEPTION: frozenset({PlaceKind.RECEPTION}),
    PlaceKind.RESIDENCE: frozenset({PlaceKind.RESIDENCE}),
    PlaceKind.COMMUNE: frozenset({PlaceKind.COMMUNE, PlaceKind.RECEPTION, PlaceKind.RESIDENCE}),
    PlaceKind.DEPARTMENT: frozenset(
        {PlaceKind.DEPARTMENT, PlaceKind.COMMUNE, PlaceKind.RECEPTION, PlaceKind.RESIDENCE}
    ),
}


@dataclass(frozen=True)
class Place:
    """One place and those that contain it, in any order.

    The organisation is always among the scopes, whether or not `within` names it.
    """

    kind: PlaceKind
    id: str
    code: str = ""
    label: str = ""
    within: tuple[PlaceRef, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", PlaceKind(self.kind))
        if self.kind == PlaceKind.ORGANISATION:
            # A schema holds one organisation: two names for it would never meet.
            object.__setattr__(self, "id", "")
        refs = tuple(_ref(kind, id_) for kind, id_ in self.within)
        object.__setattr__(self, "within", refs)

    @property
    def ref(self) -> PlaceRef:
        return PlaceRef(self.kind, self.id)

    @property
    def scopes(self) -> frozenset[PlaceRef]:
        """Every place whose decisions apply here."""
        return frozenset((self.ref, WHOLE_ORGANISATION, *self.within))

    def lies_in(self, ref: PlaceRef) -> bool:
        return ref in self.scopes

    def __str__(self) -> str:
        return self.label or self.code or f"{self.kind}:{self.id}"


def _ref(kind: str, id_: str) -> PlaceRef:
    kind = PlaceKind(kind)
    return WHOLE_ORGANISATION if kind == PlaceKind.ORGANISATION else PlaceRef(kind, str(id_))


def organisation_place(label: str = "", code: str = "") -> Place:
    """Return the place that contains all others."""
    return Place(PlaceKind.ORGANISATION, "", code, label)


def scopes_of(places: Iterable[Place]) -> frozenset[PlaceRef]:
    """Return every scope that concerns one of the places, for a single query about them all."""
    return frozenset(ref for place in places for ref in place.scopes)
