"""Lots: those of a residence, one lot, its status and its reservations."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
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
from palier.kernel.ui.lists import Cell, Column, Empty, Header, Listing, ListPage, Rows
from palier.modules.estate import forms
from palier.modules.estate.enums import LotAction, LotKind, LotStatus, ReservationPurpose, ReservationState
from palier.modules.estate.permissions import Permission
from palier.modules.estate.selectors import finding, pages
from palier.modules.estate.selectors import lots as selectors
from palier.modules.estate.services import reservations, statuses

TONES = {
    LotStatus.OCCUPIED: "neutral",
    LotStatus.VACANT: "good",
    LotStatus.VACANT_TECHNICAL: "warn",
    LotStatus.WORKS: "warn",
    LotStatus.FOR_SALE: "info",
    LotStatus.DEMOLITION: "bad",
    LotStatus.OUT_OF_SERVICE: "bad",
}
OCCUPANT = Column("occupant", _("Occupant"), export=False)


class LotList(ListPage):
    """The lots of a residence. Who lives there is not exported from here."""

    permission = Permission.LOT_READ
    name = "lots"
    title = _("Lots")
    template = "estate/lots.html"
    columns = (
        Column(
            "code",
            _("Lot"),
            kind="code",
            sort="search_key",
            link=lambda row: reverse("estate:lot", args=[row.pk]),
        ),
        Column("kind", _("Kind"), sort="kind", value=lambda row: row.get_kind_display()),
        Column("typology", _("Typology"), sort="typology", value=lambda row: row.get_typology_display()),
        Column("building", _("Building"), sort="building__code", value=lambda row: str(row.building or "")),
        Column("entrance", _("Entrance"), sort="entrance__code", value=lambda row: str(row.entrance or "")),
        Column("floor", _("Floor"), kind="number", sort="floor"),
        Column("door", _("Door"), secondary=True),
        Column(
            "surface",
            _("Surface (m²)"),
            kind="number",
            sort="surface_m2",
            value=lambda row: row.surface_m2,
            secondary=True,
        ),
        Column(
            "status",
            _("Status"),
            kind="badge",
            sort="status",
            value=lambda row: (row.get_status_display(), TONES.get(row.status, "neutral")),
        ),
    )
    filters = (
        TextSearch("search_key"),
        Choice("kind", _("Kind"), choices=LotKind.choices),
        Choice("status", _("Status"), choices=LotStatus.choices),
    )
    empty = Empty(
        _("No lot in this residence"),
        _("Its dwellings are declared by RPLS only. Load your property list to know them one by one."),
        icon="door",
        action=_("Load a file"),
        url="imports:upload",
    )
    default_sort = "code"
    bulk = "estate.lots"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> QuerySet:
        return pages.lot_list(residence_id=kwargs["residence_id"], actor=request.actor)

    def listing(self, request: OrganisationRequest, rows: Rows) -> Listing:
        listing = super().listing(request, rows)
        return _with_occupants(listing, request.actor)

    def context(self, request: OrganisationRequest, **kwargs: Any) -> dict[str, Any]:
        header = pages.residence_header(kwargs["residence_id"])
        return {"residence": header, "tab": "lots", "lots": selectors.lots_count(header.id)}


def _with_occupants(listing: Listing, actor: Actor) -> Listing:
    """Add who lives in the lots of this page, where a module answers: one query for all of them."""
    records = list(listing.page.object_list)
    known = pages.with_occupancy(records, actor)
    if not known:
        return listing
    cells = [
        Cell(OCCUPANT, known[record.id].label, known[record.id].url)
        if record.id in known
        else Cell(OCCUPANT, "", "")
        for record in records
    ]
    rows = tuple((*row, cell) for row, cell in zip(listing.rows, cells, strict=True))
    return replace(listing, headers=(*listing.headers, Header(OCCUPANT, "", "")), rows=rows)


def _posted(request: OrganisationRequest) -> QueryDict | None:
    """What was sent, even when it is empty: a form without any value is still a form that was sent."""
    return request.POST if request.method == "POST" else None


@requires(Permission.LOT_READ)
def lot(request: OrganisationRequest, lot_id: UUID) -> HttpResponse:
    """Show a lot: what it is, where it stands, who holds it."""
    page = pages.lot_page(lot_id=lot_id, actor=request.actor, at=timezone.now())
    context = {
        "page": page,
        "tone": TONES.get(LotStatus(page.lot.status), "neutral"),
        "may_reserve": request.actor.may(Permission.RESERVATION_CREATE)
        and page.lot.status == LotStatus.VACANT,
        "may_release": request.actor.may(Permission.RESERVATION_RELEASE),
    }
    return render(request, "estate/lot.html", context)


@requires(Permission.LOT_CHANGE)
def change_status(request: OrganisationRequest, lot_id: UUID, action: str) -> HttpResponse:
    """Take one step of a lot's workflow, after saying why."""
    if action not in LotAction.values:
        raise Http404
    row, form = selectors.lot(lot_id), forms.ReasonForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            statuses.change_status(
                lot_id=lot_id,
                action=action,
                by=request.actor,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, gettext("The status was changed."))
            return redirect("estate:lot", lot_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    label = LotAction(action).label
    context = {
        "form": form,
        "row": row,
        "title": label,
        "submit": label,
        "back": reverse("estate:lot", args=[lot_id]),
    }
    return render(request, "estate/lot_form.html", context, status=422 if form.errors else 200)


@requires(Permission.RESERVATION_CREATE)
def reserve(request: OrganisationRequest, lot_id: UUID) -> HttpResponse:
    """Reserve a lot for a purpose and a period."""
    now, row = timezone.now(), selectors.lot(lot_id)
    form = forms.ReserveForm(_posted(request), initial={"first_day": timezone.localdate(now)})
    if request.method == "POST" and form.is_valid():
        try:
            reservations.reserve(lot_id=lot_id, **form.arguments(now), by=request.actor, at=now)
            messages.success(request, gettext("The lot is reserved."))
            return redirect("estate:lot", lot_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "row": row,
        "title": gettext("Reserve the lot"),
        "submit": gettext("Reserve"),
        "back": reverse("estate:lot", args=[lot_id]),
    }
    return render(request, "estate/lot_form.html", context, status=422 if form.errors else 200)


@requires(Permission.RESERVATION_RELEASE)
def release(request: OrganisationRequest, reservation_id: UUID) -> HttpResponse:
    """Release a reservation."""
    held = finding.reservation(reservation_id)
    if held is None:
        raise Http404
    row, form = selectors.lot(held.lot_id), forms.ReasonForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            reservations.release(
                reservation_id=reservation_id,
                by=request.actor,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, gettext("The lot is free again."))
            return redirect("estate:lot", held.lot_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "row": row,
        "held": held,
        "title": gettext("Release the reservation"),
        "submit": gettext("Release"),
        "back": reverse("estate:lot", args=[held.lot_id]),
    }
    return render(request, "estate/lot_form.html", context, status=422 if form.errors else 200)


class ReservationList(ListPage):
    """Every reservation of the estate."""

    permission = Permission.LOT_READ
    name = "reservations"
    title = _("Reservations of lots")
    lead = _("A lot taken for a purpose is proposed to nobody else.")
    columns = (
        Column(
            "lot",
            _("Lot"),
            sort="lot__search_key",
            value=lambda row: row.lot.code,
            link=lambda row: reverse("estate:lot", args=[row.lot_id]),
        ),
        Column(
            "residence",
            _("Residence"),
            sort="lot__residence__search_key",
            value=lambda row: row.lot.residence.name,
        ),
        Column("purpose", _("Purpose"), sort="purpose", value=lambda row: row.get_purpose_display()),
        Column("holder", _("Held for"), sort="holder"),
        Column(
            "starts",
            _("From"),
            kind="datetime",
            sort="period__startswith",
            value=lambda row: row.period.lower,
        ),
        Column(
            "ends", _("Until"), kind="datetime", sort="period__endswith", value=lambda row: row.period.upper
        ),
        Column(
            "state",
            _("State"),
            kind="badge",
            sort="state",
            value=lambda row: (
                row.get_state_display(),
                "accent" if row.state == ReservationState.HELD else "neutral",
            ),
        ),
    )
    filters = (
        TextSearch("lot__search_key"),
        Choice("purpose", _("Purpose"), choices=ReservationPurpose.choices),
        Choice("state", _("State"), choices=ReservationState.choices),
    )
    empty = Empty(
        _("No reservation"),
        _("Open a vacant lot and choose “Reserve the lot”."),
        icon="bookmark",
        action=_("See the residences"),
        url="estate:residences",
    )
    bulk = "estate.reservations"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> QuerySet:
        return selectors.reservation_list()


@searchable("estate.lot", label=_("Lots"), permission=Permission.LOT_READ, order=30)
def find_lots(*, text: str, actor: Actor, limit: int) -> list[Hit]:
    return [
        Hit(row.label, reverse("estate:lot", args=[row.id]), row.residence_name, "door")
        for row in finding.lots_found(text, limit=limit)
    ]


@history_page("estate_lot", permission=Permission.LOT_READ)
def lot_title(row_id: UUID, actor: Actor) -> str | None:
    found = selectors.lots([row_id])
    return found[row_id].label if row_id in found else None
