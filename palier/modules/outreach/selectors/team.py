"""The team leader's page: who calls whom now, what waits, what was not reached, who wishes to talk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate, localtime

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.outreach.enums import AlertState, Debrief
from palier.modules.outreach.models import Alert, Call, CampaignCaller, Report
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors.visits import VisitCard, urgent_visits
from palier.modules.staff import public as staff

VISITS_SHOWN = 12


@dataclass(frozen=True)
class CampaignLine:
    """A campaign today. Units: households."""

    id: UUID
    name: str
    done: int
    waiting: int
    in_call: int
    unreached: int
    late: int

    @property
    def total(self) -> int:
        return self.done + self.waiting + self.in_call


@dataclass(frozen=True)
class CallerLine:
    """A caller today. `minutes`: the mean time between two rings; `call_id` what they hold now."""

    agent_id: UUID | None
    name: str
    state: str
    done: int
    rings: int
    waiting: int
    minutes: int | None
    call_id: UUID | None
    since: datetime | None


@dataclass(frozen=True)
class DebriefLine:
    """A caller who wishes to talk about a hard call."""

    report_id: UUID
    by_name: str
    at: datetime


@dataclass(frozen=True)
class TeamBoard:
    """The whole page."""

    campaigns: tuple[CampaignLine, ...]
    callers: tuple[CallerLine, ...]
    visits: tuple[VisitCard, ...]
    visits_left: int
    debriefs: tuple[DebriefLine, ...]
    alerts_open: int
    alerts_late: int


_CAMPAIGNS = """
SELECT campaign.id, campaign.name,
       count(*) FILTER (WHERE call.state IN ('reached', 'closed') AND call.ended_at >= %(midnight)s),
       count(*) FILTER (WHERE call.state = 'waiting' AND call.due_on <= %(today)s),
       count(*) FILTER (WHERE call.state = 'in_call'),
       count(*) FILTER (WHERE call.state = 'unreached'),
       count(*) FILTER (WHERE call.state = 'waiting' AND call.due_on < %(today)s)
FROM outreach_campaign campaign LEFT JOIN outreach_call call ON call.campaign_id = campaign.id
WHERE campaign.state IN ('open', 'paused') GROUP BY campaign.id, campaign.name, campaign.starts_on
ORDER BY campaign.starts_on DESC, campaign.name
"""
_CALLERS = """
WITH rings AS (
    SELECT agent_id, by_name, count(*) AS rings, count(DISTINCT call_id) AS done,
           extract(epoch FROM max(at) - min(at)) / 60 AS span
    FROM outreach_attempt WHERE at >= %(midnight)s AND NOT typed_back GROUP BY agent_id, by_name
),
waiting AS (
    SELECT call.caller_id, count(*) AS calls FROM outreach_call call
    JOIN outreach_campaign campaign ON campaign.id = call.campaign_id AND campaign.state = 'open'
    WHERE call.state = 'waiting' AND call.due_on <= %(today)s AND call.caller_id IS NOT NULL GROUP BY call.caller_id
),
callers AS (
    SELECT DISTINCT caller.agent_id, trim(agent.first_name || ' ' || agent.last_name) AS name
    FROM outreach_campaign_caller caller
    JOIN outreach_campaign campaign ON campaign.id = caller.campaign_id AND campaign.state = 'open'
    JOIN staff_agent agent ON agent.id = caller.agent_id WHERE caller.is_active
    UNION
    SELECT waiting.caller_id, trim(agent.first_name || ' ' || agent.last_name)
    FROM waiting JOIN staff_agent agent ON agent.id = waiting.caller_id
),
in_hand AS (
    SELECT DISTINCT ON (leased_by_name) leased_by_name, id, leased_until FROM outreach_call
    WHERE state = 'in_call' ORDER BY leased_by_name, leased_until
)
SELECT callers.agent_id, coalesce(rings.by_name, callers.name, in_hand.leased_by_name),
       coalesce(presence.state, 'unknown'), coalesce(rings.done, 0), coalesce(rings.rings, 0),
       coalesce(waiting.calls, 0), CASE WHEN rings.rings > 1 THEN round(rings.span / (rings.rings - 1)) END,
       in_hand.id, in_hand.leased_until
