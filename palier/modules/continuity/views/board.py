"""The situation board: a page, and the fragment that it polls."""

from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_POST
from django_htmx.http import trigger_client_event

from palier.kernel.access import requires
from palier.kernel.errors import DomainError
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.maps import DepartmentMap, PlaceCount, department_map
from palier.kernel.ui.panels import panel
from palier.modules.continuity.forms.entry import QuickEntryForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import board as selectors
from palier.modules.continuity.services.log import record_entry
from palier.modules.estate import public as estate


@requires(Permission.ACTIVATION_VIEW)
def board(request: OrganisationRequest) -> HttpResponse:
    """The first page of a crisis: what is in force, what it does, who is there, what is late."""
    stamp = _etag(request)
    response = render(request, "continuity/board.html", {**_context(request), "etag": stamp})
    patch_cache_control(response, no_store=True)
    return response


def _etag(request: OrganisationRequest) -> str:
    """One query. Rights and language are in the mark too: they change what is drawn."""
    stamp = selectors.board_stamp(at=timezone.now())
    seen_by = "|".join([*sorted(request.actor.permissions), get_language() or "", str("wall" in request.GET)])
    return f'"{stamp}-{sha256(seen_by.encode()).hexdigest()[:12]}"'


@requires(Permission.ACTIVATION_VIEW)
@condition(etag_func=_etag)
def board_live(request: OrganisationRequest) -> HttpResponse:
    """The inside of the board; nothing at all while nothing has changed."""
    response = render(request, "continuity/_board.html", _context(request))
    patch_cache_control(response, no_store=True)
    return response


@requires(Permission.LOG_WRITE)
@require_POST
def board_entry(request: OrganisationRequest) -> HttpResponse:
    """Write one line in the crisis log without leaving the board."""
    form = QuickEntryForm(request.POST, auto_id="entry-%s")
    if form.is_valid():
        try:
            now = timezone.now()
            record_entry(by=request.actor, at=now, event_at=now, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error("text", str(refusal))
    if not request.htmx:
        return redirect("continuity:board")
    if form.errors:
        return render(request, "continuity/_board_entry.html", {"entry_form": form}, status=422)
    fresh = {"entry_form": QuickEntryForm(auto_id="entry-%s")}
    return trigger_client_event(render(request, "continuity/_board_entry.html", fresh), "palier:refresh")


def _context(request: OrganisationRequest) -> dict[str, Any]:
    found = selectors.board(actor=request.actor, at=timezone.now())
    wall = "wall" in request.GET
    live = reverse("continuity:board-live")
    return {
        "board": found,
        "wall": wall,
        "live_url": f"{live}?wall=1" if wall else live,
        "map": _map(request, found),
        "may_write_log": request.actor.may(Permission.LOG_WRITE),
        "entry_form": QuickEntryForm(auto_id="entry-%s"),
    }


def _map(request: OrganisationRequest, found: selectors.Board) -> DepartmentMap | None:
    counts = estate.counts_by_commune()
    departments = {one.department_code for one in counts} | set(request.organisation.departments)
    points = [
        PlaceCount(one.name, one.department_code, one.longitude, one.latitude, one.dwellings)
        for one in counts
    ]
    return department_map(sorted(departments), points, states=found.departments)


@panel(
    "page.header",
    template="continuity/_header_level.html",
    title="",
    permission=Permission.ACTIVATION_VIEW,
    max_queries=1,
    order=10,
)
def level_in_header(request: OrganisationRequest, subject: Any) -> dict[str, Any] | None:
    """The level in force, on every page: nobody works an hour without knowing it."""
    match = request.resolver_match
    if match is None or getattr(match.func, "in_shared_schema", False):
        # Pages on members and rights run without the organisation's role: its tables are out of reach.
        return None
    if request.organisation.kind != "landlord":
        # A federation has no plan of its own, nor the tables of one.
        return None
    mark = selectors.level_mark(at=timezone.now())
    return {"mark": mark} if mark else None
