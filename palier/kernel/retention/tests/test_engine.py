"""The engine on real tables: dry run, confirmation, chunks, kill, holds, traces and proof."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as settings_of_django
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palier.kernel.audit.models import AuditEntry
from palier.kernel.documents.models import Document
from palier.kernel.imports.models import ImportBatch, ImportChange
from palier.kernel.imports.testing import load_rows
from palier.kernel.parameters.services import ValueRefused
from palier.kernel.retention import registry
from palier.kernel.retention.models import DestructionProof, RetentionRule, RetentionRun
from palier.kernel.retention.registry import Rows, class_named, retention_class
from palier.kernel.retention.selectors import rules as asking
from palier.kernel.retention.selectors.proofs import chain_break
from palier.kernel.retention.services import engine, holds
from palier.kernel.retention.services import rules as deciding
from palier.modules.continuity.models import LogEntry
from palier.modules.continuity.selectors.log import chain_report
from palier.modules.continuity.services.log import record_entry
from palier.modules.people.models import LeaseParty, Person, VulnerabilityMarker
from palier.modules.people.retention.classes import MadeOn, first_id_of
from palier.modules.people.tests import factories as people
from palier.modules.staff.models import Presence
from palier.modules.staff.tests.factories import make_agent

NOW = datetime(2026, 11, 22, 1, 10, tzinfo=UTC)
KEY = "staff.presence"

pytestmark = pytest.mark.usefixtures("alpha")


def presences(agent, *days):
    return [
        Presence.objects.create(
            agent=agent, day=day, state="on_site", recorded_by="Camille Ferrand", recorded_at=NOW
        )
        for day in days
    ]


def switch_on(actor, key=KEY):
    return deciding.switch_on(key=key, seen=asking.dry_run(key=key, at=NOW).fingerprint, by=actor, at=NOW)


@pytest.fixture
def by_twos(monkeypatch):
    """Chunks of two rows, so that a kill falls between two of them."""
    monkeypatch.setattr(type(class_named(KEY).rows), "chunk_rows", 2)


class TestADryRun:
    def test_counts_what_is_due_and_writes_nothing(self):
        presences(make_agent(), date(2025, 11, 21), date(2025, 11, 22), date(2026, 5, 1))

        seen = asking.dry_run(key=KEY, at=NOW)

        assert (seen.due, seen.held, seen.first_on, seen.years) == (1, 0, date(2025, 11, 21), ((2025, 1),))
        assert Presence.objects.count() == 3

    def test_counts_what_is_held_apart(self, actor):
        held, other = make_agent(), make_agent()
        presences(held, date(2024, 1, 1))
        presences(other, date(2024, 1, 1))
        holds.place_hold(
            about_table="staff_agent",
            about_id=held.pk,
            nature="litigation",
            reason="Prud’hommes",
            by=actor,
            at=NOW,
        )

        seen = asking.dry_run(key=KEY, at=NOW)

        assert (seen.due, seen.held) == (1, 1)


class TestSwitchingOn:
    def test_asks_again_when_a_number_changed(self, actor):
        agent = make_agent()
        presences(agent, date(2024, 1, 1))
        seen = asking.dry_run(key=KEY, at=NOW)
        presences(agent, date(2024, 1, 2))

        with pytest.raises(deciding.DryRunStale) as refusal:
            deciding.switch_on(key=KEY, seen=seen.fingerprint, by=actor, at=NOW)

        assert refusal.value.seen.due == 2
        assert not RetentionRule.objects.filter(is_on=True).exists()

    def test_is_needed_before_anything_goes(self, actor):
        presences(make_agent(), date(2024, 1, 1))

        assert engine.apply_rules(by=actor, at=NOW) == {}
        assert Presence.objects.count() == 1

    def test_must_be_confirmed_again_once_the_duration_changes(self, actor):
        presences(make_agent(), date(2025, 1, 1))
        switch_on(actor)
        deciding.change_term(key=KEY, value=24, since=date(2026, 1, 1), reason="Accord", by=actor, at=NOW)

        assert engine.apply_rules(by=actor, at=NOW) == {}
        assert asking.rule_line(key=KEY, on=date(2026, 11, 22)).to_confirm


class TestADuration:
    @pytest.mark.parametrize("value", [11, 61])
    def test_stays_within_its_bounds(self, actor, value):
        with pytest.raises((deciding.TermRefused, ValueRefused)):
            deciding.change_term(key=KEY, value=value, since=date(2026, 1, 1), reason="x", by=actor, at=NOW)

        assert str(class_named(KEY).term_on(date(2026, 11, 22))) == "12 months"

    def test_is_the_organisations_from_its_day_on(self, actor):
        deciding.change_term(key=KEY, value=24, since=date(2026, 6, 1), reason="Accord", by=actor, at=NOW)

        assert class_named(KEY).term_on(date(2026, 5, 31)).value == 12
        assert class_named(KEY).term_on(date(2026, 6, 1)).value == 24


class TestAPurge:
    def test_lets_go_of_what_is_due_and_of_nothing_else(self, actor, by_twos):
        kept = presences(make_agent(), date(2025, 11, 22), date(2026, 11, 1))
        presences(make_agent(), *(date(2024, 1, day) for day in range(1, 6)))
        switch_on(actor)

        done = engine.apply_rules(by=actor, at=NOW)

        assert done == {KEY: 5}
        assert set(Presence.objects.values_list("pk", flat=True)) == {one.pk for one in kept}

    def test_leaves_no_copy_in_the_audit(self, actor):
        (gone,) = presences(make_agent(), date(2024, 1, 1))
        assert AuditEntry.objects.filter(table_name="staff_presence", row_id=str(gone.pk)).exists()
        switch_on(actor)

        engine.apply_rules(by=actor, at=NOW)

        assert not AuditEntry.objects.filter(table_name="staff_presence", row_id=str(gone.pk)).exists()

    def test_that_was_cut_goes_on_without_a_double(self, actor, by_twos):
        presences(make_agent(), *(date(2024, 1, day) for day in range(1, 6)))
        switch_on(actor)
        engine.purge_chunk(class_named(KEY), by=actor, at=NOW)  # then the machine stops

        engine.resume(by=actor, at=NOW + timedelta(days=1))

        run = RetentionRun.objects.get()
        assert (run.applied, run.state, run.chunks) == (5, "done", 3)
        assert Presence.objects.count() == 0
        assert DestructionProof.objects.get().facts["rows"] == 5

    def test_killed_inside_a_chunk_undoes_that_chunk_alone(self, actor, by_twos, monkeypatch):
        presences(make_agent(), *(date(2024, 1, day) for day in range(1, 6)))
        switch_on(actor)
        engine.purge_chunk(class_named(KEY), by=actor, at=NOW)

        def die(*_args):
            raise KeyboardInterrupt

        monkeypatch.setattr(engine, "_count", die)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            engine.purge_chunk(class_named(KEY), by=actor, at=NOW)

        assert Presence.objects.count() == 3
        assert RetentionRun.objects.get().applied == 2

    def test_stops_at_a_hold_placed_between_two_chunks(self, actor, by_twos):
        held = make_agent()
        presences(make_agent(), date(2024, 1, 1), date(2024, 1, 2))
        late = presences(held, date(2024, 1, 3), date(2024, 1, 4))
        switch_on(actor)
        engine.purge_chunk(class_named(KEY), by=actor, at=NOW)
        holds.place_hold(
            about_table="staff_agent",
            about_id=held.pk,
            nature="litigation",
            reason="Plainte",
            by=actor,
            at=NOW,
        )

        engine.resume(by=actor, at=NOW)

        assert set(Presence.objects.values_list("pk", flat=True)) == {one.pk for one in late}

    def test_stops_when_it_is_switched_off(self, actor, by_twos):
        presences(make_agent(), *(date(2024, 1, day) for day in range(1, 6)))
        switch_on(actor)
        engine.purge_chunk(class_named(KEY), by=actor, at=NOW)
        deciding.switch_off(key=KEY, by=actor, at=NOW)

        engine.resume(by=actor, at=NOW)

        assert Presence.objects.count() == 3

    def test_with_nothing_due_writes_nothing(self, actor):
        switch_on(actor)

        engine.apply_rules(by=actor, at=NOW)

        assert not RetentionRun.objects.exists()
        assert not DestructionProof.objects.exists()


class TestAProof:
    def proof(self, actor):
        presences(make_agent(), date(2024, 1, 1), date(2023, 5, 1))
        switch_on(actor)
        engine.apply_rules(by=actor, at=NOW)
        return DestructionProof.objects.order_by("-number").first()

    def test_says_what_rule_when_and_how_many(self, actor):
        facts = self.proof(actor).facts

        assert (facts["class"], facts["rows"], facts["first_on"], facts["last_on"]) == (
            KEY, 2, "2023-05-01", "2024-01-01",
        )  # fmt: skip
        assert facts["years"] == {"2023": 1, "2024": 1}
        assert "D3171-16" in facts["source"]

    def test_is_printed_with_its_hash_and_names_nobody(self, actor):
        from palier.kernel.documents.scrubbing import text_of
        from palier.kernel.documents.selectors import checked_content

        proof = self.proof(actor)
        document = Document.objects.get(pk=proof.document_id)
        printed = text_of(document, checked_content(document))

        assert proof.document_sha256 == document.sha256
        assert proof.hash in printed.replace("\n", "").replace(" ", "")
        assert not any(name in printed for name in ("Ferrand", actor.name.split()[-1]))

    def test_joins_a_chain_that_holds(self, actor):
        self.proof(actor)
        self.proof(actor)

        assert DestructionProof.objects.count() == 2
        assert chain_break() is None

    def test_cannot_be_rewritten(self, actor):
        self.proof(actor)

        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            DestructionProof.objects.update(class_key="other")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            DestructionProof.objects.all()._raw_delete("default")


class TestTheDatabase:
    def test_refuses_to_forget_recent_audit_whatever_is_asked(self, actor):
        presences(make_agent(), date(2026, 1, 1))
        ids = list(AuditEntry.objects.values_list("pk", flat=True))

        with connection.cursor() as cursor:
            cursor.execute("SELECT public.purge_old('audit_entry', %s)", [ids])
            assert cursor.fetchone() == (0,)
        assert AuditEntry.objects.filter(pk__in=ids).count() == len(ids)

    def test_refuses_to_forget_the_audit_of_a_living_row(self):
        (living,) = presences(make_agent(), date(2026, 1, 1))

        with connection.cursor() as cursor:
            cursor.execute("SELECT public.purge_audit_of('staff_presence', %s)", [[living.pk]])
            assert cursor.fetchone() == (0,)

    def test_purges_from_no_other_table(self):
        with (
            pytest.raises(DatabaseError, match="nothing is purged from people_person"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT public.purge_old('people_person', '{}')")


@pytest.fixture
def radiated():
    """A class of the tests' own: data of a housing request that lapsed go the same night."""
    known = dict(registry._classes)

    @retention_class(
        key="tests.request-social-data",
        label="Social data of a lapsed request",
        trigger="Lapse of the request",
        days=0,
        source="CNIL 2014-124, art. 4",
    )
    class SocialData(Rows):
        model = VulnerabilityMarker
        since = "closed_at"

    yield "tests.request-social-data"
    registry._classes.clear()
    registry._classes.update(known)


