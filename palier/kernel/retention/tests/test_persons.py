"""Requests of persons: delays, answers, erasure; canaries prove that nothing is left."""

import io
import json
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings
from django.db import connection
from pypdf import PdfReader

from palier.kernel import journal, keys
from palier.kernel.access import Actor
from palier.kernel.deliveries.models import Delivery
from palier.kernel.deliveries.services import send_mail
from palier.kernel.documents.models import Document
from palier.kernel.documents.services import produce_specimen
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.kernel.imports.testing import load_rows
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.journal.models import JournalEntry
from palier.kernel.outbox.models import OutboxEntry
from palier.kernel.retention.models import AccessPackage, DataRequest, DestructionProof
from palier.kernel.retention.persons import SubjectSealed
from palier.kernel.retention.selectors.answers import answer_to
from palier.kernel.retention.services import answers, erasing, holds, requests
from palier.modules.continuity.models import LogEntry
from palier.modules.continuity.services.log import record_entry
from palier.modules.people.models import Consent, Lease, LeaseParty, Person, VulnerabilityMarker
from palier.modules.people.retention.sealed import sealed_answer
from palier.modules.people.services import reading, sealing
from palier.modules.people.tests import factories as people
from palier.modules.people.tests.factories import AT
from palier.modules.people.tests.test_sealing import (
    CANARIES,
    canary_person,
    found_in_files,
    found_in_tables,
)

pytestmark = [pytest.mark.django_db(databases=["default", "journal"]), pytest.mark.usefixtures("alpha")]
ROOT = Path(__file__).resolve().parents[4]
GONE = {"entered_on": date(2015, 1, 1), "left_on": date(2019, 6, 1)}


def ask(actor, person=None, kind="access", *, identified=True, **fields):
    request = requests.record_request(
        **{
            "kind": kind,
            "requester": "Marie Durand",
            "channel": "post",
            "received_on": date(2026, 11, 16),
            "subject_kind": "people" if person else "",
            "subject_id": person.pk if person else None,
            "by": actor,
            "at": AT,
            **fields,
        }
    )
    if identified:
        requests.identify(request_id=request.pk, proof="in_person", by=actor, at=AT)
    return request


class TestARequest:
    def test_must_be_answered_in_a_month(self, actor):
        request = ask(actor, received_on=date(2026, 10, 31), identified=False)

        assert request.due_on == date(2026, 11, 30)
        assert request.number == "2026-0001"

    def test_is_extended_once_with_its_reason_by_two_months(self, actor):
        request = ask(actor)

        extended = requests.extend(request_id=request.pk, reason="Trois logements", by=actor, at=AT)

        assert extended.due_on == date(2027, 2, 16)
        with pytest.raises(requests.ExtendedAlready):
            requests.extend(request_id=request.pk, reason="Encore", by=actor, at=AT)

    def test_is_not_extended_once_the_month_is_over(self, actor):
        request = ask(actor, received_on=date(2026, 9, 1))

        with pytest.raises(requests.TooLateToExtend):
            requests.extend(request_id=request.pk, reason="Complexe", by=actor, at=AT)

    def test_is_not_answered_to_somebody_unknown(self, actor):
        request = ask(actor, identified=False)

        with pytest.raises(TransitionRefused):
            requests.close(request_id=request.pk, action="answer", answer="Voici", by=actor, at=AT)

    def test_is_refused_with_a_reason_only(self, actor):
        request = ask(actor)

        with pytest.raises(requests.ReasonMissing):
            requests.close(request_id=request.pk, action="refuse", answer=" ", by=actor, at=AT)

        request.refresh_from_db()
        assert request.state == "identified"

    def test_is_nobodys_without_the_right(self, actor):
        nobody = Actor(user_id=None, name="x", email="", organisation="alpha")

        with pytest.raises(NotAllowed):
            ask(nobody)

    def test_about_a_sealed_person_goes_to_the_referent(self, actor):
        person = canary_person()
        sealing.seal(person_id=person.pk, reason="Éloignement", by=actor, at=AT)

        with pytest.raises(SubjectSealed):
            ask(actor, person)


