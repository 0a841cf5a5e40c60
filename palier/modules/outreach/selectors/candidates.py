"""Who matches segments, with the score and the machine reasons of each, in one statement whatever the size.

A query is compiled from checked criteria into fixed pieces of SQL with parameters; no text of a user ever becomes SQL.
Columns of people and estate are read here for this computation, as their README allow.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate

from palier.kernel.parameters import value_of
from palier.modules.outreach.enums import SegmentInput
from palier.modules.outreach.models import CampaignSegment, Segment
from palier.modules.outreach.rules import parameters
from palier.modules.outreach.rules.criteria import Condition, Criteria, read_criteria
from palier.modules.outreach.rules.scoring import Points


@dataclass(frozen=True)
class SegmentQuery:
    """A segment ready to be asked. Units: weight 0 to 100; `cadence_days` None for one call."""

    code: str
    criteria: Criteria
    weight: int
    cadence_days: int | None

    @classmethod
    def of(cls, record: Segment | CampaignSegment) -> "SegmentQuery":
        criteria = read_criteria(record.criteria, segment=record.code)
        return cls(record.code, criteria, record.weight, record.cadence_days)


@dataclass(frozen=True)
class Scope:
    """Where and when: `residences` None for everywhere; `only` keeps these persons, in the segment named.

    `around`: the only persons whose facts are read, None for everybody; those of `only` and `people_around` them.
    """

    at: datetime
    residences: tuple[UUID, ...] | None = None
    only: Mapping[UUID, str] | None = None
    around: tuple[UUID, ...] | None = None

    @property
    def on(self) -> date:
        return localdate(self.at)


@dataclass(frozen=True)
class Compiled:
    """The common part of every question: CTEs down to `candidates`, and their parameters."""

    sql: str
    parameters: dict[str, Any] = field(default_factory=dict)


def points_on(on: date) -> Points:
    """Return the points of the score on a day, as the organisation set them."""

    def number(one: Any) -> int:
        return int(value_of(one.key, on=on))

    return Points(
        number(parameters.SEGMENT_POINTS),
        number(parameters.DAY_POINTS),
        number(parameters.DAYS_CAP),
        number(parameters.ALERT_POINTS),
    )


# One row for each natural person who lives in a dwelling on the day, with the allowed inputs and nothing else.
_FACTS = """
WITH homes AS MATERIALIZED (
    SELECT DISTINCT ON (party.person_id) party.person_id, lot.id AS lot_id, lot.residence_id, lot.is_accessible,
           lease.household_id, lease.balance, lease.balance_on
    FROM people_lease lease
    JOIN estate_lot lot ON lot.id = lease.lot_id AND lot.kind = 'dwelling'
    JOIN people_lease_party party ON party.lease_id = lease.id AND party.role <> 'guarantor'
    WHERE lease.sealed_at IS NULL AND lease.entered_on <= %(on)s
      AND coalesce(lease.left_on, 'infinity'::date) > %(on)s
      AND coalesce(party.until, 'infinity'::date) > %(on)s
      AND (%(everywhere)s OR lot.residence_id = ANY (%(residences)s))
      AND (%(everybody)s OR party.person_id = ANY (%(around)s))
    ORDER BY party.person_id, lease.entered_on DESC, lease.id
),
living AS MATERIALIZED (
    SELECT homes.*, person.language, person.household_id AS home_id,
           date_part('year', age(%(on)s::timestamp, person.birth_on::timestamp))::int AS age
    FROM homes JOIN people_person person ON person.id = homes.person_id
    WHERE person.sealed_at IS NULL AND person.kind = 'natural'
      AND (person.deceased_on IS NULL OR person.deceased_on > %(on)s)
),
sizes AS (
    SELECT lot_id, count(*) AS named, count(*) FILTER (WHERE age < 18) AS minors,
           count(*) FILTER (WHERE age IS NULL OR age >= 18) AS adults, max(home.declared_size) AS declared
    FROM living LEFT JOIN people_household home ON home.id = living.household_id
    GROUP BY lot_id
),
marked AS (
    SELECT person_id, array_agg(nature) AS natures, bool_or(origin IN ('agent', 'ccas')) AS reported
    FROM people_marker WHERE closed_at IS NULL AND coalesce(expires_on, 'infinity'::date) > %(on)s
      AND (%(everybody)s OR person_id = ANY (%(around)s))
    GROUP BY person_id
),
said AS (
    SELECT person_id, bool_or(kind = 'opt_out') AS objects, bool_or(kind = 'consent') AS agrees
    FROM people_consent
    WHERE topic = 'courtesy_calls' AND channel IN ('any', 'phone') AND given_at <= %(at)s
      AND coalesce(withdrawn_at, 'infinity') > %(at)s AND (%(everybody)s OR person_id = ANY (%(around)s))
    GROUP BY person_id
),
heard AS (
    SELECT member.person_id, (max(line.last_reached_at) AT TIME ZONE 'Europe/Paris')::date AS last_on
    FROM outreach_line line JOIN outreach_line_member member ON member.line_id = line.id
    WHERE line.last_reached_at IS NOT NULL AND (%(everybody)s OR member.person_id = ANY (%(around)s))
    GROUP BY member.person_id
),
alerted AS (
    SELECT member.person_id, bool_or(alert.state <> 'closed') AS is_open
    FROM outreach_alert alert
    JOIN outreach_report report ON report.id = alert.report_id
    JOIN outreach_call call ON call.id = report.call_id
    JOIN outreach_line_member member ON member.line_id = call.line_id
    WHERE (alert.opened_at > %(alerts_since)s OR alert.state <> 'closed')
      AND (%(everybody)s OR member.person_id = ANY (%(around)s))
    GROUP BY member.person_id
),
facts AS MATERIALIZED (
    SELECT living.person_id, living.lot_id, living.residence_id, living.household_id, living.language, living.age,
           greatest(coalesce(sizes.declared, 1), sizes.named)::int AS household_size,
           sizes.declared IS NULL AND sizes.named = 1 AS is_size_guessed,
           coalesce(sizes.adults = 1 AND sizes.minors > 0, false)
               OR coalesce('alone_with_children' = ANY (marked.natures), false) AS single_parent,
           coalesce(living.is_accessible, false)
               OR coalesce('adapted_dwelling' = ANY (marked.natures), false) AS adapted,
           followed.person_id IS NOT NULL AS followed,
           coalesce(living.balance > 0 AND living.balance_on > %(on)s::date - %(balance_days)s::int, false)
               AS in_arrears,
           coalesce(marked.natures, '{}') AS natures, coalesce(marked.reported, false) AS reported,
           coalesce(said.objects, false) AS objects,
           coalesce(said.agrees, false) OR coalesce('asked_to_be_called' = ANY (marked.natures), false) AS asked,
           %(on)s::date - heard.last_on AS days,
           alerted.person_id IS NOT NULL AS former_alert, coalesce(alerted.is_open, false) AS open_alert
    FROM living
    JOIN sizes ON sizes.lot_id = living.lot_id
    LEFT JOIN marked ON marked.person_id = living.person_id
    LEFT JOIN said ON said.person_id = living.person_id
    LEFT JOIN heard ON heard.person_id = living.person_id
    LEFT JOIN alerted ON alerted.person_id = living.person_id
    LEFT JOIN outreach_followed_person followed ON followed.person_id = living.person_id
)"""

# How each input is asked, as fixed SQL over `facts`.
_ALONE = "(household_size = 1 OR 'lives_alone' = ANY (natures))"
_FLAGS = {
    SegmentInput.LIVES_ALONE: _ALONE,
    SegmentInput.SINGLE_PARENT: "single_parent",
    SegmentInput.ADAPTED_DWELLING: "adapted",
    SegmentInput.FOLLOWED: "followed",
    SegmentInput.IN_ARREARS: "in_arrears",
    SegmentInput.ASKED: "asked",
    SegmentInput.FORMER_ALERT: "former_alert",
    SegmentInput.REPORTED: "reported",
}
_NUMBERS = {
    SegmentInput.AGE: "age",
    SegmentInput.HOUSEHOLD_SIZE: "household_size",
    # Somebody never heard has been without contact for as long as one likes.
    SegmentInput.DAYS_WITHOUT_CONTACT: "coalesce(days, 36500)",
}
# The reason that each input gives, when the person is listed for it.
_REASONS = {
    SegmentInput.AGE: "jsonb_build_object('code', 'age', 'years', age)",
    SegmentInput.HOUSEHOLD_SIZE: "jsonb_build_object('code', 'household_size', 'people', household_size)",
    SegmentInput.LIVES_ALONE: """jsonb_build_object('code', CASE
        WHEN is_size_guessed AND NOT 'lives_alone' = ANY (natures) THEN 'seems_alone' ELSE 'lives_alone' END)""",
    SegmentInput.SINGLE_PARENT: "jsonb_build_object('code', 'single_parent')",
    SegmentInput.ADAPTED_DWELLING: "jsonb_build_object('code', 'adapted_dwelling')",
    SegmentInput.FOLLOWED: "jsonb_build_object('code', 'followed')",
    SegmentInput.IN_ARREARS: "jsonb_build_object('code', 'in_arrears')",
    SegmentInput.ASKED: "jsonb_build_object('code', 'asked')",
    SegmentInput.FORMER_ALERT: "jsonb_build_object('code', 'former_alert')",
    SegmentInput.REPORTED: "jsonb_build_object('code', 'reported')",
}
_CONTACT_REASON = """jsonb_build_array(CASE WHEN days IS NULL THEN jsonb_build_object('code', 'never_reached')
    ELSE jsonb_build_object('code', 'days_without_contact', 'days', days) END)"""
_ALERT_REASON = """CASE WHEN open_alert THEN jsonb_build_array(jsonb_build_object('code', 'open_alert'))
    ELSE '[]'::jsonb END"""


class Compiler:
    """Turns checked criteria into SQL and gathers the parameters."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}

    def hold(self, value: object) -> str:
        name = f"v{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def condition(self, one: Condition) -> str:
        if one.input == SegmentInput.MARKERS:
            return f"natures && {self.hold(list(one.among))}::text[]"
        if one.input in _FLAGS:
            return _FLAGS[one.input]
        column, parts = _NUMBERS[one.input], []
        if one.at_least is not None:
            parts.append(f"{column} >= {self.hold(one.at_least)}")
        if one.at_most is not None:
            parts.append(f"{column} <= {self.hold(one.at_most)}")
        return " AND ".join(parts)

    def group(self, conditions: Sequence[Condition]) -> str:
        return "(" + " AND ".join(self.condition(one) for one in conditions) + ")"

    def matches(self, criteria: Criteria) -> str:
        return "(" + " OR ".join(self.group(one) for one in criteria.groups) + ")"

    def rank(self, queries: Sequence[SegmentQuery]) -> str:
        """The place, from 1, of the heaviest segment that somebody matches; NULL when none does."""
        if not queries:
            return "NULL::int"
        whens = [
            f"WHEN {self.matches(one.criteria)} THEN {place}" for place, one in enumerate(queries, start=1)
        ]
        return f"CASE {' '.join(whens)} END"

    def reasons(self, queries: Sequence[SegmentQuery]) -> str:
        whens = [
            f"WHEN {place} THEN {self._segment_reasons(one.criteria)}"
            for place, one in enumerate(queries, start=1)
        ]
        own = f"CASE rank {' '.join(whens)} ELSE '[]'::jsonb END" if whens else "'[]'::jsonb"
        return f"{own} || {_CONTACT_REASON} || {_ALERT_REASON}"

    def _segment_reasons(self, criteria: Criteria) -> str:
        """Each input of a group that the person matches gives its reason, once."""
        parts = []
        for asked in SegmentInput:
            groups = [g for g in criteria.groups if any(one.input == asked for one in g)]
            if not groups or asked == SegmentInput.DAYS_WITHOUT_CONTACT:
                continue
            holds = " OR ".join(self.group(one) for one in groups)
            parts.append(f"CASE WHEN {holds} THEN {self._reason(asked, groups)} ELSE '[]'::jsonb END")
        return "(" + (" || ".join(parts) or "'[]'::jsonb") + ")"

    def _reason(self, asked: SegmentInput, groups: Sequence[Sequence[Condition]]) -> str:
        if asked != SegmentInput.MARKERS:
            return f"jsonb_build_array({_REASONS[asked]})"
        among = sorted({nature for g in groups for one in g for nature in one.among})
        return f"""(SELECT coalesce(jsonb_agg(jsonb_build_object('code', 'marker', 'nature', nature)), '[]'::jsonb)
            FROM unnest(natures) AS nature WHERE nature = ANY ({self.hold(among)}::text[]))"""


