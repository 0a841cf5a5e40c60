"""Undoing an applied file: what it changed comes back, except what somebody changed since."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from palier.kernel.access import Actor
from palier.kernel.events import publish
from palier.kernel.imports import staging
from palier.kernel.imports.enums import BatchAction
from palier.kernel.imports.events import BatchUndone
from palier.kernel.imports.merging import bulk_load
from palier.kernel.imports.models import ImportBatch, ImportChange
from palier.kernel.imports.workflow import BATCH


@transaction.atomic
def roll_back(*, batch_id: UUID, by: Actor, at: datetime) -> dict[str, int]:
    """Take back, last step first, every change of a batch whose row is still as the batch left it.

    Rows changed since, or on which other records now stand, are left as they are and counted: `left` in the answer.
    Raises: TransitionRefused, NotAllowed.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    BATCH.move(batch, BatchAction.ROLL_BACK, by=by, at=at)
    batch.undone_at = at
    batch.save(update_fields=["state", "undone_at"])
    done = {"restored": 0, "removed": 0, "left": 0}
    steps = (
        ImportChange.objects.filter(batch=batch)
        .values_list("step", "table_name")
        .distinct()
        .order_by("-step")
    )
    with bulk_load():
        for step, table in steps:
            _restore(batch, step, table, done)
        for step, table in steps:
            _remove(batch, step, table, done)
    publish(BatchUndone(batch_id=batch.pk, kind=batch.kind, at=at))
    return done


def _given(batch: ImportBatch, step: int, table: str) -> dict[str, Any]:
    return {"batch": batch.pk, "step": step, "table": table}


# A row is as the batch left it when the columns that the batch wrote still have the values it wrote.
_SAME = "to_jsonb(t) @> c.after"


def _restore(batch: ImportBatch, step: int, table: str, done: dict[str, int]) -> None:
    given = _given(batch, step, table)
    names = [
        name
        for (name,) in staging.rows(
            """SELECT DISTINCT jsonb_object_keys(before) FROM import_change
            WHERE batch_id = %(batch)s AND step = %(step)s AND table_name = %(table)s AND before IS NOT NULL""",
            given,
        )
    ]
    if not names:
        return
    settings = ", ".join(
        f"""\"{name}\" = CASE WHEN c.before ? '{name}' THEN p."{name}" ELSE t."{name}" END"""
        for name in names
    )
    changes = f"""FROM import_change c, LATERAL jsonb_populate_record(NULL::{table}, c.before) AS p
        WHERE c.batch_id = %(batch)s AND c.step = %(step)s AND c.table_name = %(table)s AND c.before IS NOT NULL
          AND t.id = c.row_id AND {_SAME}"""
    restored = staging.run(f"UPDATE {table} t SET {settings} {changes}", given)
    (all_changes,) = staging.rows(
        """SELECT count(*) FROM import_change
        WHERE batch_id = %(batch)s AND step = %(step)s AND table_name = %(table)s AND before IS NOT NULL""",
        given,
    )[0]
    done["restored"] += restored
    done["left"] += all_changes - restored


def _remove(batch: ImportBatch, step: int, table: str, done: dict[str, int]) -> None:
    """Delete the rows that the batch made. If one of them is in use, the table's new rows stay."""
    given = _given(batch, step, table)
    (made,) = staging.rows(
        """SELECT count(*) FROM import_change
        WHERE batch_id = %(batch)s AND step = %(step)s AND table_name = %(table)s AND before IS NULL""",
        given,
    )[0]
    if not made:
        return
    try:
        with transaction.atomic():
            removed = staging.run(
                f"""DELETE FROM {table} t USING import_change c
                WHERE c.batch_id = %(batch)s AND c.step = %(step)s AND c.table_name = %(table)s AND c.before IS NULL
                  AND t.id = c.row_id AND {_SAME}""",
                given,
            )
            staging.run("SET CONSTRAINTS ALL IMMEDIATE")
            staging.run("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError:
        removed = 0
    done["removed"] += removed
    done["left"] += made - removed
