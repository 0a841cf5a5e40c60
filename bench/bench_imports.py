"""How far a load is from the floor: the bare COPY of its file and INSERT … SELECT of its rows, in the same run.

    python bench/bench_imports.py [--dwellings 20000]

Makes an organisation of its own in this installation's database, writes the demonstration's files at that size, loads
the property list then the rent roll, loads the rent roll again (nothing changes), undoes both, and drops the
organisation. The floor of a load
puts the same rows into the same tables, emptied, with the same indexes and constraints, the audit trigger off; that of
an undoing deletes the rows that the file had made.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
SLUG = "bench-imports"


@dataclass
class Timing:
    """Seconds of one load, by part, with its floor."""

    kind: str
    lines: int
    check: float
    merge: float
    again: float
    copy_floor: float
    insert_floor: float

    @property
    def floor(self) -> float:
        return self.copy_floor + self.insert_floor

    @property
    def ratio(self) -> float:
        return (self.check + self.merge) / self.floor


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


@contextmanager
def organisation() -> Iterator[Any]:
    """An organisation that lives as long as the run."""
    from palier.config.start import acting_as_owner
    from palier.kernel.organisations import provision
    from palier.kernel.organisations.models import Organisation

    with acting_as_owner():
        for left in Organisation.objects.filter(slug=SLUG):
            provision.drop_organisation(left)
        made = provision.create_organisation(slug=SLUG, name="Banc d'essai", kind="landlord")
    try:
        yield made
    finally:
        with acting_as_owner():
            provision.drop_organisation(Organisation.objects.get(slug=SLUG))


def load(kind: str, data: bytes) -> tuple[float, float, Any]:
    """Load one file; return the seconds of the check, of the merge, and the batch."""
    from django.utils import timezone

    from palier.kernel.access import system_actor
    from palier.kernel.imports import services

    who = {"by": system_actor("bench"), "at": timezone.now()}
    batch = services.receive(
        kind=kind,
        data=data,
        file_name=f"{kind}.csv",
        coverage="full",
        day=timezone.localdate(),
        limited=False,
        **who,
    )
    check, batch = timed(lambda: services.check_batch(batch_id=batch.pk, preview=False, **who))
    services.begin_apply(batch_id=batch.pk, **who)
    merge, batch = timed(lambda: services.apply_batch(batch_id=batch.pk, **who))
    if batch.refused:
        raise SystemExit(f"{kind}: {batch.refused} lines were refused; the measure would say nothing.")
    return check, merge, batch


def floor(made: Any, data: bytes, batch: Any) -> tuple[float, float]:
    """COPY the file as text; put the rows of the tables that the batch wrote back into them, emptied."""
    from django.db import connection, transaction

    from palier.config.start import acting_as_owner
    from palier.kernel.organisations.current import open_organisation

    with acting_as_owner(), open_organisation(made), transaction.atomic(), connection.cursor() as cursor:
        width = data.split(b"\r\n", 1)[0].count(b";") + 1
        columns = ", ".join(f"c{i} text" for i in range(width))
        cursor.execute(f"CREATE UNLOGGED TABLE bench_copy ({columns})")
        body = data.decode("cp1252").encode()
        copy, _none = timed(lambda: _copy(cursor, body))
        cursor.execute(
            "SELECT table_name FROM import_change WHERE batch_id = %s GROUP BY 1 ORDER BY min(step)",
            [batch.pk],
        )
        tables = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET LOCAL palier.bulk_load = 'on'")
        for table in tables:
            cursor.execute(
                f"CREATE TEMPORARY TABLE kept_{table} AS SELECT * FROM {table}; ANALYZE kept_{table}"
            )
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        insert = sum(timed(lambda table=table: _insert(cursor, table))[0] for table in tables)
        cursor.execute("DROP TABLE bench_copy")
        # The tables go back to what the load left: the next measure begins where this one did.
        transaction.set_rollback(True)
    return copy, insert


def _copy(cursor: Any, body: bytes) -> None:
    with cursor.copy("COPY bench_copy FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)") as copy:
        for start in range(0, len(body), 1 << 18):
            copy.write(body[start : start + (1 << 18)])


def _insert(cursor: Any, table: str) -> None:
    cursor.execute(
        """SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER'""",
        [table],
    )
    (names,) = cursor.fetchone()
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM kept_{table}")


