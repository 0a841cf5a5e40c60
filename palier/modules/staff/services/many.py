"""Use cases on many agents or coverages at once: one statement each, whatever the number."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.staff.enums import CoverageRank
from palier.modules.staff.models import (
    Agent,
    AgentSkill,
    Coverage,
    Skill,
    Team,
    TeamHours,
    TeamHoursSlot,
    UsualWeek,
)
from palier.modules.staff.permissions import Permission
from palier.modules.staff.services.agents import skill_code
from palier.modules.staff.services.guard import refuse_mentions
from palier.modules.staff.services.teams import Slot, refuse_wrong_slots


@transaction.atomic
def move_agents(*, agent_ids: Sequence[UUID], team_id: UUID, by: Actor, at: datetime) -> int:
    """Put agents into a team. Raises: NotAllowed, NotFound."""
    by.must(Permission.AGENT_CHANGE)
    team = Team.objects.visible_to(by).filter(pk=team_id, is_active=True).first()
    if team is None:
        raise NotFound()
    moved = Agent.objects.visible_to(by).filter(pk__in=agent_ids).update(team=team)
    journal.record("staff.agents-moved", by=by, at=at, subject=team, agents=moved)
    return moved


@transaction.atomic
def return_agents(*, teams: Mapping[UUID, UUID | None], by: Actor, at: datetime) -> int:
    """Put agents back into the teams given. Raises: NotAllowed."""
    by.must(Permission.AGENT_CHANGE)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE staff_agent AS agent SET team_id = wanted.team_id
            FROM unnest(%s::uuid[], %s::uuid[]) AS wanted (id, team_id) WHERE agent.id = wanted.id""",
            [list(teams), list(teams.values())],
        )
        returned = cursor.rowcount
    journal.record("staff.agents-moved", by=by, at=at, agents=returned, undone=True)
    return returned


@transaction.atomic
def set_usual_weeks(*, weeks: Mapping[UUID, Mapping[str, str] | None], by: Actor, at: datetime) -> int:
    """Say what the ordinary week of each agent is; None takes it away. Raises: NotAllowed."""
    by.must(Permission.AGENT_CHANGE)
    UsualWeek.objects.filter(agent__in=[agent for agent, days in weeks.items() if days is None]).delete()
    UsualWeek.objects.bulk_create(
        [UsualWeek(agent_id=agent, **_days(days)) for agent, days in weeks.items() if days is not None],
        update_conflicts=True,
        unique_fields=["agent"],
        update_fields=UsualWeek.DAYS,
    )
    journal.record("staff.usual-weeks-set", by=by, at=at, agents=len(weeks))
    return len(weeks)


def _days(days: Mapping[str, str]) -> dict[str, str]:
    return {day: days[day] for day in UsualWeek.DAYS if day in days}


@transaction.atomic
def add_skill_to_agents(
    *, agent_ids: Sequence[UUID], label: str, valid_until: date | None, by: Actor, at: datetime
) -> int:
    """Give agents a skill, created if the landlord did not list it yet. Raises: NotAllowed, MentionRefused."""
    by.must(Permission.AGENT_CHANGE)
    refuse_mentions(label)
    skill, _new = Skill.objects.get_or_create(code=skill_code(label), defaults={"label": label.strip()})
    AgentSkill.objects.bulk_create(
        [AgentSkill(agent_id=agent, skill=skill, valid_until=valid_until) for agent in agent_ids],
        update_conflicts=True,
        unique_fields=["agent", "skill"],
        update_fields=["valid_until"],
    )
    journal.record("staff.skill-added-to-many", by=by, at=at, subject=skill, agents=len(agent_ids))
    return len(agent_ids)


@transaction.atomic
def restore_skill(
    *, code: str, held: Mapping[UUID, tuple[bool, date | None]], by: Actor, at: datetime
) -> int:
    """Put one skill of agents back to what it was: (had it, valid until). Raises: NotAllowed."""
    by.must(Permission.AGENT_CHANGE)
    skill = Skill.objects.filter(code=code).first()
    if skill is None:
        return 0
    taken = [agent for agent, (had, _until) in held.items() if not had]
    AgentSkill.objects.filter(skill=skill, agent__in=taken).delete()
    kept = AgentSkill.objects.filter(
        skill=skill, agent__in=[agent for agent in held if agent not in set(taken)]
    )
    rows = list(kept)
    for row in rows:
        row.valid_until = held[row.agent_id][1]
    AgentSkill.objects.bulk_update(rows, ["valid_until"])
    journal.record("staff.skill-added-to-many", by=by, at=at, subject=skill, agents=len(held), undone=True)
    return len(held)


