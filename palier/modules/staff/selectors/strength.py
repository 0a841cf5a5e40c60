"""How many are there, against what the plan in force asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from palier.kernel.places import Place, PlaceKind
from palier.modules.estate import public as estate
from palier.modules.staff.models import Agent, AgentSkill, Coverage, Presence
from palier.modules.staff.rules import (
    AWAY_STATES,
    PRESENT_STATES,
    AgentDay,
    Minimum,
    ServiceStrength,
    strength,
)

MinimumSource = Callable[..., Iterable[Minimum]]


@dataclass(frozen=True)
class PresenceNumbers:
    """Agents of a place on a day, each counted once. `needed`: what the plan asks, all services added; None
    where no plan asks anything. `unknown` are the agents of whom nothing was said.
    """

    needed: int | None
    present: int
    absent: int
    unknown: int
    telework: int = 0
    unreachable: int = 0
    services: tuple[ServiceStrength, ...] = ()

    @property
    def total(self) -> int:
        return self.present + self.absent + self.unknown

    @property
    def short(self) -> tuple[ServiceStrength, ...]:
        """The services below their minimum."""
        return tuple(one for one in self.services if one.missing)


class _Source:
    """Where minimums come from: the plan's module says it at start-up, this one imports nothing above it."""

    ask: MinimumSource | None = None


def set_minimum_source(source: MinimumSource) -> None:
    """Register what answers `source(place=, at=)`: the least staff that the plan in force asks."""
    _Source.ask = staticmethod(source)  # type: ignore[assignment]


def minimums_in_force(place: Place | None, at: datetime) -> tuple[Minimum, ...]:
    """Return what the plan in force asks at a place; nothing when no plan module answers."""
    return tuple(_Source.ask(place=place, at=at)) if _Source.ask else ()


def presence_numbers(
    *, place: Place | None = None, at: datetime, minimums: Iterable[Minimum] | None = None
) -> PresenceNumbers:
    """Count the agents of a place (None: the organisation) on the local day of a moment.

    `minimums`: what a level not yet in force would ask; None asks the plan in force. At most six queries.
    """
    day = timezone.localdate(at)
    asked = minimums_in_force(place, at) if minimums is None else tuple(minimums)
    said = _agent_days(place, day, with_skills=any(one.skill for one in asked))
    states = [agent.state for agent, _reachable in said]
    services = tuple(strength(one, [agent for agent, _reachable in said]) for one in asked if one.needed)
    return PresenceNumbers(
        needed=sum(one.needed for one in services) if services else None,
        present=sum(state in PRESENT_STATES for state in states),
        absent=sum(state in AWAY_STATES for state in states),
        unknown=states.count("unknown"),
        telework=states.count("telework"),
        unreachable=sum(reachable is False for _agent, reachable in said),
        services=services,
    )


def agents_in(place: Place | None, day: date) -> Q:
    """Return the condition for the agents of a place: of its agency, or covering its residences."""
    if place is None or place.kind == PlaceKind.ORGANISATION:
        return Q()
    if place.kind == PlaceKind.AGENCY:
        return Q(agency_id=place.id)
    if place.kind == PlaceKind.RECEPTION:
        return Q(agency_id__in=[ref.id for ref in place.within if ref.kind == PlaceKind.AGENCY])
    covering = Coverage.objects.running(day).filter(residence_id__in=estate.residence_ids_in(place))
    return Q(pk__in=covering.values("agent_id"))


def _agent_days(place: Place | None, day: date, *, with_skills: bool) -> list[tuple[AgentDay, bool | None]]:
    agents = list(Agent.objects.at_work(day).filter(agents_in(place, day)).values_list("pk", "job"))
    presences = {
        agent: (state, reachable)
        for agent, state, reachable in Presence.objects.filter(day=day).values_list(
            "agent_id", "state", "reachable"
        )
    }
    skills = skills_by_agent(day) if with_skills else {}
    return [
        (
            AgentDay(job, presences.get(pk, ("unknown", None))[0], skills.get(pk, frozenset())),
            presences.get(pk, ("", None))[1],
        )
        for pk, job in agents
    ]


def skills_by_agent(day: date) -> dict[UUID, frozenset[str]]:
    """Return the codes of the skills that each agent has on a day. One query."""
    owned: dict[UUID, set[str]] = {}
    rows = AgentSkill.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))
    for agent, code in rows.values_list("agent_id", "skill__code"):
        owned.setdefault(agent, set()).add(code)
    return {agent: frozenset(codes) for agent, codes in owned.items()}
