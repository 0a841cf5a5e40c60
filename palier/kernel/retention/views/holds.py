"""Holds: what a dispute keeps beyond its time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotAllowed, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.retention.forms import HoldForm, LiftForm
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.persons import subject_kinds
from palier.kernel.retention.selectors import holds as selectors
from palier.kernel.retention.selectors.requests import find_subjects, found_subject, request_lines
from palier.kernel.retention.services import holds as services
from palier.kernel.ui.panels import panel


@requires(Permission.RULE_VIEW)
@require_safe
def holds(request: OrganisationRequest) -> HttpResponse:
    lines = selectors.hold_lines(on=timezone.localdate(), actor=request.actor)
    context = {
        "lines": [one for one in lines if one.in_force],
        "ended": [one for one in lines if not one.in_force],
        "may_place": request.actor.may(Permission.HOLD_PLACE),
        "form": LiftForm(),
    }
    return render(request, "retention/holds.html", context)


@requires(Permission.HOLD_PLACE)
def new_hold(request: OrganisationRequest) -> HttpResponse:
    """Choose a person, then say why her file is held."""
    about = found_subject(request.POST.get("about") or request.GET.get("about", ""))
    words = request.GET.get("q", "")
    form = HoldForm(request.POST or None)
    if request.method == "POST" and about is not None and form.is_valid():
        table = next(kind.table for kind in subject_kinds() if kind.kind == about.kind)
        try:
            services.place_hold(
                about_table=table, about_id=about.id, by=request.actor, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("The file is held: nothing of it will be purged nor erased."))
            return redirect("retention:holds")
        except (NotFound, NotAllowed):
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"about": about, "words": words, "found": find_subjects(words), "form": form}
    return render(request, "retention/new_hold.html", context, status=422 if form.errors else 200)


@requires(Permission.HOLD_PLACE)
def lift_hold(request: OrganisationRequest, hold_id: UUID) -> HttpResponse:
    """Ask why, then let go."""
    lines = selectors.hold_lines(on=timezone.localdate(), actor=request.actor)
    line = next((one for one in lines if one.id == hold_id), None)
    if line is None:
        raise NotFound
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.lift_hold(hold_id=hold_id, by=request.actor, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The hold is lifted: its time counts again from tonight."))
            return redirect("retention:holds")
        except (NotFound, NotAllowed):
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "title": _("Lift a hold"),
        "lead": f"{line.title} · {line.nature_label}",
        "consequences": [_("What was kept because of it and is past its time goes with the next purge.")],
        "form": form,
        "submit": _("Lift the hold"),
        "cancel_url": reverse("retention:holds"),
    }
    return render(request, "palier/confirm.html", context, status=422 if form.errors else 200)


@panel(
    "people.person",
    template="retention/_person_panel.html",
    title=gettext_lazy("Personal data"),
    permission=Permission.REQUEST_HANDLE,
    max_queries=3,
    icon="shield-check",
    order=900,
)
def person_panel(request: OrganisationRequest, subject: Any) -> dict[str, Any]:
    """Requests and holds about a tenant, and what may be done about her data."""
    today = timezone.localdate()
    about = ("people_person", UUID(str(subject)))
    return {
        "requests": request_lines(actor=request.actor, on=today, subject=("people", about[1])),
        "holds": selectors.bare_holds(on=today, about=about),
        "about": f"people:{subject}",
        "may_place": request.actor.may(Permission.HOLD_PLACE),
    }
