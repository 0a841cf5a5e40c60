"""What is changed from the page of a person: contact points, consents, markers, departures and deaths."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.modules.people import forms
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.leases import lease_card
from palier.modules.people.selectors.persons import person_card, sharers_of
from palier.modules.people.services import consents, contacts, leaving, markers
from palier.modules.people.views.persons import refused


def _act(
    request: OrganisationRequest, act: Callable[..., Any], form: django_forms.Form | None = None, **ids: UUID
) -> bool:
    """Call one service with what a form holds; a refusal goes into the form, or above the page."""
    if form is not None and not form.is_valid():
        return False
    given = form.cleaned_data if form is not None else {}
    try:
        act(**ids, **given, by=request.actor, at=timezone.now())
    except NotFound:
        raise Http404 from None
    except DomainError as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(None, str(refusal))
        return False
    return True


def _page(person_id: UUID, part: str) -> HttpResponse:
    response = redirect("people:person", person_id)
    response["Location"] += f"#{part}"
    return response


@requires(Permission.CONTACT_EDIT)
@require_POST
def add_contact(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    sharers = sharers_of(person_id=person_id, actor=request.actor)
    form = forms.ContactForm(request.POST, prefix="contact", sharers=sharers)
    if _act(request, contacts.add_contact_point, form, person_id=person_id):
        return _page(person_id, "contact")
    return refused(request, person_id, contact_form=form)


@requires(Permission.CONTACT_EDIT)
def mark_contact(request: OrganisationRequest, person_id: UUID, contact_id: UUID) -> HttpResponse:
    """Say how a number or an address may be used."""
    card = _card(request, person_id)
    point = next((one for one in card.points if one.id == contact_id), None)
    if point is None:
        raise Http404
    initial = {
        "is_unsafe": point.is_unsafe,
        "is_shared": point.is_shared,
        "is_preferred": point.is_preferred,
        "slot": point.slot,
        "shared_with_id": point.shared_with_id,
    }
    sharers = sharers_of(person_id=person_id, actor=request.actor)
    form = forms.ContactMarksForm(request.POST or None, initial=initial, sharers=sharers)
    if request.method == "POST" and _act(request, contacts.mark_contact_point, form, contact_id=contact_id):
        return _page(person_id, "contact")
    title = _("How to use %s") % point.shown
    context = {"form": form, "title": title, "back": reverse("people:person", args=[person_id])}
    return render(request, "people/person_form.html", context, status=422 if form.errors else 200)


@requires(Permission.CONTACT_EDIT)
@require_POST
def end_contact(request: OrganisationRequest, person_id: UUID, contact_id: UUID) -> HttpResponse:
    _act(request, contacts.end_contact_point, contact_id=contact_id)
    return _page(person_id, "contact")


@requires(Permission.CONSENT_EDIT)
@require_POST
def record_consent(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    form = forms.ConsentForm(request.POST, prefix="consent")
    if _act(request, consents.record_consent, form, person_id=person_id):
        return _page(person_id, "consents")
    return refused(request, person_id, consent_form=form)


@requires(Permission.CONSENT_EDIT)
@require_POST
def withdraw_consent(request: OrganisationRequest, person_id: UUID, consent_id: UUID) -> HttpResponse:
    _act(request, consents.withdraw_consent, consent_id=consent_id)
    return _page(person_id, "consents")


@requires(Permission.MARKER_EDIT)
@require_POST
def record_marker(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    form = forms.MarkerForm(request.POST, prefix="marker")
    if _act(request, markers.record_marker, form, person_id=person_id):
        return _page(person_id, "markers")
    return refused(request, person_id, marker_form=form)


@requires(Permission.MARKER_EDIT)
def review_marker(request: OrganisationRequest, person_id: UUID, marker_id: UUID) -> HttpResponse:
    """Say that a marker is still true, or close it."""
    card = _card(request, person_id)
    marker = next((one for one in card.markers or () if one.id == marker_id), None)
    if marker is None:
        raise Http404
    today = timezone.localdate()
    initial = {"note": marker.note, "review_on": today + timedelta(days=180)}
    form = forms.ReviewForm(request.POST or None, initial=initial)
    if request.method == "POST" and _act(request, markers.review_marker, form, marker_id=marker_id):
        return _page(person_id, "markers")
    context = {"form": form, "card": card, "marker": marker}
    return render(request, "people/marker.html", context, status=422 if form.errors else 200)


@requires(Permission.MARKER_EDIT)
@require_POST
def close_marker(request: OrganisationRequest, person_id: UUID, marker_id: UUID) -> HttpResponse:
    _act(request, markers.close_marker, marker_id=marker_id)
    return _page(person_id, "markers")


@requires(Permission.LEASE_END)
def death(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    """Record a death, with kindness and nothing more than a date."""
    card = _card(request, person_id)
    form = forms.DeathForm(request.POST or None)
    if request.method == "POST" and _act(request, leaving.record_death, form, person_id=person_id):
        messages.success(request, _("Recorded. Nobody will call or write to this person any more."))
        return redirect("people:person", person_id)
    context = {
        "form": form,
        "title": _("Record a death"),
        "lead": card.name,
        "danger": True,
        "submit": _("Record the death"),
        "cancel_url": reverse("people:person", args=[person_id]),
        "consequences": [
            _("Calls, messages and visits planned with this person stop at once."),
            _("The lease and the household stay as they are."),
        ],
    }
    return render(request, "palier/confirm.html", context, status=422 if form.errors else 200)


@requires(Permission.LEASE_END)
def departure(request: OrganisationRequest, lease_id: UUID) -> HttpResponse:
    """Record a notice or a departure."""
    try:
        card = lease_card(lease_id=lease_id, actor=request.actor, on=timezone.localdate())
    except NotFound:
        raise Http404 from None
    form = forms.DepartureForm(request.POST or None, initial={"notice_on": timezone.localdate()})
    if request.method == "POST" and _act(request, leaving.record_departure, form, lease_id=lease_id):
        messages.success(request, _("Recorded. What was planned after the exit stops now."))
        return redirect("people:lease", lease_id)
    context = {
        "form": form,
        "title": _("Record a departure"),
        "lead": f"{card.reference} · {card.lot_code}",
        "submit": _("Record the departure"),
        "cancel_url": reverse("people:lease", args=[lease_id]),
        "consequences": [
            _("Calls, messages and visits planned from the day of exit on stop at once."),
            _("Until that day, the people of this lease are still warned of cuts and crises."),
        ],
    }
    return render(request, "palier/confirm.html", context, status=422 if form.errors else 200)


def _card(request: OrganisationRequest, person_id: UUID) -> Any:
    at = timezone.now()
    try:
        return person_card(person_id=person_id, actor=request.actor, at=at, on=timezone.localdate(at))
    except NotFound:
        raise Http404 from None