def measure(made: Any, kind: str, data: bytes) -> Timing:
    from palier.kernel.organisations.current import open_organisation

    with open_organisation(made):
        check, merge, batch = load(kind, data)
        again = sum(load(kind, data)[:2])
    copy, insert = floor(made, data, batch)
    return Timing(kind, batch.lines_read, check, merge, again, copy, insert)


def undo(made: Any, kind: str) -> str:
    """Plan then undo the first load of a kind; tell both beside the bare DELETE of the rows that it had made."""
    from django.db import connection, transaction
    from django.utils import timezone

    from palier.config.start import acting_as_owner
    from palier.kernel.access import system_actor
    from palier.kernel.imports import services
    from palier.kernel.imports.models import ImportBatch
    from palier.kernel.organisations.current import open_organisation

    with acting_as_owner(), open_organisation(made), transaction.atomic(), connection.cursor() as cursor:
        batch = ImportBatch.objects.filter(kind=kind, applied__gt=0).earliest("received_at")
        cursor.execute(
            """SELECT table_name FROM import_change WHERE batch_id = %s AND before IS NULL
            GROUP BY 1 ORDER BY max(step) DESC""",
            [batch.pk],
        )
        tables = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET LOCAL palier.bulk_load = 'on'")
        statement = """DELETE FROM {0} t USING import_change c
            WHERE c.batch_id = %s AND c.table_name = '{0}' AND c.before IS NULL AND t.id = c.row_id"""
        least = sum(
            timed(lambda t=table: cursor.execute(statement.format(t), [batch.pk]))[0] for table in tables
        )
        least += timed(lambda: cursor.execute("SET CONSTRAINTS ALL IMMEDIATE"))[0]
        transaction.set_rollback(True)
    who = {"by": system_actor("bench", via="bench"), "at": timezone.now()}
    with open_organisation(made):
        plan, told = timed(lambda: services.plan_undoing(batch_id=batch.pk, **who))
        services.begin_undoing(batch_id=batch.pk, planned_at=told["planned_at"], **who)
        spent, batch = timed(lambda: services.undo_batch(batch_id=batch.pk, **who))
    rows, left = batch.undoing["restored"] + batch.undoing["removed"], batch.undoing["left"]
    numbers = f"{rows:>10}{left:>10}{plan:>9.2f}s{spent:>9.2f}s{least:>9.2f}s{(plan + spent) / least:>9.1f}×"
    return f"{kind:<12}{numbers}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dwellings", type=int, default=20_000)
    options = parser.parse_args()
    from palier.config.start import use_settings

    use_settings()
    import django

    django.setup()
    from palier.config.demo.facts import small
    from palier.config.demo.files import write_all
    from palier.config.postgres import held
    from palier.kernel.keys import ensure_master_key

    ensure_master_key()
    with held(), tempfile.TemporaryDirectory() as folder, organisation() as made:
        spec = replace(small().landlords[0], dwellings=options.dwellings)
        list(write_all(spec, 20, date(2026, 11, 20), Path(folder)))
        head = ("file", "lines", "check", "merge", "again", "COPY", "INSERT", "ratio", "memory")
        print(("{:<12}" + "{:>10}" * 8).format(*head))
        for kind in ("patrimoine", "locatif"):
            t = measure(made, kind, (Path(folder) / f"{kind}.csv").read_bytes())
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            seconds = "".join(
                f"{s:>9.2f}s" for s in (t.check, t.merge, t.again, t.copy_floor, t.insert_floor)
            )
            print(f"{t.kind:<12}{t.lines:>10}{seconds}{t.ratio:>9.1f}×{memory:>8}MB", flush=True)
        print(("{:<12}" + "{:>10}" * 6).format("undoing", "rows", "left", "plan", "undo", "DELETE", "ratio"))
        for kind in ("locatif", "patrimoine"):
            print(undo(made, kind), flush=True)


if __name__ == "__main__":
    main()
