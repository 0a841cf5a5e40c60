"""Situation reports and the offline pack."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import NotFound
from palier.kernel.jobs import defer
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.continuity.enums import ReportState
from palier.modules.continuity.forms.crisis import PackForm, ReportForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import pack as pack_selectors
from palier.modules.continuity.selectors import reports as selectors
from palier.modules.continuity.services import pack as pack_services
from palier.modules.continuity.services import reports as services

WRITTEN = ("highlights", "decisions", "needs", "next_steps", "next_at")


@requires(Permission.REPORT_READ)
@require_safe
def reports(request: OrganisationRequest) -> HttpResponse:
    found = selectors.reports(actor=request.actor)
    draft = next((one for one in found if one.state == ReportState.DRAFT), None)
    context = {"reports": found, "draft": draft, "may_write": request.actor.may(Permission.REPORT_WRITE)}
    return render(request, "continuity/reports/reports.html", context)


@requires(Permission.REPORT_WRITE)
@require_POST
def begin(request: OrganisationRequest) -> HttpResponse:
    report = act(request, services.begin_report)
    return redirect("continuity:report", report.pk) if report else redirect("continuity:reports")


@requires(Permission.REPORT_READ)
@require_safe
def report(request: OrganisationRequest, report_id: UUID) -> HttpResponse:
    return render(request, "continuity/reports/report.html", _context(request, report_id))


@requires(Permission.REPORT_WRITE)
@require_POST
def write(request: OrganisationRequest, report_id: UUID) -> HttpResponse:
    """Keep what is written; with « freeze », freeze it in the same breath."""
    form = ReportForm(request.POST)
    chosen = [int(seq) for seq in request.POST.getlist("entries") if seq.isdigit()]
    kept = act_of_form(request, form, services.write_report, report_id=report_id, chosen_entries=chosen)
    if kept is None:
        return render(
            request,
            "continuity/reports/report.html",
            {**_context(request, report_id), "form": form},
            status=422,
        )
    if request.POST.get("then") == "freeze":
        act(request, services.freeze_report, _("The report is frozen; its PDF is kept."), report_id=report_id)
    return redirect("continuity:report", report_id)


@requires(Permission.REPORT_WRITE)
@require_POST
def send(request: OrganisationRequest, report_id: UUID) -> HttpResponse:
    sent = act(request, services.send_report, report_id=report_id)
    if sent:
        text = ngettext(
            "The report is on its way to %(n)s member.", "The report is on its way to %(n)s members.", sent
        )
        messages.success(request, text % {"n": sent})
    return redirect("continuity:report", report_id)


def _context(request: OrganisationRequest, report_id: UUID) -> dict[str, object]:
    try:
        card = selectors.report_card(report_id, actor=request.actor, at=timezone.now())
    except NotFound as unseen:
        raise Http404 from unseen
    form = ReportForm(initial={name: getattr(card, name) for name in WRITTEN})
    return {"card": card, "form": form, "may_write": request.actor.may(Permission.REPORT_WRITE)}


@requires(Permission.PACK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def pack(request: OrganisationRequest) -> HttpResponse:
    status = pack_selectors.pack_status(at=timezone.now())
    form = PackForm(request.POST or None, initial={"addresses": "\n".join(status.addresses)})
    if request.method == "POST" and act_of_form(request, form, pack_services.choose_settings) is not None:
        messages.success(request, _("The settings of the pack are kept."))
        return redirect("continuity:pack")
    return render(
        request,
        "continuity/pack/pack.html",
        {"status": status, "form": form},
        status=422 if form.errors else 200,
    )


@requires(Permission.PACK_MANAGE)
@require_POST
def make_pack(request: OrganisationRequest) -> HttpResponse:
    status = pack_selectors.pack_status(at=timezone.now())
    if not status.has_password:
        messages.error(request, str(pack_services.PasswordMissing()))
        return redirect("continuity:pack")
    defer("continuity.make-pack-now", key=f"now:{timezone.now().isoformat()}", by_name=request.actor.name)
    messages.success(request, _("The pack is being made; it appears below in a moment."))
    return redirect("continuity:pack")
