"""Reads about agents and teams."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.search.matching import best_matches
from palier.modules.staff.enums import HoursKind, PresenceState, UsualDay
from palier.modules.staff.models import (
    Agent,
    AgentQuerySet,
    Coverage,
    Equipment,
    PlannedLeave,
    Presence,
    Team,
    TeamHours,
)
from palier.modules.staff.rules import weekly_minutes

WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


@dataclass(frozen=True)
class AgentCard:
    """An agent as other pages name it."""

    id: UUID
    reference: str
    name: str
    job: str
    job_label: str
    job_title: str
    team: str
    team_id: UUID | None
    agency: str
    agency_id: UUID | None
    email: str
    phone: str
    user_email: str = ""


@dataclass(frozen=True)
class UsualDayCard:
    """One weekday of an agent's ordinary week."""

    name: str
    label: str
    code: str


@dataclass(frozen=True)
class HoursCard:
    """Hours of a team over a period. Units: `minutes` a week. `last_day` is the inclusive end, None: open."""

    id: UUID
    kind: str
    kind_label: str
    start_on: date
    last_day: date | None
    note: str
    minutes: int
    slots: tuple[tuple[int, time, time], ...]
    is_running: bool

    @property
    def hours_text(self) -> str:
        """The weekly time as people write it: `32 h 30`."""
        whole, rest = divmod(self.minutes, 60)
        return f"{whole} h {rest:02d}" if rest else f"{whole} h"

    @property
    def is_adapted(self) -> bool:
        return self.kind == HoursKind.ADAPTED

    @property
    def week(self) -> list[tuple[str, list[tuple[time, time]]]]:
        """The names of the seven days with their stretches of work, in order."""
        return [
            (str(name), [(start, end) for weekday, start, end in self.slots if weekday == day])
            for day, name in enumerate(WEEKDAYS)
        ]


@dataclass(frozen=True)
class TeamCard:
    """A team with the agents who belong to it on a day."""

    id: UUID
    code: str
    name: str
    agency: str
    leader_id: UUID | None
    leader: str
    agents: tuple[AgentCard, ...] = field(default=())
    hours: tuple[HoursCard, ...] = field(default=())


def agents(*, actor: Actor, on: date) -> AgentQuerySet:
    """Return the agents whom an actor may see, with the state of a day (`state_today`), for a list."""
    today = Presence.objects.filter(agent=OuterRef("pk"), day=on)
    unknown = Value(PresenceState.UNKNOWN.value, output_field=TextField())
    return (
        Agent.objects.visible_to(actor)
        .select_related("team", "agency")
        .annotate(
            state_today=Coalesce(Subquery(today.values("state")[:1]), unknown),
            covered=Count(
                "coverages",
                filter=Q(coverages__end_on__isnull=True) | Q(coverages__end_on__gt=on),
                distinct=True,
            ),
        )
    )


def agent_record(*, agent_id: UUID, actor: Actor) -> Agent:
    """Return one agent with what its page needs joined. Raises: NotFound."""
    agent = (
        Agent.objects.visible_to(actor)
        .select_related("team", "agency", "usual_week")
        .filter(pk=agent_id)
        .first()
    )
    if agent is None:
        raise NotFound()
    return agent


def card_of(agent: Agent) -> AgentCard:
    """Turn a record (with team and agency joined) into what pages show."""
    return AgentCard(
        id=agent.pk,
        reference=agent.reference,
        name=agent.name,
        job=agent.job,
        job_label=str(agent.get_job_display()),
        job_title=agent.job_title,
        team=agent.team.name if agent.team else "",
        team_id=agent.team_id,
        agency=agent.agency.name if agent.agency else "",
        agency_id=agent.agency_id,
        email=agent.email,
        phone=agent.phone,
        user_email=agent.user_email or agent.email,
    )


def usual_days(agent: Agent) -> tuple[UsualDayCard, ...]:
    """Return the seven days of an agent's ordinary week; empty when nobody said what it is."""
    week = getattr(agent, "usual_week", None)
    if week is None:
        return ()
    return tuple(
        UsualDayCard(str(name), str(UsualDay(week.day(day)).label), week.day(day))
        for day, name in enumerate(WEEKDAYS)
    )


def leaves_of(agent_id: UUID, *, since: date) -> list[PlannedLeave]:
    """Return the leaves that are not over."""
    return list(PlannedLeave.objects.filter(agent=agent_id, end_on__gt=since).order_by("start_on"))


def presence_history(agent_id: UUID, *, until: date, days: int = 28) -> list[Presence]:
    """Return what is known of the last days, the latest first."""
    return list(Presence.objects.filter(agent=agent_id, day__lte=until).order_by("-day")[:days])


