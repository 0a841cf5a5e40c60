"""One page for the search box of the header."""

from django.http import HttpResponse
from django.shortcuts import render

from palier.kernel.access import requires
from palier.kernel.requests import OrganisationRequest
from palier.kernel.search.keys import search_key
from palier.kernel.search.permissions import Permission
from palier.kernel.search.providers import find_everywhere

LONGEST = 100
ON_PAGE = 20


@requires(Permission.USE)
def results(request: OrganisationRequest) -> HttpResponse:
    """Show what each module finds for the text typed in the header."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    is_enough = len(search_key(text)) >= 2
    groups = find_everywhere(text=text, actor=request.actor, limit=ON_PAGE) if is_enough else []
    context = {"text": text, "search_query": text, "groups": groups, "is_enough": is_enough}
    return render(request, "search/results.html", context)