def by_weight(queries: Iterable[SegmentQuery]) -> list[SegmentQuery]:
    """Return segments in the order in which they take people: the heaviest first."""
    return sorted(queries, key=lambda one: (-one.weight, one.code))


def facts_parameters(scope: Scope) -> dict[str, Any]:
    on = scope.on
    return {
        "on": on,
        "at": scope.at,
        "everywhere": scope.residences is None,
        "residences": list(scope.residences or ()),
        "everybody": scope.around is None,
        "around": list(scope.around or ()),
        "alerts_since": scope.at - timedelta(days=int(value_of(parameters.ALERT_MEMORY.key, on=on))),
        "balance_days": int(value_of(parameters.BALANCE_VALID.key, on=on)),
    }


def compile_candidates(
    segments: Iterable[SegmentQuery], scope: Scope, points: Points | None = None
) -> Compiled:
    """Return the statement down to `candidates`: one row for each person who matches, with why and on which number.

    `verdict` is '' for who may be called, else 'opted_out' or 'protected' (every number of theirs is unsafe).
    """
    queries, compiler, number = by_weight(segments), Compiler(), points or points_on(scope.on)
    rank = compiler.rank(queries)
    if scope.only is None:
        chosen = f"SELECT facts.*, {rank} AS rank FROM facts"
    else:
        codes = [one.code for one in queries]
        frozen = f"array_position({compiler.hold(codes)}::text[], frozen.code)"
        chosen = f"""SELECT facts.*, coalesce({rank}, {frozen}, 1) AS rank FROM facts
            JOIN unnest({compiler.hold(list(scope.only))}::uuid[], {compiler.hold(list(scope.only.values()))}::text[])
                AS frozen (person_id, code) ON frozen.person_id = facts.person_id"""
    sql = f"""{_FACTS},
ranked AS MATERIALIZED (SELECT * FROM ({chosen}) AS chosen WHERE rank IS NOT NULL),
points AS MATERIALIZED (
    SELECT living.lot_id, living.person_id, point.id, point.value, point.slot, point.is_preferred, point.is_shared,
           point.is_unsafe, ranked.person_id IS NOT NULL AS is_theirs
    FROM living
    JOIN people_contact_point point ON point.person_id = living.person_id AND point.channel = 'phone'
         AND coalesce(point.ended_on, 'infinity'::date) > %(on)s
    LEFT JOIN ranked ON ranked.person_id = living.person_id
    WHERE living.lot_id IN (SELECT lot_id FROM ranked)
),
unsafe AS (SELECT lot_id, array_agg(value) AS numbers FROM points WHERE is_unsafe GROUP BY lot_id),
numbers AS (
    SELECT DISTINCT ON (points.lot_id) points.lot_id, points.value, points.slot
    FROM points LEFT JOIN unsafe ON unsafe.lot_id = points.lot_id
    WHERE NOT points.is_unsafe AND NOT points.value = ANY (coalesce(unsafe.numbers, '{{}}'))
      AND (points.is_theirs OR unsafe.lot_id IS NULL)
    ORDER BY points.lot_id, points.is_theirs DESC, points.is_preferred DESC, points.is_shared, points.id
),
endangered AS (
    SELECT person_id FROM points GROUP BY person_id HAVING bool_and(is_unsafe)
),
candidates AS MATERIALIZED (
    SELECT ranked.person_id, ranked.lot_id, ranked.residence_id, ranked.household_id, ranked.language, ranked.rank,
           coalesce(numbers.value, '') AS phone, coalesce(numbers.slot, '') AS slot,
           coalesce(numbers.value, ranked.lot_id::text) AS line_key,
           coalesce((%(codes)s::text[])[rank], '') AS code, (%(cadences)s::int[])[rank] AS cadence_days,
           coalesce((%(weights)s::int[])[rank], 0) * %(segment_points)s / 100
               + %(day_points)s * greatest(least(coalesce(days, %(days_cap)s), %(days_cap)s), 0)
               + CASE WHEN open_alert THEN %(alert_points)s ELSE 0 END AS score,
           {compiler.reasons(queries)} AS reasons,
           CASE WHEN objects THEN 'opted_out' WHEN endangered.person_id IS NOT NULL THEN 'protected' ELSE '' END
               AS verdict
    FROM ranked
    LEFT JOIN numbers ON numbers.lot_id = ranked.lot_id
    LEFT JOIN endangered ON endangered.person_id = ranked.person_id
)"""
    return Compiled(
        sql,
        {
            **facts_parameters(scope),
            **compiler.parameters,
            "codes": [one.code for one in queries],
            "weights": [one.weight for one in queries],
            "cadences": [one.cadence_days for one in queries],
            "segment_points": number.segment,
            "day_points": number.day,
            "days_cap": number.days_cap,
            "alert_points": number.alert,
        },
    )


