"""Call sheets: the list, the paper, and the screen that types them back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.parameters import value_of
from palier.kernel.requests import OrganisationRequest
from palier.modules.outreach.enums import AlertLevel, AttemptResult
from palier.modules.outreach.forms.sheets import LineForm, NumberForm
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules import shortcuts
from palier.modules.outreach.rules.parameters import WEEKEND_CALLS
from palier.modules.outreach.selectors import sheets as selectors
from palier.modules.outreach.services import sheets as services
from palier.modules.outreach.services.reporting import Outcome


@requires(Permission.CALL_MAKE)
@never_cache
def sheets(request: OrganisationRequest) -> HttpResponse:
    """The sheets of the week, and the field that opens one by its number."""
    form = NumberForm(request.GET if "number" in request.GET else None)
    if form.is_valid():
        try:
            return redirect("outreach:sheet", services.sheet_id_of(form.cleaned_data["number"]))
        except DomainError as refusal:
            form.add_error("number", str(refusal))
    context = {
        "sheets": selectors.sheets(actor=request.actor, at=timezone.now()),
        "form": form,
        "may_make": request.actor.may(Permission.TEAM_LEAD),
    }
    return render(request, "outreach/sheets/sheets.html", context)


@requires(Permission.TEAM_LEAD)
@require_POST
def make(request: OrganisationRequest) -> HttpResponse:
    """Make the sheets of the day now, without waiting for the night."""
    count = services.make_sheets(by=request.actor, at=timezone.now())
    said = ngettext("%(count)s sheet is ready.", "%(count)s sheets are ready.", count) % {"count": count}
    messages.success(request, said)
    return redirect("outreach:sheets")


@requires(Permission.CALL_MAKE)
@require_POST
def paper(request: OrganisationRequest, sheet_id: UUID) -> HttpResponse:
    """Produce the PDF of a sheet and open it."""
    document = services.print_sheet(sheet_id=sheet_id, by=request.actor, at=timezone.now())
    return redirect("documents:download", document.pk)


@requires(Permission.CALL_MAKE)
@never_cache
def sheet(request: OrganisationRequest, sheet_id: UUID) -> HttpResponse:
    """The screen that types a sheet back."""
    return _page(request, sheet_id, {})


@requires(Permission.CALL_MAKE)
@require_POST
def type_back(request: OrganisationRequest, sheet_id: UUID) -> HttpResponse:
    """Save every line that has a result; a line at fault says why, and the others are saved."""
    card = selectors.sheet_card(sheet_id=sheet_id, actor=request.actor)
    faults: dict[UUID, str] = {}
    saved = 0
    for line in card.lines:
        if line.is_typed or not request.POST.get(f"{line.id}-result"):
            continue
        fault = _type_one(request, card, line)
        saved += not fault
        if fault:
            faults[line.id] = fault
    if saved:
        said = ngettext("%(count)s line saved.", "%(count)s lines saved.", saved) % {"count": saved}
        messages.success(request, said)
    return _page(request, sheet_id, faults) if faults else redirect("outreach:sheet", sheet_id)


def _type_one(request: OrganisationRequest, card: selectors.SheetCard, line: selectors.LineRow) -> str:
    """Save one line. Returns: what is wrong with it, "" when it is saved."""
    form = _form(line, request.POST)
    if not form.is_valid():
        return " ".join(str(text) for errors in form.errors.values() for text in errors)
    now = timezone.now()
    try:
        saved = services.type_back(
            line_id=line.id,
            outcome=_outcome(form, card, line, at=now),
            by=request.actor,
            at=now,
        )
    except NotFound:
        raise
    except DomainError as refusal:
        return str(refusal)
    for notice in saved.notices:
        messages.info(request, _("Line %(number)s: %(notice)s") % {"number": line.number, "notice": notice})
    return ""


def _form(line: selectors.LineRow, data: Any = None) -> LineForm:
    return LineForm(data, prefix=str(line.id), members=line.members)


def _outcome(form: LineForm, card: selectors.SheetCard, line: selectors.LineRow, *, at: datetime) -> Outcome:
    return Outcome(
        token=services.token_of(line.id),
        typed_back=True,
        rung_at=services.rung_on(card.day, at=at),
        **form.said(at=at, weekends=bool(value_of(WEEKEND_CALLS.key, on=timezone.localdate(at)))),
    )


def _page(request: OrganisationRequest, sheet_id: UUID, faults: dict[UUID, str]) -> HttpResponse:
    card = selectors.sheet_card(sheet_id=sheet_id, actor=request.actor)
    rows = [
        {
            "line": line,
            "fault": faults.get(line.id, ""),
            "form": _form(line, request.POST or None),
        }
        for line in card.lines
    ]
    context = {
        "card": card,
        "rows": rows,
        "results": [(one.value, one.label, shortcuts.RESULTS[one.value]) for one in AttemptResult],
        "levels": AlertLevel.choices,
    }
    return render(request, "outreach/sheets/sheet.html", context, status=422 if faults else 200)
