"""The teams and who leads them, for modules that give work to a team or carry something up."""

from dataclasses import dataclass
from uuid import UUID

from palier.modules.staff.models import Team


@dataclass(frozen=True)
class TeamLead:
    """A team and its leader, if it has one; `leader_email` is the account's, else the agent's own."""

    id: UUID
    name: str
    leader_id: UUID | None
    leader_name: str
    leader_email: str


def team_lead(team_id: UUID) -> TeamLead | None:
    """Return a team with its leader; None when the id is unknown here. One query."""
    team = Team.objects.select_related("leader").filter(pk=team_id).first()
    return _lead_of(team) if team else None


def team_leads() -> list[TeamLead]:
    """Return the active teams by name, for a form. One query."""
    teams = Team.objects.filter(is_active=True).select_related("leader").order_by("name")
    return [_lead_of(team) for team in teams]


def _lead_of(team: Team) -> TeamLead:
    leader = team.leader
    return TeamLead(
        id=team.pk,
        name=team.name,
        leader_id=team.leader_id,
        leader_name=leader.name if leader else "",
        leader_email=(leader.user_email or leader.email) if leader else "",
    )