@dataclass(frozen=True)
class Summary:
    """What a list would hold. `elsewhere` counts households that an open campaign calls already, and keeps calling."""

    people: int
    households: int
    without_number: int
    opted_out: int
    protected: int
    elsewhere: int
    by_segment: tuple[tuple[str, int], ...]
    by_agency: tuple[tuple[str, int], ...]

    @property
    def calls(self) -> int:
        return self.households - self.without_number


_SUMMARY = """
, kept AS (SELECT * FROM candidates WHERE verdict = ''),
keys AS (
    SELECT line_key, max(phone) AS phone, min(cadence_days) AS cadence_days FROM kept GROUP BY line_key
)
SELECT 'people', '', count(*) FROM kept
UNION ALL SELECT 'households', '', count(*) FROM keys
UNION ALL SELECT 'without_number', '', count(*) FROM keys WHERE phone = ''
UNION ALL SELECT verdict, '', count(*) FROM candidates WHERE verdict <> '' GROUP BY verdict
UNION ALL SELECT 'elsewhere', '', count(*) FROM keys WHERE phone <> '' AND EXISTS (
    SELECT FROM outreach_line line JOIN outreach_campaign campaign ON campaign.id = line.campaign_id
    WHERE line.phone = keys.phone AND line.state = 'active' AND campaign.state = 'open'
      AND coalesce(line.cadence_days, 9999) <= coalesce(keys.cadence_days, 9999))
UNION ALL SELECT 'segment', code, count(*) FROM kept GROUP BY code
UNION ALL SELECT 'agency', coalesce(agency.name, ''), count(*) FROM kept
    JOIN estate_residence residence ON residence.id = kept.residence_id
    LEFT JOIN estate_agency agency ON agency.id = residence.agency_id GROUP BY agency.name
"""