@transaction.atomic
def lend_residences(
    *,
    coverage_ids: Sequence[UUID],
    agent_id: UUID,
    start_on: date,
    end_on: date,
    by: Actor,
    at: datetime,
) -> int:
    """Have an agent stand in, over a half-open period, wherever these coverages are. Their holders stay.

    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.COVERAGE_CHANGE)
    agent = _agent(agent_id, by, start_on)
    rows = Coverage.objects.visible_to(by).filter(pk__in=coverage_ids)
    # Two coverages of one residence in one role (a holder and a second) are stood in for once.
    places = {(row.residence_id, row.role) for row in rows}
    Coverage.objects.bulk_create(
        Coverage(
            agent=agent,
            residence_id=residence,
            role=role,
            rank=CoverageRank.DEPUTY,
            start_on=start_on,
            end_on=end_on,
        )
        for residence, role in sorted(places, key=str)
    )
    journal.record("staff.residences-lent", by=by, at=at, subject=agent, residences=len(places))
    return len(places)


@transaction.atomic
def give_residences(
    *, coverage_ids: Sequence[UUID], agent_id: UUID, start_on: date, by: Actor, at: datetime
) -> set[UUID]:
    """Give coverages over to another agent from a day on: each ends then, and the other's begins.

    Returns: those given over. One agent takes a residence in a role once: its second is left, its holder given.
    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.COVERAGE_CHANGE)
    agent = _agent(agent_id, by, start_on)
    rows = Coverage.objects.visible_to(by).filter(pk__in=coverage_ids).order_by("pk")
    ranked = sorted(rows, key=lambda row: row.rank != CoverageRank.HOLDER)
    first = {(row.residence_id, row.role): row for row in reversed(ranked)}.values()
    Coverage.objects.filter(pk__in=[row.pk for row in first]).update(end_on=start_on)
    Coverage.objects.bulk_create(
        Coverage(
            agent=agent,
            residence_id=row.residence_id,
            role=row.role,
            rank=row.rank,
            start_on=start_on,
            end_on=row.end_on,
        )
        for row in first
    )
    journal.record("staff.residences-given", by=by, at=at, subject=agent, residences=len(first))
    return {row.pk for row in first}


@transaction.atomic
def take_back_residences(
    *,
    made: Iterable[UUID],
    ends: Mapping[UUID, date | None],
    by: Actor,
    at: datetime,
) -> int:
    """Undo a hand-over: the coverages that it made are taken away, the others end again when they did.

    Raises: NotAllowed.
    """
    by.must(Permission.COVERAGE_CHANGE)
    removed, _each = Coverage.objects.filter(pk__in=list(made)).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE staff_coverage AS coverage SET end_on = wanted.end_on
            FROM unnest(%s::uuid[], %s::date[]) AS wanted (id, end_on) WHERE coverage.id = wanted.id""",
            [list(ends), list(ends.values())],
        )
    journal.record("staff.residences-taken-back", by=by, at=at, residences=len(ends))
    return removed


def _agent(agent_id: UUID, by: Actor, on: date) -> Agent:
    agent = Agent.objects.visible_to(by).at_work(on).filter(pk=agent_id).first()
    if agent is None:
        raise NotFound()
    return agent


@transaction.atomic
def set_hours_of_teams(
    *,
    team_ids: Sequence[UUID],
    kind: str,
    start_on: date,
    end_on: date | None,
    slots: Sequence[Slot],
    note: str,
    by: Actor,
    at: datetime,
) -> int:
    """Give teams the same hours over a half-open period; slots are (weekday 0-6, start, end).

    Raises: NotAllowed, MentionRefused, HoursEmpty, SlotsOverlap.
    """
    by.must(Permission.HOURS_CHANGE)
    refuse_mentions(note)
    refuse_wrong_slots(slots)
    teams = list(Team.objects.visible_to(by).filter(pk__in=team_ids).values_list("pk", flat=True))
    made = TeamHours.objects.bulk_create(
        TeamHours(team_id=team, kind=kind, start_on=start_on, end_on=end_on, note=note) for team in teams
    )
    TeamHoursSlot.objects.bulk_create(
        TeamHoursSlot(hours=hours, weekday=weekday, starts_at=start, ends_at=end)
        for hours in made
        for weekday, start, end in slots
    )
    journal.record_many(
        "staff.team-hours-set", by=by, at=at, table="staff_team", ids=teams, hours_kind=kind, start_on=start_on,
        end_on=end_on,
    )  # fmt: skip
    return len(made)


@transaction.atomic
def take_hours_away(*, made: Iterable[UUID], by: Actor, at: datetime) -> int:
    """Take away hours given to teams together. Raises: NotAllowed."""
    by.must(Permission.HOURS_CHANGE)
    rows = TeamHours.objects.visible_to(by).filter(pk__in=list(made))
    teams = list(rows.values_list("team", flat=True))
    rows.delete()
    journal.record_many("staff.team-hours-taken-away", by=by, at=at, table="staff_team", ids=teams)
    return len(teams)
