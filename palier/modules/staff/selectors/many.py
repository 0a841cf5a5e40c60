"""What would become of many agents or coverages: the plans of bulk actions, worked out by the database."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, JSONObject, Trim

from palier.kernel.access import Actor
from palier.kernel.bulk import planned, with_state
from palier.modules.staff.enums import CoverageRole
from palier.modules.staff.models import Agent, AgentSkill, Coverage, Team, TeamHours, UsualWeek
from palier.modules.staff.services.agents import skill_code

NAME = Trim(Concat("first_name", Value(" "), "last_name", output_field=TextField()))
AGENT_NAME = Trim(Concat("agent__first_name", Value(" "), "agent__last_name", output_field=TextField()))
LEFT = "left"
NOT_HERS = "same-agent"
TAKEN = "taken"
ENDED = "ended"
TWICE = "twice"
LATER = "later"
CLOSED = "closed"


def _gone(on: date, prefix: str = "") -> Q:
    return Q(**{f"{prefix}active_until__isnull": False, f"{prefix}active_until__lte": on})


def team_plan(*, team_id: UUID, by: Actor, on: date) -> QuerySet:
    """Agents to be moved into a team."""
    return planned(
        Agent.objects.visible_to(by), label=NAME, now=F("team__name"),
        refused={LEFT: _gone(on)}, unchanged=Q(team_id=team_id),
    )  # fmt: skip


def team_states() -> QuerySet:
    return with_state(Agent.objects.all(), team="team_id")


def week_plan(*, days: Mapping[str, str], by: Actor, on: date) -> QuerySet:
    """Agents whose ordinary week would be this one."""
    same = Q(usual_week__isnull=False, **{f"usual_week__{day}": days[day] for day in UsualWeek.DAYS})
    return planned(Agent.objects.visible_to(by), label=NAME, refused={LEFT: _gone(on)}, unchanged=same)


def week_states() -> QuerySet:
    """The seven days, or null for an agent whose week is not known."""
    days = JSONObject(**{day: f"usual_week__{day}" for day in UsualWeek.DAYS})
    return with_state(Agent.objects.all(), week=Case(When(usual_week__isnull=False, then=days), default=None))


def skill_plan(*, label: str, valid_until: date | None, by: Actor, on: date) -> QuerySet:
    """Agents who would get a skill, or another date of validity."""
    held = AgentSkill.objects.filter(
        agent=OuterRef("pk"), skill__code=skill_code(label), valid_until=valid_until
    )
    if valid_until is None:
        held = AgentSkill.objects.filter(
            agent=OuterRef("pk"), skill__code=skill_code(label), valid_until__isnull=True
        )
    return planned(
        Agent.objects.visible_to(by), label=NAME, refused={LEFT: _gone(on)}, unchanged=Q(Exists(held))
    )


def skill_states(*, label: str) -> QuerySet:
    """Whether each agent has the skill, and until when."""
    held = AgentSkill.objects.filter(agent=OuterRef("pk"), skill__code=skill_code(label))
    return with_state(
        Agent.objects.all(),
        held=Exists(held),
        until=Cast(Subquery(held.values("valid_until")[:1]), TextField()),
    )


def hand_over_plan(
    *, agent_id: UUID, start_on: date, end_on: date | None, for_good: bool, by: Actor
) -> QuerySet:
    """Coverages that an agent would take over: for a period as a deputy, or for good from a day on."""
    there = Coverage.objects.filter(residence=OuterRef("residence"), role=OuterRef("role"))
    meanwhile = there.filter(agent=agent_id).filter(Q(end_on__isnull=True) | Q(end_on__gt=start_on))
    if end_on is not None:
        meanwhile = meanwhile.filter(start_on__lt=end_on)
    refused = {
        NOT_HERS: Q(agent_id=agent_id),
        ENDED: Q(end_on__isnull=False, end_on__lte=start_on),
        TAKEN: Q(Exists(meanwhile)),
    }
    if for_good:
        refused[LATER] = Q(start_on__gte=start_on)
    rows = Coverage.objects.visible_to(by)
    return planned(
        rows, label=Concat(F("residence__name"), Value(" – "), _role(), output_field=TextField()), refused=refused,
        now=AGENT_NAME,
    )  # fmt: skip


def _role() -> Case:
    return Case(
        *(When(role=code, then=Value(str(label))) for code, label in CoverageRole.choices),
        default=Value(""), output_field=CharField(),
    )  # fmt: skip


def hand_over_states(*, agent_id: UUID, start_on: date) -> QuerySet:
    """When each coverage ends, and the one that the hand-over made there for the other agent."""
    made = Coverage.objects.filter(
        residence=OuterRef("residence"), role=OuterRef("role"), agent=agent_id, start_on=start_on
    )
    return with_state(
        Coverage.objects.all(), ends=Cast("end_on", TextField()),
        made=Subquery(made.order_by("pk").values("pk")[:1]),
        until=Cast(Subquery(made.order_by("pk").values("end_on")[:1]), TextField()),
    )  # fmt: skip


def team_choices(*, by: Actor) -> list[tuple[Any, str]]:
    """Teams to choose from, by name."""
    rows = Team.objects.visible_to(by).filter(is_active=True).order_by("name")
    return [(team.pk, team.name) for team in rows]


def agent_choices(*, by: Actor, on: date) -> list[tuple[Any, str]]:
    """Agents at work on a day, by name with their team."""
    rows = Agent.objects.visible_to(by).at_work(on).select_related("team").order_by("last_name", "first_name")
    return [
        (row.pk, f"{row.last_name} {row.first_name} ({row.team or row.get_job_display()})") for row in rows
    ]


def hours_plan(*, kind: str, start_on: date, end_on: date | None, by: Actor) -> QuerySet:
    """Teams that would get hours over a period; one that has some of this kind then keeps them."""
    there = TeamHours.objects.filter(team=OuterRef("pk"), kind=kind)
    there = there.filter(Q(end_on__isnull=True) | Q(end_on__gt=start_on))
    if end_on is not None:
        there = there.filter(start_on__lt=end_on)
    return planned(
        Team.objects.visible_to(by),
        label="name",
        refused={TAKEN: Q(Exists(there)), CLOSED: Q(is_active=False)},
    )


def hours_states(*, kind: str, start_on: date) -> QuerySet:
    """The hours that begin that day, and when they end."""
    made = TeamHours.objects.filter(team=OuterRef("pk"), kind=kind, start_on=start_on)
    return with_state(
        Team.objects.all(), made=Subquery(made.values("pk")[:1]),
        until=Cast(Subquery(made.values("end_on")[:1]), TextField()),
    )  # fmt: skip
