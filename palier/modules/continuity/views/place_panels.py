"""On the page of a place: preview a level there, or explain how its services work."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from palier.kernel.places import PlaceKind
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.panels import panel
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors.pages import scope_value
from palier.modules.estate import public as estate

TEMPLATE = "continuity/levels/_place_panel.html"


def _links(kind: PlaceKind, place_id: Any) -> dict[str, Any] | None:
    try:
        return {"scope": scope_value(estate.place_of_id(kind, place_id))}
    except estate.PlaceUnknown:
        return None


@panel(
    "estate.residence.aside",
    template=TEMPLATE,
    title=_("Continuity"),
    icon="shield-check",
    permission=Permission.ACTIVATION_VIEW,
    max_queries=1,
    order=90,
)
def levels_of_residence(request: OrganisationRequest, residence_id: Any) -> dict[str, Any] | None:
    return _links(PlaceKind.RESIDENCE, residence_id)


@panel(
    "estate.agency",
    template=TEMPLATE,
    title=_("Continuity"),
    icon="shield-check",
    permission=Permission.ACTIVATION_VIEW,
    max_queries=1,
    order=90,
)
def levels_of_agency(request: OrganisationRequest, agency_id: Any) -> dict[str, Any] | None:
    return _links(PlaceKind.AGENCY, agency_id)


@panel(
    "estate.reception",
    template=TEMPLATE,
    title=_("Continuity"),
    icon="shield-check",
    permission=Permission.ACTIVATION_VIEW,
    max_queries=1,
    order=90,
)
def levels_of_reception_point(request: OrganisationRequest, point_id: Any) -> dict[str, Any] | None:
    return _links(PlaceKind.RECEPTION, point_id)
