"""Four weeks of presence sheets: leaves, telework since the crisis began, absences, gaps today."""

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from palier.config.demo.draws import happens, stream
from palier.config.demo.facts import LandlordSpec
from palier.kernel.access import Actor
from palier.modules.staff.models import Agent
from palier.modules.staff.services.agents import plan_leave
from palier.modules.staff.services.presence import Said, record_presences
from palier.modules.staff.services.teams import lead_team, set_team_hours

DAYS = 28
CRISIS_DAYS = 9
OFFICE = frozenset(
    {
        "adviser",
        "receptionist",
        "social_adviser",
        "collection_officer",
        "allocation_officer",
        "rent_officer",
        "supplier_accountant",
        "communication_officer",
        "hr_officer",
        "other",
        "letting_officer",
        "executive",
    }
)
MORNING_SHIFT = [(day, time(7), time(13)) for day in range(6)]


class Sheets:
    """The presence sheets of one landlord, filled day by day."""

    def __init__(self, spec: LandlordSpec, *, seed: int, now: datetime, by: Actor) -> None:
        self.spec, self.seed, self.by = spec, seed, by
        self.today = timezone.localdate(now)
        self.people: list[Agent] = []
        self.leaves: dict[UUID, tuple[date, date]] = {}

    def begin(self, at: datetime) -> None:
        """Plan the leaves, and say who leads each team."""
        rows = Agent.objects.at_work(timezone.localdate(at)).select_related("usual_week", "team")
        self.people = list(rows.order_by("reference"))
        self.leaves = _plan_leaves(
            self.spec, self.people, seed=self.seed, today=self.today, by=self.by, now=at
        )
        _lead_teams(self.people, by=self.by, now=at)

    def fill(self, at: datetime) -> None:
        """Fill the sheets of a day."""
        day = timezone.localdate(at)
        said = _said(self.spec, self.people, self.leaves, day, seed=self.seed, today=self.today)
        record_presences(day=day, said=said, by=self.by, at=at)

    def adapt_hours(self, at: datetime) -> None:
        """Put the field teams on morning hours, as the crisis begins."""
        _adapt_hours(self.people, today=self.today, by=self.by, now=at)


def _plan_leaves(
    spec: LandlordSpec, people: list[Agent], *, seed: int, today: date, by: Actor, now: datetime
) -> dict[UUID, tuple[date, date]]:
    """Give one agent in eight a leave within the last weeks or the next ones."""
    planned = {}
    for agent in people:
        random = stream(seed, spec.slug, "leave", agent.reference)
        if happens(random, 0.13):
            start = today + timedelta(days=random.randint(-25, 20))
            end = start + timedelta(days=random.choice((5, 7, 12, 14)))
            plan_leave(agent_id=agent.pk, start_on=start, end_on=end, by=by, at=now)
            planned[agent.pk] = (start, end)
    return planned


def _said(
    spec: LandlordSpec,
    people: list[Agent],
    leaves: dict[UUID, tuple[date, date]],
    day: date,
    *,
    seed: int,
    today: date,
) -> dict[UUID, Said]:
    """What the sheets say of a day. Today, some teams have not filled theirs yet."""
    late_teams = {"FIN", "RES"} if day == today else set()
    said = {}
    for agent in people:
        random = stream(seed, spec.slug, "presence", agent.reference, (today - day).days)
        state = _state(random, agent, leaves.get(agent.pk), day, today)
        is_late = agent.team is not None and agent.team.code in late_teams
        if state and not is_late and not happens(random, 0.05 if day == today else 0.01):
            reachable = (
                False
                if state == "absent" and happens(random, 0.4)
                else (True if happens(random, 0.6) else None)
            )
            said[agent.pk] = Said(state, reachable)
    return said


def _state(random: Random, agent: Agent, leave: tuple[date, date] | None, day: date, today: date) -> str:
    if leave and leave[0] <= day < leave[1]:
        return "planned_leave"
    usual = agent.usual_week.day(day.weekday())
    if usual == "off" and day == today:
        # On the day when somebody looks, a crisis is in force: the field teams work whatever the weekday.
        usual = "on_site" if agent.job in OFFICE else "field"
    if usual == "off":
        return ""
    if happens(random, 0.035 if day < today - timedelta(days=CRISIS_DAYS) else 0.07):
        return "absent"
    if agent.job in OFFICE and day >= today - timedelta(days=CRISIS_DAYS):
        return "on_site" if happens(random, 0.12) else "telework"
    return usual


def _lead_teams(people: list[Agent], *, by: Actor, now: datetime) -> None:
    """The first person responsible in a team leads it."""
    led = set()
    for agent in people:
        if (
            agent.team_id
            and agent.team_id not in led
            and agent.job_title.startswith(("Responsable", "Direct"))
        ):
            lead_team(team_id=agent.team_id, leader_id=agent.pk, by=by, at=now)
            led.add(agent.team_id)


def _adapt_hours(people: list[Agent], *, today: date, by: Actor, now: datetime) -> None:
    """Since the crisis began, field teams work in the morning (press release of 3 April 2020)."""
    for team in {agent.team_id: agent.team for agent in people if agent.team}.values():
        if team.code.endswith("PROX"):
            set_team_hours(
                team_id=team.pk,
                kind="adapted",
                start_on=today - timedelta(days=CRISIS_DAYS),
                end_on=None,
                slots=MORNING_SHIFT,
                note="Matin seulement, du lundi au samedi ; un seul agent par véhicule.",
                by=by,
                at=now,
            )
