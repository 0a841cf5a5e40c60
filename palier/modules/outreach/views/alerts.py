"""Alerts raised by calls: taken, handed over, closed with what was done."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.modules.outreach.forms.alerts import CloseForm, TransmitForm
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import alerts as selectors
from palier.modules.outreach.services import alerts as services
from palier.modules.partners import public as partners


@requires(Permission.ALERT_HANDLE)
@never_cache
def alerts(request: OrganisationRequest) -> HttpResponse:
    """Every alert that somebody must take in charge."""
    now, with_closed = timezone.now(), "closed" in request.GET
    context = {
        "alerts": selectors.alerts(actor=request.actor, at=now, with_closed=with_closed),
        "with_closed": with_closed,
        "numbers": partners.emergency_numbers(),
    }
    return render(request, "outreach/alerts/alerts.html", context)


@requires(Permission.ALERT_HANDLE)
@never_cache
def alert(request: OrganisationRequest, alert_id: UUID) -> HttpResponse:
    """One alert, with what can be done."""
    return _page(request, alert_id)


@requires(Permission.ALERT_HANDLE)
@require_POST
def take(request: OrganisationRequest, alert_id: UUID) -> HttpResponse:
    try:
        services.take(alert_id=alert_id, by=request.actor, at=timezone.now())
        messages.success(request, _("You have this alert. Close it when it is done."))
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("outreach:alert", alert_id)


@requires(Permission.ALERT_HANDLE)
@require_POST
def transmit(request: OrganisationRequest, alert_id: UUID) -> HttpResponse:
    form = TransmitForm(request.POST)
    if form.is_valid():
        try:
            services.transmit(alert_id=alert_id, by=request.actor, at=timezone.now(), **form.cleaned_data)
            return redirect("outreach:alert", alert_id)
        except NotFound:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _page(request, alert_id, transmit=form)


@requires(Permission.ALERT_HANDLE)
@require_POST
def close(request: OrganisationRequest, alert_id: UUID) -> HttpResponse:
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            services.close(alert_id=alert_id, by=request.actor, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Closed. Whoever called this household reads what was done."))
            return redirect("outreach:alerts")
        except NotFound:
            raise
        except DomainError as refusal:
            form.add_error("note", str(refusal))
    return _page(request, alert_id, close=form)


def _page(request: OrganisationRequest, alert_id: UUID, **faulty: forms.Form) -> HttpResponse:
    card = selectors.alert_card(alert_id=alert_id, actor=request.actor, at=timezone.now())
    context = {
        "card": card,
        "transmit_form": faulty.get("transmit", TransmitForm(auto_id="transmit-%s")),
        "close_form": faulty.get("close", CloseForm(auto_id="close-%s")),
        "numbers": partners.emergency_numbers(),
        "may_call": request.actor.may(Permission.CALL_MAKE),
    }
    return render(request, "outreach/alerts/alert.html", context, status=422 if faulty else 200)
