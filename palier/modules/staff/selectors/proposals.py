"""What a day's presence is proposed to be: from the planning, or as it was on the last day filled."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max

from palier.modules.staff.models import Agent, PlannedLeave, Presence
from palier.modules.staff.rules import proposed_state

SOURCES = ("planning", "yesterday")
# Beyond a week, what an agent did the last time says nothing about today.
LOOK_BACK_DAYS = 7


def proposals(agents: Iterable[UUID], day: date, source: str) -> dict[UUID, str]:
    """Return the state proposed for each agent, empty when there is nothing to propose. Three queries."""
    ids = list(agents)
    on_leave = set(PlannedLeave.objects.running(day).filter(agent__in=ids).values_list("agent_id", flat=True))
    before = last_states(ids, day)
    usual = {
        agent.pk: agent.usual_week.day(day.weekday()) if hasattr(agent, "usual_week") else ""
        for agent in Agent.objects.filter(pk__in=ids).select_related("usual_week")
    }
    return {
        agent: proposed_state(
            usual_day=usual.get(agent, ""),
            on_leave=agent in on_leave,
            yesterday=before.get(agent, ""),
            source=source,
        )
        for agent in ids
    }


def last_states(agents: list[UUID], day: date) -> dict[UUID, str]:
    """Return each agent's state on the last day filled before this one, within a week."""
    rows = Presence.objects.filter(
        agent__in=agents, day__lt=day, day__gte=day - timedelta(days=LOOK_BACK_DAYS)
    )
    last = rows.order_by().aggregate(day=Max("day"))["day"]
    return dict(rows.filter(day=last).values_list("agent_id", "state")) if last else {}
