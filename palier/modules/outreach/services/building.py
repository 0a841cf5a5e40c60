"""Making the list of a campaign from the people frozen when somebody confirmed it: in chunks, resumable, set-based.

A worker killed anywhere starts again after its last committed chunk; what it inserts is unique by campaign and person,
and by campaign and number, so that nobody is ever on the list twice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.kernel.calendar import next_working_day
from palier.kernel.events import publish
from palier.kernel.jobs import services as runs
from palier.kernel.jobs import start_run
from palier.kernel.jobs.models import JobRun, RunState
from palier.kernel.parameters import value_of
from palier.kernel.planner import analyse_if_believed_empty, analyse_if_grown
from palier.modules.outreach.enums import CampaignAction, CampaignState
from palier.modules.outreach.events import CampaignOpened
from palier.modules.outreach.models import Campaign, CampaignSegment
from palier.modules.outreach.rules.desk import VISIT_DAYS
from palier.modules.outreach.rules.parameters import WEEKEND_CALLS
from palier.modules.outreach.rules.scheduling import first_round
from palier.modules.outreach.selectors.candidates import (
    Scope,
    SegmentQuery,
    compile_candidates,
    people_around,
    plan_for_many,
)
from palier.modules.outreach.services.assignment import assign_lines, team_of
from palier.modules.outreach.services.cadence import KEEPS_ITS_NUMBER, settle_numbers
from palier.modules.outreach.workflow import CAMPAIGN
from palier.modules.staff import public as staff

CHUNK = 2_500
"""Persons in one transaction: some tenths of a second, so that a kill loses little."""

READ = (
    "estate_lot", "people_consent", "people_contact_point", "people_household", "people_lease", "people_lease_party",
    "people_marker", "people_person", "outreach_alert", "outreach_call", "outreach_line", "outreach_line_member",
    "outreach_report", "outreach_visit",
)  # fmt: skip
"""Tables that the making of a list joins by the thousand."""

JOB = "outreach.build-campaign"


def start_building(
    *, campaign: Campaign, people: Mapping[UUID, str], by: Actor, at: datetime, announced: int
) -> JobRun:
    """Have the list of a campaign made from these people ({person: segment}); the caller holds the transaction.

    `announced`: how many households the preview said would be called.
    """
    CAMPAIGN.move(campaign, CampaignAction.BUILD, by=by, at=at, people=len(people))
    campaign.save(update_fields=["state"])
    return queue_list(campaign=campaign, people=people, by=by, at=at, announced=announced)


def queue_list(
    *, campaign: Campaign, people: Mapping[UUID, str], by: Actor, at: datetime, announced: int
) -> JobRun:
    """Start a visible run that adds these people to a campaign's list."""
    run = start_run(
        JOB,
        kind="outreach.build",
        title=gettext("Call list: {name}").format(name=campaign.name),
        by=by,
        at=at,
        campaign_id=campaign.pk,
    )
    # The list is kept with the run that acts on it: what was announced is what is done.
    JobRun.objects.filter(pk=run.pk).update(
        result={"people": [[str(person), code] for person, code in people.items()], "announced": announced},
        total=len(people),
    )
    campaign.run_id = run.pk
    campaign.save(update_fields=["run_id"])
    return run


def build(*, run_id: UUID | str, campaign_id: UUID | str, by: Actor, at: datetime) -> None:
    """Make the list, chunk after chunk, then open the campaign. Safe to run again after a kill at any moment."""
    run = runs.watched_run(run_id)
    campaign = Campaign.objects.get(pk=campaign_id)
    # A run that failed is tried again by the queue; one that ended or was stopped is not.
    if run.state in (RunState.DONE, RunState.CANCELLED) or campaign.state == CampaignState.CLOSED:
        return
    people = [(UUID(person), code) for person, code in run.result.get("people", [])]
    done = int(run.checkpoint.get("done", 0))
    run.begin(total=len(people))
    queries = [SegmentQuery.of(one) for one in CampaignSegment.objects.filter(campaign=campaign)]
    with transaction.atomic():
        analyse_if_believed_empty(READ)
    fresh: Counter[str] = Counter()
    while done < len(people):
        if run.cancelled():
            _give_up(campaign, run, by=by, at=at)
            return
        chunk = people[done : done + CHUNK]
        with transaction.atomic():
            lines, members = add_people(campaign_id=campaign.pk, people=dict(chunk), queries=queries, at=at)
            done += len(chunk)
            run.advance(done, checkpoint={"done": done})
        fresh.update(outreach_line=lines, outreach_line_member=members)
        _analyse(fresh)
    _finish(campaign.pk, run, by=by, at=at)


def _analyse(fresh: Counter[str]) -> None:
    """Tell the planner each time that the list has doubled: from the size of a table it guesses what lies between."""
    with transaction.atomic():
        for table in sorted(fresh):
            if analyse_if_grown(table, fresh[table], share=1.0):
                fresh[table] = 0


