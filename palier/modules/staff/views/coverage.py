"""Screens that say who covers what: the list, the panel of a residence, the gaps and who could stand in."""

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
from palier.kernel.ui.filters import Choice, TextSearch
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.kernel.ui.panels import panel
from palier.modules.estate import public as estate
from palier.modules.staff.enums import CoverageRank, CoverageRole
from palier.modules.staff.forms import CoverageForm
from palier.modules.staff.permissions import Permission
from palier.modules.staff.selectors import agents as agent_selectors
from palier.modules.staff.selectors import coverage as selectors
from palier.modules.staff.services import coverage as services


def agency_choices(request: OrganisationRequest) -> list[tuple[str, str]]:
    """Return the agencies for a filter."""
    return [(str(row.id), row.name) for row in estate.agencies()]


class CoverageList(ListPage):
    """Who covers which residence."""

    permission = Permission.AGENT_VIEW
    name = "coverage"
    title = gettext_lazy("Who covers what")
    lead = gettext_lazy(
        "Caretakers, cleaners, sector managers and advisers of each residence, now and to come."
    )
    columns = (
        Column(
            "residence", gettext_lazy("Residence"), sort="residence__search_key",
            link=lambda row: reverse("estate:residence", args=[row.residence_id]),
        ),
        Column(
            "code", gettext_lazy("Code"), sort="residence__code", secondary=True,
            value=lambda row: row.residence.code,
        ),
        Column("city", gettext_lazy("Commune"), sort="residence__city", value=lambda row: row.residence.city),
        Column("role", gettext_lazy("Role"), sort="role", value=lambda row: row.get_role_display()),
        Column("rank", gettext_lazy("Rank"), value=lambda row: row.get_rank_display()),
        Column(
            "agent", gettext_lazy("Agent"), sort="agent__search_key",
            link=lambda row: reverse("staff:agent", args=[row.agent_id]),
        ),
        Column("phone", gettext_lazy("Phone"), kind="phone", value=lambda row: row.agent.phone),
        Column("start_on", gettext_lazy("Since"), kind="date", sort="start_on", secondary=True),
        Column(
            "end_on", gettext_lazy("Last day"), kind="date", sort="end_on", secondary=True,
            value=lambda row: row.end_on and row.end_on - timedelta(days=1),
        ),
    )  # fmt: skip
    filters = (
        TextSearch("residence__search_key", label=gettext_lazy("Residence")),
        TextSearch("agent__search_key", key="agent", label=gettext_lazy("Agent")),
        Choice("role", gettext_lazy("Role"), CoverageRole.choices),
        Choice("agency", gettext_lazy("Agency"), agency_choices, lookup="residence__agency_id"),
    )
    empty = Empty(
        gettext_lazy("Nobody covers a residence yet"),
        gettext_lazy("Load the file that says which agent covers which residence, after the HR list."),
        icon="map-pin",
        action=gettext_lazy("Load a file"),
        url="imports:upload",
    )
    default_sort = "residence"
    actions_template = "staff/_coverage_actions.html"
    bulk = "staff.coverage"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> QuerySet:
        return selectors.coverages(actor=request.actor, on=timezone.localdate())


@requires(Permission.PRESENCE_VIEW)
def gaps(request: OrganisationRequest) -> HttpResponse:
    """Show the residences left without their holder today, and who could stand in."""
    role = request.GET.get("role", CoverageRole.CARETAKER)
    role = role if role in CoverageRole.values else CoverageRole.CARETAKER
    today = timezone.localdate()
    context = {
        "gaps": selectors.gaps(on=today, actor=request.actor, role=role),
        "uncovered": selectors.uncovered_residences(on=today, role=role),
        "role": role,
        "roles": CoverageRole.choices,
        "day": today,
        "may_change": request.actor.may(Permission.COVERAGE_CHANGE),
    }
    return render(request, "staff/gaps.html", context)


@requires(Permission.COVERAGE_CHANGE)
@require_POST
def stand_in(request: OrganisationRequest) -> HttpResponse:
    """Have a proposed agent stand in for today."""
    today, role = timezone.localdate(), request.POST.get("role", CoverageRole.CARETAKER)
    try:
        coverage = services.assign(
            agent_id=UUID(request.POST["agent"]),
            residence_id=UUID(request.POST["residence"]),
            role=role,
            rank=CoverageRank.DEPUTY,
            start_on=today,
            end_on=today + timedelta(days=1),
            by=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("%(agent)s stands in today.") % {"agent": coverage.agent.name})
    except (DomainError, KeyError, ValueError) as refusal:
        messages.error(request, str(refusal) if isinstance(refusal, DomainError) else _("Choose an agent."))
    return redirect(f"{reverse('staff:gaps')}?role={role}")


@requires(Permission.COVERAGE_CHANGE)
def new(request: OrganisationRequest) -> HttpResponse:
    """Assign an agent to a residence."""
    initial = {"start_on": timezone.localdate(), "residence_code": request.GET.get("residence", "")}
    initial["agent_reference"] = request.GET.get("agent", "")
    form = CoverageForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            coverage = services.assign(**_assignment(form), by=request.actor, at=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("staff:agent", coverage.agent_id)
    status = 422 if form.errors else 200
    return render(request, "staff/coverage_form.html", {"form": form}, status=status)


@requires(Permission.COVERAGE_CHANGE)
@require_POST
def end(request: OrganisationRequest, coverage_id: UUID) -> HttpResponse:
    """End a coverage tonight."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    try:
        services.end_coverage(coverage_id=coverage_id, end_on=tomorrow, by=request.actor, at=timezone.now())
        messages.success(request, _("The coverage ends tonight."))
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("staff:coverage")


def _assignment(form: CoverageForm) -> dict[str, Any]:
    """Turn the codes typed into ids. Raises: NotFound, AgentReferenceUnknown."""
    data = form.cleaned_data
    return {
        "residence_id": estate.residence_by_code(data["residence_code"].strip()).id,
        "agent_id": agent_selectors.agent_id_by_reference(data["agent_reference"].strip()),
        "role": data["role"],
        "rank": data["rank"],
        **form.period(),
    }


@panel(
    "estate.residence",
    template="staff/_residence_team.html",
    title=gettext_lazy("The team that covers it"),
    icon="users",
    permission=Permission.AGENT_VIEW,
    max_queries=3,
    order=20,
)
def team_of_residence(request: OrganisationRequest, subject: UUID) -> dict[str, Any] | None:
    """Show who covers a residence, what is known of them today, and how to call them."""
    on = timezone.localdate()
    covering = selectors.who_covers(residence_ids=[subject], on=on).get(subject, ())
    return {"covering": covering, "may_change": request.actor.may(Permission.COVERAGE_CHANGE)}
