"""The history of any record, one click away from its page."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from palier.kernel.access import requires
from palier.kernel.access.permissions import Permission
from palier.kernel.audit.registry import page_of
from palier.kernel.audit.selectors import history_of
from palier.kernel.requests import OrganisationRequest


@requires(Permission.HISTORY_VIEW)
def history(request: OrganisationRequest, table: str, row_id: UUID) -> HttpResponse:
    page = page_of(table)
    if page is None or not request.actor.may(page.permission):
        raise Http404
    title = page.title(row_id, request.actor)
    if title is None:
        raise Http404
    return render(request, "audit/history.html", {"title": title, "lines": history_of(table, row_id)})
