"""Many tenants, or many markers, at once; a sealed person is in none of it, before nor after."""

from datetime import timedelta

import pytest
from django.utils import timezone

from palier.kernel.bulk.models import BulkItem
from palier.kernel.bulk.testing import Bulk
from palier.modules.people.models import Person, VulnerabilityMarker
from palier.modules.people.services.sealing import seal
from palier.modules.people.tests.factories import a_marker, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def bulk(alpha, actor):
    return Bulk(actor, timezone.now())


def languages():
    return dict(Person.objects.values_list("family_name", "language"))


class TestLanguages:
    def test_are_set_and_given_back(self, bulk):
        people = [a_person("Durand"), a_person("Kaya", language="tr")]

        run = bulk.run("people.set-language", people, language="ar")

        assert languages() == {"Durand": "ar", "Kaya": "ar"}
        bulk.undo(run)
        assert languages() == {"Durand": "fr", "Kaya": "tr"}

    def test_leave_a_sealed_person_alone(self, bulk):
        seen, hidden = a_person("Durand"), a_person("Kaya")
        seal(person_id=hidden.pk, reason="violence", by=bulk.actor, at=bulk.at)

        preview = bulk.preview("people.set-language", [seen, hidden], language="ar")

        assert preview.change == 1
        assert "Kaya" not in str(preview)


class TestMarkers:
    def test_are_prolonged_and_given_their_review_back(self, bulk):
        marker = a_marker(a_person(), review_on=bulk.today, recorded_on=bulk.today - timedelta(days=90))

        run = bulk.run("people.prolong-markers", [marker], review_on=bulk.today + timedelta(days=90))

        marker.refresh_from_db()
        assert (marker.review_on, marker.reviewed_on) == (bulk.today + timedelta(days=90), bulk.today)
        bulk.undo(run)
        marker.refresh_from_db()
        assert (marker.review_on, marker.reviewed_on, marker.reviewed_by) == (bulk.today, None, "")

    def test_are_closed_and_opened_again(self, bulk):
        marker = a_marker(a_person(), recorded_on=bulk.today, review_on=bulk.today)

        run = bulk.run("people.close-markers", [marker])

        assert VulnerabilityMarker.objects.get().closed_at
        bulk.undo(run)
        assert VulnerabilityMarker.objects.get().closed_at is None

    def test_recorded_anew_since_stay(self, bulk):
        person = a_person()
        marker = a_marker(person, recorded_on=bulk.today, review_on=bulk.today)
        run = bulk.run("people.close-markers", [marker])
        again = a_marker(person, recorded_on=bulk.today, review_on=bulk.today)

        undone = bulk.undo(run)

        assert (undone.applied, undone.refused) == (0, 1)
        assert VulnerabilityMarker.objects.get(closed_at__isnull=True) == again


class TestSealing:
    def test_takes_her_name_out_of_past_runs_and_leaves_her_out_of_their_undoing(self, bulk):
        hidden, seen = a_person("Zyskowska", "Halina"), a_person("Durand")
        run = bulk.run("people.set-language", [hidden, seen], language="uk")

        seal(person_id=hidden.pk, reason="violence", by=bulk.actor, at=bulk.at)

        assert "Zyskowska" not in str(list(BulkItem.objects.values_list("label", "before", "after")))
        undone = bulk.undo(run)
        assert (undone.applied, undone.refused) == (1, 1)
