"""Use cases that change an agent: contact, team, usual week, leave, skills, equipment, departure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.search.keys import search_key
from palier.modules.staff.models import Agent, AgentSkill, Coverage, Equipment, PlannedLeave, Skill, UsualWeek
from palier.modules.staff.permissions import Permission
from palier.modules.staff.services.guard import refuse_mentions

CHANGEABLE = (
    "last_name",
    "first_name",
    "email",
    "phone",
    "job",
    "job_title",
    "team_id",
    "agency_id",
    "user_email",
)


class ReferenceTaken(DomainError):
    code = "staff.reference-taken"
    message = _("The reference “{reference}” already belongs to {name}. Open that agent instead.")


class LeaveOverlaps(DomainError):
    code = "staff.leave-overlaps"
    message = _("A leave is already noted on some of these days. Change that one.")


class LeaveEndsTooEarly(DomainError):
    code = "staff.leave-ends-too-early"
    message = _("The last day comes before the first one. Correct one of the two dates.")


class AlreadyReturned(DomainError):
    code = "staff.already-returned"
    message = _("This equipment has already been returned. Reload the page to see it.")


@transaction.atomic
def register_agent(*, reference: str, active_from: date, by: Actor, at: datetime, **fields: Any) -> Agent:
    """Add somebody who is not in the HR file yet.

    Raises: NotAllowed, ReferenceTaken, MentionRefused.
    """
    by.must(Permission.AGENT_CHANGE)
    refuse_mentions(fields.get("job_title", ""))
    other = Agent.objects.filter(reference=reference).first()
    if other:
        raise ReferenceTaken(reference=reference, name=other.name)
    agent = Agent(reference=reference, active_from=active_from, **_known(fields))
    agent.save(force_insert=True)
    UsualWeek.objects.create(agent=agent)
    journal.record("staff.agent-registered", by=by, at=at, subject=agent)
    return agent


@transaction.atomic
def change_agent(*, agent_id: UUID, by: Actor, at: datetime, **fields: Any) -> Agent:
    """Change what is known of an agent; only the fields given move.

    Raises: NotAllowed, NotFound, MentionRefused.
    """
    by.must(Permission.AGENT_CHANGE)
    refuse_mentions(fields.get("job_title", ""))
    agent = _locked(agent_id, by)
    known = _known(fields)
    for name, value in known.items():
        setattr(agent, name, value)
    agent.save(update_fields=[*known])
    journal.record("staff.agent-changed", by=by, at=at, subject=agent, fields=sorted(known))
    return agent


@transaction.atomic
def depart(*, agent_id: UUID, on: date, by: Actor, at: datetime) -> int:
    """End an agent's time with the landlord: `on` is the first day without the agent; every coverage ends.

    Returns: the number of coverages that ended, each a residence to give to somebody else.
    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.AGENT_CHANGE)
    agent = _locked(agent_id, by)
    agent.active_until = on
    agent.save(update_fields=["active_until"])
    running = Coverage.objects.filter(agent=agent).filter(Q(end_on__isnull=True) | Q(end_on__gt=on))
    running.filter(start_on__gte=on).delete()
    ended = running.filter(start_on__lt=on).update(end_on=on)
    journal.record("staff.agent-departed", by=by, at=at, subject=agent, on=on, coverages=ended)
    return ended


