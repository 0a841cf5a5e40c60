"""A sealed person is in no table, file, log line nor answer; and comes back whole."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from palier.kernel import journal, keys
from palier.kernel.access import Actor
from palier.kernel.audit.models import AuditEntry
from palier.kernel.errors import NotAllowed
from palier.kernel.imports.models import ImportChange
from palier.kernel.imports.testing import load_rows
from palier.kernel.journal.models import JournalEntry
from palier.kernel.outbox.models import OutboxEntry
from palier.modules.people.models import (
    Consent,
    ContactPoint,
    Household,
    Lease,
    LeaseParty,
    Person,
    SealedIdentity,
    SealedReading,
    TrayLine,
    VulnerabilityMarker,
)
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.recognition import recognise
from palier.modules.people.selectors.sealed import files_named_by
from palier.modules.people.selectors.traces import traces_of
from palier.modules.people.services import reading, sealed_leases, sealing
from palier.modules.people.tests.factories import AT, a_lease, a_lot, a_marker, a_person, a_phone, an_email

pytestmark = pytest.mark.django_db(databases=["default", "journal"])

# A word in every text field about her; none of them may be found anywhere once she is sealed.
CANARIES = (
    "Zephirinecanary",
    "Albanecanary",
    "Birthcanary",
    "REFCANARY77",
    "CONTRACTCANARY88",
    "mailcanary",
    "+33639987711",
    "06 39 98 77 11",
    "Ruecanary",
    "Notecanary",
    "Proofcanary",
)


@pytest.fixture
def register(tmp_path, monkeypatch):
    """A register of this test's own, beside the same key."""
    path = tmp_path / "sealings"
    monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: path)
    return path


@pytest.fixture(autouse=True)
def opened(alpha, register):
    return alpha


def canary_person(**fields):
    person = a_person(
        "Zephirinecanary",
        "Albanecanary Lou",
        birth_name="Birthcanary",
        reference="REFCANARY77",
        external_key="REFCANARY77",
        birth_on=date(1990, 4, 2),
        language="pt",
        civility="ms",
        **fields,
    )
    a_phone(person, "+33639987711")
    an_email(person, "mailcanary@courriel.example")
    ContactPoint.objects.create(person=person, channel="postal", value="chez Ruecanary\n11100 Narbonne")
    a_marker(person, note="Notecanary")
    Consent.objects.create(
        person=person,
        kind="consent",
        topic="courtesy_calls",
        text_version="v1",
        proof="Proofcanary",
        given_at=AT,
        recorded_by="Camille Ferrand",
    )
    return person


def seal(person, actor, reason="Éloignement"):
    return sealing.seal(person_id=person.pk, reason=reason, by=actor, at=AT)


