"""How far a bulk action is from the floor: one UPDATE of the same rows, in the same run.

    python bench/bench_bulk.py [--lots 20000]

Makes an organisation of its own in this installation's database, fills it with vacant lots, changes the status of all
of them by one UPDATE (the floor: same table, same indexes, same audit trigger), puts them back, then does the same as
a bulk action: preview, confirmation, chunks, undoing. Drops the organisation at the end.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
SLUG = "bench-bulk"
ACTION = "estate.change-lot-status"


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


def execute(sql: str, *params: Any) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def fill(lots: int) -> None:
    """A hundred lots a residence, all vacant."""
    execute(
        "INSERT INTO estate_residence (code, name) SELECT 'R' || n, 'Résidence ' || n FROM generate_series(1, %s) n",
        max(1, lots // 100),
    )
    execute(
        """INSERT INTO estate_lot (code, residence_id, status)
        SELECT 'L' || n, r.id, 'vacant' FROM generate_series(1, %s) n
        JOIN (SELECT id, row_number() OVER () AS rank, count(*) OVER () AS many FROM estate_residence) r
          ON r.rank = 1 + n %% r.many""",
        lots,
    )
    execute("ANALYZE estate_lot")


def floor(status: str) -> float:
    """One UPDATE of every lot, audit trigger and indexes included."""
    from django.db import transaction

    with transaction.atomic():
        seconds, _count = timed(
            lambda: execute("UPDATE estate_lot SET status = %s, status_since = CURRENT_DATE", status)
        )
    return seconds


def run_all(run: Any, chosen: Any, count: int) -> dict[str, float]:
    """Preview, confirm, and do every chunk; seconds of each part."""
    from django.db import transaction
    from django.utils import timezone

    from palier.kernel.access import system_actor
    from palier.kernel.bulk import services

    by, at = system_actor("bench"), timezone.now()
    preview, seen = timed(lambda: services.preview_of(run=run, chosen=chosen, selected=count, by=by, at=at))
    assert seen.change == count, seen

    def confirm() -> None:
        with transaction.atomic():
            services.confirm(
                run_id=run.pk, chosen=chosen, selected=count, fingerprint=seen.fingerprint, by=by, at=at
            )
            # The chunks are done here: a server that runs beside would take turns with this process.
            execute("DELETE FROM outbox_entry WHERE kind = 'job' AND dispatched_at IS NULL")

    confirmed, _nothing = timed(confirm)

    def chunks() -> None:
        while services.apply_chunk(run_id=run.pk, by=by, at=at):
            pass

    apply, _nothing = timed(chunks)
    return {"preview": preview, "confirm": confirmed, "apply": apply}


def bulk() -> tuple[dict[str, float], dict[str, float]]:
    """The action over every lot, then its undoing."""
    from django.utils import timezone

    from palier.kernel.access import system_actor
    from palier.kernel.bulk import services
    from palier.modules.estate.models import Lot

    by, at, count = system_actor("bench"), timezone.now(), Lot.objects.count()
    run = services.start_draft(action_key=ACTION, everything=True, path="/estate/", by=by, at=at)
    params = {"action": "keep_empty", "reason": "Banc d'essai"}
    run = services.fill(run_id=run.pk, params=params, words=[], by=by, at=at)
    done = run_all(run, Lot.objects.all(), count)
    undo = services.begin_undo(run_id=run.pk, by=by, at=timezone.now())
    return done, run_all(undo, (), count)


def say(name: str, parts: dict[str, float], bare: float, lots: int) -> float:
    whole = parts["confirm"] + parts["apply"]
    words = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in parts.items())
    print(f"{name:<8} {words}; {lots / whole:,.0f} lots/s; {whole / bare:.1f} times the floor")
    return whole / bare


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lots", type=int, default=20_000)
    lots = parser.parse_args().lots
    from palier.config.start import use_settings

    use_settings()
    import django

    django.setup()
    from palier.config.postgres import held
    from palier.kernel.organisations.current import open_organisation

    with held(), organisation() as made, open_organisation(made):
        fill(lots)
        bare = min(floor("vacant_technical"), floor("vacant"))
        print(f"floor    one UPDATE of {lots} lots: {bare:.2f} s")
        done, undone = bulk()
        say("action", done, bare, lots)
        say("undoing", undone, bare, lots)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak     {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
