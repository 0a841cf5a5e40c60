"""How far a purge is from the floor: the bare DELETE of the same rows in the same table, in the same run.

    python bench/bench_retention.py [--rows 50000]

Makes an organisation of its own in this installation's database, writes presences twice, purges the first ones through
the engine (chunks, holds, traces forgotten, counts, proof) and deletes the second ones in one bare statement with the
audit trigger off, then drops the organisation. Half of the rows have an audit entry to forget, as in real life.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
SLUG = "bench-retention"
KEY = "staff.presence"


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


def write_rows(count: int) -> None:
    """Presences of 2020, one agent a hundred days; the trigger writes the audit of every second row."""
    from django.db import connection, transaction

    insert = """
        INSERT INTO staff_presence (agent_id, day, state, recorded_by, recorded_at)
        SELECT a.id, date '2020-01-01' + n, 'on_site', 'Banc', now()
        FROM staff_agent a, generate_series(%s, %s, 2) AS n"""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL palier.bulk_load = 'on'")
        cursor.execute(
            """INSERT INTO staff_agent (reference, last_name, active_from)
            SELECT 'B' || n, 'Banc', date '2019-01-01' FROM generate_series(1, %s) AS n
            ON CONFLICT DO NOTHING""",
            [-(-count // 100)],
        )
        cursor.execute(insert, [0, 98])
        cursor.execute("SET LOCAL palier.bulk_load = 'off'")
        cursor.execute(insert, [1, 99])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE staff_presence, staff_agent, audit_entry")


def purge() -> int:
    """Through the engine, as every night."""
    from django.utils import timezone

    from palier.kernel.access import system_actor
    from palier.kernel.retention.services import engine

    return engine.apply_rules(by=system_actor("bench"), at=timezone.now(), keys=[KEY])[KEY]


def bare_delete() -> int:
    """The floor: one statement, no audit, nothing forgotten nor counted."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL palier.bulk_load = 'on'")
        cursor.execute("DELETE FROM staff_presence WHERE day < date '2025-01-01'")
        return int(cursor.rowcount)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    from palier.config.start import use_settings

    use_settings()
    import django

    django.setup()
    from palier.config.postgres import held

    with held(), organisation() as made:
        run(made, options.rows, options.rounds)


def run(made: Any, count: int, rounds: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from palier.kernel.access import system_actor
    from palier.kernel.organisations.current import open_organisation
    from palier.kernel.retention.selectors.rules import dry_run
    from palier.kernel.retention.services.rules import switch_on

    with open_organisation(made):
        for number in range(rounds):
            write_rows(count)
            now = timezone.now()
            looked, seen = timed(lambda now=now: dry_run(key=KEY, at=now))
            switch_on(key=KEY, seen=seen.fingerprint, by=system_actor("bench"), at=now)
            through, purged = timed(purge)
            write_rows(count)
            floor, deleted = timed(bare_delete)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM staff_agent")
            print(
                f"round {number + 1}: {purged} rows purged in {through:.2f} s, {deleted} deleted bare in "
                f"{floor:.2f} s: {through / floor:.1f} times the floor; dry run {looked:.2f} s"
            )


if __name__ == "__main__":
    main()
