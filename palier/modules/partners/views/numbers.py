"""The emergency numbers: shown with the day on which they were checked; corrected by those who keep the list."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.partners import forms
from palier.modules.partners.permissions import Permission
from palier.modules.partners.selectors import pages
from palier.modules.partners.services import numbers as services


@requires(Permission.PARTNER_VIEW)
@require_safe
def numbers(request: OrganisationRequest) -> HttpResponse:
    lines = pages.numbers(at=timezone.now())
    context = {
        "lines": lines,
        "to_check": sum(line.must_check for line in lines),
        "may_edit": request.actor.may(Permission.NUMBER_EDIT),
    }
    return render(request, "partners/numbers.html", context)


@requires(Permission.NUMBER_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_number(request: OrganisationRequest) -> HttpResponse:
    form = forms.NumberForm(request.POST or None)
    if request.method == "POST" and act_of_form(request, form, services.add_number):
        return redirect("partners:numbers")
    context = {"form": form, "title": _("New emergency number")}
    return render(request, "partners/number_form.html", context, status=422 if form.errors else 200)


@requires(Permission.NUMBER_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_number(request: OrganisationRequest, number_id: UUID) -> HttpResponse:
    record = pages.number_record(number_id)
    initial = {name: getattr(record, name) for name in services.CHANGEABLE}
    form = forms.NumberForm(request.POST or None, initial=initial)
    if request.method == "POST" and act_of_form(request, form, services.change_number, number_id=number_id):
        messages.success(request, _("Saved, and checked today."))
        return redirect("partners:numbers")
    context = {"form": form, "title": f"{record.number} {record.label}"}
    return render(request, "partners/number_form.html", context, status=422 if form.errors else 200)


@requires(Permission.NUMBER_EDIT)
@require_POST
def check_number(request: OrganisationRequest, number_id: UUID) -> HttpResponse:
    act(request, services.check_number, _("Checked today."), number_id=number_id)
    return redirect("partners:numbers")