def summary(segments: Iterable[SegmentQuery], scope: Scope) -> Summary:
    """Count who would be called. A few queries for the parameters, one for the rest."""
    rows = _run(compile_candidates(segments, scope), _SUMMARY)
    counted = {name: count for name, key, count in rows if not key}
    return Summary(
        people=counted.get("people", 0),
        households=counted.get("households", 0),
        without_number=counted.get("without_number", 0),
        opted_out=counted.get("opted_out", 0),
        protected=counted.get("protected", 0),
        elsewhere=counted.get("elsewhere", 0),
        by_segment=tuple(sorted((key, count) for name, key, count in rows if name == "segment")),
        by_agency=tuple(sorted((key, count) for name, key, count in rows if name == "agency")),
    )


@dataclass(frozen=True)
class Sampled:
    """One person of a sample, with the machine reasons."""

    person_id: UUID
    name: str
    residence: str
    code: str
    score: int
    reasons: tuple[Mapping[str, Any], ...]


_SAMPLE = """
SELECT candidates.person_id, trim(upper(person.family_name) || ' ' || person.given_names), residence.name,
       candidates.code, candidates.score, candidates.reasons
FROM candidates
JOIN people_person person ON person.id = candidates.person_id
JOIN estate_residence residence ON residence.id = candidates.residence_id
WHERE verdict = '' ORDER BY score DESC, candidates.person_id LIMIT %(limit)s
"""


