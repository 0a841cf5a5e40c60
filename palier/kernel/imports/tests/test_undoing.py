"""A file undone: planned, worked through by chunks, resumed after a kill."""

import pytest
from django.db import connection

from palier.kernel.access import Actor, system_actor
from palier.kernel.errors import NotAllowed
from palier.kernel.imports import services
from palier.kernel.imports.models import ImportBatch, ImportChange, ImportUndoRow
from palier.kernel.imports.services import undoing
from palier.kernel.imports.testing import NOON, as_csv, load, load_rows
from palier.kernel.imports.tests.conftest import row

BY = system_actor("test")
STATE = """SELECT (SELECT md5(string_agg(l::text, '' ORDER BY reference)) FROM t_lease l),
    (SELECT md5(string_agg(p::text, '' ORDER BY lease_id, rank)) FROM t_person p)"""


@pytest.fixture(autouse=True)
def untouched_at(leases):
    """`touched_at` says when, not what: it does not come back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE t_lease DROP COLUMN touched_at; ALTER TABLE t_lease ADD touched_at timestamptz"
        )
        cursor.execute(
            """CREATE FUNCTION pg_temp.no_hour() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.touched_at = NULL; RETURN NEW; END $$;
            CREATE TRIGGER no_hour BEFORE INSERT OR UPDATE ON t_lease
            FOR EACH ROW EXECUTE FUNCTION pg_temp.no_hour()"""
        )


def apply(*rows, **options):
    return load(kind="t-leases", data=as_csv(rows), **options)


def plan(batch):
    return services.plan_undoing(batch_id=batch.pk, by=BY, at=NOON)


def undo(batch):
    return services.roll_back(batch_id=batch.pk, by=BY, at=NOON)


def verdicts(batch):
    found = ImportUndoRow.objects.filter(batch=batch).values_list("table_name", "verdict", "because")
    return sorted(found)


class TestUndoing:
    def test_brings_back_what_was_there(self, query):
        load_rows(kind="t-leases", rows=[row(1), row(2)])
        before = query(STATE)
        batch = apply(row(1, Solde="7,00", Sortie="31/12/2024"), row(3))

        done = undo(batch)

        assert done == {"restored": 1, "removed": 2, "left": 0}
        assert query(STATE) == before

    def test_brings_back_what_a_full_file_had_ended(self, query):
        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 60)])
        before = query("SELECT reference, left_on, state FROM t_lease ORDER BY 1")
        batch = apply(*[row(n) for n in range(1, 59)], full=True)
        assert query("SELECT count(*) FROM t_lease WHERE state = 'ended'") == [(1,)]

        undo(batch)

        assert query("SELECT reference, left_on, state FROM t_lease ORDER BY 1") == before

    def test_leaves_what_somebody_changed_since(self, query):
        load_rows(kind="t-leases", rows=[row(1), row(2)])
        batch = apply(row(1, Solde="7,00"), row(2, Solde="8,00"))
        query("UPDATE t_lease SET balance = 99 WHERE reference = 'C001' RETURNING 1")

        done = undo(batch)

        assert (done["restored"], done["left"]) == (1, 1)
        assert verdicts(batch) == [("t_lease", "changed", ""), ("t_lease", "free", "")]
        assert [str(balance) for (balance,) in query("SELECT balance FROM t_lease ORDER BY reference")] == [
            "99.00",
            "0.00",
        ]

    def test_is_for_the_latest_file_alone(self, query):
        first = apply(row(1), row(2))
        later = apply(row(1, Solde="7,00"))

        plan(first)

        assert ("t_lease", "later", str(later.pk)) in verdicts(first)
        assert undo(first)["removed"] == 3
        assert query("SELECT reference, balance::text FROM t_lease") == [("C001", "7.00")]

    def test_goes_further_back_once_the_later_file_is_undone(self, query):
        before = query(STATE)
        first = apply(row(1), row(2))
        later = apply(row(1, Solde="7,00"))

        undo(later)
        done = undo(first)

        assert done["left"] == 0
        assert query(STATE) == before

    def test_keeps_a_row_on_which_something_stands(self, query):
        batch = apply(row(1), row(2))
        query(
            """INSERT INTO t_person (lease_id, rank, name)
            SELECT id, 9, 'VOISIN' FROM t_lease WHERE reference = 'C001' RETURNING 1"""
        )

        done = undo(batch)

        assert ("t_lease", "in_use", "t_person") in verdicts(batch)
        assert (done["removed"], done["left"]) == (3, 1)
        assert query("SELECT reference FROM t_lease") == [("C001",)]

    def test_keeps_what_a_row_that_stays_stands_on(self, query):
        batch = apply(row(1), row(2))
        query("UPDATE t_person SET name = 'CORRIGÉE' WHERE name = 'NOM1' RETURNING 1")

        done = undo(batch)

        assert sorted(verdicts(batch))[:2] == [("t_lease", "free", ""), ("t_lease", "in_use", "t_person")]
        assert (done["removed"], done["left"]) == (2, 2)

    def test_lists_a_row_that_is_no_more(self, query):
        batch = apply(row(1), row(2))
        query("DELETE FROM t_person WHERE name = 'NOM1' RETURNING 1")

        done = undo(batch)

        assert ("t_person", "missing", "") in verdicts(batch)
        assert done["left"] == 1

    def test_leaves_what_changed_between_the_plan_and_its_turn(self, query):
        load_rows(kind="t-leases", rows=[row(1), row(2)])
        batch = apply(row(1, Solde="7,00"), row(2, Solde="8,00"))
        stamp = plan(batch)["planned_at"]
        services.begin_undoing(batch_id=batch.pk, planned_at=stamp, by=BY, at=NOON)
        query("UPDATE t_lease SET balance = 99 WHERE reference = 'C001' RETURNING 1")

        done = services.undo_batch(batch_id=batch.pk, by=BY, at=NOON)

        assert (done.undoing["restored"], done.undoing["left"]) == (1, 1)

    def test_keeps_what_something_came_to_stand_on_since_the_plan(self, query):
        batch = apply(row(1), row(2))
        stamp = plan(batch)["planned_at"]
        services.begin_undoing(batch_id=batch.pk, planned_at=stamp, by=BY, at=NOON)
        query(
            """INSERT INTO t_person (lease_id, rank, name)
            SELECT id, 9, 'VOISIN' FROM t_lease WHERE reference = 'C001' RETURNING 1"""
        )

        done = services.undo_batch(batch_id=batch.pk, by=BY, at=NOON)

        assert (done.undoing["removed"], done.undoing["left"]) == (3, 1)
        assert query("SELECT reference FROM t_lease") == [("C001",)]

    def test_says_nothing_of_what_was_forgotten(self, query):
        batch = apply(row(1), row(2))
        hers = ImportChange.objects.filter(batch=batch, table_name="t_person", after__name="NOM1")
        hers.update(after={"█": True}, line=None)

        plan(batch)

        assert ("t_lease", "in_use", "t_person") in verdicts(batch)
        assert ImportUndoRow.objects.filter(batch=batch, table_name="t_person").count() == 1


class TestAnUndoingThatIsCut:
    def test_goes_on_where_it_was(self, query, monkeypatch):
        monkeypatch.setattr(undoing, "CHUNK_ROWS", 3)
        before = query(STATE)
        batch = apply(*[row(n) for n in range(1, 6)])
        services.begin_undoing(batch_id=batch.pk, planned_at=plan(batch)["planned_at"], by=BY, at=NOON)
        seen = []

        halted = services.undo_batch(
            batch_id=batch.pk, by=BY, at=NOON, progress=lambda done, *_: seen.append(done),
            cancelled=lambda: len(seen) == 2,
        )  # fmt: skip
        assert (halted.state, seen) == ("rolling_back", [3, 6])
        done = services.undo_batch(batch_id=batch.pk, by=BY, at=NOON)

        assert (done.state, done.undoing["removed"]) == ("rolled_back", 10)
        assert query(STATE) == before

    def test_does_nothing_more_once_it_has_ended(self, query):
        batch = apply(row(1))
        undo(batch)
        before = query(STATE)

        services.undo_batch(batch_id=batch.pk, by=BY, at=NOON)

        assert query(STATE) == before


class TestRefusals:
    def test_a_file_is_undone_once(self):
        batch = apply(row(1))
        undo(batch)

        with pytest.raises(services.NothingToUndo):
            undo(batch)

    def test_the_plan_confirmed_is_the_one_that_was_read(self):
        batch = apply(row(1))
        plan(batch)

        with pytest.raises(services.PlanChanged):
            services.begin_undoing(batch_id=batch.pk, planned_at="2020", by=BY, at=NOON)

        assert ImportBatch.objects.get(pk=batch.pk).state == "applied"

    def test_a_file_not_applied_has_nothing_to_undo(self):
        batch = load(kind="t-leases", data=as_csv([row(1)]), apply=False)

        with pytest.raises(services.NothingToUndo):
            plan(batch)

    def test_the_right_is_asked_for(self):
        batch = apply(row(1))
        reader = Actor(None, "Luc", "luc@alpha.example", "alpha", frozenset({"imports:batch:read"}))

        with pytest.raises(NotAllowed):
            services.plan_undoing(batch_id=batch.pk, by=reader, at=NOON)
