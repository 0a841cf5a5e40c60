"""Screens about teams: the list, one team and its hours."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.modules.staff import forms
from palier.modules.staff.permissions import Permission
from palier.modules.staff.selectors import agents as selectors
from palier.modules.staff.services import teams as services


class TeamList(ListPage):
    """The teams."""

    permission = Permission.AGENT_VIEW
    name = "teams"
    title = gettext_lazy("Teams")
    lead = gettext_lazy("Presence is filled a team at a time; each team has its hours.")
    columns = (
        Column(
            "name", gettext_lazy("Team"), sort="name", link=lambda row: reverse("staff:team", args=[row.pk])
        ),
        Column("code", gettext_lazy("Code"), sort="code", secondary=True),
        Column("agency", gettext_lazy("Agency"), sort="agency__search_key"),
        Column("leader", gettext_lazy("Leader"), sort="leader__search_key"),
        Column("strength", gettext_lazy("Agents"), kind="number", sort="strength"),
    )
    empty = Empty(
        gettext_lazy("No team yet"),
        gettext_lazy("Teams come with the HR list: give it a column “Team” or “Service”."),
        icon="users-group",
        action=gettext_lazy("Load a file"),
        url="imports:upload",
    )
    default_sort = "name"
    bulk = "staff.teams"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> QuerySet:
        return selectors.teams(actor=request.actor, on=timezone.localdate())


@requires(Permission.AGENT_VIEW)
def team(request: OrganisationRequest, team_id: UUID) -> HttpResponse:
    """Show a team: its people, its hours."""
    card = selectors.team_card(team_id=team_id, actor=request.actor, on=timezone.localdate())
    context = {
        "team": card,
        "may_change": request.actor.may(Permission.HOURS_CHANGE),
        "may_lead": request.actor.may(Permission.AGENT_CHANGE),
    }
    return render(request, "staff/team.html", context)


@requires(Permission.HOURS_CHANGE)
def new_hours(request: OrganisationRequest, team_id: UUID) -> HttpResponse:
    """Give a team adapted hours over a period."""
    card = selectors.team_card(team_id=team_id, actor=request.actor, on=timezone.localdate())
    form = forms.HoursForm(request.POST or None, initial={"start_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            arguments = form.service_arguments()
            services.set_team_hours(team_id=team_id, **arguments, by=request.actor, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("staff:team", team_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": card.name, "back": reverse("staff:team", args=[team_id])}
    return render(request, "staff/agent_form.html", context, status=422 if form.errors else 200)


@requires(Permission.HOURS_CHANGE)
@require_POST
def end_hours(request: OrganisationRequest, team_id: UUID, hours_id: UUID) -> HttpResponse:
    """End a period of hours tonight."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    try:
        services.end_team_hours(hours_id=hours_id, end_on=tomorrow, by=request.actor, at=timezone.now())
        messages.success(request, _("These hours end tonight."))
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("staff:team", team_id)


@requires(Permission.AGENT_CHANGE)
@require_POST
def lead(request: OrganisationRequest, team_id: UUID) -> HttpResponse:
    """Say who leads a team."""
    try:
        leader = UUID(request.POST["leader"]) if request.POST.get("leader") else None
        services.lead_team(team_id=team_id, leader_id=leader, by=request.actor, at=timezone.now())
        messages.success(request, _("Saved."))
    except NotFound:
        raise
    except (DomainError, ValueError) as refusal:
        messages.error(request, str(refusal) if isinstance(refusal, DomainError) else _("Choose an agent."))
    return redirect("staff:team", team_id)