class TestALapsedRequest:
    """Golden test 30: request radiated → social data deleted the same night, except legal hold.

    Housing requests have no table yet: a class of the tests' own stands for their social data, on markers whose
    closing stands for the lapse. The engine is the one that the class of allocation will use.
    """

    def test_loses_its_social_data_the_same_night_unless_held(self, actor, radiated):
        free, held, living = people.a_person(), people.a_person(), people.a_person()
        evening = NOW - timedelta(hours=6)
        people.a_marker(free, closed_at=evening, closed_by="x")
        kept = [people.a_marker(held, closed_at=evening, closed_by="x"), people.a_marker(living)]
        holds.place_hold(
            about_table="people_person", about_id=held.pk, nature="litigation", reason="Recours DALO",
            by=actor, at=NOW,
        )  # fmt: skip
        switch_on(actor, radiated)

        engine.apply_rules(by=actor, at=NOW, keys=[radiated])

        assert set(VulnerabilityMarker.objects.values_list("pk", flat=True)) == {one.pk for one in kept}

    def test_loses_them_once_the_hold_is_lifted(self, actor, radiated):
        held = people.a_person()
        people.a_marker(held, closed_at=NOW - timedelta(hours=6), closed_by="x")
        hold = holds.place_hold(
            about_table="people_person", about_id=held.pk, nature="litigation", reason="Recours DALO",
            by=actor, at=NOW,
        )  # fmt: skip
        switch_on(actor, radiated)
        engine.apply_rules(by=actor, at=NOW, keys=[radiated])
        assert VulnerabilityMarker.objects.count() == 1

        holds.lift_hold(hold_id=hold.pk, reason="Jugement définitif", by=actor, at=NOW)
        engine.apply_rules(by=actor, at=NOW, keys=[radiated])

        assert VulnerabilityMarker.objects.count() == 0


