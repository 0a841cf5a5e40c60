"""The next call of a household: written when the last one ends, swept every morning so that nobody is forgotten.

A number called in two open campaigns is called by the more protective one (shorter cadence, then higher score);
the other campaign's line says so and waits for its turn.
"""

from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.modes import modes_of
from palier.kernel.parameters import value_of
from palier.modules.estate import public as estate
from palier.modules.outreach.enums import CallState, CampaignState, LineEnd, LineState
from palier.modules.outreach.models import Call, Line
from palier.modules.outreach.modes import CALLS
from palier.modules.outreach.rules.parameters import WEEKEND_CALLS
from palier.modules.outreach.rules.scheduling import (
    MODE_DAYS,
    calling_day,
    calling_days,
    effective_cadence,
    next_due,
)
from palier.modules.outreach.selectors.candidates import points_on

DAYS_AHEAD = 150

# Who calls a number that several open campaigns know. As a condition of its own, a statement that reads many lines
# joins it once; inside an OR, it would be run again for each line.
CALLED_ELSEWHERE = """EXISTS (
        SELECT FROM outreach_line other
        JOIN outreach_campaign elsewhere ON elsewhere.id = other.campaign_id AND elsewhere.state = 'open'
        WHERE other.phone = line.phone AND other.phone <> '' AND other.state = 'active' AND other.id <> line.id
          AND (coalesce(other.cadence_days, 9999), -other.score, other.id)
            < (coalesce(line.cadence_days, 9999), -line.score, line.id))"""
KEEPS_ITS_NUMBER = f"NOT {CALLED_ELSEWHERE}"


@transaction.atomic
def schedule_next(
    *, call: Call, reached_at: datetime, next_call_on: date | None, by: Actor, at: datetime
) -> Call | None:
    """Write the next round of a household once a call has ended, at its cadence or on the day agreed with the person.

    `reached_at`: when somebody was heard, or met at the door. The mode in force at the residence counts when it asks
    for more frequent calls. A line that was to be called once ends here.
    Returns: the call to come (the one already planned, if there is one), None when there is none.
    """
    line = Line.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=call.line_id)
    if line.last_reached_at is None or line.last_reached_at < reached_at:
        line.last_reached_at = reached_at
        line.save(update_fields=["last_reached_at"])
    if line.state == LineState.ENDED or line.campaign.state == CampaignState.CLOSED:
        return None
    planned = line.calls.unfinished().exclude(pk=call.pk).first()
    if planned is not None:
        return planned
    cadence = effective_cadence(line.cadence_days, _mode_at(line.residence_id, at))
    due = next_due(
        localdate(reached_at),
        cadence,
        asked_on=next_call_on,
        ends_on=line.campaign.ends_on,
        **_calendar(line.residence_id, localdate(at)),
    )
    if due is None:
        if cadence is None:
            _end_once(line, by=by, at=at)
        return None
    return _plan(line, due)


def _plan(line: Line, due: date) -> Call | None:
    if not _keeps_its_number(line):
        return None
    last = line.calls.order_by("-round").values_list("round", flat=True).first() or 0
    return Call.objects.create(
        line=line,
        campaign_id=line.campaign_id,
        phone=line.phone,
        round=last + 1,
        due_on=due,
        slot=line.slot,
        language=line.language,
        score=line.score,
        caller_id=line.caller_id,
        state=CallState.WAITING,
    )


def _end_once(line: Line, *, by: Actor, at: datetime) -> None:
    line.state, line.ended_because, line.ended_at = LineState.ENDED, LineEnd.ONCE, at
    line.save(update_fields=["state", "ended_because", "ended_at"])
    journal.record("outreach.line.end", by=by, at=at, subject=line, because=LineEnd.ONCE.value)


def _keeps_its_number(line: Line) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {KEEPS_ITS_NUMBER} FROM outreach_line line WHERE line.id = %s", [line.pk])
        return bool(cursor.fetchone()[0])


def _mode_at(residence_id: UUID, at: datetime) -> str:
    place = estate.places_of_residences([residence_id])[residence_id]
    return modes_of([CALLS], [place], at)[CALLS.key, place.ref]["cadence"].value


def _calendar(residence_id: UUID, on: date) -> dict[str, Any]:
    return {
        "department": estate.residence(residence_id).department_code,
        "weekends": bool(value_of(WEEKEND_CALLS.key, on=on)),
    }