@contextmanager
def _whole_list() -> Iterator[None]:
    """Skip the audit trigger, as for any work on a whole list: the run is the trace."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('palier.bulk_load', 'on', true), set_config('work_mem', '64MB', true)"
        )
        yield
        cursor.execute("SELECT set_config('palier.bulk_load', 'off', true)")


def _give_up(campaign: Campaign, run: JobRun, *, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        campaign.closed_at, campaign.closing_reason = at, gettext("The making of its list was stopped.")
        CAMPAIGN.move(campaign, CampaignAction.CLOSE, by=by, at=at)
        campaign.save(update_fields=["state", "closed_at", "closing_reason"])
    run.finish(state=RunState.CANCELLED)


# Kept in a table that is analysed: what a statement works out is unknown to the planner within it.
_KEPT = """
SELECT * FROM candidates WHERE verdict = '' AND NOT EXISTS (
    SELECT FROM outreach_line_member member
    WHERE member.campaign_id = %(campaign)s AND member.person_id = candidates.person_id)
"""
_ADD = """
WITH heads AS MATERIALIZED (
    SELECT DISTINCT ON (line_key) line_key, phone, slot, lot_id, household_id, residence_id, language, code, score,
           min(cadence_days) OVER (PARTITION BY line_key) AS cadence_days
    FROM kept ORDER BY line_key, score DESC, person_id
),
known AS MATERIALIZED (
    SELECT line.id, heads.line_key FROM heads
    JOIN outreach_line line ON line.campaign_id = %(campaign)s AND line.phone = heads.phone AND heads.phone <> ''
    UNION ALL
    SELECT line.id, heads.line_key FROM heads
    JOIN outreach_line line ON line.campaign_id = %(campaign)s AND line.phone = '' AND heads.phone = ''
         AND line.lot_id = heads.lot_id
),
joined AS (
    UPDATE outreach_line line SET score = greatest(line.score, heads.score),
           cadence_days = least(line.cadence_days, heads.cadence_days),
           state = 'active', ended_because = '', ended_at = NULL
    FROM known JOIN heads USING (line_key) WHERE line.id = known.id
),
made AS (
    INSERT INTO outreach_line (id, campaign_id, household_id, lot_id, residence_id, phone, slot, language, score,
                               segment_code, cadence_days)
    SELECT public.uuid7(), %(campaign)s, household_id, lot_id, residence_id, phone, slot, language, score, code,
           cadence_days
    FROM heads WHERE NOT EXISTS (SELECT FROM known WHERE known.line_key = heads.line_key)
    RETURNING id, phone, lot_id
),
keys AS (
    SELECT id, line_key FROM known
    UNION ALL SELECT id, CASE WHEN phone <> '' THEN phone ELSE lot_id::text END FROM made
),
members AS (
    INSERT INTO outreach_line_member (id, line_id, campaign_id, person_id, segment_code, score, reasons)
    SELECT public.uuid7(), keys.id, %(campaign)s, kept.person_id, kept.code, kept.score, kept.reasons
    FROM kept JOIN keys USING (line_key) RETURNING id
)
SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM members)
"""


def add_people(
    *, campaign_id: UUID, people: Mapping[UUID, str], queries: Sequence[SegmentQuery], at: datetime
) -> tuple[int, int]:
    """Add people to a campaign's list, one line a household and number; the run is the trace, not the audit.

    Whoever died, left, objects or was sealed since the list was frozen is left out. The caller holds the transaction.
    Returns: (lines made, people added).
    """
    scope = Scope(at, only=people, around=people_around(people))
    compiled = compile_candidates(queries, scope)
    given = {**compiled.parameters, "campaign": campaign_id}
    with _whole_list(), connection.cursor() as cursor:
        plan_for_many(cursor)
        cursor.execute(f"CREATE TEMPORARY TABLE kept ON COMMIT DROP AS {compiled.sql} {_KEPT}", given)
        cursor.execute("ANALYZE kept")
        cursor.execute(_ADD, given)
        lines, members = cursor.fetchone()
        cursor.execute("DROP TABLE kept")
    return int(lines), int(members)


def _finish(campaign_id: UUID, run: JobRun, *, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
        was_building = campaign.state == CampaignState.BUILDING
        if was_building:
            campaign.opened_at = at
            CAMPAIGN.move(campaign, CampaignAction.OPEN, by=by, at=at)
            campaign.save(update_fields=["state", "opened_at"])
        with _whole_list():
            assign_lines(campaign_id=campaign.pk, on=localdate(at))
            planned = plan_first_round(campaign=campaign, at=at)
        analyse_if_grown("outreach_call", planned)
        open_visits(campaign_id=campaign.pk, at=at)
        settle_numbers(at=at)
        calls, people = _sizes(campaign.pk)
        if was_building:
            publish(CampaignOpened(campaign_id=str(campaign.pk), calls=calls, people=people, at=at))
        announced = run.result.get("announced", 0)
        run.finish(result={"lines": calls, "people": people, "announced": announced})


def _sizes(campaign_id: UUID) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM outreach_line WHERE campaign_id = %s AND phone <> ''),
                      (SELECT count(*) FROM outreach_line_member WHERE campaign_id = %s)""",
            [campaign_id, campaign_id],
        )
        calls, people = cursor.fetchone()
    return int(calls), int(people)