class TestAnAnswer:
    def test_tells_everything_that_is_known(self, actor):
        person = canary_person()
        people.a_lease(person, reference="CONTRACTCANARY88")
        send_mail(
            key="k1", to="mailcanary@courriel.example", subject="Bonjour", body="Coupure demain",
            persons=[person.pk], by=actor, at=AT,
        )  # fmt: skip

        answer = answer_to(kind="people", subject_id=person.pk, reference="2026-0001", at=AT)

        told = json.dumps(answer, ensure_ascii=False)
        missing = [canary for canary in CANARIES if canary not in told and not canary.startswith("+33")]
        assert missing == []
        assert "Coupure demain" in told

    def test_has_the_documented_shape(self, actor):
        person = canary_person()
        people.a_lease(person)

        answer = answer_to(kind="people", subject_id=person.pk, reference="2026-0001", at=AT)

        schema = json.loads((ROOT / "docs" / "data-access.schema.json").read_text(encoding="utf-8"))
        jsonschema.validate(answer, schema)

    def test_masks_those_who_live_with_her(self, actor):
        person, other = people.a_person("Durand", "Marie"), people.a_person("Lopez", "Kévin")
        people.a_lease(person, other)
        people.a_marker(person, note="Prévenir Kévin LOPEZ d’abord")

        told = json.dumps(
            answer_to(kind="people", subject_id=person.pk, reference="x", at=AT), ensure_ascii=False
        )

        assert "Prévenir █ █ d’abord" in told
        assert "Lopez" not in told
        assert "Marie" in told

    def test_names_no_agent(self, actor):
        person = people.a_person()
        people.a_marker(person, recorded_by="Solène Agentcanary")

        told = json.dumps(answer_to(kind="people", subject_id=person.pk, reference="x", at=AT))

        assert "Agentcanary" not in told

    def test_to_carry_elsewhere_holds_contract_and_consent_alone(self, actor):
        person = canary_person()
        people.a_lease(person)

        answer = answer_to(kind="people", subject_id=person.pk, reference="x", at=AT, portable=True)

        assert {one["key"] for one in answer["sections"]} == {
            "people.identity", "people.contact-points", "people.leases", "people.consents",
        }  # fmt: skip

    def test_is_made_as_two_encrypted_files(self, actor):
        person = canary_person()
        request = ask(actor, person)

        answers.ask_for_files(request_id=request.pk, by=actor, at=AT)
        deliver_waiting()

        made = {one.format: one for one in AccessPackage.objects.all()}
        assert set(made) == {"json", "pdf"}
        assert found_in_files() == set()
        _package, content = answers.download(package_id=made["json"].pk, by=actor, at=AT)
        assert "Zephirinecanary".upper() in content.decode()
        _package, pdf = answers.download(package_id=made["pdf"].pk, by=actor, at=AT)
        printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        assert "Albanecanary" in printed
        assert "06 39 98 77 11" in printed

    def test_is_written_in_the_journal_each_time_it_is_downloaded(self, actor):
        request = ask(actor, canary_person())
        (package, _other) = answers.make_files(request_id=request.pk, by=actor, at=AT)

        answers.download(package_id=package.pk, by=actor, at=AT)

        assert JournalEntry.objects.get(kind="retention.answer.download").subject_id == str(request.pk)

    def test_is_gone_after_its_days(self, actor):
        request = ask(actor, canary_person())
        (package, _other) = answers.make_files(request_id=request.pk, by=actor, at=AT)
        later = AT + timedelta(days=15)

        with pytest.raises(answers.PackageGone):
            answers.download(package_id=package.pk, by=actor, at=later)
        assert answers.erase_expired(at=later) == 2
        assert not (Path(settings.FILES_FOLDER) / connection.schema_name / package.path).exists()

    def test_waits_for_the_identity_of_the_person(self, actor):
        request = ask(actor, canary_person(), identified=False)

        with pytest.raises(answers.NotIdentified):
            answers.ask_for_files(request_id=request.pk, by=actor, at=AT)


def erase(request, actor, at=AT):
    seen = erasing.preview(request_id=request.pk, by=actor, at=at)
    return erasing.erase(request_id=request.pk, seen=seen.fingerprint, by=actor, at=at)


