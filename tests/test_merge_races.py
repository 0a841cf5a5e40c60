"""Two people merge at once, or one clicks twice: one merge is made, and the other is told what became of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from palier.config.start import acting_as_owner
from palier.kernel.errors import DomainError
from palier.kernel.organisations.current import open_organisation
from palier.modules.people.models import Merge, Person
from palier.modules.people.selectors.merging import preview
from palier.modules.people.services.merging import merge
from palier.modules.people.services.unmerging import undo
from palier.modules.people.tests.factories import a_person, an_actor

pytestmark = pytest.mark.race

SLUG = "race-of-merges"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def landlord(django_db_setup, django_db_blocker):
    """A landlord of its own, committed: several connections see it."""
    from palier.kernel.organisations import provision
    from palier.kernel.organisations.models import Organisation

    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        with acting_as_owner():
            for alias in connections:
                connections[alias].settings_dict["NAME"] = name
            organisation = provision.create_organisation(slug=SLUG, name="Course", kind="landlord")
        yield name
        with acting_as_owner():
            provision.drop_organisation(Organisation.objects.get(pk=organisation.pk))


@pytest.fixture
def three(landlord):
    """Three records of one person, and nothing merged."""
    with acting_as_owner(), open_organisation(SLUG), connection.cursor() as cursor:
        cursor.execute("TRUNCATE people_person, people_merge, journal_entry CASCADE")
    with open_organisation(SLUG):
        born = date(1948, 5, 12)
        return [a_person(name, "Marie", birth_on=born) for name in ("DURAND", "DURANT", "DURAN")]


def at_once(*acts):
    """Run each act on a connection of its own, all let go together; return what each gave or raised."""
    gate = Barrier(len(acts))

    def run(act):
        try:
            with open_organisation(SLUG), transaction.atomic():
                connection.ensure_connection()
                gate.wait(timeout=60)
                return act()
        except DomainError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def merging(kept, gone):
    """The act of one person who has read the preview."""
    actor = an_actor("people:person:merge")
    with open_organisation(SLUG):
        shown = preview(kept_id=kept.pk, gone_id=gone.pk, actor=actor, on=TODAY).fingerprint
    return lambda: merge(kept_id=kept.pk, gone_id=gone.pk, fingerprint=shown, by=actor, at=AT)


def refusals(gave):
    return sorted(one.code for one in gave if isinstance(one, DomainError))


class TestTwoPeople:
    def test_merge_the_same_pair_four_times_and_it_is_merged_once(self, three):
        gave = at_once(*[merging(three[0], three[1]) for _click in range(4)])

        assert refusals(gave) == ["people.merged-already"] * 3
        with open_organisation(SLUG):
            assert (Merge.objects.count(), Person.objects.count()) == (1, 2)

    def test_merge_a_pair_both_ways_and_nobody_is_lost(self, three):
        gave = at_once(merging(three[0], three[1]), merging(three[1], three[0]))

        assert refusals(gave) == ["people.merged-already"]
        with open_organisation(SLUG):
            assert (Merge.objects.count(), Person.objects.count()) == (1, 2)

    def test_merge_in_a_ring_and_somebody_is_left(self, three):
        gave = at_once(merging(three[0], three[1]), merging(three[1], three[2]), merging(three[2], three[0]))

        with open_organisation(SLUG):
            done = Merge.objects.count()
            assert done == 3 - len(refusals(gave))
            assert Person.objects.count() == 3 - done >= 1

    def test_undo_at_once_and_it_is_undone_once(self, three):
        with open_organisation(SLUG), transaction.atomic():
            done = merging(three[0], three[1])()
        actor = an_actor("people:person:merge")

        gave = at_once(*[lambda: undo(merge_id=done.pk, by=actor, at=AT) for _click in range(3)])

        assert refusals(gave) == ["people.merge-undone-already"] * 2
        with open_organisation(SLUG):
            assert Person.objects.count() == 3
