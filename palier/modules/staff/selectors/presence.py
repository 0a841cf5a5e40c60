"""Reads for the presence screens."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils import timezone

from palier.kernel import modes
from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.staff.enums import PresenceState
from palier.modules.staff.models import Agent, Presence, Team
from palier.modules.staff.permissions import Permission
from palier.modules.staff.rules import ServiceStrength
from palier.modules.staff.selectors.proposals import proposals
from palier.modules.staff.selectors.strength import PresenceNumbers, presence_numbers


@dataclass(frozen=True)
class PresenceRow:
    """One person on the sheet: what is known (version 0 when nothing is), and what is proposed."""

    agent_id: UUID
    name: str
    job_label: str
    phone: str
    state: str
    state_label: str
    reachable: bool | None
    version: int
    proposed: str
    proposed_label: str
    recorded_by: str
    recorded_at: datetime | None

    @property
    def is_known(self) -> bool:
        return self.version > 0


@dataclass(frozen=True)
class PresenceSheet:
    """A team on a day. `proposed` counts those of whom nothing is known and something is proposed."""

    team_id: UUID
    team: str
    agency: str
    day: date
    source: str
    rows: tuple[PresenceRow, ...]

    @property
    def known(self) -> int:
        return sum(row.is_known for row in self.rows)

    @property
    def unknown(self) -> int:
        return len(self.rows) - self.known

    @property
    def proposed(self) -> int:
        return sum(bool(row.proposed) for row in self.rows if not row.is_known)


@dataclass(frozen=True)
class TeamDay:
    """A team on the board: how many in each state, and how far the sheet is filled."""

    team_id: UUID
    name: str
    agency: str
    total: int
    on_site: int
    field: int
    telework: int
    planned_leave: int
    absent: int
    unreachable: int
    last_recorded_at: datetime | None

    @property
    def present(self) -> int:
        return self.on_site + self.field + self.telework

    @property
    def unknown(self) -> int:
        return max(0, self.total - self.present - self.planned_leave - self.absent)

    @property
    def is_filled(self) -> bool:
        return self.unknown == 0


@dataclass(frozen=True)
class PresenceBoard:
    """Everybody on a day, team by team, against the plan's minimums."""

    day: date
    numbers: PresenceNumbers
    services: tuple[ServiceStrength, ...]
    teams: tuple[TeamDay, ...]


def presence_sheet(*, team_id: UUID, day: date, source: str, actor: Actor) -> PresenceSheet:
    """Return a team's sheet for a day. Seven queries whatever its size. Raises: NotFound."""
    actor.must(Permission.PRESENCE_VIEW)
    team = Team.objects.visible_to(actor).select_related("agency").filter(pk=team_id).first()
    if team is None:
        raise NotFound()
    members = list(Agent.objects.at_work(day).filter(team=team).order_by("search_key"))
    known = {row.agent_id: row for row in Presence.objects.filter(day=day, agent__in=members)}
    proposed = proposals([agent.pk for agent in members], day, source)
    rows = tuple(_row(agent, known.get(agent.pk), proposed[agent.pk]) for agent in members)
    return PresenceSheet(team.pk, team.name, team.agency.name if team.agency else "", day, source, rows)


def presence_row(*, agent_id: UUID, day: date, actor: Actor, source: str = "planning") -> PresenceRow:
    """Return one person's line of the sheet, as it stands now. Raises: NotFound."""
    actor.must(Permission.PRESENCE_VIEW)
    agent = Agent.objects.visible_to(actor).at_work(day).filter(pk=agent_id).first()
    if agent is None:
        raise NotFound()
    known = Presence.objects.filter(day=day, agent=agent).first()
    return _row(agent, known, proposals([agent.pk], day, source)[agent.pk])


def presence_board(*, at: datetime, day: date, actor: Actor) -> PresenceBoard:
    """Return every team's day and the minimums of the plan in force."""
    actor.must(Permission.PRESENCE_VIEW)
    moment = (
        at
        if timezone.localdate(at) == day
        else timezone.make_aware(datetime.combine(day, datetime.min.time()))
    )
    numbers = presence_numbers(at=moment)
    named = (replace(one, name=service_name(one.service)) for one in numbers.services)
    services = tuple(sorted(named, key=lambda one: (-one.missing, one.name)))
    return PresenceBoard(day, numbers, services, team_days(day=day, actor=actor))


