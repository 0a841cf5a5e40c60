"""What the trigger and the journal keep, and how it is read."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from palier.kernel.access import bind_actor
from palier.kernel.audit.models import AuditEntry
from palier.kernel.audit.selectors import history_of
from palier.kernel.journal import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency(alpha, actor):
    from palier.modules.estate.models import Agency

    with transaction.atomic():
        bind_actor(actor)
        return Agency.objects.create(code="A1", name="Agence Nord")


class TestHistory:
    def test_shows_what_changed_and_who_did_it(self, agency, actor):
        agency.name = "Agence du Nord"
        agency.save(update_fields=["name"])

        changed, created = history_of("estate_agency", agency.pk)
        assert (created.operation, created.actor) == ("insert", actor.name)
        assert [(one.before, one.after) for one in changed.changes] == [("Agence Nord", "Agence du Nord")]

    def test_is_silent_when_nothing_changes(self, agency):
        agency.save(update_fields=["name"])

        assert len(history_of("estate_agency", agency.pk)) == 1

    def test_adds_the_steps_of_the_journal(self, agency, actor):
        record("estate.agency.close", by=actor, at=timezone.now(), subject=agency)

        assert history_of("estate_agency", agency.pk)[0].step == "estate.agency.close"

    def test_leaves_bulk_loads_to_their_batch(self, agency):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")
            cursor.execute("UPDATE estate_agency SET name = 'Chargée'")
            cursor.execute("SELECT set_config('palier.bulk_load', 'off', true)")

        assert AuditEntry.objects.filter(operation="update").count() == 0
