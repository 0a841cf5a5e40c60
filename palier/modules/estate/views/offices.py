"""Agencies and reception points: lists, pages, forms."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
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
from palier.kernel.ui.filters import Choice, TextSearch
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.modules.estate import forms
from palier.modules.estate.permissions import Permission
from palier.modules.estate.selectors import finding, pages, tree
from palier.modules.estate.services import offices as services
from palier.modules.estate.templatetags.estate import slots


class AgencyList(ListPage):
    """The agencies."""

    permission = Permission.AGENCY_READ
    name = "agencies"
    title = _("Agencies")
    lead = _("Each residence belongs to one; a plan may be activated on one alone.")
    actions_template = "estate/_agency_actions.html"
    columns = (
        Column(
            "name", _("Agency"), sort="search_key", link=lambda row: reverse("estate:agency", args=[row.pk])
        ),
        Column("code", _("Code"), sort="code", secondary=True),
        Column("city", _("Commune"), sort="city"),
        Column("phone", _("Phone"), kind="phone"),
        Column(
            "residences",
            _("Residences"),
            kind="number",
            sort="residences_count",
            value=lambda row: row.residences_count,
        ),
    )
    filters = (TextSearch("search_key"),)
    empty = Empty(
        _("No agency yet"),
        _("Agencies come with the property list, or create them here."),
        icon="building",
        action=_("Load a file"),
        url="imports:upload",
    )
    default_sort = "name"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> QuerySet:
        return pages.agency_list(actor=request.actor)

    def context(self, request: OrganisationRequest, **kwargs: Any) -> dict[str, Any]:
        return {"may_change": request.actor.may(Permission.AGENCY_CHANGE)}


def _posted(request: OrganisationRequest) -> QueryDict | None:
    """What was sent, even when it is empty: a form without any value is still a form that was sent."""
    return request.POST if request.method == "POST" else None


@requires(Permission.AGENCY_READ)
def agency(request: OrganisationRequest, agency_id: UUID) -> HttpResponse:
    """Show an agency, what it looks after and where it receives people."""
    page = pages.agency_page(agency_id=agency_id, at=timezone.now())
    context = {"page": page, "may_change": request.actor.may(Permission.AGENCY_CHANGE)}
    return render(request, "estate/agency.html", context)


@requires(Permission.AGENCY_CHANGE)
def new_agency(request: OrganisationRequest) -> HttpResponse:
    """Create an agency."""
    form = forms.AgencyForm(_posted(request))
    return _save_agency(request, form, None, gettext("New agency"), reverse("estate:agencies"))


@requires(Permission.AGENCY_CHANGE)
def change_agency(request: OrganisationRequest, agency_id: UUID) -> HttpResponse:
    """Change an agency's address, phone or e-mail."""
    row = tree.agency_row(pages.agency_record(agency_id))
    form = forms.AgencyForm(_posted(request), initial=forms.agency_initial(row))
    return _save_agency(request, form, agency_id, row.name, reverse("estate:agency", args=[agency_id]))


