"""What the owner's functions erase, where, and for whom."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from palier.kernel import journal
from palier.kernel.audit.models import AuditEntry
from palier.kernel.journal.models import JournalEntry
from palier.kernel.keys import SealedSubject, forget_everywhere
from palier.kernel.keys.kernel_tables import forget_in_audit, forget_in_journal
from palier.kernel.organisations.current import open_organisation, open_shared
from palier.modules.people.models import Person

AT = datetime(2026, 11, 20, tzinfo=UTC)


def subject(*words, records=()):
    return SealedSubject(person_id=UUID(int=7), records=records, words=words, key=None, by=None, at=AT)


class TestAudit:
    def test_loses_the_values_that_name_her_and_keeps_the_others(self, alpha):
        person = Person.objects.create(family_name="Vidal", given_names="Inès", reference="T1")
        Person.objects.filter(pk=person.pk).update(family_name="Roux", reference="T2")

        forget_in_audit(subject("Vidal"))

        changes = AuditEntry.objects.filter(row_id=str(person.pk)).order_by("-at").first().changes
        assert changes["family_name"] == ["█", "█"]
        assert changes["reference"] == ["T1", "T2"]

    def test_finds_a_name_after_a_line_break(self, alpha):
        person = Person.objects.create(legal_name="Chez\nVidal", kind="legal")

        forget_in_audit(subject("Vidal"))

        assert AuditEntry.objects.get(row_id=str(person.pk)).changes["legal_name"] == ["█", "█"]

    def test_of_another_landlord_is_untouched(self, alpha):
        with open_organisation("beta"):
            person = Person.objects.create(family_name="Vidal")

        forget_in_audit(subject("Vidal"))

        with open_organisation("beta"):
            assert AuditEntry.objects.get(row_id=str(person.pk)).changes["family_name"] == [None, "Vidal"]

    def test_cannot_be_changed_by_hand(self, alpha):
        Person.objects.create(family_name="Vidal")

        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEntry.objects.all().update(changes={})

    def test_is_out_of_reach_outside_an_organisation(self, db):
        with open_shared(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT public.scrub_audit(%s, %s)", [[], "x"])


class TestJournal:
    def test_loses_the_words_and_keeps_the_fact(self, alpha, actor):
        journal.record("people.note", by=actor, at=AT, text="vue Mme Vidal", count=3)

        forget_in_journal(subject("Vidal"))

        assert JournalEntry.objects.get(kind="people.note").data == {"text": "█", "count": 3}


def test_the_audit_comes_after_all_that_writes_in_it(alpha):
    order = list(forget_everywhere(subject("Nobodyhasthisname")))

    assert order[-1] == "audit_entry"
