"""The page of parameters: what is in force, since when, by which text, and the organisation's own values."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError
from palier.kernel.parameters import selectors, services
from palier.kernel.parameters.forms import AdjustForm
from palier.kernel.parameters.permissions import Permission
from palier.kernel.requests import OrganisationRequest


@requires(Permission.PARAMETER_READ)
@require_safe
def parameters(request: OrganisationRequest) -> HttpResponse:
    on = _asked_day(request)
    lines = selectors.parameter_lines(on=on)
    may_adjust = request.actor.may(Permission.PARAMETER_ADJUST)
    context = {"lines": lines, "on": on, "may_adjust": may_adjust, "form": AdjustForm(initial={"since": on})}
    return render(request, "parameters/parameters.html", context)


@requires(Permission.PARAMETER_ADJUST)
@require_POST
def adjust(request: OrganisationRequest, key: str) -> HttpResponse:
    form = AdjustForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            services.adjust(
                key=key,
                raw=wanted["value"],
                since=wanted["since"],
                reason=wanted["reason"],
                by=request.actor,
                at=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error("value", str(refusal))
    if form.errors:
        line = next(
            (one for one in selectors.parameter_lines(on=timezone.localdate()) if one.key == key), None
        )
        return render(request, "parameters/adjust.html", {"form": form, "line": line, "key": key}, status=422)
    messages.success(request, _("The new value is kept, with its reason."))
    return redirect("parameters:parameters")


@requires(Permission.PARAMETER_ADJUST)
@require_POST
def restore(request: OrganisationRequest, key: str) -> HttpResponse:
    services.restore_default(key=key, on=timezone.localdate(), by=request.actor, at=timezone.now())
    messages.success(request, _("The common value applies again from today."))
    return redirect("parameters:parameters")


def _asked_day(request: OrganisationRequest) -> date:
    try:
        return parse_date(request.GET.get("on", "")) or timezone.localdate()
    except ValueError:
        return timezone.localdate()
