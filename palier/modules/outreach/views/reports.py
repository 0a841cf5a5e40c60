"""The report of a campaign, and what is done for the municipal register."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.exports import export
from palier.kernel.ui.lists import Column
from palier.modules.outreach.forms.reports import RegisterForm
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import campaigns as campaign_selectors
from palier.modules.outreach.selectors import reports as selectors
from palier.modules.outreach.services import reports as services
from palier.modules.partners import public as partners
from palier.modules.people import public as people

COLUMNS = (
    Column("table", gettext_lazy("Table")),
    Column("row", gettext_lazy("Line")),
    Column("column", gettext_lazy("Column")),
    Column("value", gettext_lazy("Number")),
)


@requires(Permission.CAMPAIGN_VIEW)
def report(request: OrganisationRequest, campaign_id: UUID) -> HttpResponseBase:
    """Show the report of a campaign, or give it as a file."""
    card = campaign_selectors.campaign_card(campaign_id=campaign_id, actor=request.actor)
    made = selectors.campaign_report(campaign_id=campaign_id, actor=request.actor, at=timezone.now())
    if request.GET.get("export") in ("csv", "xlsx"):
        if not request.actor.may(Permission.REPORT_EXPORT):
            raise PermissionDenied
        stem = f"{request.organisation.slug}-calls-{timezone.localdate()}"
        return export(request.GET["export"], stem, COLUMNS, selectors.flat_rows(made))
    context = {
        "card": card,
        "report": made,
        "tab": "report",
        "may_export": request.actor.may(Permission.REPORT_EXPORT),
    }
    return render(request, "outreach/reports/report.html", context)


@requires(Permission.REPORT_EXPORT)
@require_POST
def report_pdf(request: OrganisationRequest, campaign_id: UUID) -> HttpResponse:
    """Make the report as a PDF and show it."""
    document_id = services.produce_report(campaign_id=campaign_id, by=request.actor, at=timezone.now())
    return redirect("documents:download", document_id)


@requires(Permission.CALL_MAKE)
def municipal_register(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    """Tell a tenant of the register, or prepare the request that they agreed to."""
    known = people.names([person_id]).get(person_id)
    if known is None:
        raise NotFound
    form = RegisterForm(request.POST if request.POST.get("act") == "request" else None, partners=_ccas())
    if request.method == "POST":
        if request.POST.get("act") == "inform":
            services.inform_of_register(person_id=person_id, by=request.actor, at=timezone.now())
            messages.success(request, _("Noted: the tenant was told of the municipal register."))
            return redirect("people:person", person_id)
        if form.is_valid() and (answer := _requested(request, person_id, form)):
            return answer
    context: dict[str, Any] = {"name": known.name, "person_id": person_id, "form": form}
    return render(request, "outreach/reports/register.html", context, status=422 if form.errors else 200)


def _requested(request: OrganisationRequest, person_id: UUID, form: RegisterForm) -> HttpResponse | None:
    try:
        document_id, _referral = services.request_registration(
            person_id=person_id, by=request.actor, at=timezone.now(), **form.values()
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(
        request, _("The request is ready to be signed; its referral waits for the municipal service.")
    )
    return redirect("documents:download", document_id)


def _ccas() -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in partners.partners_for(kind="ccas")]
