"""What every page needs around its content."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from palier.kernel.ui.navigation import menu


def page(request: HttpRequest) -> dict[str, Any]:
    """Give the frame its navigation, organisation and actor, or None outside an organisation."""
    actor = getattr(request, "actor", None)
    organisation = getattr(request, "organisation", None)
    return {
        "actor": actor,
        "organisation": organisation,
        "membership": getattr(request, "membership", None),
        "organisations": [one.organisation for one in getattr(request, "memberships", ())],
        "navigation": SimpleLazyObject(lambda: menu(actor, request.path)) if organisation and actor else (),
    }