class TestTenantFiles:
    def file(self, left_on, *persons):
        return people.a_lease(*(persons or [people.a_person()]), left_on=left_on)

    def test_go_with_persons_contacts_and_household_three_years_after_the_exit(self, actor):
        gone = people.a_person("Lopez", "Ana")
        people.a_phone(gone)
        self.file(date(2023, 11, 21), gone)
        stays = people.a_person("Durand", "Marie")
        self.file(date(2024, 5, 1), stays)
        switch_on(actor, "people.tenant-file")

        engine.apply_rules(by=actor, at=NOW, keys=["people.tenant-file"])

        assert list(Person.objects.values_list("family_name", flat=True)) == ["Durand"]
        tables = Counter(RetentionRun.objects.get().tables)
        assert (tables["people_lease"], tables["people_person"], tables["people_contact_point"]) == (1, 1, 1)
        assert not AuditEntry.objects.filter(row_id=str(gone.pk)).exists()

    def test_leave_a_person_who_has_another_lease(self, actor):
        moved = people.a_person()
        people.a_lease(moved, entered_on=date(2015, 1, 1), left_on=date(2020, 1, 1))
        people.a_lease(moved, entered_on=date(2020, 1, 1))
        switch_on(actor, "people.tenant-file")

        engine.apply_rules(by=actor, at=NOW, keys=["people.tenant-file"])

        assert Person.objects.filter(pk=moved.pk).exists()
        assert LeaseParty.objects.filter(person=moved).count() == 1

    def test_stay_when_one_who_signed_is_held(self, actor):
        first, second = people.a_person(), people.a_person("Lopez", "Ana")
        self.file(date(2020, 5, 1), first, second)
        holds.place_hold(
            about_table="people_person",
            about_id=second.pk,
            nature="litigation",
            reason="Dette",
            by=actor,
            at=NOW,
        )
        switch_on(actor, "people.tenant-file")

        engine.apply_rules(by=actor, at=NOW, keys=["people.tenant-file"])

        assert Person.objects.count() == 2


