"""Open a referral by hand: from the page of a person or of a residence, or by looking for them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act_of_form
from palier.modules.estate import public as estate
from palier.modules.partners import public as partners
from palier.modules.people import public as people
from palier.modules.referrals import forms
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.services.opening import open_referral

SOURCE = "referrals.form"


@requires(Permission.REFERRAL_OPEN)
@require_safe
def new(request: OrganisationRequest) -> HttpResponse:
    """Look for whom or where the need is; the form follows."""
    text, today = request.GET.get("q", "").strip(), timezone.localdate()
    wanted = text.lower()
    residences = [
        row for row in estate.residences() if wanted and wanted in f"{row.name} {row.city} {row.code}".lower()
    ]
    context = {
        "q": text,
        "persons": people.find_persons(text=text, actor=request.actor, on=today) if text else [],
        "residences": residences[:8],
    }
    return render(request, "referrals/new.html", context)


@requires(Permission.REFERRAL_OPEN, "people:person:view")
@require_http_methods(["GET", "HEAD", "POST"])
def for_person(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    """Open a referral for somebody."""
    who = people.names([person_id]).get(person_id)
    if who is None:
        raise NotFound
    home = people.homes_of([person_id], on=timezone.localdate()).get(person_id)
    given: dict[str, Any] = {"person_id": person_id, "lot_id": home.lot_id if home else None}
    detail = f"{home.residence_name}, {home.lot_code}" if home else ""
    back = reverse("people:person", args=[person_id])
    return _form_page(request, who.name, detail, back, names_somebody=True, **given)


@requires(Permission.REFERRAL_OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def for_residence(request: OrganisationRequest, residence_id: UUID) -> HttpResponse:
    """Open a referral about a place: nobody is named."""
    residence = estate.residence(residence_id)
    back = reverse("estate:residence", args=[residence_id])
    return _form_page(
        request, residence.name, residence.city_line, back, names_somebody=False, residence_id=residence_id
    )


def _form_page(
    request: OrganisationRequest, name: str, detail: str, back: str, *, names_somebody: bool, **given: Any
) -> HttpResponse:
    form = forms.NewReferralForm(
        request.POST or None, names_somebody=names_somebody, initial={"kind": request.GET.get("kind", "")}
    )
    if request.method == "POST":
        opened = act_of_form(request, form, open_referral, source_kind=SOURCE, **given)
        if opened is not None:
            messages.success(
                request, _("The referral is open. Give it to somebody, or send it to a partner.")
            )
            return redirect("referrals:referral", opened)
    context = {
        "form": form,
        "name": name,
        "detail": detail,
        "back": back,
        "numbers": partners.emergency_numbers()[:6],
    }
    return render(request, "referrals/new_form.html", context, status=422 if form.errors else 200)
