"""Who calls a household: the same agent from week to week, another only while that one is away.

A line keeps its caller; a call of the day may be lent to somebody present. Balance comes second.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.modules.outreach.enums import CallState, CampaignState, LineState
from palier.modules.outreach.models import Call, CampaignCaller, Line
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.assignment import Caller, Household, assign, share
from palier.modules.staff import public as staff


@dataclass(frozen=True)
class Team:
    """The callers of a campaign on a day. `there`: those who may be given calls today; unknown only if need be."""

    callers: tuple[Caller, ...]
    away: frozenset[UUID]
    gone: frozenset[UUID]
    present: frozenset[UUID]

    @property
    def there(self) -> list[Caller]:
        known = [one for one in self.callers if one.id in self.present]
        return known or [one for one in self.callers if one.id not in self.away | self.gone]

    @property
    def staying(self) -> list[Caller]:
        return [one for one in self.callers if one.id not in self.gone]


def team_of(campaign_id: UUID, *, on: date) -> Team:
    """Return who calls for a campaign and who is there on a day; loads are the lines of each. Four queries."""
    rows = list(CampaignCaller.objects.filter(campaign_id=campaign_id, is_active=True).order_by("pk"))
    states = staff.states_on([row.agent_id for row in rows], on=on)
    loads = dict(
        Line.objects.filter(campaign_id=campaign_id, state=LineState.ACTIVE, caller__isnull=False)
        .values_list("caller_id")
        .annotate(count=Count("pk"))
    )
    callers = tuple(
        Caller(row.agent_id, row.daily_calls, frozenset(row.languages), loads.get(row.agent_id, 0))
        for row in rows
    )
    gone = frozenset(agent for agent, state in states.items() if state == "gone")
    away = frozenset(agent for agent, state in states.items() if staff.is_away(state)) - gone
    present = frozenset(
        agent for agent, state in states.items() if state != "unknown" and agent not in away | gone
    )
    return Team(callers, away, gone, present)


def caller_for(*, line: Line, on: date) -> UUID | None:
    """Return who calls a household on a day: its own caller, or somebody present while that one is away.

    None when the campaign has no caller.
    """
    team = team_of(line.campaign_id, on=on)
    own = next((one for one in team.staying if one.id == line.caller_id), None)
    if own is not None and own.id not in team.away:
        return line.caller_id
    chosen = assign([Household(line.pk, line.language)], team.there or team.staying)
    return chosen.get(line.pk)  # type: ignore[return-value]


@transaction.atomic
def assign_lines(*, campaign_id: UUID, on: date) -> int:
    """Give a caller to every line that has none, or whose caller no longer calls: the former one, else an even share.

    Set-based: what Python counts is households by language, never a household. Returns: how many lines got one.
    """
    team = team_of(campaign_id, on=on)
    staying = team.staying
    ids = [one.id for one in staying]
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"campaign": campaign_id, "callers": ids})
        if not staying:
            return 0
        cursor.execute(_FORMER, {"campaign": campaign_id, "callers": ids})
        kept = cursor.rowcount
        cursor.execute(
            """SELECT language, count(*) FROM outreach_line
            WHERE campaign_id = %s AND state = 'active' AND caller_id IS NULL GROUP BY language""",
            [campaign_id],
        )
        groups = dict(cursor.fetchall())
        shares = share(groups, team_of(campaign_id, on=on).staying)
        given = _hand_out(cursor, _LINES, campaign_id, shares)
        cursor.execute(_CALLS_FOLLOW, {"campaign": campaign_id})
    return int(kept) + given


_RELEASE = """
UPDATE outreach_line SET caller_id = NULL
WHERE campaign_id = %(campaign)s AND state = 'active' AND caller_id IS NOT NULL
  AND NOT caller_id = ANY (%(callers)s)"""

# The caller who had the most recent conversation with somebody of the household, in whichever campaign.
_FORMER = """
UPDATE outreach_line line SET caller_id = former.caller_id
FROM (
    SELECT DISTINCT ON (mine.line_id) mine.line_id, past.caller_id
    FROM outreach_line_member mine
    JOIN outreach_line fresh ON fresh.id = mine.line_id AND fresh.caller_id IS NULL AND fresh.state = 'active'
    JOIN outreach_line_member theirs ON theirs.person_id = mine.person_id AND theirs.line_id <> mine.line_id
    JOIN outreach_line past ON past.id = theirs.line_id AND past.caller_id = ANY (%(callers)s)
    WHERE mine.campaign_id = %(campaign)s
    ORDER BY mine.line_id, past.last_reached_at DESC NULLS LAST, past.id DESC
) former
WHERE line.id = former.line_id"""

_CALLS_FOLLOW = """
UPDATE outreach_call call SET caller_id = line.caller_id FROM outreach_line line
WHERE line.id = call.line_id AND call.campaign_id = %(campaign)s AND call.state = 'waiting'
  AND call.caller_id IS DISTINCT FROM line.caller_id"""

# Shares laid out evenly along the order of urgency: each caller has urgent and less urgent households.
_SLOTS = """
WITH shares AS (
    SELECT * FROM unnest(%(languages)s::text[], %(callers)s::uuid[], %(counts)s::int[]) AS s (language, caller, n)
),
slots AS (
    SELECT language, caller,
           row_number() OVER (PARTITION BY language ORDER BY (turn - 0.5) / n, caller) AS rank
    FROM shares, generate_series(1, n) AS turn
)"""
_LINES = f"""{_SLOTS},
waiting AS (
    SELECT id, language, row_number() OVER (PARTITION BY language ORDER BY score DESC, id) AS rank
    FROM outreach_line WHERE campaign_id = %(campaign)s AND state = 'active' AND caller_id IS NULL
)
UPDATE outreach_line line SET caller_id = slots.caller
FROM waiting JOIN slots USING (language, rank) WHERE line.id = waiting.id"""
_LENT = f"""{_SLOTS},
waiting AS (
    SELECT id, language, row_number() OVER (PARTITION BY language ORDER BY score DESC, id) AS rank
    FROM outreach_call
    WHERE campaign_id = %(campaign)s AND state = 'waiting' AND due_on <= %(on)s
      AND (caller_id IS NULL OR caller_id = ANY (%(away)s))
)
UPDATE outreach_call call SET caller_id = slots.caller
FROM waiting JOIN slots USING (language, rank) WHERE call.id = waiting.id"""


def _hand_out(
    cursor: object,
    statement: str,
    campaign_id: UUID,
    shares: Mapping[tuple[str, object], int],
    **more: object,
) -> int:
    if not shares:
        return 0
    cursor.execute(  # type: ignore[attr-defined]
        statement,
        {
            "campaign": campaign_id,
            "languages": [language for language, _caller in shares],
            "callers": [caller for _language, caller in shares],
            "counts": list(shares.values()),
            **more,
        },
    )
    return int(cursor.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Rebalancing:
    """What rebalancing a campaign for a day does, or did."""

    campaign_id: UUID
    on: date
    waiting: int
    away: tuple[tuple[UUID, int], ...]
    to: tuple[tuple[UUID, int], ...]


def rebalancing(*, campaign_id: UUID, on: date) -> Rebalancing:
    """Say which calls of the day would change hands: those of callers who are away, or of nobody. Six queries."""
    team = team_of(campaign_id, on=on)
    stranded, groups = _stranded(campaign_id, team, on)
    shares = share(groups, _with_loads_of_day(team.there, campaign_id, on)) if team.there else {}
    to: dict[Any, int] = {}
    for (_language, caller), count in shares.items():
        to[caller] = to.get(caller, 0) + count
    return Rebalancing(
        campaign_id,
        on,
        sum(groups.values()),
        tuple(stranded.items()),
        tuple(sorted(to.items(), key=lambda one: -one[1])),
    )


def _stranded(campaign_id: UUID, team: Team, on: date) -> tuple[dict[UUID, int], dict[str, int]]:
    rows = (
        Call.objects.filter(
            Q(caller__isnull=True) | Q(caller_id__in=team.away | team.gone),
            campaign_id=campaign_id,
            state=CallState.WAITING,
            due_on__lte=on,
        )
        .values_list("caller_id", "language")
        .annotate(count=Count("pk"))
    )
    by_caller: dict[UUID, int] = {}
    groups: dict[str, int] = {}
    for caller, language, count in rows:
        by_caller[caller] = by_caller.get(caller, 0) + count
        groups[language] = groups.get(language, 0) + count
    return by_caller, groups


def _with_loads_of_day(callers: Iterable[Caller], campaign_id: UUID, on: date) -> list[Caller]:
    loads = dict(
        Call.objects.filter(campaign_id=campaign_id, state=CallState.WAITING, due_on__lte=on)
        .values_list("caller_id")
        .annotate(count=Count("pk"))
    )
    return [Caller(one.id, one.daily, one.languages, loads.get(one.id, 0)) for one in callers]


@transaction.atomic
def rebalance(*, campaign_id: UUID, on: date, by: Actor, at: datetime) -> int:
    """Lend the calls of the day of those who are away to those present; give back to their caller who has returned.

    Lines keep their caller: next week the same voice calls. Returns: how many calls changed hands.
    Raises: NotAllowed.
    """
    by.must(Permission.TEAM_LEAD)
    team = team_of(campaign_id, on=on)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE outreach_call call SET caller_id = line.caller_id FROM outreach_line line
            WHERE line.id = call.line_id AND call.campaign_id = %s AND call.state = 'waiting'
              AND call.caller_id IS DISTINCT FROM line.caller_id AND line.caller_id = ANY (%s)
              AND NOT line.caller_id = ANY (%s)""",
            [campaign_id, [one.id for one in team.staying], list(team.away)],
        )
        moved = int(cursor.rowcount)
        _stranded_now, groups = _stranded(campaign_id, team, on)
        if team.there and groups:
            shares = share(groups, _with_loads_of_day(team.there, campaign_id, on))
            away = list(team.away | team.gone)
            moved += _hand_out(cursor, _LENT, campaign_id, shares, on=on, away=away)
    if moved:
        journal.record("outreach.campaign.rebalance", by=by, at=at, subject=None, calls=moved)
    return moved


def rebalance_all(*, on: date, by: Actor, at: datetime) -> int:
    """Rebalance every open campaign for a day. Returns: how many calls changed hands."""
    open_ones = CampaignCaller.objects.filter(campaign__state=CampaignState.OPEN, is_active=True)
    campaigns = open_ones.values_list("campaign_id", flat=True).distinct().order_by("campaign_id")
    return sum(rebalance(campaign_id=one, on=on, by=by, at=at) for one in list(campaigns))
