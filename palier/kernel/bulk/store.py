"""The statements of a run: counting what would happen, freezing it, taking it chunk after chunk.

Each is one statement whatever the number of rows; a plan is a SELECT of (id, label, verdict, now).
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from palier.kernel.bulk.enums import CHANGED_SINCE, GONE
from palier.kernel.bulk.models import BulkItem, BulkRun
from palier.kernel.bulk.planning import CHANGE, UNCHANGED, Statement

SAMPLES = 6


@dataclass(frozen=True)
class Sample:
    """One row of a preview."""

    label: str
    now: str


@dataclass(frozen=True)
class Count:
    """How many rows share one fate, with the first of them."""

    verdict: str
    count: int
    samples: tuple[Sample, ...] = ()


def run_sql(sql: str, params: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def rows_of(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def counted(plan: Statement) -> tuple[list[Count], str]:
    """What would happen, with samples, and the fingerprint of exactly that."""
    groups = rows_of(
        f"""SELECT verdict, count(*), md5(string_agg(id::text, ',' ORDER BY id))
        FROM ({plan.sql}) p (id, label, verdict, now) GROUP BY verdict""",
        plan.params,
    )
    first = rows_of(
        f"""SELECT verdict, label, now FROM (
            SELECT p.*, row_number() OVER (PARTITION BY verdict ORDER BY label, id) AS rank
            FROM ({plan.sql}) p (id, label, verdict, now)) ranked
        WHERE rank <= %s ORDER BY rank""",
        [*plan.params, SAMPLES],
    )
    samples: dict[str, list[Sample]] = defaultdict(list)
    for verdict, label, now in first:
        samples[verdict].append(Sample(label, now))
    counts = [Count(verdict, number, tuple(samples[verdict])) for verdict, number, _digest in groups]
    return sorted(counts, key=lambda one: -one.count), fingerprint(groups)


def freeze(run: BulkRun, plan: Statement) -> tuple[dict[str, int], str]:
    """Write the rows of the run as they are found now; return their numbers and their fingerprint."""
    run_sql(
        f"""INSERT INTO bulk_item (run_id, position, subject_id, label, outcome, reason)
        SELECT %s, row_number() OVER (ORDER BY label, id), id, label,
               CASE verdict WHEN %s THEN 'pending' WHEN %s THEN 'unchanged' ELSE 'refused' END,
               CASE WHEN verdict IN (%s, %s) THEN '' ELSE verdict END
        FROM ({plan.sql}) p (id, label, verdict, now)""",
        [run.pk, CHANGE, UNCHANGED, CHANGE, UNCHANGED, *plan.params],
    )
    groups = rows_of(
        """SELECT CASE outcome WHEN 'pending' THEN %s WHEN 'unchanged' THEN %s ELSE reason END AS verdict,
               count(*), md5(string_agg(subject_id::text, ',' ORDER BY subject_id))
        FROM bulk_item WHERE run_id = %s GROUP BY 1""",
        [CHANGE, UNCHANGED, run.pk],
    )
    return {verdict: number for verdict, number, _digest in groups}, fingerprint(groups)


def fingerprint(groups: Sequence[tuple[Any, ...]]) -> str:
    return hashlib.sha256(json.dumps(sorted(groups)).encode()).hexdigest()


def undo_plan(original: UUID, states: Statement, only: Sequence[UUID] | None = None) -> Statement:
    """What of a run can be put back: the rows that are still as it left them."""
    narrowed = "" if only is None else "AND i.subject_id = ANY(%s)"
    return Statement(
        f"""SELECT i.subject_id, i.label,
               CASE WHEN s.id IS NULL THEN '{GONE}' WHEN s.state IS DISTINCT FROM i.after THEN '{CHANGED_SINCE}'
               ELSE '{CHANGE}' END, ''
        FROM bulk_item i LEFT JOIN ({states.sql}) s (id, state) ON s.id = i.subject_id
        WHERE i.run_id = %s AND i.outcome = 'applied' {narrowed}""",
        (*states.params, original, *([] if only is None else [list(only)])),
    )


def waiting_ids(run_id: UUID, limit: int) -> list[UUID]:
    found = BulkItem.objects.filter(run_id=run_id, outcome="pending").order_by("position")[:limit]
    return list(found.values_list("subject_id", flat=True))


def set_aside(run_id: UUID, ids: Sequence[UUID], plan: Statement) -> None:
    """Leave out what somebody changed between the confirmation and now, and what is no longer there."""
    run_sql(
        f"""UPDATE bulk_item i
        SET outcome = CASE p.verdict WHEN %s THEN 'unchanged' ELSE 'refused' END,
            reason = CASE p.verdict WHEN %s THEN '' ELSE coalesce(p.verdict, %s) END
        FROM (SELECT w.id, q.verdict FROM unnest(%s::uuid[]) w (id)
              LEFT JOIN ({plan.sql}) q (id, label, verdict, now) ON q.id = w.id) p
        WHERE i.run_id = %s AND i.subject_id = ANY(%s) AND i.subject_id = p.id
          AND p.verdict IS DISTINCT FROM %s""",
        [UNCHANGED, UNCHANGED, GONE, list(ids), *plan.params, run_id, list(ids), CHANGE],
    )


def still_waiting(run_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    found = BulkItem.objects.filter(run_id=run_id, outcome="pending", subject_id__in=ids)
    return list(found.order_by("position").values_list("subject_id", flat=True))


def keep_states(run_id: UUID, column: str, ids: Sequence[UUID], states: Statement) -> None:
    """Keep what rows are (`before` or `after`).

    The ids are said twice: the table is too young for the planner to know how many rows a run has.
    """
    run_sql(
        f"""WITH s (id, state) AS MATERIALIZED ({states.sql})
        UPDATE bulk_item i SET {column} = s.state FROM s
        WHERE i.run_id = %s AND i.subject_id = ANY(%s) AND i.subject_id = s.id""",
        [*states.params, run_id, list(ids)],
    )


def close_chunk(run_id: UUID, ids: Sequence[UUID], refused: Mapping[UUID, str]) -> None:
    """Say what became of the rows that were handed to the action."""
    if refused:
        run_sql(
            """UPDATE bulk_item i SET outcome = 'refused', reason = r.reason, before = NULL
            FROM unnest(%s::uuid[], %s::text[]) r (id, reason)
            WHERE i.run_id = %s AND i.subject_id = r.id AND i.outcome = 'pending'""",
            [list(refused), list(refused.values()), run_id],
        )
    run_sql(
        "UPDATE bulk_item SET outcome = 'applied' WHERE run_id = %s AND subject_id = ANY(%s) AND outcome = 'pending'",
        [run_id, list(ids)],
    )


def tally(run_id: UUID, ids: Sequence[UUID]) -> dict[str, int]:
    """Numbers of a chunk by outcome."""
    return dict(
        rows_of(
            "SELECT outcome, count(*) FROM bulk_item WHERE run_id = %s AND subject_id = ANY(%s) GROUP BY outcome",
            [run_id, list(ids)],
        )  # type: ignore[arg-type]
    )
