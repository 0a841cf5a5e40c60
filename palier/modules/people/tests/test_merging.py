"""Two records made one, whatever hangs on them, and two again."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection, models

from palier.kernel.audit.selectors import history_of
from palier.kernel.documents.models import Document
from palier.kernel.errors import NotAllowed, NotFound
from palier.kernel.outbox.models import OutboxEntry
from palier.modules.people.models import (
    Consent,
    ContactPoint,
    DuplicatePair,
    Merge,
    MergeChange,
    Person,
    PersonAlias,
    VulnerabilityMarker,
)
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors import merging as selectors
from palier.modules.people.selectors.pointers import pointers_to
from palier.modules.people.selectors.recognition import recognise
from palier.modules.people.services import merging, persons, unmerging
from palier.modules.people.tests.factories import (
    AT,
    TODAY,
    a_lease,
    a_lot,
    a_marker,
    a_person,
    a_phone,
    an_actor,
    an_email,
)

pytestmark = pytest.mark.usefixtures("alpha")
BORN = date(1948, 5, 12)
MERGER = (Permission.PERSON_MERGE,)


def kept_person(**fields):
    return a_person(
        "DURAND", "Marie", **{"reference": "T1", "external_key": "T1", "birth_on": BORN, **fields}
    )


def gone_person(**fields):
    return a_person(
        "DURANT", "Marie", **{"reference": "T2", "external_key": "T2", "birth_on": BORN, **fields}
    )


def merge(kept, gone, *, by=None, at=AT, **options):
    by = by or an_actor(*MERGER)
    shown = selectors.preview(kept_id=kept.pk, gone_id=gone.pk, actor=by, on=TODAY)
    given = {"fingerprint": shown.fingerprint, **options}
    return merging.merge(kept_id=kept.pk, gone_id=gone.pk, by=by, at=at, **given)


def undo(done, *, by=None):
    return unmerging.undo(merge_id=done.pk, by=by or an_actor(*MERGER), at=AT + timedelta(hours=1))


def a_consent(person, kind="consent", **fields):
    usual = {
        "topic": "associations",
        "channel": "any",
        "text_version": "v1",
        "proof": "form",
        "given_at": AT,
    }
    return Consent.objects.create(person=person, kind=kind, recorded_by="Luc", **{**usual, **fields})


def everything():
    """Every row of people's tables but the traces of merges, to compare before and after."""
    tables = [
        model._meta.db_table
        for model in apps.get_app_config("people").get_models()
        if model not in (Merge, MergeChange)
    ]
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            found[table] = cursor.fetchall()
        return found


