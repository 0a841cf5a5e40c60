"""The list of residences and the page of one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor, requires
from palier.kernel.audit.registry import history_page
from palier.kernel.errors import DomainError
from palier.kernel.requests import OrganisationRequest
from palier.kernel.search.providers import Hit, searchable
from palier.kernel.ui.filters import Choice
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.kernel.ui.maps import PlaceCount, department_map, project
from palier.modules.estate import forms
from palier.modules.estate.enums import ResidenceSource
from palier.modules.estate.filters import AddressSearch
from palier.modules.estate.permissions import Permission
from palier.modules.estate.selectors import pages, tree
from palier.modules.estate.selectors.finding import residences_found
from palier.modules.estate.services import residences as services


def _agency_choices(request: OrganisationRequest) -> tuple[tuple[str, str], ...]:
    return pages.agency_choices()


def _commune_choices(request: OrganisationRequest) -> tuple[tuple[str, str], ...]:
    return tree.communes_served()


def _source_badge(row: Any) -> tuple[str, str] | str:
    """Say where a residence comes from only when it is not the landlord's own file."""
    return "" if row.source == ResidenceSource.LANDLORD else (row.get_source_display(), "info")


class ResidenceList(ListPage):
    """The residences, by agency, commune or text."""

    permission = Permission.RESIDENCE_READ
    name = "residences"
    title = _("Residences")
    lead = _("Everything the landlord lets, by agency and commune.")
    template = "estate/residences.html"
    actions_template = "estate/_load_action.html"
    columns = (
        Column(
            "name",
            _("Residence"),
            kind="name",
            sort="search_key",
            link=lambda row: reverse("estate:residence", args=[row.pk]),
        ),
        Column("address", _("Address"), value=lambda row: tree.address_of(row).street_line),
        Column("city", _("Commune"), sort="city", value=lambda row: f"{row.postcode} {row.city}".strip()),
        Column(
            "agency",
            _("Agency"),
            sort="agency__search_key",
            value=lambda row: row.agency.name if row.agency else "",
        ),
        Column("dwellings", _("Dwellings"), kind="number", sort="dwellings"),
        Column("vacant", _("Vacant"), kind="number", sort="vacant", secondary=True),
        Column("code", _("Code"), sort="code", secondary=True),
        Column("source", _("Source"), kind="badge", secondary=True, value=_source_badge),
    )
    filters = (
        AddressSearch("search_key"),
        Choice("agency", _("Agency"), choices=_agency_choices, lookup="agency_id"),
        Choice("commune", _("Commune"), choices=_commune_choices, lookup="insee_code"),
        Choice("source", _("Source"), choices=ResidenceSource.choices),
    )
    empty = Empty(
        _("No residence yet"),
        _("Load your property list: an export of your software, one line per lot, is enough."),
        icon="building-community",
        action=_("Load a file"),
        url="imports:upload",
    )
    default_sort = "name"
    bulk = "estate.residences"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> QuerySet:
        return pages.residence_list(actor=request.actor)

    def context(self, request: OrganisationRequest, **kwargs: Any) -> dict[str, Any]:
        return {"may_load": request.actor.may(Permission.LOAD)}


@requires(Permission.RESIDENCE_READ)
def residence(request: OrganisationRequest, residence_id: UUID) -> HttpResponse:
    """Show a residence: where it is, who lives there, who covers it, how each service works there."""
    page = pages.residence_page(residence_id=residence_id, actor=request.actor, at=timezone.now())
    context = {
        "page": page,
        "map": _map(page),
        "tab": "overview",
        "lots": page.lots,
        "may_change": request.actor.may(Permission.RESIDENCE_CHANGE),
        "may_load": request.actor.may(Permission.LOAD),
    }
    return render(request, "estate/residence.html", context)


@requires(Permission.RESIDENCE_CHANGE)
def change_residence(request: OrganisationRequest, residence_id: UUID) -> HttpResponse:
    """Correct a residence's name, agency, sector or place on the map."""
    row = tree.residence(residence_id)
    form = forms.ResidenceForm(
        request.POST if request.method == "POST" else None,
        agencies=pages.agency_choices(),
        sectors=pages.sector_choices(),
        initial=forms.residence_initial(row),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.correct(
                residence_id=row.id, values=form.cleaned_data, by=request.actor, at=timezone.now()
            )
            messages.success(request, gettext("Saved."))
            return redirect("estate:residence", row.id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "row": row, "back": reverse("estate:residence", args=[row.id])}
    return render(request, "estate/residence_form.html", context, status=422 if form.errors else 200)


def _map(page: pages.ResidencePage) -> dict[str, Any] | None:
    """The department with the landlord's other residences as faint dots, and a mark where this one is."""
    row = page.residence
    if not row.department_code:
        return None
    here = (
        [PlaceCount(row.name, row.department_code, page.point.longitude, page.point.latitude, 1)]
        if page.point
        else []
    )
    drawn = department_map([row.department_code], here)
    if drawn is None:
        return None
    width, height = (float(part) for part in drawn.view_box.split()[2:])
    side = min(width, height)
    return {
        "drawing": drawn,
        "dots": [tuple(round(one, 1) for one in project(*point)) for point in page.neighbours],
        "mark": drawn.circles[0] if drawn.circles else None,
        "dot": side * 0.008,
        "pin": side * 0.024,
        "halo": side * 0.075,
        "stroke": side * 0.007,
    }


@searchable("estate.residence", label=_("Residences"), permission=Permission.RESIDENCE_READ, order=20)
def find_residences(*, text: str, actor: Actor, limit: int) -> list[Hit]:
    return [
        Hit(
            row.name,
            reverse("estate:residence", args=[row.id]),
            f"{row.address_line}, {row.city_line}",
            "building-community",
        )
        for row in residences_found(text, limit=limit)
    ]


@history_page("estate_residence", permission=Permission.RESIDENCE_READ)
def residence_title(row_id: UUID, actor: Actor) -> str | None:
    found = tree.residences([row_id])
    return found[0].name if found else None
