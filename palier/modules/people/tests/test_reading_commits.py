"""A reading outlives the request that made it: real transactions, on both connections."""

from datetime import date

import pytest
from django.db import connections, transaction

from palier.kernel import keys
from palier.kernel.organisations.current import open_organisation
from palier.modules.people.models import Person, SealedIdentity, SealedReading
from palier.modules.people.services import reading, sealing
from palier.modules.people.tests.factories import AT, a_person

pytestmark = [pytest.mark.django_db(databases=["default", "journal"]), pytest.mark.usefixtures("alpha")]


class Rollback(Exception):
    pass


def test_a_reading_outlives_the_request_that_fails(actor, tmp_path, monkeypatch):
    """The second connection has a transaction of its own: undoing the first leaves the reading."""
    monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: tmp_path / "sealings")
    person = a_person("Vidal", "Inès", birth_on=date(1990, 1, 1))
    file = sealing.seal(person_id=person.pk, reason="x", by=actor, at=AT)

    with pytest.raises(Rollback), transaction.atomic():
        reading.open_file(file_id=file.pk, reason="Appel", by=actor, at=AT)
        raise Rollback

    assert SealedReading.objects.using("journal").filter(file_id=file.pk).count() == 1


def test_the_journal_connection_commits_by_itself():
    assert connections["journal"].settings_dict["ATOMIC_REQUESTS"] is False
    assert connections["default"].settings_dict["ATOMIC_REQUESTS"] is True


def test_the_journal_connection_is_in_the_same_organisation(actor):
    with open_organisation("alpha"), connections["journal"].cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        assert cursor.fetchone() == ("org_alpha", "org_alpha")


def test_a_sealing_that_is_undone_leaves_her_in_clear(actor, tmp_path, monkeypatch):
    monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: tmp_path / "sealings")
    person = a_person("Vidal", "Inès")

    with pytest.raises(Rollback), transaction.atomic():
        sealing.seal(person_id=person.pk, reason="x", by=actor, at=AT)
        raise Rollback

    assert Person.objects.get(pk=person.pk).family_name == "Vidal"
    assert not SealedIdentity.objects.exists()
    # The register keeps her: after a restore she would be sealed again, which harms nobody.
    assert [line.person_id for line in keys.sealings()] == [person.pk]
