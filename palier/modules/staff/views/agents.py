"""Screens about agents: the list, one agent, and what may be changed by hand."""

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

from palier.kernel.access import Actor, requires
from palier.kernel.audit.selectors import history_of
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.search.providers import Hit, searchable
from palier.kernel.ui.filters import Choice, TextSearch
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.modules.staff import forms
from palier.modules.staff.enums import Job, PresenceState
from palier.modules.staff.permissions import Permission
from palier.modules.staff.selectors import agents as selectors
from palier.modules.staff.services import agents as services
from palier.modules.staff.views.coverage import agency_choices

TONES = {
    PresenceState.ON_SITE: "good",
    PresenceState.FIELD: "good",
    PresenceState.TELEWORK: "info",
    PresenceState.PLANNED_LEAVE: "neutral",
    PresenceState.ABSENT: "warn",
    PresenceState.UNKNOWN: "neutral",
}


def state_today(row: Any) -> tuple[str, str]:
    """Return the word and the tone of an agent's state today."""
    state = PresenceState(row.state_today)
    return str(state.label), TONES[state]


def job_words(row: Any) -> str:
    """Return the job title of the HR file, else the trade."""
    return row.job_title or str(row.get_job_display())


def team_choices(request: OrganisationRequest) -> list[tuple[str, str]]:
    """Return the teams for a filter or a form."""
    return [
        (str(team.pk), team.name) for team in selectors.teams(actor=request.actor, on=timezone.localdate())
    ]


class AgentList(ListPage):
    """The agents."""

    permission = Permission.AGENT_VIEW
    name = "agents"
    title = gettext_lazy("Agents")
    lead = gettext_lazy("Everybody who works for the organisation, from the HR file.")
    columns = (
        Column(
            "name", gettext_lazy("Name"), sort="search_key",
            link=lambda row: reverse("staff:agent", args=[row.pk]),
        ),
        Column("reference", gettext_lazy("Reference"), sort="reference", secondary=True),
        Column("job_title", gettext_lazy("Job"), sort="job", value=job_words),
        Column("team", gettext_lazy("Team"), sort="team__name"),
        Column("agency", gettext_lazy("Agency"), sort="agency__search_key", secondary=True),
        Column("phone", gettext_lazy("Phone"), kind="phone"),
        Column("covered", gettext_lazy("Residences"), kind="number", sort="covered", secondary=True),
        Column("state_today", gettext_lazy("Today"), kind="badge", value=state_today),
    )  # fmt: skip
    filters = (
        TextSearch(),
        Choice("team", gettext_lazy("Team"), team_choices, lookup="team_id"),
        Choice("agency", gettext_lazy("Agency"), agency_choices, lookup="agency_id"),
        Choice("job", gettext_lazy("Trade"), Job.choices),
        Choice("state", gettext_lazy("Today"), PresenceState.choices, lookup="state_today"),
    )
    empty = Empty(
        gettext_lazy("No agent yet"),
        gettext_lazy("Load the HR list to begin: reference, name, job title, team and agency are enough."),
        icon="users",
        action=gettext_lazy("Load a file"),
        url="imports:upload",
    )
    default_sort = "name"
    actions_template = "staff/_agent_actions.html"
    bulk = "staff.agents"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> QuerySet:
        on = timezone.localdate()
        return selectors.agents(actor=request.actor, on=on).at_work(on)


@requires(Permission.AGENT_VIEW)
def agent(request: OrganisationRequest, agent_id: UUID) -> HttpResponse:
    """Show one agent: contact, week, leave, skills, equipment, residences and the last weeks."""
    return render(request, "staff/agent.html", _agent_page(request, agent_id))