def _save_agency(
    request: OrganisationRequest, form: forms.AgencyForm, agency_id: UUID | None, title: str, back: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_agency(
                agency_id=agency_id, values=form.values(), by=request.actor, at=timezone.now()
            )
            messages.success(request, gettext("Saved."))
            return redirect("estate:agency", saved.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "title": title,
        "back": back,
        "parent": _("Agencies"),
        "parent_url": reverse("estate:agencies"),
    }
    return render(request, "estate/office_form.html", context, status=422 if form.errors else 200)


def _today(row: pages.ReceptionCard) -> str:
    return gettext("closed by the plan in force") if row.state == "stopped" else slots(row.today)


class ReceptionList(ListPage):
    """Where tenants are received, and how today."""

    permission = Permission.RECEPTION_READ
    name = "reception-points"
    title = _("Reception points")
    lead = _("Open, by appointment or closed: as the plan in force says.")
    actions_template = "estate/_reception_actions.html"
    columns = (
        Column(
            "name",
            _("Reception point"),
            sort="search_key",
            link=lambda row: reverse("estate:reception", args=[row.id]),
        ),
        Column("state", _("Mode"), kind="state"),
        Column("words", _("How"), value=lambda row: ", ".join(label for _field, label in row.departures)),
        Column("today", _("Today"), value=_today),
        Column("agency", _("Agency"), sort="agency"),
        Column("city", _("Commune"), value=lambda row: row.city_line, secondary=True),
        Column("phone", _("Phone"), kind="phone"),
    )
    filters = (
        TextSearch("search_key"),
        Choice("agency", _("Agency"), choices=lambda request: pages.agency_choices(), lookup="agency_id"),
    )
    empty = Empty(
        _("No reception point yet"),
        _("Create the places where tenants are received: their hours go on every hall poster."),
        icon="door",
        action=_("Create a reception point"),
        url="estate:new-reception",
    )
    default_sort = "name"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> tuple[pages.ReceptionCard, ...]:
        return pages.reception_list(actor=request.actor, at=timezone.now())

    def context(self, request: OrganisationRequest, **kwargs: Any) -> dict[str, Any]:
        return {"may_change": request.actor.may(Permission.RECEPTION_CHANGE)}


@requires(Permission.RECEPTION_READ)
def reception(request: OrganisationRequest, reception_point_id: UUID) -> HttpResponse:
    """Show a reception point: its mode of the moment, its week, how to reach it."""
    card = pages.reception_card(reception_point_id=reception_point_id, at=timezone.now())
    context = {
        "point": card,
        "today": timezone.localdate().isoweekday(),
        "may_change": request.actor.may(Permission.RECEPTION_CHANGE),
    }
    return render(request, "estate/reception.html", context)


@requires(Permission.RECEPTION_CHANGE)
def new_reception(request: OrganisationRequest) -> HttpResponse:
    """Create a reception point."""
    form = forms.ReceptionForm(_posted(request), agencies=pages.agency_choices())
    return _save_reception(request, form, None, gettext("New reception point"), reverse("estate:receptions"))


@requires(Permission.RECEPTION_CHANGE)
def change_reception(request: OrganisationRequest, reception_point_id: UUID) -> HttpResponse:
    """Change a reception point and its hours."""
    row = pages.reception_record(reception_point_id)
    form = forms.ReceptionForm(
        _posted(request), agencies=pages.agency_choices(), initial=forms.reception_initial(row)
    )
    return _save_reception(request, form, row.id, row.name, reverse("estate:reception", args=[row.id]))


def _save_reception(
    request: OrganisationRequest, form: forms.ReceptionForm, point_id: UUID | None, title: str, back: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_reception_point(
                reception_point_id=point_id,
                values=form.values(),
                week=form.week(),
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, gettext("Saved."))
            return redirect("estate:reception", saved.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "title": title,
        "back": back,
        "parent": _("Reception points"),
        "parent_url": reverse("estate:receptions"),
    }
    return render(request, "estate/office_form.html", context, status=422 if form.errors else 200)


@searchable(
    "estate.office", label=_("Agencies and reception points"), permission=Permission.RECEPTION_READ, order=40
)
def find_offices(*, text: str, actor: Actor, limit: int) -> list[Hit]:
    return [
        Hit(name, reverse(f"estate:{kind}", args=[id_]), phone, "building" if kind == "agency" else "door")
        for kind, id_, name, phone in finding.offices_found(text, limit=limit)
    ]


@history_page("estate_agency", permission=Permission.AGENCY_READ)
def agency_title(row_id: UUID, actor: Actor) -> str | None:
    return next((row.name for row in tree.agencies() if row.id == row_id), None)


@history_page("estate_reception_point", permission=Permission.RECEPTION_READ)
def reception_title(row_id: UUID, actor: Actor) -> str | None:
    return next((row.name for row in tree.reception_points(closed_too=True) if row.id == row_id), None)
