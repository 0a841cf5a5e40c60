"""Where a person arrives: the first page, in this order, that they may open."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from palier.kernel.access import requires
from palier.kernel.access.permissions import Permission
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.navigation import menu


@requires(Permission.HOME_VIEW)
def home(request: OrganisationRequest) -> HttpResponse:
    """The situation board for those who may see it; else the first page of their own menu."""
    try:
        board, may_see = reverse("continuity:board"), request.actor.may("continuity:activation:view")
    except NoReverseMatch:
        may_see = False
    if may_see:
        return redirect(board)
    first = next((link.url for section in menu(request.actor, request.path) for link in section.links), None)
    return redirect(first or reverse("jobs:runs"))
