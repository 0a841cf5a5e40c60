"""The team leader's page: live, and from where to act."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.modules.outreach.forms.team import ReassignForm
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import team as selectors
from palier.modules.outreach.services import desk, reporting


def _etag(request: OrganisationRequest) -> str:
    """One query; the language and the minute are in the mark too: they change what is drawn."""
    now = timezone.now()
    return f'"{selectors.team_stamp(at=now)}-{get_language()}-{now:%H%M}"'


@requires(Permission.TEAM_LEAD)
def team(request: OrganisationRequest) -> HttpResponse:
    """Where the calls of the day stand."""
    response = render(request, "outreach/team/team.html", {**_context(request), "etag": _etag(request)})
    patch_cache_control(response, no_store=True)
    return response


@requires(Permission.TEAM_LEAD)
@condition(etag_func=_etag)
def team_live(request: OrganisationRequest) -> HttpResponse:
    """The inside of the page; nothing while nothing has changed."""
    response = render(request, "outreach/team/_team.html", _context(request))
    patch_cache_control(response, no_store=True)
    return response


def _context(request: OrganisationRequest) -> dict[str, Any]:
    return {"board": selectors.team_board(actor=request.actor, at=timezone.now())}


@requires(Permission.TEAM_LEAD)
def caller(request: OrganisationRequest, agent_id: UUID) -> HttpResponse:
    """Give the waiting calls of a caller to others."""
    return _caller_page(request, agent_id)


@requires(Permission.TEAM_LEAD)
@require_POST
def reassign(request: OrganisationRequest, agent_id: UUID) -> HttpResponse:
    """Give the most urgent ones of a caller's waiting calls to somebody else."""
    line = selectors.caller_line(agent_id=agent_id, actor=request.actor, at=timezone.now())
    form = ReassignForm(request.POST, callers=selectors.other_callers(agent_id))
    if not form.is_valid():
        return _caller_page(request, line.agent_id or agent_id, form)
    to = form.cleaned_data["to"]
    waiting = selectors.calls_of(agent_id=agent_id, at=timezone.now())
    moved = reporting.reassign(
        call_ids=waiting[: form.cleaned_data["how_many"]],
        agent_id=None if to == "nobody" else UUID(to),
        by=request.actor,
        at=timezone.now(),
    )
    said = ngettext("%(count)s call changed hands.", "%(count)s calls changed hands.", moved) % {
        "count": moved
    }
    messages.success(request, said)
    return redirect("outreach:team")


def _caller_page(
    request: OrganisationRequest, agent_id: UUID, form: ReassignForm | None = None
) -> HttpResponse:
    line = selectors.caller_line(agent_id=agent_id, actor=request.actor, at=timezone.now())
    others = selectors.other_callers(agent_id)
    fresh = ReassignForm(callers=others, initial={"how_many": line.waiting or 1})
    context = {"line": line, "form": form or fresh}
    return render(request, "outreach/team/caller.html", context, status=422 if form else 200)


@requires(Permission.TEAM_LEAD)
@require_POST
def take_back(request: OrganisationRequest, call_id: UUID) -> HttpResponse:
    """Take a household back from a caller who does not answer."""
    try:
        who = desk.take_back(call_id=call_id, by=request.actor, at=timezone.now())
        messages.success(request, _("Taken back from %s; what they had typed is kept.") % who)
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("outreach:team")


@requires(Permission.TEAM_LEAD)
@require_POST
def debriefed(request: OrganisationRequest, report_id: UUID) -> HttpResponse:
    """We talked about it."""
    reporting.debrief_held(report_id=report_id, by=request.actor, at=timezone.now())
    return redirect("outreach:team")
