"""The crisis cell decides of one service: see what it does, confirm, end it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.models import new_id
from palier.kernel.modes import Place, Service, UnknownService, mode_of, services
from palier.kernel.modes import service as declared_service
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act
from palier.modules.continuity.forms.decisions import OverrideForm, ReasonForm, first_words
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import activations as selectors
from palier.modules.continuity.selectors import pages
from palier.modules.continuity.services import overrides as services_of_overrides
from palier.modules.continuity.services.activations import PreviewOutdated


@requires(Permission.OVERRIDE_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def override(request: OrganisationRequest) -> HttpResponse:
    """Choose a service and a place, then its values; a first post shows what it does, a second decides."""
    words = request.POST or request.GET
    service, place = _service(words.get("service", "")), _place(words.get("scope", ""))
    if service is None:
        context: dict[str, Any] = {
            "services": services(),
            "groups": pages.scope_groups(place),
            "scope": pages.scope_value(place),
        }
        return render(request, "continuity/levels/override_choice.html", context)
    form = OverrideForm(
        request.POST or None, service=service, initial=first_words(request.actor, key=str(new_id()))
    )
    shown = None
    if request.method == "POST" and form.is_valid():
        done, shown, form = _decide(request, form, service, place)
        if done:
            messages.success(request, str(_("Decided. It holds until the crisis cell ends it.")))
            return redirect("continuity:levels")
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "service": service,
        "place": place,
        "scope": pages.scope_value(place),
        "shown": shown,
        "now": _now(service, place),
    }
    return render(request, "continuity/levels/override.html", context, status=status)


def _decide(request: OrganisationRequest, form: OverrideForm, service: Service, place: Place) -> tuple:
    """Return (done, what it would do, the form to show again)."""
    given: dict[str, Any] = {"service": service.key, "values": form.values(), "scope": place}
    at = form.cleaned_data["effective_at"] or timezone.now()
    try:
        shown = services_of_overrides.override_preview(at=max(at, timezone.now()), **given)
        if request.POST.get("step") != "confirm":
            return None, shown, _with_fingerprint(request, service, shown.fingerprint)
        with transaction.atomic():
            done = services_of_overrides.override(
                decision=form.decision(), by=request.actor, at=timezone.now(), effective_at=at,
                fingerprint=form.cleaned_data["fingerprint"], **given,
            )  # fmt: skip
        return done, shown, form
    except PreviewOutdated as outdated:
        renewed = _with_fingerprint(request, service, outdated.preview.fingerprint)
        renewed.add_error(None, str(outdated))
        return None, outdated.preview, renewed
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None, None, form


def _with_fingerprint(request: OrganisationRequest, service: Service, fingerprint: str) -> OverrideForm:
    words = request.POST.copy()
    words["fingerprint"] = fingerprint
    form = OverrideForm(words, service=service)
    form.is_valid()
    return form


def _now(service: Service, place: Place) -> tuple:
    """The mode in force there, as labels."""
    mode = mode_of(service, place, timezone.now()).mode
    return tuple((one.label, one.label_of(mode[one])) for one in service.fields)


def _service(key: str) -> Service | None:
    try:
        return declared_service(key) if key else None
    except UnknownService as unseen:
        raise Http404 from unseen


def _place(value: str) -> Place:
    try:
        return pages.scope_of(value)
    except NotFound as unseen:
        raise Http404 from unseen


@requires(Permission.OVERRIDE_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: OrganisationRequest, override_id: UUID) -> HttpResponse:
    """End an override, with a reason."""
    try:
        row = selectors.override_row(override_id=override_id, actor=request.actor)
    except NotFound as unseen:
        raise Http404 from unseen
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said, reason = _("Ended: the levels in force decide again."), form.cleaned_data["reason"]
        if act(request, services_of_overrides.lift_override, said, override_id=override_id, reason=reason):
            return redirect("continuity:levels")
    context = {"row": row, "form": form}
    return render(request, "continuity/levels/override_end.html", context, status=422 if form.errors else 200)
