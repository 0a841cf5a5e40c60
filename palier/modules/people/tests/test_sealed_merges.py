"""A person whose records were merged is sealed, or erased, whole: every spelling, every code."""

from datetime import date

import pytest
from django.db import connection

from palier.kernel import journal
from palier.kernel.access import system_actor
from palier.kernel.errors import NotFound
from palier.kernel.imports.testing import load_rows
from palier.kernel.retention.services import erasing, requests
from palier.modules.people.models import (
    DuplicatePair,
    Merge,
    MergeChange,
    Person,
    PersonAlias,
    SealedIdentity,
    TrayLine,
)
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.merging import kept_instead_of, preview
from palier.modules.people.services import duplicates, sealing, unmerging
from palier.modules.people.services.merging import merge
from palier.modules.people.services.reading import open_file
from palier.modules.people.tests.factories import AT, TODAY, a_lease, a_lot, a_person, a_phone, an_actor

pytestmark = pytest.mark.django_db(databases=["default", "journal"])

CANARIES = (
    "Zephirinecanary",
    "Zephyrinecanari",
    "REFCANARY77",
    "OTHERCANARY78",
    "+33639987711",
    "+33639987712",
)
RIGHTS = (Permission.PERSON_MERGE, Permission.SEALED_SEAL, Permission.SEALED_READ)


@pytest.fixture(autouse=True)
def opened(alpha, tmp_path, monkeypatch):
    monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: tmp_path / "sealings")
    return alpha


def who(name, reference, phone, **fields):
    person = a_person(
        name, "Albane", reference=reference, external_key=reference, birth_on=date(1990, 4, 2), **fields
    )
    a_phone(person, phone)
    return person


def merged(kept, gone, actor):
    shown = preview(kept_id=kept.pk, gone_id=gone.pk, actor=actor, on=TODAY)
    return merge(kept_id=kept.pk, gone_id=gone.pk, fingerprint=shown.fingerprint, by=actor, at=AT)


def found():
    """Canaries that some text of the schema still holds, with the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.table_name FROM information_schema.tables c
            WHERE c.table_schema = current_schema() AND c.table_type = 'BASE TABLE'"""
        )
        left = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(to_jsonb(t)::text, ' '), '') FROM {table} t")
            (text,) = cursor.fetchone()
            left += [(table, canary) for canary in CANARIES if canary.lower() in text.lower()]
    return left


@pytest.fixture
def actor():
    return an_actor(*RIGHTS)


@pytest.fixture
def sealed(actor):
    """She, under two spellings and two codes, merged then sealed."""
    kept = who("Zephirinecanary", "REFCANARY77", "+33639987711")
    gone = who("Zephyrinecanari", "OTHERCANARY78", "+33639987712")
    a_lease(kept, lot=a_lot("R01-101"))
    a_lease(gone, lot=a_lot("R01-102"))
    duplicates.find_duplicates(on=TODAY, at=AT)
    merged(kept, gone, actor)
    assert found()
    sealing.seal(person_id=kept.pk, reason="Ordonnance", by=actor, at=AT)
    return kept, gone


class TestSealing:
    def test_leaves_no_trace_of_either_record(self, sealed):
        assert found() == []
        assert not (Merge.objects.exists() or MergeChange.objects.exists() or PersonAlias.objects.exists())
        assert not DuplicatePair.objects.exists()

    def test_leads_nowhere_from_the_old_address(self, sealed):
        _kept, gone = sealed

        assert kept_instead_of(gone.pk) is None

    def test_sets_aside_the_line_of_a_file_that_says_either_code(self, sealed):
        load_rows(
            kind="locatif",
            rows=[{"N° contrat": "C9", "Code lot": "R01-102", "Code tiers": "OTHERCANARY78", "Nom": "X", "Prénom": "Y",
                   "Date d'entrée": "01/03/2026"}],
        )  # fmt: skip

        assert TrayLine.objects.count() == 1
        assert not Person.objects.in_clear().exists()

    def test_gives_the_codes_back_when_undone(self, sealed, actor):
        kept, gone = sealed
        file = SealedIdentity.objects.get()
        _file, content = open_file(file_id=file.pk, reason="Levée", by=actor, at=AT)

        sealing.unseal(file=file, content=content, by=actor, at=AT)

        assert set(PersonAlias.objects.values_list("fact", "value")) == {
            ("id", str(gone.pk)),
            ("key", "OTHERCANARY78"),
            ("reference", "OTHERCANARY78"),
        }
        assert kept_instead_of(gone.pk) == kept.pk


class TestErasing:
    def test_leaves_no_trace_of_either_record(self, actor):
        left = {"entered_on": date(2015, 1, 1), "left_on": date(2019, 6, 1)}
        kept = who("Zephirinecanary", "REFCANARY77", "+33639987711")
        gone = who("Zephyrinecanari", "OTHERCANARY78", "+33639987712")
        a_lease(kept, lot=a_lot("R01-101"), **left)
        a_lease(gone, lot=a_lot("R01-102"), **left)
        journal.record("people.note", by=actor, at=AT, text="Mme Zephyrinecanari, code OTHERCANARY78")
        merged(kept, gone, actor)
        officer = system_actor("Officer")
        asked = requests.record_request(
            kind="erasure", requester="Marie Durand", channel="post", received_on=TODAY, subject_kind="people",
            subject_id=kept.pk, by=officer, at=AT,
        )  # fmt: skip
        requests.identify(request_id=asked.pk, proof="in_person", by=officer, at=AT)
        assert {canary for _table, canary in found()} == set(CANARIES)

        seen = erasing.preview(request_id=asked.pk, by=officer, at=AT)
        erasing.erase(request_id=asked.pk, seen=seen.fingerprint, by=officer, at=AT)

        assert found() == []
        assert not (Merge.objects.exists() or MergeChange.objects.exists() or PersonAlias.objects.exists())


class TestTheMergeOfSomebodyElse:
    def test_forgets_what_it_says_of_her(self, actor):
        her = who("Zephirinecanary", "REFCANARY77", "+33639987711")
        kept, gone = a_person("MOREL", "Luc", birth_on=date(1970, 1, 1)), a_person("MOREL", "Luc")
        a_phone(gone, "+33639980101", is_shared=True, shared_with=her)
        a_phone(kept, "+33639980101")
        done = merged(kept, gone, actor)
        assert MergeChange.objects.filter(before__shared_with_id=str(her.pk)).exists()

        sealing.seal(person_id=her.pk, reason="Ordonnance", by=actor, at=AT)

        assert found() == []
        assert not [
            change
            for change in MergeChange.objects.filter(merge=done)
            if str(her.pk) in f"{change.row_id} {change.before} {change.after}"
        ]
        undone = unmerging.undo(merge_id=done.pk, by=actor, at=AT)
        assert {one["table"] for one in undone.left} == {"people_contact_point"}

    def test_cannot_be_undone_for_her(self, sealed, actor):
        with pytest.raises(NotFound):
            unmerging.undo(merge_id=sealed[0].pk, by=actor, at=AT)