def equipment_of(agent_id: UUID) -> list[Equipment]:
    """Return an agent's equipment, what is still in hand first."""
    rows = Equipment.objects.filter(agent=agent_id).order_by("given_on")
    return sorted(rows, key=lambda item: (item.returned_on is not None, item.given_on))


def coverages_of(agent_id: UUID, *, on: date) -> list[Coverage]:
    """Return what an agent covers on a day or later."""
    rows = Coverage.objects.filter(agent=agent_id).filter(Q(end_on__isnull=True) | Q(end_on__gt=on))
    return list(rows.select_related("residence").order_by("residence__search_key", "role"))


def teams(*, actor: Actor, on: date) -> QuerySet[Team]:
    """Return the teams with the number of their agents (`strength`)."""
    members = Q(agents__active_from__lte=on) & (
        Q(agents__active_until__isnull=True) | Q(agents__active_until__gt=on)
    )
    return (
        Team.objects.visible_to(actor)
        .filter(is_active=True)
        .select_related("agency", "leader")
        .annotate(strength=Count("agents", filter=members))
        .order_by("name")
    )


def team_card(*, team_id: UUID, actor: Actor, on: date) -> TeamCard:
    """Return a team with its agents and its hours. Raises: NotFound."""
    team = Team.objects.visible_to(actor).select_related("agency", "leader").filter(pk=team_id).first()
    if team is None:
        raise NotFound()
    members = (
        Agent.objects.at_work(on).filter(team=team).select_related("team", "agency").order_by("search_key")
    )
    return TeamCard(
        id=team.pk,
        code=team.code,
        name=team.name,
        agency=team.agency.name if team.agency else "",
        leader_id=team.leader_id,
        leader=team.leader.name if team.leader else "",
        agents=tuple(card_of(agent) for agent in members),
        hours=hours_of(team.pk, on=on),
    )


def hours_of(team_id: UUID, *, on: date) -> tuple[HoursCard, ...]:
    """Return the hours of a team, those of today first, then the latest. Two queries."""
    rows = TeamHours.objects.filter(team=team_id).prefetch_related("slots").order_by("-start_on")
    cards = [_hours_card(row, on) for row in rows]
    return tuple(sorted(cards, key=lambda card: not card.is_running))


def _hours_card(row: TeamHours, on: date) -> HoursCard:
    slots = tuple(sorted((slot.weekday, slot.starts_at, slot.ends_at) for slot in row.slots.all()))
    return HoursCard(
        id=row.pk,
        kind=row.kind,
        kind_label=str(row.get_kind_display()),
        start_on=row.start_on,
        last_day=date.fromordinal(row.end_on.toordinal() - 1) if row.end_on else None,
        note=row.note,
        minutes=weekly_minutes((start, end) for _weekday, start, end in slots),
        slots=slots,
        is_running=row.start_on <= on and (row.end_on is None or row.end_on > on),
    )


def find_agents(*, text: str, actor: Actor, limit: int) -> list[AgentCard]:
    """Return the agents whose name or reference resembles a text, the nearest first."""
    rows = best_matches(Agent.objects.visible_to(actor).select_related("team", "agency"), text, limit=limit)
    return [card_of(agent) for agent in rows]


def agent_of_user(*, email: str, on: date) -> AgentCard | None:
    """Return the agent whom an account stands for: the account named in the HR file, else the same e-mail."""
    wanted = email.strip().lower()
    if not wanted:
        return None
    rows = (
        Agent.objects.at_work(on)
        .select_related("team", "agency")
        .alias(account=Lower("user_email"), mail=Lower("email"))
    )
    agent = rows.filter(account=wanted).first() or rows.filter(account="", mail=wanted).first()
    return card_of(agent) if agent else None


def agents_named(ids: Iterable[UUID]) -> dict[UUID, AgentCard]:
    """Return the cards of agents by id; unknown ids are left out. One query."""
    rows = Agent.objects.filter(pk__in=list(ids)).select_related("team", "agency")
    return {agent.pk: card_of(agent) for agent in rows}


def directory(*, on: date) -> tuple[AgentCard, ...]:
    """Return everybody who works for the landlord on a day, by name, for the crisis directory."""
    rows = Agent.objects.at_work(on).select_related("team", "agency").order_by("search_key")
    return tuple(card_of(agent) for agent in rows)


class AgentReferenceUnknown(NotFound):
    code = "staff.agent-reference-unknown"
    message = _("No agent has the reference “{reference}”. Check it in the list of agents.")
    status = 422


def agent_id_by_reference(reference: str) -> UUID:
    """Return the id of the agent who has this reference. Raises: AgentReferenceUnknown."""
    found = Agent.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if found is None:
        raise AgentReferenceUnknown(reference=reference)
    return found
