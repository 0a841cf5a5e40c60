"""Visits at the door, on a phone: big buttons, a double tap is a tap."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.modules.outreach.forms.visits import HandOverForm, MetForm
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import visits as selectors
from palier.modules.outreach.services import visits as services
from palier.modules.partners import public as partners


@requires(Permission.VISIT_MAKE)
@never_cache
def visits(request: OrganisationRequest) -> HttpResponse:
    """My visits today, by residence."""
    context = {
        "mine": selectors.my_visits(actor=request.actor, at=timezone.now()),
        "numbers": partners.emergency_numbers(),
    }
    return render(request, "outreach/visits/visits.html", context)


@requires(Permission.VISIT_MAKE)
@require_http_methods(["GET", "POST"])
@never_cache
def met(request: OrganisationRequest, visit_id: UUID) -> HttpResponse:
    """Say what was seen. « Well » is one tap from the list; the rest asks for a few words."""
    card = selectors.visit_card(visit_id=visit_id, actor=request.actor, at=timezone.now())
    initial = {"answer": request.GET.get("answer", "")}
    form = MetForm(request.POST) if request.method == "POST" else MetForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.meet(visit_id=visit_id, by=request.actor, at=timezone.now(), **form.cleaned_data)
        except NotFound:
            raise
        except DomainError as refusal:
            form.add_error("note" if refusal.code == "outreach.visit-need-untold" else None, str(refusal))
        else:
            messages.success(request, _("Noted. Thank you for going there."))
            return redirect("outreach:visits")
    context = {"card": card, "form": form, "numbers": partners.emergency_numbers()}
    return render(request, "outreach/visits/met.html", context, status=422 if form.errors else 200)


@requires(Permission.VISIT_MAKE)
@require_POST
def nobody(request: OrganisationRequest, visit_id: UUID) -> HttpResponse:
    """Nobody opened."""
    try:
        visit = services.find_nobody(visit_id=visit_id, by=request.actor, at=timezone.now())
    except NotFound:
        raise
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        again = _("Noted. Come back once more, at another time of the day.")
        over = _("Noted. Your team leader now decides what comes next.")
        messages.success(request, over if visit.knocks >= services.KNOCKS else again)
    return redirect("outreach:visits")


@requires(Permission.TEAM_LEAD)
@require_http_methods(["GET", "POST"])
def hand_over(request: OrganisationRequest, visit_id: UUID) -> HttpResponse:
    """Pass a household that nobody found to the social service."""
    card = selectors.visit_card(visit_id=visit_id, actor=request.actor, at=timezone.now())
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_over(visit_id=visit_id, by=request.actor, at=timezone.now(), **form.cleaned_data)
        except NotFound:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Handed over. The referral says what becomes of it."))
            return redirect("outreach:team")
    context = {"card": card, "form": form, "numbers": partners.emergency_numbers()}
    return render(request, "outreach/visits/hand_over.html", context, status=422 if form.errors else 200)


@requires(Permission.TEAM_LEAD)
@require_POST
def cancel(request: OrganisationRequest, visit_id: UUID) -> HttpResponse:
    """A visit that is no longer needed."""
    try:
        services.cancel(visit_id=visit_id, by=request.actor, at=timezone.now())
        messages.success(request, _("The visit is cancelled."))
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("outreach:team")
