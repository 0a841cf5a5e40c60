"""An incoming call: who it is, what is open, and the conversation written on the household's line."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.modules.outreach.forms.inbound import AddForm, WhoForm
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import inbound as selectors
from palier.modules.outreach.services import inbound as services


@requires(Permission.CALL_MAKE, "people:person:view")
@never_cache
def inbound(request: OrganisationRequest) -> HttpResponse:
    """Find who is calling."""
    form = WhoForm(request.GET if "q" in request.GET else None)
    found = None
    if form.is_valid():
        found = selectors.find(text=form.cleaned_data["q"], actor=request.actor, at=timezone.now())
    context = {
        "form": form,
        "found": found,
        "add_form": AddForm(campaigns=selectors.open_campaigns(), auto_id="add-%s") if found else None,
    }
    return render(request, "outreach/inbound/inbound.html", context)


@requires(Permission.CALL_MAKE)
@require_POST
def begin(request: OrganisationRequest, line_id: UUID) -> HttpResponse:
    """Write the conversation on the household's line, with the desk's own form."""
    return _in_hand(request, lambda: services.begin(line_id=line_id, by=request.actor, at=timezone.now()))


@requires(Permission.CALL_MAKE, "people:person:view")
@require_POST
def add(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    """Add somebody who called to a campaign, then write the conversation."""
    selectors.check_person(person_id=person_id, actor=request.actor)
    form = AddForm(request.POST, campaigns=selectors.open_campaigns())
    if not form.is_valid():
        messages.error(request, _("Choose the campaign."))
        return redirect("outreach:inbound")
    return _in_hand(
        request,
        lambda: services.add_and_begin(
            campaign_id=UUID(form.cleaned_data["campaign"]),
            person_id=person_id,
            why=_("called us"),
            by=request.actor,
            at=timezone.now(),
        ),
    )


def _in_hand(request: OrganisationRequest, begin: Callable[[], UUID]) -> HttpResponse:
    """Show the household that is now in hand, or say why it is not."""
    try:
        call_id = begin()
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("outreach:inbound")
    return redirect(reverse("outreach:desk-one", args=[call_id]) + "?direction=inbound")
