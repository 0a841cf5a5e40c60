"""The page of a lease, and the list of markers to review."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor, requires
from palier.kernel.audit.registry import history_page
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import Choice
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.modules.people.enums import MarkerNature, MarkerOrigin
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.leases import lease_card
from palier.modules.people.selectors.markers import markers_to_review


@requires(Permission.PERSON_VIEW)
def lease(request: OrganisationRequest, lease_id: UUID) -> HttpResponse:
    """Show one lease: the lot, the dates, who is party to it."""
    try:
        card = lease_card(lease_id=lease_id, actor=request.actor, on=timezone.localdate())
    except NotFound:
        raise Http404 from None
    context = {"card": card, "may_end": request.actor.may(Permission.LEASE_END) and card.is_open}
    return render(request, "people/lease.html", context)


@history_page("people_lease", permission=Permission.PERSON_VIEW)
def lease_title(row_id: UUID, actor: Actor) -> str | None:
    try:
        return lease_card(lease_id=row_id, actor=actor, on=timezone.localdate()).reference
    except NotFound:
        return None


class MarkersToReview(ListPage):
    """Markers whose review is due: what nobody looks at again is closed by itself."""

    permission = Permission.MARKER_EDIT
    name = "markers"
    title = _("Markers to review")
    lead = _("A marker that nobody reviews for six months after its date is closed by itself.")
    columns = (
        Column(
            "person", _("Name"), sort="person_key", value=lambda row: row.person.name,
            link=lambda row: reverse("people:review-marker", args=[row.person_id, row.pk]),
        ),
        Column("nature", _("Nature"), sort="nature", value=lambda row: row.get_nature_display()),
        Column("origin", _("Origin"), value=lambda row: row.get_origin_display(), secondary=True),
        Column("recorded_on", _("Recorded on"), kind="date", sort="recorded_on", secondary=True),
        Column("review_on", _("Review due on"), kind="date", sort="review_on"),
        Column("recorded_by", _("Recorded by"), secondary=True),
    )  # fmt: skip
    filters = (
        Choice("nature", _("Nature"), MarkerNature.choices),
        Choice("origin", _("Origin"), MarkerOrigin.choices),
    )
    empty = Empty(_("No marker to review"), _("Come back when the next review is due."), icon="circle-check")
    default_sort = "review_on"
    bulk = "people.markers"

    def rows(self, request: Any, **kwargs: Any) -> QuerySet:
        if request.GET.get("export") and not request.actor.may(Permission.LIST_EXPORT):
            raise PermissionDenied
        return markers_to_review(actor=request.actor, until=timezone.localdate())