def _agent_page(request: OrganisationRequest, agent_id: UUID, **forms_in_error: Any) -> dict[str, Any]:
    record, today = selectors.agent_record(agent_id=agent_id, actor=request.actor), timezone.localdate()
    may_see_presence = request.actor.may(Permission.PRESENCE_VIEW)
    history = selectors.presence_history(agent_id, until=today) if may_see_presence else []
    return {
        "agent": record,
        "card": selectors.card_of(record),
        "week": selectors.usual_days(record),
        "leaves": selectors.leaves_of(agent_id, since=today),
        "skills": record.skills.select_related("skill").order_by("skill__label"),
        "equipment": selectors.equipment_of(agent_id),
        "coverages": selectors.coverages_of(agent_id, on=today),
        "history": history,
        "today": today,
        "changes": history_of("staff_agent", agent_id, limit=20),
        "may_change": request.actor.may(Permission.AGENT_CHANGE),
        "may_cover": request.actor.may(Permission.COVERAGE_CHANGE),
        "leave_form": forms.PeriodForm(prefix="leave"),
        "skill_form": forms.SkillForm(prefix="skill"),
        "equipment_form": forms.EquipmentForm(prefix="equipment", initial={"given_on": today}),
        **forms_in_error,
    }


@requires(Permission.AGENT_CHANGE)
def new_agent(request: OrganisationRequest) -> HttpResponse:
    """Add somebody who is not in the HR file yet."""
    form = _agent_form(request, is_new=True, initial={"active_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            added = services.register_agent(**form.cleaned_data, by=request.actor, at=timezone.now())
            return redirect("staff:agent", added.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": _("New agent"), "back": reverse("staff:agents")}
    return render(request, "staff/agent_form.html", context, status=422 if form.errors else 200)


@requires(Permission.AGENT_CHANGE)
def change_agent(request: OrganisationRequest, agent_id: UUID) -> HttpResponse:
    """Correct what the HR file says of an agent."""
    record = selectors.agent_record(agent_id=agent_id, actor=request.actor)
    initial = {name: getattr(record, name) for name in services.CHANGEABLE}
    form = _agent_form(request, is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_agent(agent_id=agent_id, **form.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("staff:agent", agent_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": record.name, "back": reverse("staff:agent", args=[agent_id])}
    return render(request, "staff/agent_form.html", context, status=422 if form.errors else 200)


def _agent_form(request: OrganisationRequest, *, is_new: bool, initial: dict[str, Any]) -> forms.AgentForm:
    choices = {"teams": team_choices(request), "agencies": agency_choices(request)}
    return forms.AgentForm(request.POST or None, initial=initial, is_new=is_new, **choices)


@requires(Permission.AGENT_CHANGE)
def change_week(request: OrganisationRequest, agent_id: UUID) -> HttpResponse:
    """Say what an agent's ordinary week is."""
    record = selectors.agent_record(agent_id=agent_id, actor=request.actor)
    days = [day.code for day in selectors.usual_days(record)]
    form = forms.UsualWeekForm(
        request.POST or None, initial=dict(zip(forms.UsualWeekForm.base_fields, days, strict=False))
    )
    if request.method == "POST" and form.is_valid():
        services.set_usual_week(
            agent_id=agent_id, days=form.cleaned_data, by=request.actor, at=timezone.now()
        )
        messages.success(request, _("Saved."))
        return redirect("staff:agent", agent_id)
    context = {"form": form, "title": record.name, "back": reverse("staff:agent", args=[agent_id])}
    return render(request, "staff/agent_form.html", context, status=422 if form.errors else 200)


@requires(Permission.AGENT_CHANGE)
def departure(request: OrganisationRequest, agent_id: UUID) -> HttpResponse:
    """Note an agent's last day; every coverage ends with it."""
    record = selectors.agent_record(agent_id=agent_id, actor=request.actor)
    form = forms.DepartureForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["last_day"] + timedelta(days=1)
        ended = services.depart(agent_id=agent_id, on=on, by=request.actor, at=timezone.now())
        messages.success(
            request, _("Departure noted. Residences to give to somebody else: %(count)s.") % {"count": ended}
        )
        return redirect("staff:agent", agent_id)
    context = {"form": form, "title": record.name, "back": reverse("staff:agent", args=[agent_id])}
    return render(request, "staff/agent_form.html", context, status=422 if form.errors else 200)


@requires(Permission.AGENT_CHANGE)
@require_POST
def plan_leave(request: OrganisationRequest, agent_id: UUID) -> HttpResponse:
    """Note days on which an agent will not work."""
    form = forms.PeriodForm(request.POST, prefix="leave")
    return _saved(
        request,
        agent_id,
        form,
        "leave_form",
        lambda: services.plan_leave(agent_id=agent_id, **form.period(), by=request.actor, at=timezone.now()),
    )


@requires(Permission.AGENT_CHANGE)
@require_POST
def cancel_leave(request: OrganisationRequest, agent_id: UUID, leave_id: UUID) -> HttpResponse:
    """Take a planned leave away."""
    return _done(
        request,
        agent_id,
        lambda: services.cancel_leave(leave_id=leave_id, by=request.actor, at=timezone.now()),
    )


@requires(Permission.AGENT_CHANGE)
@require_POST
def add_skill(request: OrganisationRequest, agent_id: UUID) -> HttpResponse:
    """Give an agent a skill."""
    form = forms.SkillForm(request.POST, prefix="skill")
    return _saved(
        request,
        agent_id,
        form,
        "skill_form",
        lambda: services.add_skill(
            agent_id=agent_id, **form.cleaned_data, by=request.actor, at=timezone.now()
        ),
    )


@requires(Permission.AGENT_CHANGE)
@require_POST
def remove_skill(request: OrganisationRequest, agent_id: UUID, agent_skill_id: UUID) -> HttpResponse:
    """Take a skill from an agent."""
    return _done(
        request,
        agent_id,
        lambda: services.remove_skill(agent_skill_id=agent_skill_id, by=request.actor, at=timezone.now()),
    )


@requires(Permission.AGENT_CHANGE)
@require_POST
def give_equipment(request: OrganisationRequest, agent_id: UUID) -> HttpResponse:
    """Note what an agent received to work with."""
    form = forms.EquipmentForm(request.POST, prefix="equipment")
    return _saved(
        request,
        agent_id,
        form,
        "equipment_form",
        lambda: services.give_equipment(
            agent_id=agent_id, **form.cleaned_data, by=request.actor, at=timezone.now()
        ),
    )


@requires(Permission.AGENT_CHANGE)
@require_POST
def return_equipment(request: OrganisationRequest, agent_id: UUID, equipment_id: UUID) -> HttpResponse:
    """Note that equipment came back."""
    at = timezone.now()
    act = lambda: services.return_equipment(  # noqa: E731
        equipment_id=equipment_id, on=timezone.localdate(at), by=request.actor, at=at
    )
    return _done(request, agent_id, act)


def _saved(request: OrganisationRequest, agent_id: UUID, form: Any, name: str, save: Any) -> HttpResponse:
    """Save a small form of the agent's page, or show the page again with what is wrong."""
    if form.is_valid():
        try:
            save()
            messages.success(request, _("Saved."))
            return redirect("staff:agent", agent_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return render(request, "staff/agent.html", _agent_page(request, agent_id, **{name: form}), status=422)


def _done(request: OrganisationRequest, agent_id: UUID, act: Any) -> HttpResponse:
    try:
        act()
        messages.success(request, _("Done."))
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("staff:agent", agent_id)


@searchable("staff.agent", label=gettext_lazy("Agents"), permission=Permission.AGENT_VIEW, order=30)
def search_agents(*, text: str, actor: Actor, limit: int) -> list[Hit]:
    """Find agents by name or reference."""
    return [
        Hit(
            label=card.name,
            url=reverse("staff:agent", args=[card.id]),
            detail=" · ".join(part for part in (card.job_title or card.job_label, card.team) if part),
            icon="user",
        )
        for card in selectors.find_agents(text=text, actor=actor, limit=limit)
    ]
