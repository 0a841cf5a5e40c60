"""Who may be reached, and whom a notice leaves out. Golden test 28 of the domain dossier."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from palier.modules.estate import public as estate
from palier.modules.people import public
from palier.modules.people.models import Consent, Household, Lease, LeaseParty
from palier.modules.people.services import leaving, sealing
from palier.modules.people.tests.factories import (
    AT,
    TODAY,
    a_lease,
    a_lot,
    a_person,
    a_phone,
    a_residence,
    an_email,
)

pytestmark = [pytest.mark.django_db(databases=["default", "journal"]), pytest.mark.usefixtures("alpha")]


@pytest.fixture(autouse=True)
def register(tmp_path, monkeypatch):
    monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: tmp_path / "sealings")


def object_to(person, topic="crisis_news", channel="any", **fields):
    return Consent.objects.create(
        person=person, kind="opt_out", topic=topic, channel=channel, given_at=AT, recorded_by="C", **fields
    )


def place(residence):
    return estate.place_of("residence", residence.code)


def counted(recipients):
    return {one.reason: one.count for one in recipients.exclusions}


class TestContactable:
    def test_gives_the_safe_number_to_use(self):
        person = a_person()
        a_lease(person)
        a_phone(person, "+33465710001", is_unsafe=True)
        a_phone(person, "+33639980101")

        answer = public.contactable(person.pk, at=AT, channel="phone")

        assert (answer.is_allowed, answer.value) == (True, "+33639980101")

    def test_never_gives_a_landline_for_a_text(self):
        person = a_person()
        a_lease(person)
        a_phone(person, "+33465710001")

        assert public.contactable(person.pk, at=AT, channel="sms").why == "no_contact"

    @pytest.mark.parametrize(
        ("fields", "why"),
        [({"deceased_on": date(2026, 11, 1)}, "deceased"), ({}, "")],
        ids=["deceased", "alive"],
    )
    def test_knows_the_dead(self, fields, why):
        person = a_person(**fields)
        a_lease(person)
        a_phone(person)

        assert public.contactable(person.pk, at=AT).why == why

    def test_knows_who_has_left_everything(self):
        person = a_person()
        a_phone(person)
        a_lease(person, left_on=date(2026, 11, 1))
        assert public.contactable(person.pk, at=AT).why == "gone"

        a_lease(person)
        assert public.contactable(person.pk, at=AT).is_allowed

    def test_knows_a_co_holder_who_left_the_lease_of_the_other(self):
        paul, marie = a_person("Durand", "Paul"), a_person("Durand", "Marie")
        lease = a_lease(paul, marie)
        a_phone(marie)
        LeaseParty.objects.filter(lease=lease, person=marie).update(until=date(2026, 11, 1))

        assert public.contactable(marie.pk, at=AT).why == "gone"

    def test_respects_an_objection_by_topic_and_channel(self):
        person = a_person()
        a_lease(person)
        a_phone(person)
        object_to(person, channel="sms")

        assert public.contactable(person.pk, at=AT, channel="sms").why == "opted_out"
        assert public.contactable(person.pk, at=AT, channel="phone").is_allowed
        assert public.contactable(person.pk, at=AT, channel="sms", topic="courtesy_calls").is_allowed

    def test_says_of_a_sealed_person_what_it_says_of_an_unsafe_number(self, actor):
        sealed, unsafe = a_person("Vidal", "Inès"), a_person()
        for person in (sealed, unsafe):
            a_lease(person)
        a_phone(unsafe, is_unsafe=True)
        sealing.seal(person_id=sealed.pk, reason="x", by=actor, at=AT)

        assert public.contactable(sealed.pk, at=AT) == public.contactable(unsafe.pk, at=AT)
        assert public.contactable(sealed.pk, at=AT).why == "protected"


class TestNoticeRecipients:
    def residence(self):
        home = a_residence()
        people = {}
        for name, fields in {
            "reached": {},
            "dead": {"deceased_on": date(2026, 10, 1)},
            "silent": {},
            "objects": {},
            "unsafe": {},
            "gone": {},
        }.items():
            people[name] = a_person(name, "", **fields)
            a_lease(people[name], left_on=date(2026, 11, 1) if name == "gone" else None)
        for number, name in enumerate(("reached", "dead", "objects", "gone")):
            a_phone(people[name], f"+3363998020{number}")
        a_phone(people["unsafe"], "+33639980299", is_unsafe=True)
        object_to(people["objects"])
        return home, people

    def test_counts_each_reason_once(self):
        home, _people = self.residence()

        found = public.notice_recipients(place(home), at=AT, channel="sms")

        assert (found.people, found.messages) == (1, 1)
        assert counted(found) == {
            "deceased": 1,
            "opted_out": 1,
            "gone": 1,
            "no_contact": 1,
            "protected": None,
        }

    def test_gives_the_file_that_the_count_announced(self):
        home, people = self.residence()

        rows = list(public.contact_file_rows(place(home), at=AT, channel="sms"))

        assert [(row.value, row.name) for row in rows] == [("+33639980200", people["reached"].name)]
        assert rows[0].residence_code == home.code

    def test_sends_one_message_to_a_number_that_two_share(self):
        home = a_residence()
        paul, marie = a_person("Durand", "Paul"), a_person("Durand", "Marie")
        a_lease(paul, marie)
        for person in (paul, marie):
            a_phone(person, "+33639980101", is_shared=True)

        found = public.notice_recipients(place(home), at=AT, channel="sms")

        assert (found.people, found.messages) == (2, 1)
        assert len(list(public.contact_file_rows(place(home), at=AT, channel="sms"))) == 1

    def test_leaves_her_out_and_says_nothing_of_it(self, actor):
        """Golden test 28: a person of class C5 with an e-mail is in no campaign, and no number tells it."""
        home, her = a_residence(), a_person("Vidal", "Inès")
        a_lease(her)
        an_email(her, "ines@courriel.example")
        for number in range(3):
            other = a_person(f"Nom{number}", "X")
            a_lease(other)
            an_email(other, f"x{number}@courriel.example")
        housed = public.people_in(place(home), on=TODAY)
        sealing.seal(person_id=her.pk, reason="x", by=actor, at=AT)

        found = public.notice_recipients(place(home), at=AT, channel="email")
        rows = list(public.contact_file_rows(place(home), at=AT, channel="email"))

        assert (found.people, found.messages, len(rows)) == (3, 3, 3)
        assert counted(found)["protected"] is None
        assert sum(count or 0 for count in counted(found).values()) == 0
        assert public.people_in(place(home), on=TODAY) == housed
        assert "ines@courriel.example" not in str(rows)

    def test_shows_the_protected_from_eleven_on(self, actor):
        home = a_residence()
        for number in range(10):
            person = a_person(f"Nom{number}", "X")
            a_lease(person)
            a_phone(person, f"+336399803{number:02d}", is_unsafe=True)
        assert counted(public.notice_recipients(place(home), at=AT, channel="sms"))["protected"] is None

        her = a_person("Vidal", "Inès")
        a_lease(her)
        sealing.seal(person_id=her.pk, reason="x", by=actor, at=AT)

        assert counted(public.notice_recipients(place(home), at=AT, channel="sms"))["protected"] == 11

    def test_covers_the_place_and_nothing_else(self):
        here, there = a_residence("R01"), a_residence("R02", "Les Acacias")
        for home, number in ((here, "+33639980101"), (there, "+33639980102")):
            person = a_person(home.code, "X")
            a_lease(person, lot=a_lot(residence=home))
            a_phone(person, number)

        assert public.notice_recipients(place(there), at=AT, channel="sms").people == 1
        assert public.notice_recipients(estate.organisation_place(), at=AT, channel="sms").people == 2

    def test_asks_two_queries_whatever_the_size(self):
        home = a_residence()
        for number in range(30):
            person = a_person(f"Nom{number}", "X")
            a_lease(person)
            a_phone(person, f"+336399804{number:02d}")

        with CaptureQueriesContext(connection) as queries:
            public.notice_recipients(place(home), at=AT, channel="sms")

        # The place, its residences, the count.
        assert len(queries) <= 3


class TestCounts:
    def test_count_the_declared_size_or_the_named_if_more(self):
        home = a_residence()
        alone, couple = a_person("Seul", ""), [a_person("Deux", ""), a_person("Deux", "Bis")]
        big = a_lease(alone)
        Household.objects.filter(pk=big.household_id).update(declared_size=5)
        a_lease(*couple)
        a_lease(a_person("Garage", ""), lot=a_lot(kind="parking"))
        a_lease(a_person("Parti", ""), left_on=date(2026, 1, 1))

        found = public.people_in(place(home), on=TODAY)

        assert (found.persons, found.households) == (7, 2)

    @pytest.mark.urls("palier.config.urls_landlord")
    def test_say_who_is_in_a_lot(self, actor):
        lot, hers = a_lot("L1"), a_lot("L2")
        a_lease(a_person("Durand", "Marie"), lot=lot)
        her = a_person("Vidal", "Inès")
        a_lease(her, lot=hers)
        sealing.seal(person_id=her.pk, reason="x", by=actor, at=AT)

        found = estate_occupancy([lot.pk, hers.pk], actor)

        assert found[lot.pk].label == "DURAND Marie"
        assert (found[hers.pk].sealed, found[hers.pk].url) == (True, "")
        assert "referent" in found[hers.pk].label

    def test_name_the_household_of_a_lot_without_the_sealed(self, actor):
        lot = a_lot("L1")
        paul, marie = a_person("Durand", "Paul"), a_person("Vidal", "Inès")
        a_lease(paul, marie, lot=lot)
        sealing.seal(person_id=marie.pk, reason="x", by=actor, at=AT)

        assert [member.name for member in public.household_of_lot(lot.pk, on=TODAY)] == ["DURAND Paul"]
        assert marie.pk not in public.names([paul.pk, marie.pk])


def estate_occupancy(lot_ids, actor):
    from palier.modules.people.selectors.occupancy import occupancy

    return occupancy(lot_ids=lot_ids, actor=actor)


class TestGone:
    def test_names_those_whom_a_departure_leaves_without_a_home(self, actor):
        paul, marie = a_person("Durand", "Paul"), a_person("Durand", "Marie")
        lease = a_lease(paul, marie)
        a_lease(marie)

        leaving.record_departure(
            lease_id=lease.pk, notice_on=TODAY, left_on=date(2027, 2, 20), by=actor, at=AT
        )

        assert stopped() == [([str(paul.pk)], "2027-02-20", "gone")]
        assert Lease.objects.get(pk=lease.pk).notice_on == TODAY

    def test_stops_everything_at_a_death(self, actor):
        person = a_person()

        leaving.record_death(person_id=person.pk, deceased_on=date(2026, 11, 2), by=actor, at=AT)

        assert stopped() == [([str(person.pk)], "2026-11-02", "deceased")]

    def test_refuses_an_exit_before_the_entry(self, actor):
        lease = a_lease(a_person())

        with pytest.raises(leaving.ExitBeforeEntry):
            leaving.record_departure(
                lease_id=lease.pk, notice_on=TODAY, left_on=date(2019, 1, 1), by=actor, at=AT
            )

        assert Lease.objects.get(pk=lease.pk).left_on is None

    def test_refuses_a_death_tomorrow(self, actor):
        with pytest.raises(leaving.DeathInFuture):
            leaving.record_death(person_id=a_person().pk, deceased_on=date(2027, 1, 1), by=actor, at=AT)

    def test_empties_the_lot_of_whoever_has_left_already(self, actor):
        lease = a_lease(a_person(), lot=a_lot("L1", status="occupied"))

        leaving.record_departure(lease_id=lease.pk, notice_on=TODAY, left_on=TODAY, by=actor, at=AT)

        lease.lot.refresh_from_db()
        assert lease.lot.status == "vacant"


def stopped():
    from palier.kernel.outbox.models import OutboxEntry

    entries = OutboxEntry.objects.filter(name="people.contact-stopped").order_by("written_at", "id")
    return [(one.payload["person_ids"], one.payload["from_on"], one.payload["why"]) for one in entries]


class TestLoads:
    def row(self, **cells):
        usual = {
            "N° contrat": "C1",
            "Code lot": "L1",
            "Code tiers": "T1",
            "Nom": "DURAND",
            "Prénom": "Marie",
            "Date d'entrée": "01/03/2019",
            "Date de sortie": "",
            "Date de décès": "",
            "Portable": "06 39 98 01 01",
        }
        return {**usual, **cells}

    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            ({"Date de décès": "02/11/2026"}, ("2026-11-02", "deceased")),
            ({"Date de sortie": "31/10/2026"}, ("2026-10-31", "gone")),
        ],
    )
    def test_stop_every_contact_of_the_dead_and_the_gone(self, cells, expected):
        from palier.kernel.imports.testing import load_rows
        from palier.kernel.jobs.running import deliver_waiting
        from palier.modules.people.models import Person

        lot = a_lot("L1")
        load_rows(kind="locatif", rows=[self.row()])
        deliver_waiting()
        lot.refresh_from_db()
        assert lot.status == "occupied"

        load_rows(kind="locatif", rows=[self.row(**cells)])
        assert not public.contactable(Person.objects.get().pk, at=AT).is_allowed
        deliver_waiting()

        assert [(day, why) for _ids, day, why in stopped()] == [expected]