@transaction.atomic
def set_usual_week(*, agent_id: UUID, days: Mapping[str, str], by: Actor, at: datetime) -> UsualWeek:
    """Say what an agent's ordinary week is; `days` gives a UsualDay for each weekday named.

    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.AGENT_CHANGE)
    agent = _locked(agent_id, by)
    week, _new = UsualWeek.objects.update_or_create(
        agent=agent, defaults={day: days[day] for day in UsualWeek.DAYS if day in days}
    )
    journal.record("staff.usual-week-set", by=by, at=at, subject=agent)
    return week


@transaction.atomic
def plan_leave(*, agent_id: UUID, start_on: date, end_on: date, by: Actor, at: datetime) -> PlannedLeave:
    """Note that an agent will not work over a half-open period. Why is not asked.

    Raises: NotAllowed, NotFound, LeaveEndsTooEarly, LeaveOverlaps.
    """
    by.must(Permission.AGENT_CHANGE)
    agent = _locked(agent_id, by)
    if end_on <= start_on:
        raise LeaveEndsTooEarly()
    try:
        with transaction.atomic():
            leave = PlannedLeave.objects.create(agent=agent, start_on=start_on, end_on=end_on)
    except IntegrityError as overlap:
        raise LeaveOverlaps() from overlap
    journal.record("staff.leave-planned", by=by, at=at, subject=agent, start_on=start_on, end_on=end_on)
    return leave


@transaction.atomic
def cancel_leave(*, leave_id: UUID, by: Actor, at: datetime) -> None:
    """Take a planned leave away. Raises: NotAllowed, NotFound."""
    by.must(Permission.AGENT_CHANGE)
    leave = PlannedLeave.objects.visible_to(by).filter(pk=leave_id).select_related("agent").first()
    if leave is None:
        raise NotFound()
    journal.record("staff.leave-cancelled", by=by, at=at, subject=leave.agent, start_on=leave.start_on)
    leave.delete()


@transaction.atomic
def add_skill(*, agent_id: UUID, label: str, valid_until: date | None, by: Actor, at: datetime) -> AgentSkill:
    """Give an agent a skill, created if the landlord did not list it yet.

    Raises: NotAllowed, NotFound, MentionRefused.
    """
    by.must(Permission.AGENT_CHANGE)
    refuse_mentions(label)
    agent = _locked(agent_id, by)
    skill, _new = Skill.objects.get_or_create(code=skill_code(label), defaults={"label": label.strip()})
    owned, _new = AgentSkill.objects.update_or_create(
        agent=agent, skill=skill, defaults={"valid_until": valid_until}
    )
    journal.record("staff.skill-added", by=by, at=at, subject=agent, skill=skill.code)
    return owned


@transaction.atomic
def remove_skill(*, agent_skill_id: UUID, by: Actor, at: datetime) -> None:
    """Take a skill from an agent. Raises: NotAllowed, NotFound."""
    by.must(Permission.AGENT_CHANGE)
    owned = AgentSkill.objects.filter(pk=agent_skill_id).select_related("agent", "skill").first()
    if owned is None:
        raise NotFound()
    journal.record("staff.skill-removed", by=by, at=at, subject=owned.agent, skill=owned.skill.code)
    owned.delete()


@transaction.atomic
def give_equipment(
    *, agent_id: UUID, kind: str, label: str, given_on: date, by: Actor, at: datetime
) -> Equipment:
    """Note that an agent received something to work with. Raises: NotAllowed, NotFound, MentionRefused."""
    by.must(Permission.AGENT_CHANGE)
    refuse_mentions(label)
    agent = _locked(agent_id, by)
    item = Equipment.objects.create(agent=agent, kind=kind, label=label, given_on=given_on)
    journal.record("staff.equipment-given", by=by, at=at, subject=agent, equipment=kind)
    return item


@transaction.atomic
def return_equipment(*, equipment_id: UUID, on: date, by: Actor, at: datetime) -> Equipment:
    """Note that equipment came back. Raises: NotAllowed, NotFound, AlreadyReturned."""
    by.must(Permission.AGENT_CHANGE)
    item = (
        Equipment.objects.select_for_update(of=("self",))
        .select_related("agent")
        .filter(pk=equipment_id)
        .first()
    )
    if item is None:
        raise NotFound()
    if item.returned_on:
        raise AlreadyReturned()
    item.returned_on = on
    item.save(update_fields=["returned_on"])
    journal.record("staff.equipment-returned", by=by, at=at, subject=item.agent, equipment=item.kind)
    return item


def skill_code(label: str) -> str:
    """Return the stable code of a skill from what people call it."""
    return "-".join(search_key(label).split())[:60]


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in CHANGEABLE if name in fields}


def _locked(agent_id: UUID, by: Actor) -> Agent:
    agent = Agent.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=agent_id).first()
    if agent is None:
        raise NotFound()
    return agent
