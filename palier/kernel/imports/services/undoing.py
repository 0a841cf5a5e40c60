"""Undoing an applied file: what it changed comes back, except what somebody changed since.

The plan made beforehand (`planning.py`) is the list acted on. It is worked through by chunks: a chunk and the mark that
it is done are one transaction, so that work killed anywhere goes on where it was. Each row is compared again at that
moment; one that has changed since the plan is left, and listed with the others.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.events import publish
from palier.kernel.imports.enums import BatchAction, BatchState
from palier.kernel.imports.events import BatchUndone
from palier.kernel.imports.merging import bulk_load
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.permissions import Permission
from palier.kernel.imports.services.planning import AFTER, NothingToUndo, Progress, _silent, plan_undoing
from palier.kernel.imports.staging import rows, run
from palier.kernel.imports.workflow import BATCH

CHUNK_ROWS = 5_000


class PlanMissing(DomainError):
    code = "imports.undo-plan-missing"
    message = _("Work out first what undoing would do.")


class PlanChanged(DomainError):
    code = "imports.undo-plan-changed"
    message = _(
        "What undoing would do was worked out again since this page was shown. Read it, then confirm again."
    )


@transaction.atomic
def begin_undoing(*, batch_id: UUID, planned_at: str, by: Actor, at: datetime) -> ImportBatch:
    """Decide to undo a file, as the plan read by the person says.

    `planned_at` names that plan. Raises: NothingToUndo, PlanMissing, PlanChanged, NotAllowed.
    """
    by.must(Permission.BATCH_UNDO)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state not in BATCH.table[BatchAction.ROLL_BACK][0]:
        raise NothingToUndo
    if not batch.undoing:
        raise PlanMissing
    if batch.undoing["planned_at"] != planned_at:
        raise PlanChanged
    BATCH.move(batch, BatchAction.ROLL_BACK, by=by, at=at, **_numbers(batch))
    batch.undone_by = by.name
    batch.save(update_fields=["state", "undone_by"])
    return batch


def _numbers(batch: ImportBatch) -> dict[str, int]:
    return {name: value for name, value in batch.undoing.items() if isinstance(value, int)}


def undo_batch(
    *,
    batch_id: UUID,
    by: Actor,
    at: datetime,
    progress: Progress = _silent,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportBatch:
    """Undo what is left to undo. Run again after a kill, it goes on after the last chunk that was committed."""
    while not cancelled():
        with transaction.atomic():
            if not _next_chunk(batch_id=batch_id, by=by, at=at, progress=progress):
                break
    return ImportBatch.objects.get(pk=batch_id)


def roll_back(*, batch_id: UUID, by: Actor, at: datetime) -> dict[str, int]:
    """Plan, decide and undo in one go, for commands and tests.

    Returns: `restored`, `removed`, `left`. Raises: NothingToUndo, NotAllowed.
    """
    plan = plan_undoing(batch_id=batch_id, by=by, at=at)
    begin_undoing(batch_id=batch_id, planned_at=plan["planned_at"], by=by, at=at)
    batch = undo_batch(batch_id=batch_id, by=by, at=at)
    return {name: batch.undoing[name] for name in ("restored", "removed", "left")}


def _next_chunk(*, batch_id: UUID, by: Actor, at: datetime, progress: Progress) -> bool:
    """Undo one chunk under the batch's lock, or finish. False when there is nothing left to do."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != BatchState.ROLLING_BACK:
        return False
    given = {"batch": batch_id, "limit": CHUNK_ROWS}
    run(
        """CREATE TEMPORARY TABLE touched ON COMMIT DROP AS
        SELECT u.id, u.position, u.table_name, u.row_id, u.is_made,
               (SELECT count(*) FROM import_change c WHERE c.batch_id = %(batch)s AND c.row_id = u.row_id
                   AND c.table_name = u.table_name) AS changes
          FROM import_undo_row u WHERE u.batch_id = %(batch)s AND u.verdict = 'free' AND NOT u.is_done
         ORDER BY u.position LIMIT %(limit)s""",
        given,
    )
    found = rows("SELECT table_name, is_made FROM touched GROUP BY 1, 2 ORDER BY min(position)")
    with bulk_load():
        for table, is_made in found:
            (_remove if is_made else _restore)(batch_id, table)
    if found:
        # What was not as the plan found it is left, as if it had been found so.
        run(
            """UPDATE import_undo_row u SET is_done = undone.row_id IS NOT NULL,
                   verdict = CASE WHEN undone.row_id IS NULL THEN 'changed' ELSE 'free' END
            FROM touched t LEFT JOIN undone ON undone.table_name = t.table_name AND undone.row_id = t.row_id
            WHERE u.id = t.id"""
            if _has_undone()
            else "UPDATE import_undo_row u SET verdict = 'changed' FROM touched t WHERE u.id = t.id"
        )
    _tell(batch, progress)
    run("DROP TABLE touched")
    run("DROP TABLE IF EXISTS pg_temp.undone")
    if not found:
        _finish(batch, by=by, at=at)
    return bool(found)


def _has_undone() -> bool:
    return bool(rows("SELECT to_regclass('pg_temp.undone') IS NOT NULL")[0][0])


