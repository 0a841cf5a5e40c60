"""How far the search for duplicates is from the floor: the bare joins that bring together who shares something.

    python bench/bench_duplicates.py [--persons 120000]

Makes an organisation of its own in this installation's database, writes invented persons with their numbers and their
leases (one in a hundred written twice), searches, searches again (nothing is new), and drops it all. The floor
counts, with the same tables, the pairs that share a birth date, a number or a lot, and inserts as many rows as the
search did. A tenth of the persons first: the last column says how the cost grows.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
SLUG = "bench-duplicates"
DAY = date(2026, 11, 20)

WRITE = """
CREATE TEMPORARY TABLE drawn AS
SELECT n, (%(families)s::text[])[1 + (random() * %(last_family)s)::int] AS family,
       (%(givens)s::text[])[1 + (random() * %(last_given)s)::int] AS given,
       DATE '1930-01-01' + (random() * 30000)::int AS born, n %% 100 = 0 AS again
  FROM generate_series(1, %(persons)s) n;
UPDATE drawn d SET family = o.family, given = CASE WHEN d.n %% 300 = 0 THEN left(o.given, -1) ELSE o.given END,
       born = o.born FROM drawn o WHERE d.again AND o.n = d.n - 50;
INSERT INTO people_person (family_name, given_names, birth_on, reference, external_key)
SELECT family, given, born, 'T' || n, 'T' || n FROM drawn;
INSERT INTO people_contact_point (person_id, channel, value, line_type)
SELECT id, 'phone', '+336' || to_char(39980000 + (random() * 900000)::int, 'FM00000000'), 'mobile' FROM people_person;
INSERT INTO estate_residence (code, name) VALUES ('R1', 'Banc');
INSERT INTO estate_lot (code, residence_id, kind)
SELECT 'L' || n, (SELECT id FROM estate_residence), 'dwelling' FROM generate_series(1, %(persons)s / 2) n;
INSERT INTO people_lease (reference, lot_id, entered_on) SELECT 'C' || code, id, DATE '2020-01-01' FROM estate_lot;
INSERT INTO people_lease_party (lease_id, person_id, role)
SELECT l.id, p.id, CASE WHEN p.n %% 2 = 0 THEN 'holder' ELSE 'co_holder' END
  FROM (SELECT id, row_number() OVER () AS n FROM people_lease) l
  JOIN (SELECT id, row_number() OVER () AS n FROM people_person) p ON (p.n + 1) / 2 = l.n;
ANALYZE people_person; ANALYZE people_contact_point; ANALYZE people_lease; ANALYZE people_lease_party;
DROP TABLE drawn
"""
FLOOR = (
    "SELECT count(*) FROM people_person a JOIN people_person b USING (birth_on) WHERE a.id < b.id",
    """SELECT count(*) FROM people_contact_point a JOIN people_contact_point b USING (channel, value)
    WHERE a.person_id < b.person_id""",
    """SELECT count(*) FROM people_lease_party a JOIN people_lease la ON la.id = a.lease_id
    JOIN people_lease lb ON lb.lot_id = la.lot_id JOIN people_lease_party b ON b.lease_id = lb.id
    WHERE a.person_id < b.person_id""",
    "CREATE TEMPORARY TABLE kept_pair AS SELECT * FROM people_duplicate_pair; DELETE FROM people_duplicate_pair",
)


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


def write(made: Any, persons: int) -> None:
    from django.db import connection, transaction

    from palier.config.demo.draws import first_name, surname
    from palier.config.start import acting_as_owner
    from palier.kernel.organisations.current import open_organisation

    draws = Random(4)
    families = sorted({surname(draws, draws.randint(1930, 2000)) for _n in range(4_000)})
    givens = sorted({first_name(draws, draws.randint(1930, 2000), draws.choice("FM")) for _n in range(2_000)})
    given = {
        "persons": persons, "families": families, "givens": givens,
        "last_family": len(families) - 1, "last_given": len(givens) - 1,
    }  # fmt: skip
    with acting_as_owner(), open_organisation(made), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL palier.bulk_load = 'on'; SELECT setseed(0.4)")
        for statement in WRITE.split(";"):
            cursor.execute(statement, given)


def search(made: Any) -> tuple[float, dict[str, int]]:
    from django.utils import timezone

    from palier.kernel.organisations.current import open_organisation
    from palier.modules.people.services.duplicates import find_duplicates

    with open_organisation(made):
        begun = time.perf_counter()
        done = find_duplicates(on=DAY, at=timezone.now())
        return time.perf_counter() - begun, done


def floor(made: Any) -> float:
    """The bare joins, and the bare insert of as many pairs as were found."""
    from django.db import connection, transaction

    from palier.config.start import acting_as_owner
    from palier.kernel.organisations.current import open_organisation

    with acting_as_owner(), open_organisation(made), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL palier.bulk_load = 'on'; SET LOCAL work_mem = '96MB'")
        begun = time.perf_counter()
        for statement in FLOOR[:-1]:
            cursor.execute(statement)
        joins = time.perf_counter() - begun
        cursor.execute(FLOOR[-1])
        begun = time.perf_counter()
        cursor.execute("INSERT INTO people_duplicate_pair SELECT * FROM kept_pair")
        spent = joins + time.perf_counter() - begun
        transaction.set_rollback(True)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--persons", type=int, default=120_000)
    options = parser.parse_args()
    from palier.config.start import use_settings

    use_settings()
    import django

    django.setup()
    from palier.config.postgres import held
    from palier.kernel.keys import ensure_master_key

    ensure_master_key()
    head = ("persons", "compared", "proposed", "search", "again", "floor", "ratio", "growth")
    print(("{:>10}" * len(head)).format(*head))
    before = 0.0
    for persons in (options.persons // 10, options.persons):
        with held(), organisation() as made:
            write(made, persons)
            first, done = search(made)
            again, _same = search(made)
            least = floor(made)
            growth = f"{first / before:.1f}×" if before else "–"
            print(
                f"{persons:>10}{done['compared']:>10}{done['proposed']:>10}{first:>9.2f}s{again:>9.2f}s"
                f"{least:>9.2f}s{first / least:>9.1f}×{growth:>10}",
                flush=True,
            )
            before = first


if __name__ == "__main__":
    main()
