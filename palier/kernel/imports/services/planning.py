"""Working out what undoing a file would do, row by row, before anybody confirms it.

Every row that the file wrote gets one verdict. `free`: it is as the file left it, and goes back. Otherwise it stays,
and is listed with the reason: a later file wrote it (`later`), somebody changed it (`changed`), it is no more
(`missing`), or the file made it and something that stays stands on it (`in_use`). Rows of a sealed person are in no
plan: what the file did to them was forgotten.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.imports.enums import BatchAction
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.permissions import Permission
from palier.kernel.imports.staging import rows, run
from palier.kernel.imports.workflow import BATCH

Progress = Callable[[int, int, str], None]


class NothingToUndo(DomainError):
    code = "imports.nothing-to-undo"
    message = _("This file is not applied, or was undone already: there is nothing to undo.")


def _silent(done: int, total: int, note: str) -> None:
    """Tell nobody."""


def plan_undoing(*, batch_id: UUID, by: Actor, at: datetime, progress: Progress = _silent) -> dict[str, Any]:
    """Write down what undoing would do to each row. A former plan is replaced; nothing else changes.

    A few statements for each table that the file wrote, whatever the number of rows.
    Returns: what is kept in `ImportBatch.undoing`: `planned_at`, and rows by verdict.
    Raises: NothingToUndo, NotAllowed.
    """
    by.must(Permission.BATCH_UNDO)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        if batch.state not in BATCH.table[BatchAction.ROLL_BACK][0]:
            raise NothingToUndo
        run("SELECT set_config('work_mem', '96MB', true)")
        progress(0, 4, "undo-rows")
        tables = _gather(batch.pk)
        progress(1, 4, "undo-compare")
        _mark_later(batch.pk)
        for table in tables:
            _mark_changed(batch.pk, table)
        progress(2, 4, "undo-references")
        _mark_in_use(tables)
        progress(3, 4, "undo-write")
        batch.undoing = {"planned_at": at.isoformat(), **_write(batch.pk)}
        batch.save(update_fields=["undoing"])
        run("DROP TABLE touched")
    return batch.undoing


def _gather(batch_id: UUID) -> list[str]:
    """List the rows that a batch wrote. `made`: it made them, at this step; `last`: its last change of the row."""
    run(
        """CREATE TEMPORARY TABLE touched ON COMMIT DROP AS
        SELECT table_name, row_id, bool_or(before IS NULL) AS made, max(step) FILTER (WHERE before IS NULL) AS made_in,
               max(step) AS step, count(*) AS changes, (array_agg(id ORDER BY id DESC))[1] AS last_id,
               NULL::text AS verdict, ''::text AS because
          FROM import_change WHERE batch_id = %(batch)s GROUP BY 1, 2
        HAVING NOT bool_or(coalesce(after, '{}') ? '█')""",
        {"batch": batch_id},
    )
    run("CREATE INDEX ON touched (row_id)")
    run("ANALYZE touched")
    return [name for (name,) in rows("SELECT DISTINCT table_name FROM touched ORDER BY 1")]


def _mark_later(batch_id: UUID) -> None:
    """Only the latest file that wrote a row may give it back what it held before."""
    run(
        """UPDATE touched t SET verdict = 'later', because = other.batch_id::text
        FROM (SELECT DISTINCT ON (c.table_name, c.row_id) c.table_name, c.row_id, c.batch_id
                FROM touched t JOIN import_change c
                  ON c.row_id = t.row_id AND c.table_name = t.table_name AND c.id > t.last_id
                JOIN import_batch b ON b.id = c.batch_id AND b.state NOT IN ('rolled_back', 'discarded')
               WHERE c.batch_id <> %(batch)s ORDER BY c.table_name, c.row_id, c.id DESC) AS other
        WHERE other.table_name = t.table_name AND other.row_id = t.row_id""",
        {"batch": batch_id},
    )


def _mark_changed(batch_id: UUID, table: str) -> None:
    given = {"batch": batch_id, "table": table}
    run(
        sql.SQL(
            """UPDATE touched t SET verdict = CASE WHEN r.id IS NULL THEN 'missing' ELSE 'changed' END
            FROM ({left}) AS l LEFT JOIN {table} r ON r.id = l.row_id
            WHERE t.table_name = %(table)s AND t.row_id = l.row_id AND t.verdict IS NULL
              AND (r.id IS NULL OR NOT to_jsonb(r) @> l.after)"""
        ).format(left=sql.SQL(AFTER), table=sql.Identifier(table)),
        given,
    )
    # A row that the file made goes away whole: whatever a person did to it since, in any column, would go with it.
    run(
        """UPDATE touched t SET verdict = 'changed' WHERE t.table_name = %(table)s AND t.made AND t.verdict IS NULL
        AND EXISTS (SELECT FROM audit_entry a WHERE a.table_name = %(table)s AND a.row_id = t.row_id::text
                    AND a.id > t.last_id AND a.actor ~ '^[0-9a-f]{8}-[0-9a-f-]{27}')""",
        given,
    )


AFTER = """
    SELECT row_id, (array_agg(after))[1] AS after FROM import_change
     WHERE batch_id = %(batch)s AND table_name = %(table)s GROUP BY row_id HAVING count(*) = 1
    UNION ALL
    SELECT c.row_id, jsonb_object_agg(said.key, said.value ORDER BY c.step, c.id)
      FROM import_change c JOIN touched t ON t.row_id = c.row_id AND t.table_name = c.table_name AND t.changes > 1
      CROSS JOIN LATERAL jsonb_each(c.after) AS said
     WHERE c.batch_id = %(batch)s AND c.table_name = %(table)s GROUP BY c.row_id
