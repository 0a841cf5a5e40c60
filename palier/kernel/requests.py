"""The request of a page inside an organisation, as the middleware leaves it: for the types of views."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from palier.kernel.access import Actor
    from palier.kernel.accounts.models import Membership
    from palier.kernel.organisations.models import Organisation


class OrganisationRequest(HttpRequest):
    """Django's request with who asks, for which organisation."""

    actor: "Actor"
    organisation: "Organisation"
    membership: "Membership"
    memberships: "list[Membership]"
    organisations: "list[Organisation]"
    htmx: "HtmxDetails"