def _undone(statement: sql.Composed, table: str, given: dict[str, Any]) -> None:
    """Run a statement that returns the ids of the rows it undid, and remember them."""
    run("CREATE TEMPORARY TABLE IF NOT EXISTS undone (table_name text, row_id uuid) ON COMMIT DROP")
    run(
        sql.SQL("WITH did AS ({}) INSERT INTO undone SELECT {}, id FROM did").format(
            statement, sql.Literal(table)
        ),
        given,
    )


BEFORE = """
    SELECT c.row_id, jsonb_object_agg(said.key, said.value ORDER BY c.step DESC, c.id DESC) AS before
      FROM import_change c JOIN touched t ON t.row_id = c.row_id AND t.table_name = c.table_name AND NOT t.is_made
      CROSS JOIN LATERAL jsonb_each(c.before) AS said
     WHERE c.batch_id = %(batch)s AND c.table_name = %(table)s GROUP BY c.row_id
"""
"""What each row of a chunk held before the batch: of several changes, the first word."""


def _restore(batch_id: UUID, table: str) -> None:
    given = {"batch": batch_id, "table": table}
    names = [
        name
        for (name,) in rows(
            """SELECT DISTINCT jsonb_object_keys(c.before)
            FROM import_change c JOIN touched t USING (table_name, row_id)
            WHERE c.batch_id = %(batch)s AND c.table_name = %(table)s AND c.before IS NOT NULL ORDER BY 1""",
            given,
        )
    ]
    if not names:
        return
    column = sql.SQL("{name} = CASE WHEN b.before ? {text} THEN p.{name} ELSE r.{name} END")
    settings = sql.SQL(", ").join(
        column.format(name=sql.Identifier(name), text=sql.Literal(name)) for name in names
    )
    statement = sql.SQL(
        """UPDATE {table} r SET {settings}
        FROM ({before}) AS b JOIN ({after}) AS a USING (row_id),
             LATERAL jsonb_populate_record(NULL::{table}, b.before) AS p
        WHERE r.id = b.row_id AND to_jsonb(r) @> a.after RETURNING r.id"""
    ).format(
        table=sql.Identifier(table),
        settings=settings,
        before=sql.SQL(BEFORE),
        after=sql.SQL(_after_of_chunk()),
    )
    try:
        with transaction.atomic():
            _undone(statement, table, given)
    except IntegrityError:
        _one_by_one(statement, batch_id, table)


def _after_of_chunk() -> str:
    """The rows of the chunk alone: the batch may have written half a million."""
    return f"SELECT * FROM ({AFTER}) AS every WHERE row_id IN (SELECT row_id FROM touched)"


def _remove(batch_id: UUID, table: str) -> None:
    statement = sql.SQL(
        "DELETE FROM {table} r USING ({after}) AS a WHERE r.id = a.row_id AND to_jsonb(r) @> a.after RETURNING r.id"
    ).format(table=sql.Identifier(table), after=sql.SQL(_after_of_chunk()))
    try:
        with transaction.atomic():
            _undone(statement, table, {"batch": batch_id, "table": table})
            _check_references()
    except IntegrityError:
        _one_by_one(statement, batch_id, table)


def _one_by_one(statement: sql.Composed, batch_id: UUID, table: str) -> None:
    """Something stands on one of the rows since the plan: the others need not stay for it."""
    mine = rows("SELECT id FROM touched WHERE table_name = %s ORDER BY position", [table])
    run("ALTER TABLE touched RENAME TO every_touched")
    for (one,) in mine:
        run(
            "CREATE TEMPORARY TABLE touched ON COMMIT DROP AS SELECT * FROM every_touched WHERE id = %s",
            [one],
        )
        try:
            with transaction.atomic():
                _undone(statement, table, {"batch": batch_id, "table": table})
                _check_references()
        except IntegrityError:
            pass
        run("DROP TABLE touched")
    run("ALTER TABLE every_touched RENAME TO touched")


def _check_references() -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


def _tell(batch: ImportBatch, progress: Progress) -> None:
    done, total = rows(
        """SELECT count(*) FILTER (WHERE is_done OR verdict <> 'free'), count(*) FROM import_undo_row
        WHERE batch_id = %s""",
        [batch.pk],
    )[0]
    progress(done, total or 1, "undo")


def _finish(batch: ImportBatch, *, by: Actor, at: datetime) -> None:
    restored, removed, left = rows(
        """SELECT count(*) FILTER (WHERE is_done AND NOT is_made), count(*) FILTER (WHERE is_done AND is_made),
               count(*) FILTER (WHERE NOT is_done) FROM import_undo_row WHERE batch_id = %s""",
        [batch.pk],
    )[0]
    numbers = {"restored": restored, "removed": removed, "left": left}
    BATCH.move(batch, BatchAction.FINISH_ROLL_BACK, by=by, at=at, **numbers)
    batch.undone_at, batch.undoing = at, {**batch.undoing, **numbers}
    batch.save(update_fields=["state", "undone_at", "undoing"])
    publish(BatchUndone(batch_id=batch.pk, kind=batch.kind, at=at))


@transaction.atomic
def resume_undoing(*, batch_id: UUID, by: Actor, at: datetime) -> ImportBatch:
    """Go on with an undoing that was stopped. Raises: NothingToUndo, NotAllowed."""
    by.must(Permission.BATCH_UNDO)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != BatchState.ROLLING_BACK:
        raise NothingToUndo
    journal.record("imports.batch.resume-undoing", by=by, at=at, subject=batch)
    return batch