def every_text():
    """Every value of every table of the schema, as text, with the table where it stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s",
            [connection.schema_name],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{connection.schema_name}"."{table}" t')
            for (text,) in cursor.fetchall():
                yield table, text


def found_in_tables():
    return sorted({(table, canary) for table, text in every_text() for canary in CANARIES if canary in text})


def found_in_files():
    root = Path(settings.FILES_FOLDER) / connection.schema_name
    found = set()
    for path in root.rglob("*") if root.exists() else ():
        content = path.read_bytes() if path.is_file() else b""
        found |= {(path.name, canary) for canary in CANARIES if canary.encode() in content}
    return found


class TestSeal:
    def test_leaves_no_word_of_her_in_any_table(self, actor):
        person = canary_person()
        a_lease(person, reference="CONTRACTCANARY88")
        person.family_name = "Zephirinecanary"
        person.save()
        journal.record("people.note", by=actor, at=AT, subject=person, text="Vue Zephirinecanary ce matin")
        journal.record("other.note", by=actor, at=AT, text="appeler le 06 39 98 77 11")
        OutboxEntry.objects.create(
            kind="event", name="x.y", payload={"who": "Albanecanary Lou Zephirinecanary"}
        )
        assert len({canary for _, canary in found_in_tables()}) >= 9, (
            "the test must find them before the sealing"
        )

        seal(person, actor)

        assert found_in_tables() == []

    def test_keeps_the_fact_of_what_was_erased(self, actor):
        person = canary_person()
        person.family_name = "Other"
        person.save()
        before = AuditEntry.objects.filter(row_id=str(person.pk)).count()

        seal(person, actor)

        assert before >= 2
        assert AuditEntry.objects.filter(row_id=str(person.pk)).count() >= before
        assert JournalEntry.objects.get(kind="people.person.seal").subject_id == str(person.pk)

    def test_leaves_the_lines_about_other_people(self, actor):
        person, other = canary_person(), a_person("Martin", "Luc")
        journal.record("people.note", by=actor, at=AT, subject=other, text="Vu Martin")

        seal(person, actor)

        assert JournalEntry.objects.get(kind="people.note").data == {"text": "Vu Martin"}
        assert Person.objects.get(pk=other.pk).family_name == "Martin"

    def test_keeps_her_dwelling_occupied_by_somebody_unnamed(self, actor):
        person = canary_person()
        lease = a_lease(person, reference="CONTRACTCANARY88")

        seal(person, actor)

        lease.refresh_from_db()
        assert lease.lot_id is not None
        assert (lease.reference, lease.is_sealed, lease.left_on) == ("", True, None)
        assert not LeaseParty.objects.filter(person=person).exists()

    def test_leaves_no_link_from_her_to_her_door(self, actor):
        """Whoever holds a copy of the database and knows her id must not reach her dwelling by it."""
        person, child = canary_person(), a_person("Petitcanari", "Noé")
        lease = a_lease(person, reference="CONTRACTCANARY88")
        LeaseParty.objects.create(lease=lease, person=child, role="occupant")
        Person.objects.filter(pk=child.pk).update(household=lease.household)

        seal(person, actor)

        for table, text in every_text():
            both = str(person.pk) in text and (str(lease.pk) in text or str(lease.lot_id) in text)
            assert not both, (table, text)
        assert not LeaseParty.objects.filter(lease=lease).exists()
        assert Household.objects.get(pk=lease.household_id).external_key == ""

    def test_gives_her_lease_no_instant_in_common_with_her(self, actor):
        person = canary_person()
        lease = a_lease(person)
        seal(person, actor)

        person.refresh_from_db()
        lease.refresh_from_db()
        audited = AuditEntry.objects.filter(at__gte=lease.sealed_at, row_id=str(lease.pk))
        assert lease.sealed_at != person.sealed_at
        assert set(audited.values_list("operation", flat=True)) == {"insert"}

    def test_leaves_the_shared_lease_to_the_other_holder(self, actor):
        paul, person = a_person("Zephirinecanary", "Paul", reference="T-PAUL"), canary_person()
        lease = a_lease(paul, person, reference="SHARED1")
        a_phone(paul, "+33465710001", is_shared=True, shared_with=person)

        seal(person, actor)

        lease.refresh_from_db()
        assert (lease.reference, lease.sealed_at, lease.is_kept_when_absent) == ("SHARED1", None, True)
        assert [party.person_id for party in lease.parties.all()] == [paul.pk]
        his = ContactPoint.objects.get(person=paul)
        assert (his.shared_with_id, his.is_shared) == (None, False)

    def test_gives_nothing_to_whoever_is_not_a_referent(self, actor):
        adviser = Actor(
            user_id=actor.user_id,
            name="A",
            email="a@alpha.example",
            organisation="alpha",
            permissions=frozenset({Permission.PERSON_VIEW, Permission.PERSON_EDIT}),
        )
        person = canary_person()

        with pytest.raises(NotAllowed):
            seal(person, adviser)

        person.refresh_from_db()
        assert person.sealed_at is None

    def test_asks_why(self, actor):
        with pytest.raises(sealing.ReasonMissing):
            seal(canary_person(), actor, reason="  ")

    def test_is_not_done_twice(self, actor):
        person = canary_person()
        seal(person, actor)

        with pytest.raises(sealing.AlreadySealed):
            seal(person, actor)

    def test_undoes_everything_when_one_store_cannot_forget(self, actor, register, monkeypatch):
        person = canary_person()

        def broken(subject):
            raise RuntimeError("disk full")

        monkeypatch.setitem(keys.scrubbing._scrubbers, "broken", broken)
        with pytest.raises(RuntimeError):
            seal(person, actor)

        person.refresh_from_db()
        assert (person.family_name, person.sealed_at) == ("Zephirinecanary", None)
        assert not SealedIdentity.objects.exists()
        assert keys.sealings() == []

    def test_says_what_no_owner_has_erased(self, actor):
        """A colleague bears her rare name: the referent is told where it still stands."""
        person = canary_person()
        subject = keys.SealedSubject(
            person_id=person.pk, records=(), words=("Zephirinecanary",), key=None, by=actor, at=AT
        )

        assert ("people_person", "family_name") in {(one.table, one.column) for one in traces_of(subject)}

    def test_the_database_refuses_a_name_on_a_sealed_person(self, actor):
        person = canary_person()
        seal(person, actor)

        with pytest.raises(DatabaseError):
            Person.objects.filter(pk=person.pk).update(family_name="Back")


class TestFile:
    def test_opens_for_the_referent_who_made_it(self, actor):
        person = canary_person()
        file = seal(person, actor)

        _, content = reading.open_file(file_id=file.pk, reason="Appel de l'association", by=actor, at=AT)

        assert content["identity"]["family_name"] == "Zephirinecanary"
        assert content["reason"] == "Éloignement"

    def test_is_closed_to_a_referent_who_is_not_named(self, actor):
        file = seal(canary_person(), actor)
        other = Actor(
            user_id=file.pk,
            name="B",
            email="b@alpha.example",
            organisation="alpha",
            permissions=frozenset({Permission.SEALED_READ}),
        )

        with pytest.raises(reading.NotNamed):
            reading.open_file(file_id=file.pk, reason="Voir", by=other, at=AT)

        assert not SealedReading.objects.using("journal").filter(file_id=file.pk).exists()

    def test_opens_by_force_and_tells(self, actor):
        file = seal(canary_person(), actor)
        other = Actor(
            user_id=file.pk,
            name="B",
            email="b@alpha.example",
            organisation="alpha",
            permissions=frozenset({Permission.SEALED_READ}),
        )

        _, content = reading.open_file(file_id=file.pk, reason="Urgence", by=other, at=AT, is_forced=True)

        assert content["identity"]["family_name"] == "Zephirinecanary"
        assert SealedReading.objects.using("journal").get(file_id=file.pk).is_forced
        assert OutboxEntry.objects.filter(name="people.sealed-file-forced").exists()

    def test_shows_nothing_when_the_reading_cannot_be_written(self, actor, monkeypatch):
        file = seal(canary_person(), actor)
        opened = []
        monkeypatch.setattr(reading, "_data_key", lambda file: opened.append(file))
        monkeypatch.setattr(
            SealedReading, "save", lambda self, **_: (_ for _ in ()).throw(DatabaseError("journal is down"))
        )

        with pytest.raises(reading.ReadingNotLogged):
            reading.open_file(file_id=file.pk, reason="Appel", by=actor, at=AT)

        assert opened == []

    def test_cannot_be_rewritten_in_the_register_of_readings(self, actor):
        file = seal(canary_person(), actor)
        reading.open_file(file_id=file.pk, reason="Appel", by=actor, at=AT)

        with pytest.raises(DatabaseError):
            SealedReading.objects.using("journal").all().delete()

    def test_says_nothing_with_another_key(self, actor, settings, tmp_path):
        file = seal(canary_person(), actor)
        settings.KEY_FILE = tmp_path / "other"
        keys.ensure_master_key()

        with pytest.raises(keys.CannotDecrypt):
            reading.open_file(file_id=file.pk, reason="Appel", by=actor, at=AT)


class TestHousing:
    def test_keeps_the_link_in_her_file_alone(self, actor):
        person, lot = canary_person(), a_lot("NEW-1", status="vacant")
        file = seal(person, actor)
        file, content = reading.open_file(file_id=file.pk, reason="Relogement", by=actor, at=AT)

        lease = sealed_leases.house(
            file=file,
            content=content,
            lot_code="NEW-1",
            entered_on=AT.date(),
            reference="NEWCANARY1",
            by=actor,
            at=AT,
        )

        lot.refresh_from_db()
        assert (lot.status, lease.is_sealed, lease.reference) == ("occupied", True, "")
        for table, text in every_text():
            assert "NEWCANARY1" not in text, table
            assert not (str(person.pk) in text and (str(lease.pk) in text or str(lot.pk) in text)), table
        assert files_named_by({}, ["NEWCANARY1"]) == [file.pk]
        _, after = reading.open_file(file_id=file.pk, reason="Relecture", by=actor, at=AT)
        assert [one["lot"] for one in reading.readable(after)["leases"]] == ["NEW-1"]

    def test_refuses_a_lot_where_somebody_lives(self, actor):
        file = seal(canary_person(), actor)
        a_lease(a_person("Martin", "Luc"), lot=a_lot("TAKEN-1"))
        file, content = reading.open_file(file_id=file.pk, reason="Relogement", by=actor, at=AT)

        for code, refusal in (("TAKEN-1", sealed_leases.LotTaken), ("NOWHERE", sealed_leases.LotUnknown)):
            with pytest.raises(refusal):
                sealed_leases.house(
                    file=file,
                    content=content,
                    lot_code=code,
                    entered_on=AT.date(),
                    reference="",
                    by=actor,
                    at=AT,
                )

        assert Lease.objects.count() == 1

    def test_ends_and_comes_back_with_her(self, actor):
        person, lot = canary_person(), a_lot("NEW-1", status="vacant")
        file = seal(person, actor)
        file, content = reading.open_file(file_id=file.pk, reason="Relogement", by=actor, at=AT)
        lease = sealed_leases.house(
            file=file,
            content=content,
            lot_code="NEW-1",
            entered_on=AT.date(),
            reference="C-NEW",
            by=actor,
            at=AT,
        )
        file, content = reading.open_file(file_id=file.pk, reason="Départ", by=actor, at=AT)

        sealed_leases.leave(
            file=file, content=content, lease_id=str(lease.pk), left_on=AT.date(), by=actor, at=AT
        )
        sealing.unseal(file=file, content=content, by=actor, at=AT)

        lot.refresh_from_db()
        lease.refresh_from_db()
        assert (lot.status, lease.reference, lease.left_on) == ("vacant", "C-NEW", AT.date())
        assert lease.parties.get().person_id == person.pk


class TestUnseal:
    def test_gives_everything_back(self, actor, register):
        person, child = canary_person(), a_person("Petit", "Noé")
        lease = a_lease(person, reference="CONTRACTCANARY88", balance=12, balance_on=date(2026, 10, 1))
        LeaseParty.objects.create(lease=lease, person=child, role="occupant")
        shared = a_lease(a_person("Autre", "Paul"), person, reference="SHARED1")
        before = {table: sorted(map(str, rows)) for table, rows in _snapshot(person).items()}
        file = seal(person, actor)
        _, content = reading.open_file(file_id=file.pk, reason="Fin du danger", by=actor, at=AT)

        sealing.unseal(file=file, content=content, by=actor, at=AT)

        after = {table: sorted(map(str, rows)) for table, rows in _snapshot(person).items()}
        assert after == before
        shared.refresh_from_db()
        assert shared.is_kept_when_absent is False
        assert keys.sealings() == []
        assert not SealedIdentity.objects.exists()

    def test_refuses_when_her_reference_was_given_to_somebody_else(self, actor):
        person = canary_person()
        file = seal(person, actor)
        a_person("Martin", "Luc", reference="REFCANARY77")
        _, content = reading.open_file(file_id=file.pk, reason="Fin", by=actor, at=AT)

        with pytest.raises(sealing.CannotUnseal):
            sealing.unseal(file=file, content=content, by=actor, at=AT)

        person.refresh_from_db()
        assert person.is_sealed


def _snapshot(person):
    return {
        "person": Person.objects.filter(pk=person.pk).values_list(),
        "points": ContactPoint.objects.filter(person=person).values_list(),
        "markers": VulnerabilityMarker.objects.filter(person=person).values_list(),
        "consents": Consent.objects.filter(person=person).values_list(),
        "leases": Lease.objects.values_list(),
        "parties": LeaseParty.objects.values_list(),
        "households": Household.objects.values_list(),
    }


class TestRegister:
    def test_is_written_with_ids_alone(self, actor, register):
        person = canary_person()

        seal(person, actor)

        (line,) = register.read_text().splitlines()
        assert json.loads(line) == {
            "schema": connection.schema_name,
            "person": str(person.pk),
            "at": AT.isoformat(),
            "state": "sealed",
        }

    def test_seals_again_whom_a_restore_brought_back(self, actor, register):
        person = canary_person()
        keys.record_sealing(schema=connection.schema_name, person_id=person.pk, at=AT)

        sealed = sealing.seal_again(by=actor, at=AT)

        person.refresh_from_db()
        assert sealed == 1
        assert person.is_sealed
        assert found_in_tables() == []

    def test_seals_nobody_twice(self, actor, register):
        seal(canary_person(), actor)

        assert sealing.seal_again(by=actor, at=AT) == 0


class TestSearchBeforeCreate:
    def test_asks_the_referent_on_the_exact_reference(self, actor):
        seal(canary_person(), actor)

        answer = recognise(actor=actor, reference="refcanary77")

        assert answer.ask_the_referent
        assert answer.candidates == ()

    def test_asks_the_referent_on_the_exact_name_and_birth_date(self, actor):
        seal(canary_person(), actor)

        for names in (("zephirinecanary", "ALBANECANARY"), ("Birthcanary", "Albanecanary Lou")):
            answer = recognise(
                actor=actor, family_name=names[0], given_names=names[1], birth_on=date(1990, 4, 2)
            )
            assert answer.ask_the_referent

    def test_says_nothing_on_a_name_alone(self, actor):
        seal(canary_person(), actor)

        answer = recognise(actor=actor, family_name="Zephirinecanary", given_names="Albanecanary")

        assert answer.is_empty

    def test_says_nothing_on_her_phone(self, actor):
        seal(canary_person(), actor)

        assert recognise(actor=actor, phone="06 39 98 77 11").is_empty


class TestLoads:
    def row(self, **cells):
        usual = {
            "N° contrat": "CONTRACTCANARY88",
            "Code lot": "R01-101",
            "Code tiers": "REFCANARY77",
            "Nom": "Zephirinecanary",
            "Prénom": "Albanecanary Lou",
            "Date de naissance": "02/04/1990",
            "Date d'entrée": "01/03/2019",
            "Portable": "06 39 98 77 11",
            "E-mail": "mailcanary@courriel.example",
        }
        return {**usual, **cells}

    def other(self):
        return self.row(
            **{
                "N° contrat": "C2",
                "Code lot": "R01-102",
                "Code tiers": "T2",
                "Nom": "MARTIN",
                "Prénom": "Luc",
                "Date de naissance": "01/01/1980",
                "Portable": "",
                "E-mail": "",
            }
        )

    @pytest.fixture(autouse=True)
    def lots(self, opened):
        return [a_lot("R01-101"), a_lot("R01-102")]

    def test_forget_what_they_brought(self, actor):
        load_rows(kind="locatif", rows=[self.row(), self.other()])
        person = Person.objects.get(reference="REFCANARY77")
        assert found_in_tables()

        seal(person, actor)

        assert found_in_tables() == []
        assert found_in_files() == set()

    def test_leave_no_line_that_leads_from_her_to_her_door(self, actor):
        load_rows(kind="locatif", rows=[self.row(), self.other()])
        person = Person.objects.get(reference="REFCANARY77")
        (lease_id,) = LeaseParty.objects.filter(person=person).values_list("lease_id", flat=True)

        seal(person, actor)

        hers = ImportChange.objects.filter(row_id__in=[person.pk, lease_id])
        assert hers.count() >= 2
        assert set(hers.values_list("line", flat=True)) == {None}

    def test_set_her_line_aside(self, actor):
        load_rows(kind="locatif", rows=[self.row(), self.other()])
        seal(Person.objects.get(reference="REFCANARY77"), actor)

        report = load_rows(kind="locatif", rows=[self.row(Nom="Zephirinecanary-Morel"), self.other()])

        assert report["set_aside"] == 1
        assert (report["refused"], report["unchanged"]) == (0, 1)
        assert TrayLine.objects.count() == 1
        assert found_in_tables() == []
        assert "canary" not in json.dumps(report, default=str).lower()

    @pytest.mark.parametrize(
        "cells",
        [
            {"Code tiers": "X9", "N° contrat": "C9"},
            {"Code tiers": "X9", "Nom": "BIRTHCANARY"},
            {"Code tiers": "", "N° contrat": "CONTRACTCANARY88", "Date de naissance": ""},
            {"N° contrat": "C9", "Nom": "Autre", "Prénom": "X", "Date de naissance": ""},
            {
                "N° contrat": "C9",
                "Code tiers": "X9",
                "Nom": "Autre",
                "Prénom": "REFCANARY77",
                "Date de naissance": "",
            },
        ],
        ids=["name and birth", "birth name", "contract", "reference", "shifted"],
    )
    def test_know_her_by_any_exact_mark(self, actor, cells):
        load_rows(kind="locatif", rows=[self.row()])
        seal(Person.objects.get(reference="REFCANARY77"), actor)

        report = load_rows(kind="locatif", rows=[self.row(**cells), self.other()])

        assert report["set_aside"] == 1
        assert Person.objects.in_clear().count() == 1

    def test_show_her_line_to_the_referent_alone(self, actor):
        load_rows(kind="locatif", rows=[self.row()])
        file = seal(Person.objects.get(reference="REFCANARY77"), actor)
        load_rows(kind="locatif", rows=[self.row(Portable="06 39 98 77 22")])

        opened, _ = reading.open_file(file_id=file.pk, reason="Nouvelle ligne", by=actor, at=AT)
        ((_line, cells),) = reading.tray_content(opened)

        assert cells["Portable"] == "06 39 98 77 22"

    def test_do_not_end_her_lease_nor_the_one_she_shared(self, actor):
        shared = self.row(
            **{
                "N° contrat": "C5",
                "Code lot": "R01-102",
                "Code tiers": "T5",
                "Nom": "PAUL",
                "Prénom": "Jean",
                "Date de naissance": "01/01/1985",
                "Nom cotitulaire": "Zephirinecanary",
                "Prénom cotitulaire": "Albanecanary Lou",
                "Date de naissance cotitulaire": "02/04/1990",
                "Code tiers cotitulaire": "REFCANARY77",
                "Portable": "",
                "E-mail": "",
            }
        )
        load_rows(kind="locatif", rows=[self.row(), shared])
        seal(Person.objects.get(reference="REFCANARY77"), actor)

        report = load_rows(kind="locatif", rows=[self.row(), shared], full=True, accept_absent=True)

        assert (report["set_aside"], report["absent"]) == (2, 0)
        assert not Lease.objects.exclude(left_on=None).exists()


class TestOtherModules:
    """What other owners declare: each text is found before, and nowhere after."""

    def test_forget_her_in_deliveries_and_withdraw_documents(self, actor):
        from palier.kernel.deliveries.models import Delivery
        from palier.kernel.deliveries.services import send_mail
        from palier.kernel.documents.models import Document
        from palier.kernel.documents.services import produce_specimen

        person = canary_person()
        send_mail(
            key="k1",
            to="mailcanary@courriel.example",
            subject="Bonjour",
            body="Madame Zephirinecanary",
            by=actor,
            at=AT,
        )
        document = produce_specimen(by=actor, at=AT)
        Document.objects.filter(pk=document.pk).update(persons=[person.pk], title="Lettre à Zephirinecanary")

        seal(person, actor)

        document.refresh_from_db()
        assert document.withdrawn_at == AT
        assert "mailcanary" not in Delivery.objects.get().target
        assert found_in_tables() == []