def sample(segments: Iterable[SegmentQuery], scope: Scope, *, limit: int = 10) -> list[Sampled]:
    """Return the most urgent of those who match."""
    return [_sampled(row) for row in _run(compile_candidates(segments, scope), _SAMPLE, limit=limit)]


def _sampled(row: Any) -> Sampled:
    person, name, residence, code, score, reasons = row
    return Sampled(person, name, residence, code, score, tuple(_json(reasons)))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def frozen_people(segments: Iterable[SegmentQuery], scope: Scope) -> tuple[dict[UUID, str], int]:
    """Return who would be called, each with the segment's code, and how many households that makes to call.

    Those who live together come one after the other.
    """
    rows = _run(
        compile_candidates(segments, scope),
        """SELECT person_id, code, line_key, phone FROM candidates WHERE verdict = '' ORDER BY lot_id, person_id""",
    )
    return {row[0]: row[1] for row in rows}, len({row[2] for row in rows if row[3]})


@dataclass(frozen=True)
class Change:
    """What a change of one segment does to its members, all segments considered. `caught` left for another one."""

    entering: int
    leaving: int
    same: int
    caught: int
    entering_sample: tuple[Sampled, ...]
    leaving_sample: tuple[Sampled, ...]
    fingerprint: str = ""


def compare(
    before: Sequence[SegmentQuery], after: Sequence[SegmentQuery], *, code: str, scope: Scope, limit: int = 8
) -> Change:
    """Compare who is in a segment before and after a change, the other segments staying as they are."""
    compiler = Compiler()
    old, new = by_weight(before), by_weight(after)
    given = {
        **facts_parameters(scope),
        "code": code,
        "limit": limit,
        "old": [one.code for one in old],
        "new": [one.code for one in new],
    }
    sql = f"""{_FACTS},
ranks AS MATERIALIZED (
    SELECT facts.*, (%(old)s::text[])[{compiler.rank(old)}] AS was, (%(new)s::text[])[{compiler.rank(new)}] AS becomes
    FROM facts WHERE NOT objects
),
moves AS MATERIALIZED (
    SELECT ranks.*, CASE WHEN was = %(code)s AND becomes = %(code)s THEN 'same'
        WHEN becomes = %(code)s THEN 'entering' WHEN becomes IS NULL THEN 'leaving' ELSE 'caught' END AS move
    FROM ranks WHERE was = %(code)s OR becomes = %(code)s
),
named AS (
    SELECT moves.person_id, moves.age, moves.household_size, move, residence.name AS residence,
           trim(upper(person.family_name) || ' ' || person.given_names) AS name,
           row_number() OVER (PARTITION BY move ORDER BY moves.age DESC NULLS LAST, moves.person_id) AS place
    FROM moves JOIN people_person person ON person.id = moves.person_id
    JOIN estate_residence residence ON residence.id = moves.residence_id
    WHERE move IN ('entering', 'leaving', 'caught')
)
SELECT move, count(*)::int, NULL::uuid, '', '', NULL::jsonb,
       md5(coalesce(string_agg(person_id::text, ',' ORDER BY person_id), '')) FROM moves GROUP BY move
UNION ALL
SELECT move, NULL, person_id, name, residence, jsonb_build_array(
           CASE WHEN age IS NULL THEN '{{}}'::jsonb ELSE jsonb_build_object('code', 'age', 'years', age) END,
           jsonb_build_object('code', CASE WHEN household_size = 1 THEN 'lives_alone' ELSE 'household_size' END,
                              'people', household_size)), ''
FROM named WHERE place <= %(limit)s"""
    rows = _run(Compiled(sql, {**given, **compiler.parameters}), "")
    counts = {row[0]: row[1] for row in rows if row[2] is None}
    marks = sorted((row[0], row[6]) for row in rows if row[2] is None)
    return Change(
        entering=counts.get("entering", 0),
        leaving=counts.get("leaving", 0),
        same=counts.get("same", 0),
        caught=counts.get("caught", 0),
        entering_sample=_moved(rows, ("entering",)),
        leaving_sample=_moved(rows, ("leaving", "caught")),
        fingerprint=_digest(marks),
    )