def plan_first_round(*, campaign: Campaign, at: datetime) -> int:
    """Plan one call for every line that has none, the most urgent first, over the days that the callers can carry.

    A round never outlasts its cadence, and nobody is left without a day. Returns: how many calls were planned.
    """
    start = max(campaign.starts_on, localdate(at))
    weekends = bool(value_of(WEEKEND_CALLS.key, on=localdate(at)))
    waiting = _without_call(campaign.pk)
    total = sum(count for _cadence, count in waiting)
    capacity = sum(one.daily for one in team_of(campaign.pk, on=localdate(at)).staying)
    days = [
        (cadence, day, calls)
        for cadence, count in waiting
        for day, calls in first_round(
            start, count, capacity * count // total if total else 0, cadence, weekends=weekends
        )
    ]
    return _plan_days(campaign.pk, days, ends_on=campaign.ends_on)


# The lines that a first call is due to: those whose number no other open campaign keeps.
_TO_PLAN = f"""
    outreach_line line WHERE line.campaign_id = %(campaign)s AND line.state = 'active' AND line.phone <> ''
      AND NOT EXISTS (SELECT FROM outreach_call past WHERE past.line_id = line.id) AND {KEEPS_ITS_NUMBER}"""


def _without_call(campaign_id: UUID) -> list[tuple[int | None, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT line.cadence_days, count(*) FROM {_TO_PLAN} GROUP BY 1 ORDER BY 1 NULLS LAST",
            {"campaign": campaign_id},
        )
        return [(cadence, int(count)) for cadence, count in cursor.fetchall()]


# The n-th line of a cadence, the most urgent first, has the last of its days that begins at or before the n-th call.
_PLAN = f"""
WITH laid AS (
    SELECT cadence, day, 1 + sum(calls) OVER (PARTITION BY cadence ORDER BY day) - calls AS first
    FROM unnest(%(cadences)s::int[], %(days)s::date[], %(calls)s::int[]) AS planned (cadence, day, calls)
),
rounds AS (
    SELECT cadence, array_agg(day ORDER BY day) AS days, array_agg(first ORDER BY day) AS firsts
    FROM laid GROUP BY cadence
),
ordered AS (
    SELECT line.*, row_number() OVER (PARTITION BY line.cadence_days ORDER BY line.score DESC, line.id) AS place
    FROM {_TO_PLAN}
)
INSERT INTO outreach_call (id, line_id, campaign_id, phone, due_on, slot, language, score, caller_id)
SELECT public.uuid7(), ordered.id, campaign_id, phone,
       least(rounds.days[width_bucket(ordered.place, rounds.firsts)], %(last)s::date),
       slot, language, score, caller_id
FROM ordered JOIN rounds ON rounds.cadence IS NOT DISTINCT FROM ordered.cadence_days"""


def _plan_days(
    campaign_id: UUID, days: Sequence[tuple[int | None, date, int]], *, ends_on: date | None
) -> int:
    if not days:
        return 0
    cadences, dates, calls = zip(*days, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _PLAN,
            {
                "campaign": campaign_id,
                "cadences": list(cadences),
                "days": list(dates),
                "calls": list(calls),
                "last": ends_on and date.fromordinal(ends_on.toordinal() - 1),
            },
        )
        return int(cursor.rowcount)


def open_visits(*, campaign_id: UUID, at: datetime) -> int:
    """Ask for a visit at the door of each household without a number, to whoever covers the residence.

    Returns: how many visits were asked.
    """
    today = localdate(at)
    within = int(value_of(VISIT_DAYS.key, on=today))
    due = next_working_day(date.fromordinal(today.toordinal() + within))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT residence_id FROM outreach_line line
            WHERE campaign_id = %s AND state = 'active' AND phone = ''
              AND NOT EXISTS (SELECT FROM outreach_visit visit WHERE visit.line_id = line.id)""",
            [campaign_id],
        )
        residences = [residence for (residence,) in cursor.fetchall()]
        if not residences:
            return 0
        covering = staff.who_covers(residence_ids=residences, on=today, role="caretaker")
        holders = {place: agents[0].agent_id for place, agents in covering.items() if agents}
        cursor.execute(
            """INSERT INTO outreach_visit (id, line_id, residence_id, lot_id, agent_id, state, opened_at, due_on)
            SELECT public.uuid7(), line.id, line.residence_id, line.lot_id, holder.agent_id, 'to_visit', %(at)s,
                   %(due)s
            FROM outreach_line line
            LEFT JOIN unnest(%(residences)s::uuid[], %(agents)s::uuid[]) AS holder (residence_id, agent_id)
              ON holder.residence_id = line.residence_id
            WHERE line.campaign_id = %(campaign)s AND line.state = 'active' AND line.phone = ''
              AND NOT EXISTS (SELECT FROM outreach_visit visit WHERE visit.line_id = line.id)""",
            {
                "at": at,
                "due": due,
                "campaign": campaign_id,
                "residences": list(holders),
                "agents": list(holders.values()),
            },
        )
        return int(cursor.rowcount)