class TestAnErasure:
    def known_everywhere(self, actor):
        """Her name in every kind of place where somebody may have left it."""
        person = canary_person()
        people.a_lease(person, reference="CONTRACTCANARY88", **GONE)
        person.family_name = "Zephirinecanary"
        person.save()
        journal.record("people.note", by=actor, at=AT, text="Vue Zephirinecanary ce matin")
        OutboxEntry.objects.create(
            kind="event", name="x.y", payload={"who": "Zephirinecanary"}, dispatched_at=AT
        )
        send_mail(
            key="k1", to="mailcanary@courriel.example", subject="Bonjour", body="Notecanary", by=actor, at=AT
        )
        record_entry(text="Mme Zephirinecanary relogée", category="fact", by=actor, at=AT)
        document = produce_specimen(by=actor, at=AT)
        Document.objects.filter(pk=document.pk).update(persons=[person.pk], title="Lettre à Zephirinecanary")
        return person

    def test_leaves_no_word_of_her_in_any_table_nor_file(self, actor):
        person = self.known_everywhere(actor)
        request = ask(actor, person, "erasure", requester="Albanecanary Lou Zephirinecanary")
        assert len({canary for _table, canary in found_in_tables()}) >= 9

        erase(request, actor)
        requests.close(
            request_id=request.pk, action="answer", answer="Fait, Mme Zephirinecanary", by=actor, at=AT
        )

        assert found_in_tables() == []
        assert found_in_files() == set()
        assert not Person.objects.filter(pk=person.pk).exists()

    def test_forgets_the_files_that_brought_her(self, actor, django_capture_on_commit_callbacks):
        people.a_lot("R01-101")
        load_rows(
            kind="locatif",
            rows=[
                {
                    "N° contrat": "CONTRACTCANARY88", "Code lot": "R01-101", "Code tiers": "REFCANARY77",
                    "Nom": "Zephirinecanary", "Prénom": "Albanecanary Lou", "Date de naissance": "02/04/1990",
                    "Date d'entrée": "01/03/2015", "Date de sortie": "01/03/2019", "Portable": "06 39 98 77 11",
                    "E-mail": "mailcanary@courriel.example",
                }
            ],
        )  # fmt: skip
        person = Person.objects.get(reference="REFCANARY77")

        folder = Path(settings.FILES_FOLDER) / connection.schema_name
        withdrawn_before = set(folder.rglob("imports/*.sealed"))

        with django_capture_on_commit_callbacks(execute=True):
            erase(ask(actor, person, "erasure", requester="x"), actor)

        assert found_in_tables() == []
        assert set(folder.rglob("imports/*.sealed")) == withdrawn_before

    def test_keeps_the_chain_of_the_crisis_log_whole(self, actor):
        from palier.modules.continuity.selectors.log import chain_report

        person = self.known_everywhere(actor)

        erase(ask(actor, person, "erasure", requester="x"), actor)

        assert LogEntry.objects.get(seq=1).text is None
        assert chain_report().whole

    def test_is_proven_without_saying_of_whom(self, actor):
        person = self.known_everywhere(actor)
        request = ask(actor, person, "erasure", requester="x")

        proof = erase(request, actor)

        assert proof.facts["rows"] > 5
        assert str(person.pk) not in json.dumps(proof.facts)
        assert Delivery.objects.count() == 1

    def test_keeps_what_a_contract_in_force_needs_and_says_why(self, actor):
        person = canary_person()
        people.a_lease(person, reference="CONTRACTCANARY88")
        request = ask(actor, person, "erasure")

        seen = erasing.preview(request_id=request.pk, by=actor, at=AT)
        erase(request, actor)

        assert not seen.whole
        assert any("CONTRACTCANARY88" in str(kept.what) for kept in seen.kept)
        assert Person.objects.get(pk=person.pk).family_name == "Zephirinecanary"
        assert not VulnerabilityMarker.objects.filter(person=person).exists()
        assert Consent.objects.filter(person=person).exists()
        assert "CONTRACTCANARY88" not in json.dumps(DestructionProof.objects.get().facts)

    def test_says_until_when_actions_are_not_time_barred(self, actor):
        person = people.a_person()
        people.a_lease(person, entered_on=date(2015, 1, 1), left_on=date(2025, 3, 1))

        seen = erasing.preview(request_id=ask(actor, person, "erasure").pk, by=actor, at=AT)

        assert [kept.until for kept in seen.kept] == [date(2028, 3, 1)]

    def test_is_stopped_by_a_hold(self, actor):
        person = people.a_person()
        people.a_lease(person, **GONE)
        holds.place_hold(
            about_table="people_person", about_id=person.pk, nature="litigation", reason="x", by=actor, at=AT
        )
        request = ask(actor, person, "erasure")

        seen = erasing.preview(request_id=request.pk, by=actor, at=AT)

        assert seen.parts == ()
        with pytest.raises(erasing.NothingToErase):
            erasing.ask_for_erasure(request_id=request.pk, seen=seen.fingerprint, by=actor, at=AT)

    def test_leaves_the_lease_to_the_other_holder(self, actor):
        person, other = canary_person(), people.a_person("Lopez", "Kévin")
        lease = people.a_lease(person, other, reference="C99", **GONE)

        erase(ask(actor, person, "erasure", requester="x"), actor)

        assert Lease.objects.filter(pk=lease.pk).exists()
        assert [party.person_id for party in LeaseParty.objects.filter(lease=lease)] == [other.pk]

    def test_that_was_killed_has_done_nothing_and_begins_again(self, actor, monkeypatch):
        person = self.known_everywhere(actor)
        request = ask(actor, person, "erasure", requester="x")
        seen = erasing.preview(request_id=request.pk, by=actor, at=AT)
        before = found_in_tables()
        true_proof = erasing.prove_erasure

        def die(**_given):
            raise KeyboardInterrupt

        monkeypatch.setattr(erasing, "prove_erasure", die)
        with pytest.raises(KeyboardInterrupt):
            erasing.erase(request_id=request.pk, seen=seen.fingerprint, by=actor, at=AT)
        assert found_in_tables() == before

        monkeypatch.setattr(erasing, "prove_erasure", true_proof)
        erasing.erase(request_id=request.pk, seen=seen.fingerprint, by=actor, at=AT)
        assert not Person.objects.filter(pk=person.pk).exists()

    def test_run_twice_is_done_once(self, actor):
        person = people.a_person()
        request = ask(actor, person, "erasure")
        seen = erasing.preview(request_id=request.pk, by=actor, at=AT).fingerprint

        assert erasing.erase(request_id=request.pk, seen=seen, by=actor, at=AT) is not None
        assert erasing.erase(request_id=request.pk, seen=seen, by=actor, at=AT) is None
        assert DestructionProof.objects.count() == 1

    def test_is_confirmed_on_what_was_seen(self, actor):
        person = people.a_person()
        request = ask(actor, person, "erasure")
        seen = erasing.preview(request_id=request.pk, by=actor, at=AT).fingerprint
        people.a_marker(person)

        with pytest.raises(erasing.ErasureStale):
            erasing.erase(request_id=request.pk, seen=seen, by=actor, at=AT)

        assert Person.objects.filter(pk=person.pk).exists()

    def test_is_done_by_a_job_that_people_watch(self, actor):
        person = people.a_person()
        request = ask(actor, person, "erasure")
        seen = erasing.preview(request_id=request.pk, by=actor, at=AT).fingerprint

        erasing.ask_for_erasure(request_id=request.pk, seen=seen, by=actor, at=AT)
        deliver_waiting()

        assert not Person.objects.filter(pk=person.pk).exists()
        assert DataRequest.objects.get().erased_at is not None

    def test_is_not_what_an_access_request_asks(self, actor):
        request = ask(actor, people.a_person())

        with pytest.raises(erasing.NotAnErasure):
            erasing.preview(request_id=request.pk, by=actor, at=AT)

    def test_of_a_sealed_person_goes_to_the_referent(self, actor):
        person = canary_person()
        request = ask(actor, person, "erasure")
        sealing.seal(person_id=person.pk, reason="Éloignement", by=actor, at=AT)

        with pytest.raises(SubjectSealed):
            erasing.preview(request_id=request.pk, by=actor, at=AT)