def service_name(key: str) -> str:
    """Return what people call a service of the plan; its key where nobody declared it."""
    try:
        return str(modes.service(key).name)
    except modes.UnknownService:
        return key


def team_days(*, day: date, actor: Actor) -> tuple[TeamDay, ...]:
    """Return the day of each team that has agents. Two queries."""
    at_work = Q(agents__active_from__lte=day) & (
        Q(agents__active_until__isnull=True) | Q(agents__active_until__gt=day)
    )
    rows = (
        Team.objects.visible_to(actor)
        .filter(is_active=True)
        .annotate(total=Count("agents", filter=at_work))
        .filter(total__gt=0)
        .select_related("agency")
        .order_by("agency__search_key", "name")
    )
    counts = _counts_by_team(day)
    return tuple(_team_day(team, counts.get(team.pk, {})) for team in rows)


def _counts_by_team(day: date) -> dict[UUID, dict[str, Any]]:
    states = {
        state: Count("pk", filter=Q(state=state)) for state in PresenceState.values if state != "unknown"
    }
    at_work = Q(agent__active_from__lte=day) & (
        Q(agent__active_until__isnull=True) | Q(agent__active_until__gt=day)
    )
    rows = (
        Presence.objects.filter(at_work, day=day, agent__team__isnull=False)
        .values("agent__team_id")
        .annotate(**states, unreachable=Count("pk", filter=Q(reachable=False)), last=Max("recorded_at"))
        .order_by()
    )
    return {row["agent__team_id"]: dict(row) for row in rows}


def _team_day(team: Team, counts: dict[str, Any]) -> TeamDay:
    return TeamDay(
        team_id=team.pk,
        name=team.name,
        agency=team.agency.name if team.agency else "",
        total=team.total,  # type: ignore[attr-defined]
        on_site=counts.get("on_site", 0),
        field=counts.get("field", 0),
        telework=counts.get("telework", 0),
        planned_leave=counts.get("planned_leave", 0),
        absent=counts.get("absent", 0),
        unreachable=counts.get("unreachable", 0),
        last_recorded_at=counts.get("last"),
    )


def _row(agent: Agent, known: Presence | None, proposed: str) -> PresenceRow:
    state = known.state if known else PresenceState.UNKNOWN.value
    return PresenceRow(
        agent_id=agent.pk,
        name=agent.name,
        job_label=str(agent.get_job_display()),
        phone=agent.phone,
        state=state,
        state_label=str(PresenceState(state).label),
        reachable=known.reachable if known else None,
        version=known.version if known else 0,
        proposed=proposed,
        proposed_label=str(PresenceState(proposed).label) if proposed else "",
        recorded_by=known.recorded_by if known else "",
        recorded_at=known.recorded_at if known else None,
    )


@dataclass(frozen=True)
class PresenceLine:
    """One line of the paper presence sheet."""

    team: str
    name: str
    job_label: str
    phone: str
    state: str
    state_label: str
    reachable: bool | None


def presence_lines(*, on: date) -> tuple[PresenceLine, ...]:
    """Return everybody's day, by team then name, for the nightly pack. Two queries."""
    known = {row.agent_id: row for row in Presence.objects.filter(day=on)}
    agents = Agent.objects.at_work(on).select_related("team").order_by("team__name", "search_key")
    return tuple(_line(agent, known.get(agent.pk)) for agent in agents)


def _line(agent: Agent, known: Presence | None) -> PresenceLine:
    state = PresenceState(known.state) if known else PresenceState.UNKNOWN
    return PresenceLine(
        team=agent.team.name if agent.team else "",
        name=agent.name,
        job_label=str(agent.get_job_display()),
        phone=agent.phone,
        state=state.value,
        state_label=str(state.label),
        reachable=known.reachable if known else None,
    )
