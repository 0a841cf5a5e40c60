"""Reads about who covers what, and who could stand in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Avg, Count, OuterRef, Q, QuerySet, Subquery

from palier.kernel.access import Actor
from palier.modules.estate import public as estate
from palier.modules.staff.enums import CoverageRank, CoverageRole, Job, PresenceState
from palier.modules.staff.models import Agent, Coverage, Presence
from palier.modules.staff.permissions import Permission
from palier.modules.staff.rules import (
    AWAY_STATES,
    PRESENT_STATES,
    Candidate,
    Need,
    Proposal,
    propose_substitutes,
)
from palier.modules.staff.selectors.strength import skills_by_agent

RANK_ORDER = {CoverageRank.HOLDER: 0, CoverageRank.SECOND: 1, CoverageRank.DEPUTY: 2}


@dataclass(frozen=True)
class CoveringAgent:
    """Somebody who covers a residence, and what is known of them today."""

    coverage_id: UUID
    agent_id: UUID
    name: str
    role: str
    role_label: str
    rank: str
    rank_label: str
    phone: str
    email: str
    state: str
    state_label: str
    since: date
    last_day: date | None

    @property
    def is_present(self) -> bool:
        return self.state in PRESENT_STATES


@dataclass(frozen=True)
class Gap:
    """A residence whose holder of a role is not there, and nobody of the team stands in. `agent` holds it."""

    residence_id: UUID
    residence: str
    city: str
    agency: str
    dwellings: int
    role: str
    role_label: str
    agent_id: UUID
    agent: str
    state: str
    state_label: str
    substitutes: tuple[Proposal, ...]


def who_covers(
    *, residence_ids: Iterable[UUID], on: date, role: str = ""
) -> dict[UUID, tuple[CoveringAgent, ...]]:
    """Return who covers each residence on a day: by role, the holder first. Two queries."""
    rows = Coverage.objects.running(on).filter(residence_id__in=list(residence_ids)).select_related("agent")
    if role:
        rows = rows.filter(role=role)
    covering = list(rows)
    states = dict(
        Presence.objects.filter(day=on, agent__in=[row.agent_id for row in covering]).values_list(
            "agent_id", "state"
        )
    )
    found: dict[UUID, list[CoveringAgent]] = {}
    for row in sorted(covering, key=_order):
        found.setdefault(row.residence_id, []).append(_covering(row, states.get(row.agent_id, "unknown")))
    return {residence: tuple(agents) for residence, agents in found.items()}


def residences_covered_by(agent_id: UUID, *, on: date) -> frozenset[UUID]:
    """Return the residences that an agent covers on a day."""
    return frozenset(
        Coverage.objects.running(on).filter(agent=agent_id).values_list("residence_id", flat=True)
    )


def coverages(*, actor: Actor, on: date) -> QuerySet[Coverage]:
    """Return the coverages in force or to come, with agent and residence, for a list."""
    rows = Coverage.objects.visible_to(actor).filter(Q(end_on__isnull=True) | Q(end_on__gt=on))
    return rows.select_related("agent", "agent__team", "residence", "residence__agency")


def uncovered_residences(*, on: date, role: str = CoverageRole.CARETAKER) -> tuple[estate.ResidenceRow, ...]:
    """Return the residences that nobody holds in a role on a day."""
    held = Coverage.objects.running(on).filter(role=role).values_list("residence_id", flat=True)
    return estate.residences(ids=estate.residence_ids_in() - set(held))


def gaps(*, on: date, actor: Actor, role: str = CoverageRole.CARETAKER, limit: int = 200) -> tuple[Gap, ...]:
    """Return the residences left without their holder today, the largest first, with proposed substitutes.

    A holder of whom nothing is known leaves no gap: the sheet must be filled first. Six queries.
    """
    actor.must(Permission.PRESENCE_VIEW)
    away = _holders_away(on, role)
    stood_in = _stood_in(on, role, [row.residence_id for row in away])
    left = [row for row in away if row.residence_id not in stood_in]
    residences = {row.id: row for row in estate.residences(ids=[row.residence_id for row in left])}
    pool = _Pool(on)
    found = [_gap(row, residences[row.residence_id], pool) for row in left if row.residence_id in residences]
    found.sort(key=lambda gap: (-gap.dwellings, gap.residence))
    return tuple(found[:limit])


def _holders_away(on: date, role: str) -> list[Coverage]:
    away = Presence.objects.filter(day=on, state__in=[*AWAY_STATES, PresenceState.TELEWORK])
    rows = Coverage.objects.running(on).filter(
        role=role, rank=CoverageRank.HOLDER, agent__in=away.values("agent_id")
    )
    return list(rows.select_related("agent").annotate(today=_state_on(on)))


def _state_on(on: date) -> Subquery:
    return Subquery(Presence.objects.filter(agent=OuterRef("agent_id"), day=on).values("state")[:1])


def _stood_in(on: date, role: str, residences: list[UUID]) -> set[UUID]:
    """Residences where a second or a deputy in the same role is at work today."""
    here = Presence.objects.filter(day=on, state__in=("on_site", "field"))
    rows = Coverage.objects.running(on).filter(
        residence_id__in=residences, role=role, agent__in=here.values("agent_id")
    )
    return set(rows.exclude(rank=CoverageRank.HOLDER).values_list("residence_id", flat=True))


class _Pool:
    """Everybody at work away from home today, read once for all the gaps."""

    def __init__(self, on: date) -> None:
        here = Presence.objects.filter(day=on, state__in=("on_site", "field"))
        self.states = dict(here.values_list("agent_id", "state"))
        self.skills = skills_by_agent(on)
        rows = (
            Coverage.objects.running(on).filter(agent__in=self.states).values_list("agent_id", "residence_id")
        )
        self.known: dict[UUID, set[UUID]] = {}
        for agent, residence in rows:
            self.known.setdefault(agent, set()).add(residence)
        self.agents = list(self._with_point(Agent.objects.at_work(on).filter(pk__in=self.states), on))

    @staticmethod
    def _with_point(agents: QuerySet[Agent], on: date) -> QuerySet[Agent]:
        """Add the middle of what each agent covers, else of the agency."""
        covering = Q(coverages__start_on__lte=on) & (
            Q(coverages__end_on__isnull=True) | Q(coverages__end_on__gt=on)
        )
        return agents.select_related("agency").annotate(
            mid_lon=Avg("coverages__residence__longitude", filter=covering),
            mid_lat=Avg("coverages__residence__latitude", filter=covering),
            burden=Count("coverages", filter=covering),
        )

    def candidates(self, residence_id: UUID) -> list[Candidate]:
        return [
            Candidate(
                agent_id=str(agent.pk),
                name=agent.name,
                job=agent.job,
                state=self.states[agent.pk],
                skills=self.skills.get(agent.pk, frozenset()),
                agency_id=str(agent.agency_id or ""),
                knows_residence=residence_id in self.known.get(agent.pk, ()),
                residences=agent.burden,  # type: ignore[attr-defined]
                lon=_degrees(agent.mid_lon, agent.agency, "longitude"),  # type: ignore[attr-defined]
                lat=_degrees(agent.mid_lat, agent.agency, "latitude"),  # type: ignore[attr-defined]
            )
            for agent in self.agents
        ]


def _degrees(middle: object, agency: object, name: str) -> float | None:
    value = middle if middle is not None else getattr(agency, name, None)
    return float(value) if value is not None else None  # type: ignore[arg-type]


def _gap(row: Coverage, residence: estate.ResidenceRow, pool: _Pool) -> Gap:
    job = Job(row.role) if row.role in Job.values else Job.OTHER
    need = Need(
        job=job,
        skills=frozenset(),
        agency_id=str(residence.agency_id or ""),
        lon=float(residence.longitude) if residence.longitude is not None else None,
        lat=float(residence.latitude) if residence.latitude is not None else None,
    )
    state = PresenceState(row.today)  # type: ignore[attr-defined]
    return Gap(
        residence_id=residence.id,
        residence=residence.name,
        city=residence.city,
        agency=residence.agency_name,
        dwellings=residence.dwellings,
        role=row.role,
        role_label=str(row.get_role_display()),
        agent_id=row.agent_id,
        agent=row.agent.name,
        state=state.value,
        state_label=str(state.label),
        substitutes=tuple(propose_substitutes(need, pool.candidates(residence.id))),
    )


def _order(row: Coverage) -> tuple[int, int, str]:
    return (CoverageRole.values.index(row.role), RANK_ORDER[CoverageRank(row.rank)], row.agent.last_name)


def _covering(row: Coverage, state: str) -> CoveringAgent:
    return CoveringAgent(
        coverage_id=row.pk,
        agent_id=row.agent_id,
        name=row.agent.name,
        role=row.role,
        role_label=str(row.get_role_display()),
        rank=row.rank,
        rank_label=str(row.get_rank_display()),
        phone=row.agent.phone,
        email=row.agent.email,
        state=state,
        state_label=str(PresenceState(state).label),
        since=row.start_on,
        last_day=date.fromordinal(row.end_on.toordinal() - 1) if row.end_on else None,
    )