class TestMerge:
    def test_moves_whatever_hangs_on_the_record_that_goes(self):
        kept, gone = kept_person(), gone_person()
        lease = a_lease(gone)
        phone, marker, consent = a_phone(gone), a_marker(gone), a_consent(gone)

        done = merge(kept, gone)

        assert not Person.objects.filter(pk=gone.pk).exists()
        assert lease.parties.get().person_id == kept.pk
        for row in (phone, marker, consent):
            row.refresh_from_db()
            assert row.person_id == kept.pk
        assert done.moved == {
            "people_lease_party": 1,
            "people_contact_point": 1,
            "people_marker": 1,
            "people_consent": 1,
        }

    def test_says_in_the_preview_what_it_then_does(self):
        kept, gone = kept_person(), gone_person()
        a_lease(gone)
        a_phone(kept)
        a_phone(gone)
        an_email(gone)
        shown = selectors.preview(kept_id=kept.pk, gone_id=gone.pk, actor=an_actor(*MERGER), on=TODAY)

        done = merge(kept, gone)

        card = selectors.merge_card(merge_id=done.pk, actor=an_actor(*MERGER))
        assert (shown.moved, shown.settled) == (card.moved, card.settled)
        assert sum(line.count for line in shown.moved) == 2
        assert sum(line.count for line in shown.settled) == 1

    def test_fills_what_was_empty_and_follows_the_choices(self):
        kept = kept_person(civility="", birth_name="")
        gone = gone_person(civility="ms", birth_name="ROUX", language="pt")

        merge(kept, gone, choices={"family_name": "gone"})

        kept.refresh_from_db()
        assert (kept.family_name, kept.civility, kept.birth_name, kept.language) == (
            "DURANT",
            "ms",
            "ROUX",
            "fr",
        )

    def test_tells_the_others(self):
        kept, gone = kept_person(), gone_person()

        merge(kept, gone)

        news = OutboxEntry.objects.get(name="people.persons-merged")
        assert (news.payload["kept_id"], news.payload["gone_id"]) == (str(kept.pk), str(gone.pk))

    def test_stops_contact_when_the_other_record_says_that_they_died(self):
        kept, gone = kept_person(), gone_person(deceased_on=date(2026, 10, 1))

        merge(kept, gone)

        kept.refresh_from_db()
        assert kept.deceased_on == date(2026, 10, 1)
        assert OutboxEntry.objects.get(name="people.contact-stopped").payload["person_ids"] == [str(kept.pk)]

    def test_names_the_kept_person_in_documents_and_in_news_that_wait(self):
        kept, gone = kept_person(), gone_person()
        document = Document.objects.create(
            title="Courrier", kind="letter", filename="a.pdf", path="a.pdf", size_bytes=1, sha256="0" * 64,
            persons=[gone.pk, kept.pk], made_at=AT, made_by_name="Luc",
        )  # fmt: skip
        waiting = OutboxEntry.objects.create(
            kind="event", name="people.marker-recorded", payload={"person_id": str(gone.pk)}
        )

        merge(kept, gone)

        document.refresh_from_db()
        waiting.refresh_from_db()
        assert document.persons == [kept.pk]
        assert waiting.payload == {"person_id": str(kept.pk)}

    def test_keeps_the_audit_and_the_history_of_both(self):
        kept, gone = kept_person(), gone_person()
        before = len(history_of("people_person", gone.pk))

        merge(kept, gone)

        told = history_of("people_person", kept.pk)
        assert before
        assert sum(line.operation == "insert" for line in told) == 2
        assert any(line.step == "people.person.merge" for line in told)


class TestWhatProtectsMost:
    def test_keeps_an_unsafe_number_unsafe(self):
        kept, gone = kept_person(), gone_person()
        number = a_phone(kept, verified_at=AT)
        a_phone(gone, is_unsafe=True)

        merge(kept, gone)

        number.refresh_from_db()
        assert (number.is_unsafe, number.verified_at) == (True, AT)
        assert kept.contact_points.count() == 1

    def test_keeps_an_objection_and_closes_the_consent(self):
        kept, gone = kept_person(), gone_person()
        consent, objection = a_consent(kept), a_consent(gone, "opt_out")

        merge(kept, gone)

        consent.refresh_from_db()
        objection.refresh_from_db()
        assert (consent.withdrawn_at, objection.withdrawn_at) == (AT, None)
        assert objection.person_id == kept.pk

    def test_keeps_the_kept_persons_objection_open(self):
        kept, gone = kept_person(), gone_person()
        objection, consent = a_consent(kept, "opt_out"), a_consent(gone)

        merge(kept, gone)

        objection.refresh_from_db()
        consent.refresh_from_db()
        assert (objection.withdrawn_at, consent.withdrawn_at) == (None, AT)

    def test_keeps_a_marker_until_the_later_of_two_ends(self):
        kept, gone = kept_person(), gone_person()
        marker = a_marker(kept, expires_on=date(2026, 12, 1))
        a_marker(gone, expires_on=date(2027, 1, 1))

        merge(kept, gone)

        marker.refresh_from_db()
        assert marker.expires_on == date(2027, 1, 1)
        assert VulnerabilityMarker.objects.filter(person=kept, closed_at__isnull=True).count() == 1

    def test_keeps_the_holder_of_a_lease_that_names_both(self):
        kept, gone = kept_person(), gone_person()
        lease = a_lease(gone, kept)

        merge(kept, gone)

        party = lease.parties.get()
        assert (party.person_id, party.role) == (kept.pk, "holder")

    def test_shares_no_number_with_oneself(self):
        kept, gone = kept_person(), gone_person()
        number = a_phone(kept, is_shared=True, shared_with=gone)

        merge(kept, gone)

        number.refresh_from_db()
        assert (number.shared_with, number.is_shared) == (None, False)


