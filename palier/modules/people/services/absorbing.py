"""One record takes in another: whatever points to the one points to the other, and every change is written down.

Nothing here knows what the tables mean. Where both records have a row of which only one may stay, the row of the record
that stays is kept, what points to the other is moved to it, and the other is removed.
"""

import json
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg import sql

from palier.modules.people.enums import ChangeKind
from palier.modules.people.models import Merge, MergeChange
from palier.modules.people.selectors.pointers import Pointer, clashes, pointers_to, present


class Recorder:
    """Writes rows and notes, in order, what they held before and after."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self.changes: list[MergeChange] = []

    def save(self) -> None:
        """Keep what was noted."""
        MergeChange.objects.bulk_create(self.changes, batch_size=1_000)

    def _note(self, kind: str, table: str, row_id: object, column: str, before: Any, after: Any) -> None:
        change = MergeChange(
            merge=self.merge, position=len(self.changes), kind=kind, table_name=table, row_id=str(row_id),
            column_name=column, before=before, after=after,
        )  # fmt: skip
        self.changes.append(change)

    def set(self, table: str, row_id: object, **columns: Any) -> None:
        """Give columns of one row another value; those that have it already are left alone."""
        for column, value in columns.items():
            before, after = _set(table, row_id, column, value)
            if before != after:
                self._note(ChangeKind.UPDATE, table, row_id, column, before, after)

    def repoint(self, pointer: Pointer, *, gone: str, kept: str) -> int:
        """Have every row that points to one record point to the other. Returns how many."""
        if pointer.is_list:
            return self._repoint_lists(pointer, gone=gone, kept=kept)
        statement = sql.SQL("UPDATE {0} SET {1} = %(kept)s WHERE {1} = %(gone)s RETURNING {2}::text").format(
            sql.Identifier(pointer.table), sql.Identifier(pointer.column), sql.Identifier(pointer.key)
        )
        moved = _rows(statement, {"kept": kept, "gone": gone})
        for (row_id,) in moved:
            self._note(ChangeKind.UPDATE, pointer.table, row_id, pointer.column, gone, kept)
        return len(moved)

    def _repoint_lists(self, pointer: Pointer, *, gone: str, kept: str) -> int:
        found = _rows(
            sql.SQL(
                "SELECT {0}::text, {1}::text[] FROM {2} WHERE {1} @> ARRAY[%s]::uuid[] FOR UPDATE"
            ).format(
                sql.Identifier(pointer.key), sql.Identifier(pointer.column), sql.Identifier(pointer.table)
            ),
            [gone],
        )
        for row_id, ids in found:
            # Someone named twice on one document is named once.
            wanted = list(dict.fromkeys(kept if one == gone else one for one in ids))
            self.set(pointer.table, row_id, **{pointer.column: [UUID(one) for one in wanted]})
        return len(found)

    def remove(self, table: str, key: str, row_id: object) -> None:
        """Delete one row, kept whole in what was noted."""
        statement = sql.SQL("DELETE FROM {0} t WHERE {1} = %s RETURNING to_jsonb(t)").format(
            sql.Identifier(table), sql.Identifier(key)
        )
        for (row,) in _rows(statement, [row_id]):
            self._note(ChangeKind.DELETE, table, row_id, "", _read(row), None)

    def add(self, record: models.Model) -> None:
        """Insert a record."""
        record.save(force_insert=True)
        values = {
            field.attname: field.value_from_object(record)
            for field in record._meta.concrete_fields
            if not getattr(field, "generated", False)
        }
        self._note(ChangeKind.INSERT, record._meta.db_table, record.pk, "", None, values)


def absorb(
    model: type[models.Model], recorder: Recorder, *, kept: str, gone: str
) -> tuple[dict[str, int], dict[str, int]]:
    """Move to one row everything that points to another of the same table.

    Returns: by table, how many rows were moved, and how many of those both had were settled into one.
    """
    pointers = present(pointers_to(model))
    settled: dict[str, int] = {}
    for clash in clashes(pointers, kept=kept, gone=gone):
        absorb(clash.pointer.model, recorder, kept=clash.kept_row, gone=clash.gone_row)
        recorder.remove(clash.pointer.table, clash.pointer.key, clash.gone_row)
        settled[clash.pointer.table] = settled.get(clash.pointer.table, 0) + 1
    moved: dict[str, int] = {}
    for pointer in pointers:
        count = recorder.repoint(pointer, gone=gone, kept=kept)
        if count:
            moved[pointer.table] = moved.get(pointer.table, 0) + count
    return moved, settled


def _set(table: str, row_id: object, column: str, value: Any) -> tuple[Any, Any]:
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    before = _rows(
        sql.SQL("SELECT to_jsonb({column}) FROM {table} WHERE id = %s FOR UPDATE").format(**names), [row_id]
    )
    if not before:
        return None, None
    after = _rows(
        sql.SQL("UPDATE {table} SET {column} = %s WHERE id = %s RETURNING to_jsonb({column})").format(
            **names
        ),
        [value, row_id],
    )
    return _read(before[0][0]), _read(after[0][0])


def _read(value: Any) -> Any:
    """The driver gives JSON as text."""
    return json.loads(value) if isinstance(value, str) else value


def _rows(statement: sql.Composed, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