def cadence_by_residence(residence_ids: list[UUID], *, at: datetime) -> dict[UUID, int]:
    """Return the days between two calls that the mode in force asks for, where it asks for any. Two queries."""
    places = estate.places_of_residences(residence_ids)
    answers = modes_of([CALLS], places.values(), at)
    asked = {
        residence: MODE_DAYS.get(answers[CALLS.key, place.ref]["cadence"].value)
        for residence, place in places.items()
    }
    return {residence: days for residence, days in asked.items() if days is not None}


_SWEEP = f"""
WITH modes AS (
    SELECT * FROM unnest(%(residences)s::uuid[], %(mode_days)s::int[]) AS asked (residence_id, days)
),
waiting AS (
    SELECT line.id, line.campaign_id, line.phone, line.slot, line.language, line.score, line.caller_id,
           campaign.ends_on, least(line.cadence_days, modes.days) AS cadence,
           greatest(campaign.starts_on, %(today)s) AS today,
           (SELECT max(past.round) FROM outreach_call past WHERE past.line_id = line.id) AS rounds,
           (SELECT max(greatest(past.last_attempt_at, line.last_reached_at, past.ended_at))
            FROM outreach_call past
            WHERE past.line_id = line.id AND past.state IN ('reached', 'unreached', 'closed')) AS last_at
    FROM outreach_line line
    JOIN outreach_campaign campaign ON campaign.id = line.campaign_id AND campaign.state = 'open'
    LEFT JOIN modes ON modes.residence_id = line.residence_id
    WHERE line.state = 'active' AND line.phone <> ''
      AND (%(campaign)s::uuid IS NULL OR line.campaign_id = %(campaign)s)
      AND NOT EXISTS (
          SELECT FROM outreach_call open_one
          WHERE open_one.line_id = line.id AND open_one.state IN ('waiting', 'in_call'))
      AND {KEEPS_ITS_NUMBER}
),
due AS (
    SELECT waiting.*, (
        SELECT min(day) FROM unnest(%(days)s::date[]) AS day
        WHERE day >= CASE WHEN last_at IS NULL THEN today
                          ELSE greatest(today, (last_at AT TIME ZONE 'Europe/Paris')::date + cadence) END
    ) AS due_on
    FROM waiting WHERE last_at IS NULL OR cadence IS NOT NULL
)
INSERT INTO outreach_call (line_id, campaign_id, phone, round, due_on, slot, language, score, caller_id)
SELECT id, campaign_id, phone, coalesce(rounds, 0) + 1, due_on, slot, language, score, caller_id
FROM due WHERE due_on IS NOT NULL AND (ends_on IS NULL OR due_on < ends_on)
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def open_rounds(*, at: datetime, campaign_id: UUID | None = None) -> int:
    """Plan the next call of every household that has none and should: no line of an open campaign is forgotten.

    One statement, whatever the number of households. Returns: how many calls were planned.
    """
    today = localdate(at)
    residences = list(
        Line.objects.filter(state=LineState.ACTIVE, campaign__state=CampaignState.OPEN)
        .values_list("residence_id", flat=True)
        .distinct()
    )
    asked = cadence_by_residence(residences, at=at)
    weekends = bool(value_of(WEEKEND_CALLS.key, on=today))
    with connection.cursor() as cursor:
        cursor.execute(
            _SWEEP,
            {
                "residences": list(asked),
                "mode_days": list(asked.values()),
                "today": today,
                "campaign": campaign_id,
                "days": list(islice(calling_days(today, weekends=weekends), DAYS_AHEAD)),
            },
        )
        return int(cursor.rowcount)


@transaction.atomic
def settle_numbers(*, at: datetime) -> int:
    """Cancel the waiting calls of the lines whose number a more protective campaign calls.

    Returns: how many calls were cancelled. `open_rounds` gives them back when that campaign ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE outreach_call SET state = 'cancelled', ended_at = %s, ended_because = 'kept_elsewhere'
            FROM outreach_line line JOIN outreach_campaign campaign ON campaign.id = line.campaign_id
            WHERE line.id = outreach_call.line_id AND outreach_call.state = 'waiting'
              AND line.phone <> '' AND campaign.state = 'open' AND {CALLED_ELSEWHERE}""",
            [at],
        )
        return int(cursor.rowcount)


@transaction.atomic
def bring_forward(*, at: datetime, campaign_id: UUID | None = None) -> int:
    """Bring forward the waiting calls that a faster mode, just decided, wants sooner. Never puts one off.

    Returns: how many calls moved.
    """
    today = localdate(at)
    residences = list(
        Line.objects.filter(state=LineState.ACTIVE, campaign__state=CampaignState.OPEN)
        .values_list("residence_id", flat=True)
        .distinct()
    )
    asked = cadence_by_residence(residences, at=at)
    first = calling_day(today, weekends=bool(value_of(WEEKEND_CALLS.key, on=today)))
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE outreach_call moved SET due_on = greatest(
                   %(first)s, (line.last_reached_at AT TIME ZONE 'Europe/Paris')::date + asked.days)
            FROM outreach_line line
            JOIN outreach_campaign campaign ON campaign.id = line.campaign_id AND campaign.state = 'open'
            JOIN unnest(%(residences)s::uuid[], %(days)s::int[]) AS asked (residence_id, days)
              ON asked.residence_id = line.residence_id
            WHERE moved.line_id = line.id AND moved.state = 'waiting' AND moved.not_before IS NULL
              AND line.last_reached_at IS NOT NULL
              AND (%(campaign)s::uuid IS NULL OR line.campaign_id = %(campaign)s)
              AND moved.due_on > greatest(
                   %(first)s, (line.last_reached_at AT TIME ZONE 'Europe/Paris')::date + asked.days)""",
            {
                "first": first,
                "residences": list(asked),
                "days": list(asked.values()),
                "campaign": campaign_id,
            },
        )
        return int(cursor.rowcount)