class TestCodes:
    def test_are_both_kept(self):
        kept, gone = kept_person(), gone_person()

        merge(kept, gone)

        assert set(PersonAlias.objects.filter(person=kept).values_list("fact", "value")) == {
            ("reference", "T2"),
            ("key", "T2"),
            ("id", str(gone.pk)),
        }

    def test_are_recognised_before_creating(self):
        kept, gone = kept_person(), gone_person()
        merge(kept, gone)

        found = recognise(actor=an_actor(), reference="T2")

        assert [(one.id, one.same_reference) for one in found.candidates] == [(kept.pk, True)]

    def test_are_not_given_to_somebody_else(self):
        kept, gone = kept_person(), gone_person()
        merge(kept, gone)

        with pytest.raises(persons.ReferenceTaken):
            persons.create_person(
                family_name="MOREL", reference="T2", by=an_actor(Permission.PERSON_EDIT), at=AT
            )

        assert not Person.objects.filter(family_name="MOREL").exists()

    def test_follow_a_second_merge(self):
        first, second, third = gone_person(), kept_person(), a_person("DURAND", "M.", birth_on=BORN)
        merge(second, first)

        merge(third, second)

        assert selectors.kept_instead_of(first.pk) == third.pk
        assert selectors.kept_instead_of(second.pk) == third.pk


class TestJudgements:
    def test_hold_for_the_person_who_stays(self):
        kept, gone, other = kept_person(), gone_person(), a_person("DURAND", "Mariette")
        low, high = sorted((gone.pk, other.pk))
        DuplicatePair.objects.create(
            first_id=low,
            second_id=high,
            state="different",
            score=70,
            found_at=AT,
            judged_at=AT,
            judged_by="Luc",
        )

        merge(kept, gone)

        pair = DuplicatePair.objects.get()
        assert {pair.first_id, pair.second_id} == {kept.pk, other.pk}
        assert pair.state == "different"


class TestRefusals:
    def test_asks_for_the_right(self):
        kept, gone = kept_person(), gone_person()

        with pytest.raises(NotAllowed):
            merging.merge(kept_id=kept.pk, gone_id=gone.pk, fingerprint="", by=an_actor(), at=AT)

        assert Person.objects.filter(pk=gone.pk).exists()

    @pytest.mark.parametrize(
        "change",
        [
            lambda kept, gone: a_phone(gone),
            lambda kept, gone: Person.objects.filter(pk=kept.pk).update(given_names="Mariette"),
            lambda kept, gone: ContactPoint.objects.filter(person=kept).update(is_unsafe=True),
            lambda kept, gone: a_lease(kept),
        ],
    )
    def test_shows_a_new_preview_when_anything_changed(self, change):
        kept, gone = kept_person(), gone_person()
        a_phone(kept, "+33639980102")
        shown = selectors.preview(kept_id=kept.pk, gone_id=gone.pk, actor=an_actor(*MERGER), on=TODAY)
        change(kept, gone)

        with pytest.raises(merging.PreviewChanged):
            merge(kept, gone, fingerprint=shown.fingerprint)

        assert Person.objects.filter(pk=gone.pk).exists()
        assert not Merge.objects.exists()

    def test_takes_a_second_click_for_what_it_is(self):
        kept, gone = kept_person(), gone_person()
        merge(kept, gone)

        with pytest.raises(merging.MergedAlready) as refusal:
            merging.merge(kept_id=kept.pk, gone_id=gone.pk, fingerprint="", by=an_actor(*MERGER), at=AT)

        assert "DURAND Marie" in str(refusal.value)
        assert Merge.objects.count() == 1

    def test_asks_to_be_sure_of_two_birth_dates(self):
        kept, gone = kept_person(), gone_person(birth_on=date(1971, 3, 1))

        with pytest.raises(merging.NotCertain):
            merge(kept, gone)

        assert merge(kept, gone, is_certain=True)

    def test_never_makes_one_of_a_person_and_a_body(self):
        kept, body = kept_person(), Person.objects.create(kind="legal", legal_name="DURAND Marie")

        with pytest.raises(merging.OfTwoKinds):
            merge(kept, body)

        assert Person.objects.count() == 2

    def test_knows_no_sealed_person(self):
        kept, gone = kept_person(), a_person("X", "Y")
        Person.objects.filter(pk=gone.pk).update(sealed_at=AT, family_name="", given_names="")

        with pytest.raises(NotFound):
            merging.merge(kept_id=kept.pk, gone_id=gone.pk, fingerprint="", by=an_actor(*MERGER), at=AT)

    def test_knows_nobody_twice(self):
        kept = kept_person()

        with pytest.raises(NotFound):
            merging.merge(kept_id=kept.pk, gone_id=kept.pk, fingerprint="", by=an_actor(*MERGER), at=AT)