class TestOtherClasses:
    def purge(self, actor, key, at):
        seen = asking.dry_run(key=key, at=at)
        deciding.switch_on(key=key, seen=seen.fingerprint, by=actor, at=at)
        engine.apply_rules(by=actor, at=at, keys=[key])
        return seen

    def test_know_when_a_person_without_lease_was_recorded(self, actor):
        alone, tenant = people.a_person("Lopez", "Ana"), people.a_person("Durand", "Marie")
        people.a_lease(tenant)
        assert asking.dry_run(key="people.person-alone", at=timezone.now()).due == 0
        later = timezone.now() + timedelta(days=4 * 366)

        seen = self.purge(actor, "people.person-alone", later)

        assert (seen.due, seen.first_on) == (1, timezone.localdate())
        assert not Person.objects.filter(pk=alone.pk).exists()
        assert Person.objects.filter(pk=tenant.pk).exists()

    def test_count_the_day_of_a_person_on_our_clocks(self, alpha):
        late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
        person = people.a_person("Lopez", "Ana", pk=first_id_of(late))

        made = Person.objects.annotate(recorded_on=MadeOn("pk")).get(pk=person.pk)

        assert made.recorded_on == date(2026, 11, 23)

    def test_forget_received_files_and_keep_their_numbers(self, actor, django_capture_on_commit_callbacks):
        people.a_lot("R01-101")
        row = {
            "N° contrat": "C1",
            "Code lot": "R01-101",
            "Code tiers": "T1",
            "Nom": "Canari",
            "Date d'entrée": "01/03/2019",
        }
        load_rows(kind="locatif", rows=[row])
        batch = ImportBatch.objects.get()
        kept = Path(settings_of_django.FILES_FOLDER) / connection.schema_name / batch.file_path
        assert kept.exists()

        with django_capture_on_commit_callbacks(execute=True):
            self.purge(actor, "imports.file", batch.received_at + timedelta(days=400))

        batch.refresh_from_db()
        assert (batch.lines_read, batch.file_name) == (1, "█")
        assert not ImportChange.objects.exists()
        assert not kept.exists()

    def test_redact_old_texts_of_the_crisis_log_and_keep_its_chain(self, actor):
        record_entry(text="Mme Canari relogée", category="fact", by=actor, at=NOW - timedelta(days=6 * 366))
        record_entry(text="Récent", category="fact", by=actor, at=NOW)

        self.purge(actor, "continuity.log-text", NOW)

        assert list(LogEntry.objects.order_by("seq").values_list("text", flat=True)[:2]) == [None, "Récent"]
        assert chain_report().whole

    def test_forget_whom_a_message_went_to_and_never_send_it_again(self, actor):
        from palier.kernel.deliveries.models import Delivery
        from palier.kernel.deliveries.services import send_mail

        send_mail(key="k1", to="ana@courriel.example", subject="Bonjour", body="Ana", by=actor, at=NOW)
        Delivery.objects.update(ended_at=NOW - timedelta(days=400), state="sent")

        self.purge(actor, "deliveries.message", NOW)

        told = Delivery.objects.get()
        assert (told.key, told.target, told.body) == ("k1", "█", "█")

    def test_drop_old_documents_with_their_file(self, actor, django_capture_on_commit_callbacks):
        from palier.kernel.documents.services import keep

        document = keep(
            content=b"%PDF", title="Pack", kind="offline-pack", by=actor, at=NOW - timedelta(days=30),
            retention_class="offline-pack",
        )  # fmt: skip
        kept = Path(settings_of_django.FILES_FOLDER) / connection.schema_name / document.path

        with django_capture_on_commit_callbacks(execute=True):
            self.purge(actor, "documents.offline-pack", NOW)

        assert not Document.objects.filter(pk=document.pk).exists()
        assert not kept.exists()

    def test_reach_old_audit_and_journal_and_nothing_recent(self, actor):
        people.a_person()
        long_after = timezone.now() + timedelta(days=6 * 366)
        before = AuditEntry.objects.count()

        self.purge(actor, "audit.entry", long_after)

        # The database's own clock says that these lines are of today: it refuses, whatever the caller's clock says.
        assert AuditEntry.objects.count() >= before

    def test_forget_invitations_of_this_organisation_alone(self, actor):
        from palier.kernel.accounts.models import Invitation
        from palier.kernel.organisations.current import open_shared
        from palier.kernel.organisations.models import Organisation

        with open_shared():
            for slug in ("alpha", "beta"):
                Invitation.objects.create(
                    organisation=Organisation.objects.get(slug=slug), email=f"x@{slug}.example",
                    roles=["observer"], invited_by="x", invited_at=NOW - timedelta(days=300),
                    expires_at=NOW - timedelta(days=200),
                )  # fmt: skip

        self.purge(actor, "accounts.invitation", NOW)

        with open_shared():
            left = Invitation.objects.values_list("organisation__slug", flat=True)
            assert list(left) == ["beta"]


