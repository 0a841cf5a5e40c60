"""Who is there on a day, for modules that share work among the agents present."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.modules.staff.enums import PresenceState
from palier.modules.staff.models import Agent, Presence
from palier.modules.staff.rules import AWAY_STATES, PRESENT_STATES


@dataclass(frozen=True)
class PresentAgent:
    """An agent at work on a day: on site, in the field or at home. `email` names the account, if there is one."""

    id: UUID
    name: str
    job: str
    job_label: str
    state: str
    email: str


def agents_present(on: date, jobs: Iterable[str] | None = None) -> list[PresentAgent]:
    """Return who is known to be there on a day, by name; `jobs` keeps these trades. One query."""
    rows = Presence.objects.filter(day=on, state__in=PRESENT_STATES).select_related("agent")
    if jobs is not None:
        rows = rows.filter(agent__job__in=list(jobs))
    return [
        PresentAgent(
            row.agent_id,
            row.agent.name,
            row.agent.job,
            str(row.agent.get_job_display()),
            row.state,
            (row.agent.user_email or row.agent.email).lower(),
        )
        for row in rows.order_by("agent__search_key")
    ]


def states_on(agent_ids: Iterable[UUID], *, on: date) -> dict[UUID, str]:
    """Return the state of each agent on a day: `unknown` when nothing was said, `gone` once off the staff.

    Two queries.
    """
    wanted = list(agent_ids)
    said = dict(Presence.objects.filter(day=on, agent_id__in=wanted).values_list("agent_id", "state"))
    here = set(Agent.objects.at_work(on).filter(pk__in=wanted).values_list("pk", flat=True))
    unknown = PresenceState.UNKNOWN.value
    return {agent: said.get(agent, unknown) if agent in here else "gone" for agent in wanted}


def is_away(state: str) -> bool:
    """Say whether a state means that the agent does not work that day; unknown is not away."""
    return state in AWAY_STATES or state == "gone"
