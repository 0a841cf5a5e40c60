"""A merge of two persons reaches every table of every module that points to a person, without any of them saying so."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from palier.modules.people.models import Person, SealedIdentity
from palier.modules.people.selectors.merging import preview
from palier.modules.people.selectors.pointers import pointers_to, present
from palier.modules.people.services.merging import merge
from palier.modules.people.services.unmerging import undo
from palier.modules.people.tests.factories import a_person, an_actor
from tests.wall.world import World

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
# A sealed person is in no merge.
NEVER = {SealedIdentity._meta.db_table}


def point(pointer, row, person):
    """Have one row point to a person; False where the table's own rules refuse it."""
    value = [person.pk] if pointer.is_list else person.pk
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{pointer.table}" SET "{pointer.column}" = %s WHERE "{pointer.key}" = %s',
                [value, row.pk],
            )
    except DatabaseError:
        return False
    return True


def pointed(pointer, row):
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{pointer.column}"::text FROM "{pointer.table}" WHERE "{pointer.key}" = %s', [row.pk]
        )
        return cursor.fetchone()[0].strip("{}")


@pytest.fixture
def rows():
    """A row of every table that points to a person, and the person they all point to."""
    make_member("alpha", "administrator")
    with open_organisation("alpha"):
        world, gone = World(), a_person("DURANT", "Marie", birth_on=date(1948, 5, 12))
        found, refused = {}, []
        for pointer in present(pointers_to(Person)):
            if pointer.table in NEVER:
                continue
            try:
                with transaction.atomic():
                    row = world.make(pointer.model)
            except (DatabaseError, TypeError, ValueError, StopIteration):
                row = None
            if row is not None and point(pointer, row, gone):
                found[pointer] = row
            else:
                refused.append(f"{pointer.table}.{pointer.column}")
        yield found, gone, refused


def test_a_merge_moves_a_row_of_every_table_and_undoing_brings_it_back(rows):
    found, gone, refused = rows
    actor, kept = an_actor("people:person:merge"), a_person("DURAND", "Marie", birth_on=date(1948, 5, 12))
    # Most tables have a row here: what could not be made is not what the test is about.
    assert len(found) > 2 * len(refused)

    shown = preview(kept_id=kept.pk, gone_id=gone.pk, actor=actor, on=TODAY)
    done = merge(kept_id=kept.pk, gone_id=gone.pk, fingerprint=shown.fingerprint, by=actor, at=AT)

    assert {
        f"{one.table}.{one.column}" for one, row in found.items() if pointed(one, row) != str(kept.pk)
    } == set()

    undone = undo(merge_id=done.pk, by=actor, at=AT)

    assert undone.left == []
    assert {
        f"{one.table}.{one.column}" for one, row in found.items() if pointed(one, row) != str(gone.pk)
    } == set()
