"""Merging the good lines of one chunk: a few statements per step, and one `import_change` per changed row."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from palier.kernel.imports.kinds import Absent, ImportKind, Mapped, Merge, Run, Step
from palier.kernel.imports.staging import Parameters, rows, run, stage_table
from palier.kernel.planner import analyse_if_grown

SAMPLE = 60


@dataclass
class Outcome:
    """What one or several chunks did. Lines are counted once: `applied` changed something, `unchanged` nothing."""

    applied: int = 0
    unchanged: int = 0
    tables: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.applied += other.applied
        self.unchanged += other.unchanged
        self.tables.update(other.tables)
        self.samples.extend(other.samples[: max(0, SAMPLE - len(self.samples))])

    def as_dict(self) -> dict[str, Any]:
        """What is kept as the preview: tables where nothing happens are left out."""
        return {
            "applied": self.applied, "unchanged": self.unchanged, "tables": dict(+self.tables), "samples": self.samples,
        }  # fmt: skip


@contextmanager
def bulk_load() -> Iterator[None]:
    """Skip the audit trigger until the end of this transaction: the batch is the trace."""
    run("SELECT set_config('palier.bulk_load', 'on', true), set_config('work_mem', '64MB', true)")
    yield
    run("SELECT set_config('palier.bulk_load', 'off', true)")


def merge_chunk(
    kind: ImportKind, mapped: Mapped, chunk: int, given: Parameters, *, sample: bool = False
) -> Outcome:
    """Run every step of the kind on one chunk. The caller holds the transaction and has opened `bulk_load`."""
    outcome = Outcome()
    given = {**given, "_chunk": chunk}
    run("CREATE TEMPORARY TABLE touched_line (line integer) ON COMMIT DROP")
    with stage_table(kind, given["batch"], chunk) as good:
        for number, step in enumerate(kind.steps_of(mapped)):
            _take(step, number, mapped, given, outcome, sample=sample)
    (outcome.applied,) = rows("SELECT count(DISTINCT line) FROM touched_line")[0]
    outcome.unchanged = good - outcome.applied
    run("DROP TABLE touched_line")
    return outcome


def _take(
    step: Step, number: int, mapped: Mapped, given: Parameters, outcome: Outcome, *, sample: bool
) -> None:
    if isinstance(step, Run):
        run(step.sql, given)
        return
    _merge(step, number, mapped, given, outcome, sample=sample)


def _merge(
    step: Merge, number: int, mapped: Mapped, given: Parameters, outcome: Outcome, *, sample: bool
) -> None:
    run(f"CREATE TEMPORARY TABLE source_row ON COMMIT DROP AS {_source(step)}", given)
    run("ANALYZE source_row")
    compared = compared_columns(step, mapped)
    run(f"CREATE TEMPORARY TABLE diff_row ON COMMIT DROP AS {_difference(step, compared)}", given)
    run("ANALYZE diff_row")
    if compared:
        updated = run(_update(step, compared), given)
        outcome.tables[f"{step.table}.updated"] += updated
    if step.insert:
        inserted = run(_insert(step), given)
        outcome.tables[f"{step.table}.inserted"] += inserted
        # The next steps join what was just inserted. Seen: 12,000 lines took 90 s over a table believed to be empty.
        analyse_if_grown(step.table, inserted)
    run(_log(step, compared), {**given, "_step": number, "_table": step.table})
    run("INSERT INTO touched_line SELECT line FROM diff_row")
    if sample and len(outcome.samples) < SAMPLE:
        outcome.samples += _samples(step, compared, SAMPLE - len(outcome.samples))
    run("DROP TABLE source_row, diff_row")


def compared_columns(step: Merge, mapped: Mapped) -> list[str]:
    """The target columns that the file says something about."""
    return [target for target, origin in step.columns.items() if mapped & set(_origins(origin))]


def _origins(origin: str | tuple[str, ...]) -> tuple[str, ...]:
    return (origin,) if isinstance(origin, str) else tuple(origin)


def _source(step: Merge) -> str:
    key = ", ".join(f'q."{name}"' for name in step.key)
    present = " AND ".join(f'q."{name}" IS NOT NULL' for name in step.key)
    return f"SELECT DISTINCT ON ({key}) q.* FROM ({step.source}) AS q WHERE {present} ORDER BY {key}, q.line"


def _wanted(step: Merge, column: str) -> str:
    """The value that a column should have: that of the file, or what is there if an empty cell must not erase."""
    return f'coalesce(s."{column}", t."{column}")' if column in step.keep_if_empty else f's."{column}"'


def _difference(step: Merge, compared: list[str]) -> str:
    join = " AND ".join(f't."{name}" = s."{name}"' for name in step.key)
    before = _as_json([(column, f't."{column}"') for column in compared])
    differs = "false"
    if compared:
        current = ", ".join(f't."{column}"' for column in compared)
        wanted = ", ".join(_wanted(step, column) for column in compared)
        differs = f"({current}) IS DISTINCT FROM ({wanted})"
    new_id = 's."id"' if "id" in step.key else "public.uuid7()"
    condition = f"t.id IS NULL OR {differs}" if step.insert else f"t.id IS NOT NULL AND {differs}"
    return f"""SELECT s.*, coalesce(t.id, {new_id}) AS _row_id, t.id IS NULL AS _is_new,
            CASE WHEN t.id IS NOT NULL THEN {before} END AS _before
        FROM source_row s LEFT JOIN {step.table} t ON {join} WHERE {condition}"""


def _update(step: Merge, compared: list[str]) -> str:
    settings = [f'"{column}" = {_wanted(step, column)}' for column in compared]
    settings += [f'"{column}" = {expression}' for column, expression in step.touch.items()]
    return f"UPDATE {step.table} t SET {', '.join(settings)} FROM diff_row s WHERE t.id = s._row_id AND NOT s._is_new"


def _insert(step: Merge) -> str:
    columns = [name for name in dict.fromkeys((*step.key, *step.columns, *step.insert_only)) if name != "id"]
    targets = ['"id"', *(f'"{name}"' for name in columns), *(f'"{name}"' for name in step.touch)]
    values = ["s._row_id", *(f's."{name}"' for name in columns), *step.touch.values()]
    return f"INSERT INTO {step.table} ({', '.join(targets)}) SELECT {', '.join(values)} FROM diff_row s WHERE s._is_new"


def _log(step: Merge, compared: list[str]) -> str:
    written = [name for name in dict.fromkeys((*step.key, *step.columns, *step.insert_only)) if name != "id"]
    new = _as_json([(name, f's."{name}"') for name in written])
    changed = _as_json([(name, f's."{name}"') for name in compared])
    return f"""INSERT INTO import_change (batch_id, chunk, step, line, table_name, row_id, before, after)
        SELECT %(batch)s, %(_chunk)s, %(_step)s, s.line, %(_table)s, s._row_id, s._before,
            CASE WHEN s._is_new THEN {new} ELSE {changed} END FROM diff_row s"""


def _as_json(pairs: list[tuple[str, str]]) -> str:
    """`jsonb_build_object` takes at most 100 arguments; tables here are narrower."""
    arguments = ", ".join(f"'{name}', {value}" for name, value in pairs)
    return f"jsonb_build_object({arguments})"


def _samples(step: Merge, compared: list[str], limit: int) -> list[dict[str, Any]]:
    """A few changed rows, for the page: new ones and updated ones."""
    changed = _as_json([(name, f's."{name}"') for name in compared])
    written = [name for name in dict.fromkeys((*step.key, *step.columns)) if name != "id"]
    new = _as_json([(name, f's."{name}"') for name in written])
    found = rows(
        f"""SELECT line, _is_new, _before, CASE WHEN _is_new THEN {new} ELSE {changed} END
        FROM diff_row s ORDER BY _is_new, line LIMIT {limit:d}"""
    )
    return [
        {"table": step.table, "line": line, "is_new": is_new, "before": _json(before), "after": _json(after)}
        for line, is_new, before, after in found
    ]


def _json(value: Any) -> Any:
    import json

    return json.loads(value) if isinstance(value, str) else value


# -- Absent rows --------------------------------------------------------------------------------------------------


def find_absent(absent: Absent, given: Parameters) -> tuple[int, int, int]:
    """Propose as ended what is in force and not in the file. `stage` is open on all lines.

    Returns: absent, in force, lines without a readable reference.

    A line that slipped sideways has its reference in some other cell: any cell of a faulty line counts as presence.
    """
    run("DELETE FROM import_absent WHERE batch_id = %(batch)s AND NOT is_kept", given)
    run(
        f"""WITH loose AS MATERIALIZED (
            SELECT DISTINCT c.value FROM import_stage w, jsonb_each_text(w.cells) AS c
             WHERE w.batch_id = %(batch)s AND w.verdict = 'wrong' AND c.value IS NOT NULL)
        INSERT INTO import_absent (batch_id, row_id, reference, label, is_kept)
        SELECT %(batch)s, r.id, r.reference, r.label, false FROM ({absent.rows}) AS r (id, reference, label)
         WHERE NOT EXISTS (SELECT 1 FROM stage s WHERE s."{absent.column}"::text = r.reference::text)
           AND NOT EXISTS (SELECT 1 FROM loose l WHERE l.value = r.reference::text)
        ON CONFLICT DO NOTHING""",
        given,
    )
    (in_force,) = rows(f"SELECT count(*) FROM ({absent.rows}) AS r", given)[0]
    (missing,) = rows("SELECT count(*) FROM import_absent WHERE batch_id = %(batch)s AND NOT is_kept", given)[
        0
    ]
    (unreadable,) = rows(f'SELECT count(*) FROM stage WHERE "{absent.column}" IS NULL')[0]
    return missing, in_force, unreadable


def end_absent(absent: Absent, given: Parameters, *, step: int = 999) -> int:
    """Set as ended what was proposed, is still in force and nobody kept. Logged like any other change."""
    run(
        f"""CREATE TEMPORARY TABLE absent ON COMMIT DROP AS
        SELECT r.id, r.reference FROM ({absent.rows}) AS r (id, reference, label)
          JOIN import_absent a ON a.row_id = r.id AND a.batch_id = %(batch)s AND NOT a.is_kept""",
        given,
    )
    columns = list(absent.ending)
    before = _as_json([(column, f'o."{column}"') for column in columns])
    after = _as_json([(column, f't."{column}"') for column in columns])
    settings = ", ".join(f'"{column}" = {expression}' for column, expression in absent.ending.items())
    ended = run(
        f"""WITH ended AS (
            UPDATE {absent.table} t SET {settings} FROM absent a, {absent.table} o
             WHERE t.id = a.id AND o.id = t.id
         RETURNING t.id, {before} AS before, {after} AS after)
        INSERT INTO import_change (batch_id, chunk, step, line, table_name, row_id, before, after)
        SELECT %(batch)s, -1, %(_step)s, NULL, %(_table)s, id, before, after FROM ended""",
        {**given, "_step": step, "_table": absent.table},
    )
    for statement in absent.also:
        run(statement, given)
    run("DROP TABLE absent")
    return ended


def discard_pending_constraints() -> None:
    """Check deferred foreign keys now: a preview that would fail at commit must fail before it says its numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
