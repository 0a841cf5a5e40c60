"""Use cases that say who is there. One tap saves one person; a whole team is filled from a proposal."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.modules.staff.enums import PresenceState
from palier.modules.staff.events import PresenceChanged
from palier.modules.staff.models import Agent, Presence, Team
from palier.modules.staff.permissions import Permission
from palier.modules.staff.selectors.proposals import proposals


class PresenceChangedMeanwhile(DomainError):
    code = "staff.presence-changed-meanwhile"
    message = _("{who} has just put {name} as “{state}”. Look at the new state, then choose again if needed.")


class DayNotOpen(DomainError):
    code = "staff.day-not-open"
    message = _(
        "Presence is filled up to tomorrow. For later days, note a planned leave or change the usual week."
    )


class StateUnknownToPalier(DomainError):
    code = "staff.state-unknown"
    message = _("“{state}” is not a state of presence. Choose one of those on the screen.")


class Said(NamedTuple):
    """What is said of an agent: a state, and whether the agent can be reached (None: not said)."""

    state: str
    reachable: bool | None = None


@transaction.atomic
def record_presence(
    *,
    agent_id: UUID,
    day: date,
    state: str,
    reachable: bool | None,
    seen_version: int,
    by: Actor,
    at: datetime,
) -> Presence | None:
    """Save what is known of one agent's day, unless somebody changed it since it was read.

    `seen_version` is the version on the screen, 0 when nothing was known. `unknown` takes the row away.
    Returns: the new row, or None for unknown.
    Raises: NotAllowed, NotFound, DayNotOpen, StateUnknownToPalier, PresenceChangedMeanwhile.
    """
    by.must(Permission.PRESENCE_FILL)
    _refuse_closed_day(day, at)
    if state not in PresenceState.values:
        raise StateUnknownToPalier(state=state)
    agent = _agent_at_work(agent_id, by, day)
    publish(PresenceChanged(day, at))
    if state == PresenceState.UNKNOWN:
        _forget(agent, day, seen_version)
        return None
    if seen_version == 0:
        return _insert(agent, day, state, reachable, by, at)
    return _update(agent, day, state, reachable, seen_version, by, at)


@transaction.atomic
def fill_team(*, team_id: UUID, day: date, source: str, by: Actor, at: datetime) -> int:
    """Fill everybody of a team of whom nothing is known yet, from yesterday or from the planning.

    What somebody already said is never overwritten. Returns: the number of agents filled.
    Raises: NotAllowed, NotFound, DayNotOpen.
    """
    by.must(Permission.PRESENCE_FILL)
    team = Team.objects.visible_to(by).filter(pk=team_id).first()
    if team is None:
        raise NotFound()
    agents = Agent.objects.at_work(day).filter(team=team).values_list("pk", flat=True)
    said = {agent: Said(state) for agent, state in proposals(agents, day, source).items() if state}
    filled = record_presences(day=day, said=said, by=by, at=at)
    journal.record("staff.team-filled", by=by, at=at, subject=team, day=day, source=source, agents=filled)
    return filled


@transaction.atomic
def record_presences(*, day: date, said: Mapping[UUID, Said], by: Actor, at: datetime) -> int:
    """Save many agents' day at once, only where nothing is known. Returns: the number of rows written.

    Raises: NotAllowed, DayNotOpen.
    """
    by.must(Permission.PRESENCE_FILL)
    _refuse_closed_day(day, at)
    known = set(Presence.objects.filter(day=day, agent__in=said).values_list("agent_id", flat=True))
    rows = [
        Presence(
            agent_id=agent,
            day=day,
            state=one.state,
            reachable=one.reachable,
            recorded_by=by.name,
            recorded_at=at,
        )
        for agent, one in said.items()
        if agent not in known and one.state != PresenceState.UNKNOWN
    ]
    Presence.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    if rows:
        publish(PresenceChanged(day, at))
    return len(rows)


def _refuse_closed_day(day: date, at: datetime) -> None:
    if day > timezone.localdate(at) + timedelta(days=1):
        raise DayNotOpen()


def _agent_at_work(agent_id: UUID, by: Actor, day: date) -> Agent:
    agent = Agent.objects.visible_to(by).at_work(day).filter(pk=agent_id).first()
    if agent is None:
        raise NotFound()
    return agent


def _insert(agent: Agent, day: date, state: str, reachable: bool | None, by: Actor, at: datetime) -> Presence:
    row, is_new = Presence.objects.get_or_create(
        agent=agent,
        day=day,
        defaults={"state": state, "reachable": reachable, "recorded_by": by.name, "recorded_at": at},
    )
    if not is_new:
        raise _changed(agent, row)
    return row


def _update(
    agent: Agent, day: date, state: str, reachable: bool | None, seen: int, by: Actor, at: datetime
) -> Presence:
    row = Presence.objects.select_for_update(of=("self",)).filter(agent=agent, day=day).first()
    if row is None or row.version != seen:
        raise _changed(agent, row)
    row.state, row.reachable, row.version = state, reachable, seen + 1
    row.recorded_by, row.recorded_at = by.name, at
    row.save(update_fields=["state", "reachable", "version", "recorded_by", "recorded_at"])
    return row


def _forget(agent: Agent, day: date, seen: int) -> None:
    row = Presence.objects.select_for_update(of=("self",)).filter(agent=agent, day=day).first()
    if (row.version if row else 0) != seen:
        raise _changed(agent, row)
    if row:
        row.delete()


def _changed(agent: Agent, row: Presence | None) -> PresenceChangedMeanwhile:
    state = row.get_state_display() if row else PresenceState.UNKNOWN.label
    return PresenceChangedMeanwhile(
        who=row.recorded_by if row else _("Somebody"), name=agent.name, state=state
    )