def _moved(rows: Iterable[Any], moves: tuple[str, ...]) -> tuple[Sampled, ...]:
    found = [row for row in rows if row[2] is not None and row[0] in moves]
    return tuple(Sampled(row[2], row[3], row[4], "", 0, tuple(_json(row[5]))) for row in found)


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def people_around(people: Iterable[UUID]) -> tuple[UUID, ...]:
    """Return these persons and all those whose lease was ever of a dwelling of theirs: what their facts depend on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH dwellings AS MATERIALIZED (
                SELECT DISTINCT lease.lot_id FROM people_lease_party party
                JOIN people_lease lease ON lease.id = party.lease_id WHERE party.person_id = ANY (%s)
            )
            SELECT DISTINCT party.person_id FROM dwellings
            JOIN people_lease lease ON lease.lot_id = dwellings.lot_id
            JOIN people_lease_party party ON party.lease_id = lease.id""",
            [list(people)],
        )
        return tuple(person for (person,) in cursor.fetchall())


def _run(compiled: Compiled, tail: str, **more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        plan_for_many(cursor)
        cursor.execute(compiled.sql + tail, {**compiled.parameters, **more})
        return cursor.fetchall()


def plan_for_many(cursor: Any) -> None:
    """Until the end of the transaction, do not compile the plan: it would take longer than the answer."""
    cursor.execute("SELECT set_config('jit', 'off', true)")