def test_every_scrubber_runs_in_an_erasure():
    """An erasure uses the very list of the sealings: an owner who declares one is heard by both."""
    assert {"audit_entry", "document", "import_batch", "continuity_log_entry"} <= set(
        keys.declared_scrubbers()
    )


class TestASealedPerson:
    """Only the referent named on her file answers her, and each time is written."""

    @pytest.fixture
    def file(self, actor):
        person = canary_person()
        people.a_lease(person, reference="CONTRACTCANARY88")
        return sealing.seal(person_id=person.pk, reason="Éloignement", by=actor, at=AT)

    def test_is_answered_from_her_file_alone(self, actor, file):
        file, content = reading.open_file(file_id=file.pk, reason="Demande d’accès", by=actor, at=AT)

        body = sealed_answer(file=file, content=content, number="A1B2C3", extension="json", at=AT)

        told = body.decode()
        assert [c for c in CANARIES if c not in told and not c.startswith("+33") and c != "Proofcanary"] == []
        assert found_in_tables() == []
        assert found_in_files() == set()

    def test_is_printed(self, actor, file):
        file, content = reading.open_file(file_id=file.pk, reason="Demande d’accès", by=actor, at=AT)

        body = sealed_answer(file=file, content=content, number="A1B2C3", extension="pdf", at=AT)

        printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
        assert "Albanecanary" in printed
