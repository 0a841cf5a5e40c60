"""The checking area: what was read of a file, in two unlogged tables that can be rebuilt at any time.

`import_stage` has generic text columns `v01`… ; the temporary view or table `stage` gives them their names and types.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from psycopg import sql
from psycopg.types.json import Jsonb

from palier.kernel.imports.checking import Checked
from palier.kernel.imports.kinds import CrossCheck, ImportKind, Known, Mapped
from palier.kernel.imports.values import Code

VALUE_COLUMNS = 90
Parameters = Mapping[str, Any]


def parameters(*, batch_id: UUID, at: datetime, day: date, **more: Any) -> dict[str, Any]:
    """What every statement of a kind may use."""
    return {"batch": batch_id, "at": at, "day": day, **more}


def run(statement: str | sql.Composed, values: Parameters | Sequence[Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def rows(statement: str, values: Parameters | Sequence[Any] | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def stage_column(index: int) -> str:
    return f"v{index + 1:02d}"


def layout_of(kind: ImportKind) -> list[tuple[str, str, str]]:
    """Name, staging column and SQL type of every staged value."""
    named = [(column.name, column.type.sql_type) for column in kind.columns]
    named += [(derived.name, derived.sql_type) for derived in kind.derived]
    return [(name, stage_column(index), sql_type) for index, (name, sql_type) in enumerate(named)]


def select_stage(kind: ImportKind, batch_id: UUID, where: str = "true") -> str:
    """The SELECT behind `stage`."""
    values = ", ".join(f'{column}::{sql_type} AS "{name}"' for name, column, sql_type in layout_of(kind))
    quoted = sql.Literal(str(batch_id)).as_string(None)
    return f"SELECT line, chunk, verdict, {values} FROM import_stage WHERE batch_id = {quoted} AND {where}"


@contextmanager
def stage_view(kind: ImportKind, batch_id: UUID, where: str = "true") -> Iterator[None]:
    """Let checks see the lines of a batch as `stage`, typed; nothing is copied."""
    run(f"CREATE TEMPORARY VIEW stage AS {select_stage(kind, batch_id, where)}")
    yield
    run("DROP VIEW stage")


@contextmanager
def stage_table(kind: ImportKind, batch_id: UUID, chunk: int) -> Iterator[int]:
    """Let steps see the good lines of one chunk as `stage`, copied and analysed; gives their number."""
    where = f"chunk = {chunk:d} AND verdict = 'good'"
    count = run(f"CREATE TEMPORARY TABLE stage ON COMMIT DROP AS {select_stage(kind, batch_id, where)}")
    run(f"ANALYZE stage ({', '.join(_joined_columns(kind))})")
    yield count
    run("DROP TABLE stage")


def _joined_columns(kind: ImportKind) -> list[str]:
    """What steps join and group by: references and derived values. Statistics of the others serve nobody."""
    codes = [column.name for column in kind.columns if isinstance(column.type, Code)]
    return ["line", *(f'"{name}"' for name in (*codes, *(derived.name for derived in kind.derived)))]


def prepare(batch_id: UUID) -> None:
    """Empty the area of one batch: by truncating when nobody else is in it."""
    run("SELECT prepare_staging(%s)", [batch_id])


def analyse() -> None:
    run("SELECT analyse_staging()")


def copy_slice(batch_id: UUID, checked: Checked, layout: Sequence[str]) -> None:
    """Add one checked slice."""
    columns = [stage_column(index) for index in range(len(layout))]
    values = checked.values.select(
        pl.lit(str(batch_id)).alias("batch_id"), "line", "chunk", "verdict", "cells", *layout
    )
    _copy(f"import_stage (batch_id, line, chunk, verdict, cells, {', '.join(columns)})", values)
    issues = checked.issues.select(
        pl.lit(str(batch_id)).alias("batch_id"), "line", "column", "code", "severity", "value", "proposal"
    )
    _copy("import_issue (batch_id, line, column_name, code, severity, value, proposal)", issues)


def _copy(target: str, frame: pl.DataFrame) -> None:
    if frame.is_empty():
        return
    body = io.BytesIO()
    frame.write_csv(body, include_header=False, quote_style="necessary")
    body.seek(0)
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN (FORMAT csv)") as copy:
        while block := body.read(1 << 18):
            copy.write(block)


def remove_lines(batch_id: UUID, lines: Sequence[int]) -> None:
    run("DELETE FROM import_stage WHERE batch_id = %s AND line = ANY(%s)", [batch_id, list(lines)])
    run("DELETE FROM import_issue WHERE batch_id = %s AND line = ANY(%s)", [batch_id, list(lines)])


def is_staged(batch_id: UUID) -> bool:
    """False after a crash of the database, which empties unlogged tables."""
    return rows("SELECT EXISTS (SELECT 1 FROM import_stage WHERE batch_id = %s)", [batch_id])[0][0]


# -- Checks between lines and against tables ----------------------------------------------------------------------


def cross_check(
    kind: ImportKind, mapped: Mapped, given: Parameters, *, lines: Sequence[int] | None = None
) -> None:
    """Run duplicates and the kind's checks, on the whole batch or again on some lines; set the verdicts."""
    where = "true" if lines is None else f"line = ANY('{{{','.join(map(str, lines))}}}'::int[])"
    if lines is not None:
        run(
            "DELETE FROM import_issue WHERE batch_id = %(batch)s AND origin = 'cross' AND line = ANY(%(lines)s)",
            {**given, "lines": list(lines)},
        )
    with stage_view(kind, given["batch"], where):
        _find_duplicates(kind, mapped, given)
        for check in kind.cross_checks:
            if _concerns(check, mapped):
                _run_check(check, given)
    _set_verdicts(given, where)


