"""One page for the search box of the header."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from palier.kernel.access import requires
from palier.kernel.search.keys import search_key
from palier.kernel.search.permissions import Permission
from palier.kernel.search.providers import find_everywhere

LONGEST = 100
ON_PAGE, IN_BOX = 20, 5


@requires(Permission.USE)
def results(request: HttpRequest) -> HttpResponse:
    """Show what each module finds; as a fragment under the box while people type."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    in_box = bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]
    is_enough = len(search_key(text)) >= 2
    limit = IN_BOX if in_box else ON_PAGE
    groups = find_everywhere(text=text, actor=request.actor, limit=limit) if is_enough else []
    template = "search/_hits.html" if in_box else "search/results.html"
    context = {"text": text, "groups": groups, "is_enough": is_enough, "in_box": in_box}
    return render(request, template, context)