class TestUndo:
    def test_puts_everything_back(self):
        kept, gone = kept_person(birth_name=""), gone_person(birth_name="ROUX")
        a_lease(gone, kept)
        a_lease(gone, lot=a_lot())
        a_phone(kept, is_preferred=True)
        a_phone(gone, is_unsafe=True)
        a_phone(gone, "+33639980105", is_preferred=True)
        a_consent(kept), a_consent(gone, "opt_out")
        a_marker(kept), a_marker(gone, expires_on=date(2027, 1, 1))
        before = everything()
        done = merge(kept, gone, choices={"family_name": "gone", "reference": "gone"})
        assert everything() != before

        undone = undo(done)

        assert undone.left == []
        assert everything() == before

    def test_leaves_and_lists_what_somebody_changed_since(self):
        kept, gone, heir = kept_person(), gone_person(), a_person("MOREL", "Luc")
        number = a_phone(gone)
        done = merge(kept, gone)
        ContactPoint.objects.filter(pk=number.pk).update(person=heir)

        undone = undo(done)

        number.refresh_from_db()
        assert number.person_id == heir.pk
        assert undone.left == [
            {"table": "people_contact_point", "row": str(number.pk), "column": "person_id"}
        ]

    def test_says_beforehand_what_it_will_leave(self):
        kept, gone, heir = kept_person(), gone_person(), a_person("MOREL", "Luc")
        numbers = [a_phone(gone), a_phone(gone, "+33639980109")]
        done = merge(kept, gone)
        ContactPoint.objects.filter(pk=numbers[0].pk).update(person=heir)
        a_marker(kept)

        told = selectors.undo_preview(merge=done)

        assert [line.count for line in told.back] == [1]
        assert [line.count for line in told.left] == [1]
        assert [line.count for line in told.stays] == [1]

    def test_leaves_what_was_made_since_with_the_kept_person(self):
        kept, gone = kept_person(), gone_person()
        done = merge(kept, gone)
        marker = a_marker(kept)

        undo(done)

        marker.refresh_from_db()
        assert marker.person_id == kept.pk

    def test_tells_the_others(self):
        done = merge(kept_person(), gone_person())

        undo(done)

        assert OutboxEntry.objects.filter(name="people.merge-undone").count() == 1

    def test_is_done_once(self):
        done = merge(kept_person(), gone_person())
        undo(done, by=an_actor(*MERGER, name="Luc"))

        with pytest.raises(unmerging.UndoneAlready) as refusal:
            undo(done)

        assert "Luc" in str(refusal.value)

    def test_refuses_the_wrong_order_and_accepts_the_right_one(self):
        first, second, third = gone_person(), kept_person(), a_person("DURAND", "M.", birth_on=BORN)
        before = everything()
        one = merge(second, first)
        two = merge(third, second)

        with pytest.raises(unmerging.LaterMergeFirst):
            undo(one)
        undo(two)
        undo(one)

        assert everything() == before

    def test_refuses_when_somebody_took_the_reference(self):
        kept, gone = kept_person(), gone_person()
        done = merge(kept, gone)
        Person.objects.create(family_name="MOREL", reference="T2")

        with pytest.raises(unmerging.NameTaken):
            undo(done)

        done.refresh_from_db()
        assert (done.undone_at, Person.objects.filter(pk=gone.pk).exists()) == (None, False)

    def test_asks_for_the_right(self):
        done = merge(kept_person(), gone_person())

        with pytest.raises(NotAllowed):
            undo(done, by=an_actor())


class TestPointers:
    def test_are_found_in_every_module(self):
        tables = {pointer.table for pointer in pointers_to(Person)}
        pointing = {
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey) and field.remote_field.model is Person
        }

        assert pointing - tables == {DuplicatePair._meta.db_table}
        assert "document" in tables

    def test_are_told_in_a_bounded_number_of_queries(self, django_assert_max_num_queries):
        kept, gone = kept_person(), gone_person()
        for n in range(9):
            a_phone(gone, f"+3363998010{n}")
            a_lease(gone, lot=a_lot())

        with django_assert_max_num_queries(10):
            selectors.preview(kept_id=kept.pk, gone_id=gone.pk, actor=an_actor(*MERGER), on=TODAY)
