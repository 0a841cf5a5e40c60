"""Screens that say who is there: the board of the day, a team's sheet, one tap a person."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.modules.staff.enums import PresenceState
from palier.modules.staff.permissions import Permission
from palier.modules.staff.rules import last_working_day
from palier.modules.staff.selectors import presence as selectors
from palier.modules.staff.selectors.proposals import SOURCES
from palier.modules.staff.services import presence as services

STATES = [state for state in PresenceState if state != PresenceState.UNKNOWN]
ICONS = {
    PresenceState.ON_SITE: "building",
    PresenceState.FIELD: "map-pin",
    PresenceState.TELEWORK: "home",
    PresenceState.PLANNED_LEAVE: "calendar-event",
    PresenceState.ABSENT: "user-x",
    PresenceState.UNKNOWN: "help-circle",
}
CHOICES = [(state.value, state.label, ICONS[state], str(key)) for key, state in enumerate(STATES, start=1)]
REACHABLE = {"yes": True, "no": False}


def chosen_day(request: OrganisationRequest) -> date:
    """Return the day of the URL, or today where it says none or nonsense."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate()


@requires(Permission.PRESENCE_VIEW)
def board(request: OrganisationRequest) -> HttpResponse:
    """Show everybody's day, team by team, against the plan's minimums."""
    day = chosen_day(request)
    context = {
        "board": selectors.presence_board(at=timezone.now(), day=day, actor=request.actor),
        **_days(day),
    }
    return render(request, "staff/presence_board.html", context)


@requires(Permission.PRESENCE_VIEW)
def sheet(request: OrganisationRequest, team_id: UUID) -> HttpResponse:
    """Show a team's sheet for a day, ready to be filled."""
    day, source = chosen_day(request), _source(request.GET.get("source", ""))
    found = selectors.presence_sheet(team_id=team_id, day=day, source=source, actor=request.actor)
    context = {
        "sheet": found,
        "choices": CHOICES,
        "may_fill": request.actor.may(Permission.PRESENCE_FILL),
        "back": request.get_full_path(),
        **_days(day),
    }
    return render(request, "staff/presence_sheet.html", context)


@requires(Permission.PRESENCE_FILL)
@require_POST
def fill(request: OrganisationRequest, team_id: UUID) -> HttpResponse:
    """Fill everybody of whom nothing is known, from the proposal on the screen."""
    day, source = _day(request.POST.get("day", "")), _source(request.POST.get("source", ""))
    try:
        count = services.fill_team(
            team_id=team_id, day=day, source=source, by=request.actor, at=timezone.now()
        )
        text = ngettext("%(count)s person filled.", "%(count)s people filled.", count) % {"count": count}
        messages.success(request, text)
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('staff:presence-sheet', args=[team_id])}?day={day}&source={source}")


@requires(Permission.PRESENCE_FILL)
@require_POST
def record(request: OrganisationRequest, agent_id: UUID, day: date) -> HttpResponse:
    """Save one person's day; answer the line as it now stands, with the refusal if there was one."""
    refusal = ""
    try:
        services.record_presence(
            agent_id=agent_id, day=day, by=request.actor, at=timezone.now(), **_said(request)
        )
    except DomainError as error:
        refusal = str(error)
    source = _source(request.POST.get("source", ""))
    row = selectors.presence_row(agent_id=agent_id, day=day, actor=request.actor, source=source)
    if not getattr(request, "htmx", False):
        if refusal:
            messages.error(request, refusal)
        return redirect(_back(request))
    context = {
        "row": row,
        "choices": CHOICES,
        "day": day,
        "refusal": refusal,
        "may_fill": True,
        "source": source,
        "back": _back(request),
    }
    return render(request, "staff/_presence_row.html", context, status=422 if refusal else 200)


def _said(request: OrganisationRequest) -> dict[str, Any]:
    """What the button pressed says: a state, or whether the person can be reached, keeping the other."""
    posted = request.POST
    reachable = REACHABLE.get(posted.get("set_reachable") or posted.get("reachable", ""))
    version = posted.get("version", "0")
    return {
        "state": posted.get("state") or posted.get("current", PresenceState.UNKNOWN),
        "reachable": reachable,
        "seen_version": int(version) if version.isdigit() else 0,
    }


def _back(request: OrganisationRequest) -> str:
    """The sheet from which a tap came, if it is a page of this site."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if is_ours else reverse("staff:presence")


def _source(text: str) -> str:
    return text if text in SOURCES else SOURCES[0]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


def _days(day: date) -> dict[str, object]:
    """The day shown, its neighbours, and how it relates to today."""
    today = timezone.localdate()
    return {
        "day": day,
        "today": today,
        "before": last_working_day(day),
        "after": day + timedelta(days=1) if day <= today else None,
        "is_today": day == today,
        "title_today": _("Who is there today"),
    }
