"""How far the making of a call list is from the floor: INSERT … SELECT of the same rows, in the same run.

    python bench/bench_campaigns.py [--people 120000]

Makes an organisation of its own in this installation's database, fills it with people of all ages, chooses the usual
segments, makes the list, shares it among callers and plans the first round; then puts the same lines, members and calls
back into the same tables, emptied, with the same indexes and constraints, the audit trigger off.
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
SLUG = "bench-calls"
TABLES = ("outreach_line", "outreach_line_member", "outreach_call", "outreach_visit")

# Ages from 20 to 95, one dwelling in three with two people, numbers for nine in ten: all in one statement.
PEOPLE = """
WITH n AS (SELECT generate_series(1, %(people)s) AS i),
places AS (
    INSERT INTO estate_residence (code, name, insee_code, city, source)
    SELECT 'R' || r, 'Résidence ' || r, '11262', 'Narbonne', 'landlord'
    FROM generate_series(1, greatest(%(people)s / 60, 1)) AS r RETURNING id, code
),
lots AS (
    INSERT INTO estate_lot (code, residence_id, kind, status)
    SELECT 'L' || i, places.id, 'dwelling', 'occupied'
    FROM n JOIN places ON places.code = 'R' || (1 + i %% greatest(%(people)s / 60, 1)) WHERE i %% 4 <> 3
    RETURNING id, code
),
homes AS (
    INSERT INTO people_household (external_key, declared_size) SELECT 'L' || i, CASE WHEN i %% 4 = 2 THEN 2 ELSE 1 END
    FROM n WHERE i %% 4 <> 3 RETURNING id, external_key
),
persons AS (
    INSERT INTO people_person (family_name, given_names, birth_on, household_id, external_key)
    SELECT 'NOM' || i, 'Prénom', date '1930-01-01' + (i * 7919 %% 27000), homes.id, 'P' || i
    FROM n JOIN homes ON homes.external_key = 'L' || CASE WHEN i %% 4 = 3 THEN i - 1 ELSE i END
    RETURNING id, household_id, external_key
),
leases AS (
    INSERT INTO people_lease (reference, lot_id, entered_on, household_id)
    SELECT lots.code, lots.id, '2012-01-01', homes.id FROM lots JOIN homes ON homes.external_key = lots.code
    RETURNING id, household_id
),
parties AS (
    INSERT INTO people_lease_party (lease_id, person_id, role)
    SELECT leases.id, persons.id, CASE WHEN row_number() OVER (PARTITION BY leases.id ORDER BY external_key) = 1
           THEN 'holder' ELSE 'co_holder' END
    FROM leases JOIN persons USING (household_id)
)
INSERT INTO people_contact_point (person_id, channel, value, line_type)
SELECT persons.id, 'phone', '+337' || (10000000 + i), 'mobile'
FROM n JOIN persons ON persons.external_key = 'P' || i WHERE i %% 10 <> 0
"""


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


def measure(made: Any, people: int) -> dict[str, float]:
    """Make one list and its floor. Units: seconds, but for the counts."""
    from django.db import connection
    from django.utils import timezone

    from palier.config.start import acting_as_owner
    from palier.kernel.access import system_actor
    from palier.kernel.jobs.models import JobRun
    from palier.kernel.organisations.current import open_organisation
    from palier.modules.outreach.models import Call, Line, LineMember
    from palier.modules.outreach.services import building, campaigns
    from palier.modules.staff.models import Agent

    by, at = system_actor("bench"), timezone.now()
    with acting_as_owner(), open_organisation(made), connection.cursor() as cursor:
        # As the owner: the organisation's role may not ANALYZE, and a plan without statistics says nothing.
        cursor.execute(PEOPLE, {"people": people})
        cursor.execute("ANALYZE")
    with open_organisation(made):
        agents = [
            Agent.objects.create(reference=f"M{n}", last_name=f"Appel{n}", active_from="2015-01-01")
            for n in range(20)
        ]
        draft = campaigns.Draft(
            name="Banc", scope=campaigns.target("organisation", ""), segment_codes=("A", "B", "C", "D"),
            starts_on=timezone.localdate(at),
        )  # fmt: skip
        campaign = campaigns.create_campaign(draft=draft, by=by, at=at)
        callers = [{"agent_id": one.pk, "daily_calls": 200} for one in agents]
        campaigns.set_callers(campaign_id=campaign.pk, callers=callers, by=by, at=at)
        preview, shown = timed(lambda: campaigns.preview(campaign=campaign, at=at))
        freeze, run = timed(
            lambda: campaigns.open_campaign(
                campaign_id=campaign.pk, fingerprint=shown.fingerprint, by=by, at=at
            )
        )
        build, _none = timed(lambda: building.build(run_id=run.pk, campaign_id=campaign.pk, by=by, at=at))
        state = JobRun.objects.get(pk=run.pk).state
        counts = (Line.objects.count(), LineMember.objects.count(), Call.objects.count())
    if state != "done":
        raise SystemExit(f"the list ended {state}: the measure would say nothing")
    lines, members, calls = counts
    return {
        "lines": lines, "members": members, "calls": calls, "preview": preview, "freeze": freeze, "build": build,
        "floor": floor(made),
    }  # fmt: skip


def floor(made: Any) -> float:
    """Put the same rows back into the same tables, emptied; the transaction is rolled back."""
    from django.db import connection, transaction

    from palier.config.start import acting_as_owner
    from palier.kernel.organisations.current import open_organisation

    with acting_as_owner(), open_organisation(made), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL palier.bulk_load = 'on'")
        for table in TABLES:
            cursor.execute(
                f"CREATE TEMPORARY TABLE kept_{table} AS SELECT * FROM {table}; ANALYZE kept_{table}"
            )
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        spent = sum(timed(lambda table=table: _insert(cursor, table))[0] for table in TABLES)
        transaction.set_rollback(True)
    return spent


def _insert(cursor: Any, table: str) -> None:
    cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
    # Keys are checked when the transaction ends: they are part of the floor, as they are of the list.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=120_000)
    options = parser.parse_args()
    from palier.config.start import use_settings

    use_settings()
    import django

    django.setup()
    from palier.config.postgres import held
    from palier.kernel.keys import ensure_master_key

    ensure_master_key()
    print(
        ("{:>9}" * 9).format(
            "people", "listed", "lines", "calls", "preview", "freeze", "build", "floor", "ratio"
        )
    )
    sizes = sorted({options.people // 4, options.people})
    for size in sizes:
        with held(), organisation() as made:
            m = measure(made, size)
            counts = "".join(f"{n:>9}" for n in (size, int(m["members"]), int(m["lines"]), int(m["calls"])))
            seconds = "".join(f"{m[key]:>8.2f}s" for key in ("preview", "freeze", "build", "floor"))
            print(f"{counts}{seconds}{m['build'] / m['floor']:>8.1f}×", flush=True)
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
