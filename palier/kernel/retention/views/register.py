"""The register of processing activities, the processors and the breaches."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotAllowed, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.retention import forms
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.selectors import register as selectors
from palier.kernel.retention.services import register as services
from palier.kernel.ui.exports import export
from palier.kernel.ui.lists import Column


@requires(Permission.REGISTER_VIEW)
@require_safe
def register(request: OrganisationRequest) -> HttpResponse:
    return _register_page(request)


def _register_page(
    request: OrganisationRequest, *, form: Form | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "page": selectors.register_page(on=timezone.localdate()),
        "processor_form": form or forms.ProcessorForm(),
        "may_write": request.actor.may(Permission.REGISTER_WRITE),
    }
    return render(request, "retention/register.html", context, status=status)


@requires(Permission.REGISTER_WRITE)
def heading(request: OrganisationRequest) -> HttpResponse:
    """Controller, officer, general measures."""
    page = selectors.register_page(on=timezone.localdate())
    shown = {name: getattr(page, name) for name in forms.HeadingForm.base_fields}
    form = forms.HeadingForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        services.change_heading(by=request.actor, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The register says it from now on."))
        return redirect("retention:register")
    context = {"form": form, "title": _("Heading of the register")}
    return render(request, "retention/register_form.html", context, status=422 if form.errors else 200)


@requires(Permission.REGISTER_WRITE)
def activity(request: OrganisationRequest, key: str) -> HttpResponse:
    """Complete one activity."""
    line = selectors.activity_line(key=key, on=timezone.localdate())
    if line is None:
        raise NotFound
    shown = {
        "recipients": line.more_recipients,
        "measures": line.more_measures,
        "assessed_on": line.assessed_on,
        "note": line.note,
    }
    form = forms.ActivityForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        services.complete_activity(key=key, by=request.actor, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The register says it from now on."))
        return redirect("retention:register")
    context = {"form": form, "title": line.label, "line": line}
    return render(request, "retention/register_form.html", context, status=422 if form.errors else 200)


@requires(Permission.REGISTER_WRITE)
@require_POST
def add_processor(request: OrganisationRequest) -> HttpResponse:
    form = forms.ProcessorForm(request.POST)
    if form.is_valid():
        try:
            services.add_processor(by=request.actor, at=timezone.now(), **form.cleaned_data)
            return redirect("retention:register")
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error("name", str(refusal))
    return _register_page(request, form=form, status=422)


@requires(Permission.REGISTER_WRITE)
@require_POST
def end_processor(request: OrganisationRequest, processor_id: UUID) -> HttpResponse:
    now = timezone.now()
    services.end_processor(processor_id=processor_id, on=timezone.localdate(now), by=request.actor, at=now)
    return redirect("retention:register")


@requires(Permission.REGISTER_VIEW)
@require_POST
def print_register(request: OrganisationRequest) -> HttpResponse:
    document = services.print_register(by=request.actor, at=timezone.now())
    return redirect("documents:download", document.pk)


@requires(Permission.REGISTER_VIEW)
@require_safe
def as_csv(request: OrganisationRequest) -> HttpResponseBase:
    """The register as a file, one line an activity."""
    columns = [
        Column("label", _("Activity")),
        Column("purpose", pgettext("processing", "Purpose")),
        Column("basis_label", pgettext("processing", "Legal basis")),
        Column("persons", _("Persons concerned")),
        Column("data", _("Data")),
        Column("sensitive", _("Sensitive data")),
        Column("recipients", _("Recipients"), value=lambda one: _joined(one.recipients, one.more_recipients)),
        Column("terms", _("How long data are kept"), value=_terms),
        Column(
            "measures", _("Security measures"), value=lambda one: _joined(one.measures, one.more_measures)
        ),
        Column("transfers", _("Transfers")),
        Column("assessment", _("Impact assessment")),
    ]
    rows = selectors.register_page(on=timezone.localdate()).activities
    return export("csv", f"{request.organisation.slug}-registre-{timezone.localdate()}", columns, rows)


def _joined(*texts: str) -> str:
    return " ; ".join(filter(None, texts))


def _terms(one: Any) -> str:
    return " ; ".join(f"{label} : {term}" for label, term in one.terms)


@requires(Permission.REGISTER_VIEW)
@require_safe
def breaches(request: OrganisationRequest) -> HttpResponse:
    """The register of breaches."""
    context = {
        "lines": selectors.breach_lines(at=timezone.now()),
        "may_write": request.actor.may(Permission.REGISTER_WRITE),
    }
    return render(request, "retention/breaches.html", context)


@requires(Permission.REGISTER_WRITE)
def breach(request: OrganisationRequest, breach_id: UUID | None = None) -> HttpResponse:
    """Write a breach, or complete it."""
    now = timezone.now()
    line = selectors.breach_line(breach_id=breach_id, at=now) if breach_id else None
    if breach_id and line is None:
        raise NotFound
    shown = (
        {name: getattr(line, name) for name in forms.BreachForm.base_fields} if line else {"found_at": now}
    )
    form = forms.BreachForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_breach(by=request.actor, at=now, breach_id=breach_id, **form.cleaned_data)
            messages.success(request, _("The breach is in its register."))
            return redirect("retention:breaches")
        except (NotFound, NotAllowed):
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": _("Breach of personal data"), "line": None}
    return render(request, "retention/breach.html", context, status=422 if form.errors else 200)