"""
"""What a batch left in each row of a table: of several changes, the last word."""


def foreign_keys(tables: list[str]) -> list[tuple[str, str, str]]:
    """Return (table, column, table pointed to) of every foreign key towards these tables, of any module."""
    return [
        (source, column, target)
        for source, column, target in rows(
            """SELECT s.relname, a.attname, t.relname FROM pg_constraint c
            JOIN pg_class s ON s.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
            JOIN pg_attribute a ON a.attrelid = s.oid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND pg_table_is_visible(s.oid)
              AND pg_table_is_visible(t.oid) AND t.relname = ANY(%s) ORDER BY 1, 2""",
            [tables],
        )
    ]


def _mark_in_use(tables: list[str]) -> None:
    """A row that stays keeps what it stands on: again and again, until nothing more is kept."""
    keys = foreign_keys(tables)
    while sum(_keep_pointed(source, column, target, source in tables) for source, column, target in keys):
        pass


def _keep_pointed(source: str, column: str, target: str, is_touched: bool) -> int:
    # A row of the source does not count if it goes away too, or if it goes back to another target.
    leaving = """AND NOT EXISTS (SELECT FROM touched r WHERE r.table_name = {source_name} AND r.row_id = s.id
            AND r.verdict IS NULL AND (r.made OR EXISTS (
                SELECT FROM import_change c WHERE c.row_id = r.row_id AND c.id <= r.last_id
                   AND c.table_name = {source_name} AND c.before ? {column_name})))"""
    statement = sql.SQL(
        """UPDATE touched t SET verdict = 'in_use', because = {source_name}
        WHERE t.table_name = {target_name} AND t.made AND t.verdict IS NULL
          AND EXISTS (SELECT FROM {source} s WHERE s.{column} = t.row_id """
        + (leaving if is_touched else "")
        + ")"
    ).format(
        source_name=sql.Literal(source), target_name=sql.Literal(target), column_name=sql.Literal(column),
        source=sql.Identifier(source), column=sql.Identifier(column),
    )  # fmt: skip
    return run(statement)


def _write(batch_id: UUID) -> dict[str, int]:
    """Keep the plan: what goes back first, then what goes away, the last made first. Returns rows by verdict."""
    run("DELETE FROM import_undo_row WHERE batch_id = %(batch)s", {"batch": batch_id})
    run(
        """INSERT INTO import_undo_row (batch_id, position, table_name, row_id, is_made, verdict, because, is_done)
        SELECT %(batch)s, row_number() OVER (ORDER BY made, coalesce(made_in, step) DESC, table_name, row_id),
               table_name, row_id, made, coalesce(verdict, 'free'), because, false FROM touched""",
        {"batch": batch_id},
    )
    run("ANALYZE touched")
    found = rows(
        """SELECT CASE WHEN verdict IS NOT NULL THEN verdict WHEN made THEN 'remove' ELSE 'restore' END, count(*)
        FROM touched GROUP BY 1"""
    )
    return dict(found)