def _concerns(check: CrossCheck | Known, mapped: Mapped) -> bool:
    needs = (check.column,) if isinstance(check, Known) else check.needs
    return set(needs) <= mapped


def _find_duplicates(kind: ImportKind, mapped: Mapped, given: Parameters) -> None:
    key = kind.key_of(mapped)
    if not key:
        return
    quoted = ", ".join(f'"{name}"' for name in key)
    present = " AND ".join(f'"{name}" IS NOT NULL' for name in key)
    run(
        f"""INSERT INTO import_issue (batch_id, line, column_name, code, severity, value, data, origin)
        SELECT %(batch)s, line, %(column)s, 'line.duplicate', 'error', value,
               jsonb_build_object('first', first), 'cross'
          FROM (SELECT line, "{key[0]}"::text AS value, min(line) OVER (PARTITION BY {quoted}) AS first
                  FROM stage WHERE {present}) AS keyed
         WHERE line > first""",
        {**given, "column": key[0]},
    )


def _run_check(check: CrossCheck | Known, given: Parameters) -> None:
    found = check.sql if isinstance(check, CrossCheck) else _unknown_values(check)
    run(
        f"""INSERT INTO import_issue (batch_id, line, column_name, code, severity, value, origin)
        SELECT DISTINCT ON (found.line) %(batch)s, found.line, %(_column)s, %(_code)s, %(_severity)s,
               found.value::text, 'cross'
          FROM ({found}) AS found (line, value)""",
        {**given, "_column": check.column, "_code": check.code, "_severity": check.severity},
    )


def _unknown_values(check: Known) -> str:
    return f"""SELECT s.line, s."{check.column}" FROM stage s WHERE s."{check.column}" IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM ({check.sql}) AS known (value) WHERE known.value = s."{check.column}"::text)"""


def _set_verdicts(given: Parameters, where: str) -> None:
    run(
        f"""UPDATE import_stage t SET verdict = v.verdict FROM (
            SELECT s.line, CASE WHEN EXISTS (
                SELECT 1 FROM import_issue i WHERE i.batch_id = s.batch_id AND i.line = s.line AND i.severity = 'error'
            ) THEN 'wrong' ELSE 'good' END AS verdict
            FROM import_stage s WHERE s.batch_id = %(batch)s AND {where}) AS v
        WHERE t.batch_id = %(batch)s AND t.line = v.line AND t.verdict <> v.verdict""",
        given,
    )


def lines_without_cells(batch_id: UUID) -> list[int]:
    """Lines found at fault by a check between lines: the file must be read again to show them."""
    return [
        line
        for (line,) in rows(
            """SELECT s.line FROM import_stage s WHERE s.batch_id = %s AND s.cells IS NULL
            AND EXISTS (SELECT 1 FROM import_issue i WHERE i.batch_id = s.batch_id AND i.line = s.line)""",
            [batch_id],
        )
    ]


def keep_cells(batch_id: UUID, cells: Mapping[int, Mapping[str, str | None]]) -> None:
    run(
        """UPDATE import_stage t SET cells = c.value FROM jsonb_each(%s) AS c
        WHERE t.batch_id = %s AND t.line = c.key::int""",
        [Jsonb({str(line): dict(texts) for line, texts in cells.items()}), batch_id],
    )


def counts(batch_id: UUID) -> dict[str, int]:
    """Lines staged, refused, and good with a warning."""
    staged, refused = rows(
        "SELECT count(*), count(*) FILTER (WHERE verdict = 'wrong') FROM import_stage WHERE batch_id = %s",
        [batch_id],
    )[0]
    (warned,) = rows(
        """SELECT count(DISTINCT i.line) FROM import_issue i JOIN import_stage s USING (batch_id, line)
        WHERE i.batch_id = %s AND i.severity = 'warning' AND s.verdict = 'good'""",
        [batch_id],
    )[0]
    return {"staged": staged, "refused": refused, "warned": warned}


def forget_good_lines(batch_id: UUID) -> None:
    """Once applied, only the lines that are left to mend are worth keeping."""
    run("DELETE FROM import_stage WHERE batch_id = %s AND verdict = 'good'", [batch_id])
    run(
        """DELETE FROM import_issue i WHERE i.batch_id = %s
        AND NOT EXISTS (SELECT 1 FROM import_stage s WHERE s.batch_id = i.batch_id AND s.line = i.line)""",
        [batch_id],
    )