@transaction.atomic
def score_again(*, at: datetime) -> int:
    """Score every household of the open campaigns afresh: days pass, alerts open and close.

    Returns: how many households changed place.
    """
    points = points_on(localdate(at))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")
        cursor.execute(
            _SCORES,
            {
                "today": localdate(at),
                "segment": points.segment,
                "day": points.day,
                "cap": points.days_cap,
                "alert": points.alert,
            },
        )
        changed = int(cursor.rowcount)
        cursor.execute(
            """UPDATE outreach_call call SET score = line.score FROM outreach_line line
            WHERE line.id = call.line_id AND call.state = 'waiting' AND call.score <> line.score"""
        )
        cursor.execute("SELECT set_config('palier.bulk_load', 'off', true)")
    return changed


_SCORES = """
WITH listed AS (
    SELECT member.line_id, member.person_id, member.campaign_id, member.segment_code
    FROM outreach_line_member member
    JOIN outreach_line line ON line.id = member.line_id AND line.state = 'active'
    JOIN outreach_campaign campaign ON campaign.id = member.campaign_id AND campaign.state = 'open'
),
heard AS (
    SELECT member.person_id, (max(line.last_reached_at) AT TIME ZONE 'Europe/Paris')::date AS last_on
    FROM outreach_line line JOIN outreach_line_member member ON member.line_id = line.id
    WHERE line.last_reached_at IS NOT NULL GROUP BY member.person_id
),
alerted AS (
    SELECT DISTINCT member.person_id FROM outreach_alert alert
    JOIN outreach_report report ON report.id = alert.report_id
    JOIN outreach_call call ON call.id = report.call_id
    JOIN outreach_line_member member ON member.line_id = call.line_id
    WHERE alert.state <> 'closed'
),
scored AS (
    SELECT listed.line_id, max(
        coalesce(segment.weight, 0) * %(segment)s / 100
        + %(day)s * greatest(least(coalesce(%(today)s::date - heard.last_on, %(cap)s), %(cap)s), 0)
        + CASE WHEN alerted.person_id IS NULL THEN 0 ELSE %(alert)s END) AS score
    FROM listed
    LEFT JOIN outreach_campaign_segment segment
      ON segment.campaign_id = listed.campaign_id AND segment.code = listed.segment_code
    LEFT JOIN heard ON heard.person_id = listed.person_id
    LEFT JOIN alerted ON alerted.person_id = listed.person_id
    GROUP BY listed.line_id
)
UPDATE outreach_line line SET score = scored.score FROM scored
WHERE scored.line_id = line.id AND line.score <> scored.score
"""