FROM callers
FULL JOIN rings ON rings.agent_id = callers.agent_id
FULL JOIN in_hand ON lower(in_hand.leased_by_name) = lower(coalesce(rings.by_name, callers.name))
LEFT JOIN waiting ON waiting.caller_id = callers.agent_id
LEFT JOIN staff_presence presence ON presence.agent_id = callers.agent_id AND presence.day = %(today)s
ORDER BY in_hand.id IS NULL, coalesce(waiting.calls, 0) DESC, 2
"""
_STAMP = """
SELECT md5(concat_ws('|',
    (SELECT concat(count(*), max(at)) FROM outreach_attempt WHERE at >= %(midnight)s),
    (SELECT concat(count(*), string_agg(concat(id, leased_by_name), ',' ORDER BY id)) FROM outreach_call
     WHERE state = 'in_call'),
    (SELECT concat(count(*), md5(string_agg(concat(id, caller_id), ',' ORDER BY id))) FROM outreach_call
     WHERE state = 'waiting' AND due_on <= %(today)s),
    (SELECT concat(count(*), max(opened_at), count(*) FILTER (WHERE state = 'closed'),
                   count(*) FILTER (WHERE state = 'taken'), count(*) FILTER (WHERE due_at < %(now)s))
     FROM outreach_alert),
    (SELECT concat(count(*), sum(knocks), count(agent_id)) FROM outreach_visit WHERE state IN ('to_visit', 'nobody')),
    (SELECT count(*) FROM outreach_report WHERE debrief = 'wanted'),
    (SELECT string_agg(concat(id, state), ',' ORDER BY id) FROM outreach_campaign)))
"""


def team_board(*, actor: Actor, at: datetime) -> TeamBoard:
    """Return the page. Six queries, whatever the number of callers."""
    actor.must(Permission.TEAM_LEAD)
    with connection.cursor() as cursor:
        cursor.execute(_CAMPAIGNS, _moments(at))
        campaigns = tuple(CampaignLine(*row) for row in cursor.fetchall())
        cursor.execute(_CALLERS, _moments(at))
        callers = tuple(_caller(row) for row in cursor.fetchall())
    waiting = Alert.objects.filter(state__in=[AlertState.OPEN, AlertState.TRANSMITTED])
    due = list(waiting.values_list("due_at", flat=True))
    debriefs = Report.objects.filter(debrief=Debrief.WANTED).order_by("at")
    shown, left = urgent_visits(at=at, limit=VISITS_SHOWN)
    return TeamBoard(
        campaigns,
        callers,
        tuple(shown),
        left,
        tuple(DebriefLine(row.pk, row.by_name, row.at) for row in debriefs[:20]),
        len(due),
        sum(one < at for one in due),
    )


def _caller(row: tuple) -> CallerLine:  # type: ignore[type-arg]
    agent_id, name, state, done, rings, waiting, minutes, call_id, since = row
    return CallerLine(
        agent_id,
        name,
        state,
        done,
        rings,
        waiting,
        int(minutes) if minutes is not None else None,
        call_id,
        since,
    )


def _moments(at: datetime) -> dict[str, Any]:
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return {"midnight": midnight, "today": localdate(at), "now": at}


def team_stamp(*, at: datetime) -> str:
    """Return a mark that changes when the page would. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, _moments(at))
        return str(cursor.fetchone()[0])


def calls_of(*, agent_id: UUID | None, at: datetime) -> list[UUID]:
    """Return the waiting calls of a caller that are due, the most urgent first. One query."""
    rows = Call.objects.filter(
        state="waiting", caller=agent_id, due_on__lte=localdate(at), campaign__state="open"
    )
    return list(rows.order_by("due_on", "-score", "pk").values_list("pk", flat=True))


def caller_line(*, agent_id: UUID, actor: Actor, at: datetime) -> CallerLine:
    """Return one caller's day. Raises: NotFound."""
    actor.must(Permission.TEAM_LEAD)
    with connection.cursor() as cursor:
        cursor.execute(_CALLERS, _moments(at))
        found = [_caller(row) for row in cursor.fetchall() if row[0] == agent_id]
    if found:
        return found[0]
    card = staff.agents_named([agent_id]).get(agent_id)
    if card is None:
        raise NotFound
    return CallerLine(agent_id, card.name, "unknown", 0, 0, 0, None, None, None)


def other_callers(agent_id: UUID) -> list[tuple[UUID, str]]:
    """Return the active callers of open campaigns, one left out. Two queries."""
    rows = CampaignCaller.objects.filter(is_active=True, campaign__state="open").exclude(agent=agent_id)
    cards = staff.agents_named(rows.values_list("agent_id", flat=True).distinct())
    return sorted(((key, card.name) for key, card in cards.items()), key=lambda one: one[1])