AGES = st.lists(st.tuples(st.integers(0, 900), st.booleans()), min_size=1, max_size=8)


class TestWhateverHappens:
    @settings(
        max_examples=25, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )  # fmt: skip
    @given(rows=AGES, months=st.integers(12, 20), cuts=st.integers(0, 3))
    def test_nothing_held_nor_undue_is_ever_touched(self, actor, by_twos, rows, months, cuts):
        with transaction.atomic():
            safe = set()
            for age, is_held in rows:
                agent = make_agent()
                day = NOW.date() - timedelta(days=age)
                (row,) = presences(agent, day)
                if is_held:
                    holds.place_hold(
                        about_table="staff_agent", about_id=agent.pk, nature="litigation", reason="x",
                        by=actor, at=NOW,
                    )  # fmt: skip
                term = registry.Term(months)
                if is_held or term.end(day) > NOW.date():
                    safe.add(row.pk)
            if months != 12:
                deciding.change_term(
                    key=KEY, value=months, since=date(2026, 1, 1), reason="x", by=actor, at=NOW
                )
            switch_on(actor)
            for _cut in range(cuts):
                engine.purge_chunk(class_named(KEY), by=actor, at=NOW)
            engine.resume(by=actor, at=NOW)
            engine.apply_rules(by=actor, at=NOW)

            assert safe <= set(Presence.objects.values_list("pk", flat=True))
            transaction.set_rollback(True)
