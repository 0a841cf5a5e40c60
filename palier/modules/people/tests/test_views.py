"""Pages: what they show, to whom, at what cost in queries."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from palier.kernel.accounts.testing import make_member
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.testing import load_rows
from palier.kernel.organisations.current import open_organisation
from palier.modules.people.models import (
    Consent,
    ContactPoint,
    Lease,
    Person,
    SealedIdentity,
    SealedReading,
    TrayLine,
    VulnerabilityMarker,
)
from palier.modules.people.selectors.sealed import reason_of
from palier.modules.people.services import sealing
from palier.modules.people.tests.factories import (
    AT,
    a_lease,
    a_lot,
    a_marker,
    a_person,
    a_phone,
    an_email,
)

pytestmark = pytest.mark.django_db(databases=["default", "journal"])

PEOPLE = "/o/alpha/people/"


def make(build, *args, **fields):
    with open_organisation("alpha"):
        return build(*args, **fields)


def fetch(model, **wanted):
    with open_organisation("alpha"):
        return model.objects.get(**wanted)


@pytest.fixture
def sign_in(client, db):
    """People who read English: these tests look for words in the language of the sources."""

    def as_member(slug, *roles):
        client.force_login(make_member(slug, *roles, language="en").user)
        return client

    return as_member


@pytest.fixture
def adviser(sign_in):
    return sign_in("alpha", "client_adviser")


def tenants(number):
    for index in range(number):
        person = a_person(f"Nom{index:03d}", "Anne", reference=f"T{index}")
        a_lease(person)
        a_phone(person, f"+3363998{index:04d}")
        a_marker(person)


class TestList:
    def test_shows_who_lives_where(self, adviser):
        make(lambda: a_phone(a_lease(a_person("Lefèvre", "Zoé"), lot=a_lot("L-77")).parties.get().person))

        page = adviser.get(PEOPLE).content.decode()

        assert "LEFÈVRE Zoé" in page
        assert "L-77" in page
        assert "06" in page

    @pytest.mark.parametrize("typed", ["lefevre", "LEFÈVRE zoé", "zoe lefevre", "lefevvre", "06 39 98 01 01"])
    def test_finds_in_spite_of_accents_order_and_typing_errors(self, adviser, typed):
        make(lambda: a_phone(a_person("Lefèvre", "Zoé")))
        make(a_person, "Martin", "Luc")

        page = adviser.get(PEOPLE, {"q": typed}).content.decode()

        assert "LEFÈVRE Zoé" in page
        assert "MARTIN" not in page

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            ("current", {"NOW", "LEAVING"}),
            ("leaving", {"LEAVING"}),
            ("coming", {"SOON"}),
            ("ended", {"GONE"}),
            ("none", {"NOBODY"}),
        ],
    )
    def test_keeps_a_situation(self, adviser, status, expected):
        def people():
            a_lease(a_person("Now", ""))
            a_lease(a_person("Leaving", ""), left_on=date(2099, 1, 1))
            a_lease(a_person("Soon", ""), entered_on=date(2099, 1, 1))
            a_lease(a_person("Gone", ""), left_on=date(2021, 1, 1))
            a_person("Nobody", "")

        make(people)

        page = adviser.get(PEOPLE, {"status": status}).content.decode()

        assert {
            name for name in ("NOW", "LEAVING", "SOON", "GONE", "NOBODY") if f">{name}<" in page
        } == expected

    def test_asks_the_same_number_of_queries_for_one_person_and_for_forty(self, adviser):
        make(tenants, 1)
        adviser.get(PEOPLE)
        with CaptureQueriesContext(connection) as few:
            adviser.get(PEOPLE)
        make(lambda: [a_lease(a_person(f"Autre{n}", "X")) for n in range(40)])
        with CaptureQueriesContext(connection) as many:
            adviser.get(PEOPLE)

        assert len(many) == len(few)
        assert len(many) <= 16

    def test_exports_what_the_filters_keep(self, adviser):
        make(tenants, 3)

        response = adviser.get(PEOPLE, {"export": "csv", "q": "nom001"})
        text = b"".join(response.streaming_content).decode("utf-8-sig")

        assert len(text.strip().splitlines()) == 2
        assert "NOM001 Anne" in text

    def test_gives_no_file_to_whoever_may_not_take_lists_out(self, sign_in):
        client = sign_in("alpha", "caretaker")

        assert client.get(PEOPLE).status_code == 200
        assert client.get(PEOPLE, {"export": "csv"}).status_code == 403

    def test_is_closed_to_an_observer(self, sign_in):
        assert sign_in("alpha", "observer").get(PEOPLE).status_code == 403


class TestPerson:
    def page(self, client, person):
        return client.get(f"{PEOPLE}{person.pk}/")

    def test_shows_household_leases_contact_points_and_markers(self, adviser):
        def build():
            marie, paul = a_person("Durand", "Marie", birth_on=date(1948, 5, 12)), a_person("Durand", "Paul")
            a_lease(marie, paul, reference="C42")
            a_phone(marie, "+33465710001", is_shared=True, shared_with=paul)
            an_email(marie, is_unsafe=True)
            a_marker(marie, "needs_help_to_leave")
            return marie

        page = self.page(adviser, make(build)).content.decode()

        for shown in (
            "DURAND Marie",
            "C42",
            "DURAND Paul",
            "Shared with DURAND Paul",
            "Unsafe",
            "Landline",
            "Needs help to leave",
        ):
            assert shown in page
        assert "mailto:" not in page

    def test_hides_markers_and_balances_from_a_caretaker(self, sign_in):
        def build():
            person = a_person()
            a_lease(person, balance=300, balance_on=date(2026, 11, 1))
            a_marker(person)
            return person

        page = self.page(sign_in("alpha", "caretaker"), make(build)).content.decode()

        assert "Lives alone" not in page
        assert "Owed money" not in page

    def test_asks_a_bounded_number_of_queries(self, adviser):
        def build():
            people = [a_person(f"N{n}", "X") for n in range(6)]
            a_lease(*people)
            for n in range(8):
                a_phone(people[0], f"+3363998010{n}")
            a_marker(people[0])
            return people[0]

        person = make(build)
        self.page(adviser, person)
        with CaptureQueriesContext(connection) as queries:
            self.page(adviser, person)

        # The page itself, and at most eight for the panels of the modules above.
        assert len(queries) <= 30

    def test_does_not_exist_at_another_landlord(self, sign_in):
        person = make(a_person)

        assert sign_in("beta", "client_adviser").get(f"/o/beta/people/{person.pk}/").status_code == 404

    def test_writes_nothing_when_read(self, adviser):
        person = make(a_person)

        assert self.page(adviser, person).status_code == 200


class TestChanges:
    def test_adds_a_number_in_its_one_form(self, adviser):
        person = make(a_person)

        answer = adviser.post(
            f"{PEOPLE}{person.pk}/contacts/",
            {
                "contact-channel": "phone",
                "contact-value": "06.39.98.01.01",
                "contact-source": "tenant",
                "contact-slot": "morning",
            },
        )

        point = fetch(ContactPoint)
        assert answer.status_code == 302
        assert (point.value, point.line_type, point.slot, point.is_preferred) == (
            "+33639980101",
            "mobile",
            "morning",
            True,
        )

    def test_says_what_is_wrong_with_a_number(self, adviser):
        person = make(a_person)

        answer = adviser.post(
            f"{PEOPLE}{person.pk}/contacts/",
            {
                "contact-channel": "phone",
                "contact-value": "12",
                "contact-source": "tenant",
                "contact-slot": "any",
            },
        )

        assert answer.status_code == 422
        assert "is not a phone number" in answer.content.decode()

    def test_refuses_health_in_a_note(self, adviser):
        person = make(a_person)

        answer = adviser.post(
            f"{PEOPLE}{person.pk}/markers/",
            {
                "marker-nature": "lives_alone",
                "marker-origin": "agent",
                "marker-review_on": "2026-12-20",
                "marker-note": "Alzheimer",
            },
        )

        assert answer.status_code == 422
        assert "alzheimer" in answer.content.decode()
        with open_organisation("alpha"):
            assert not VulnerabilityMarker.objects.exists()

    def test_records_an_objection_and_withdraws_it(self, adviser):
        person = make(a_person)
        adviser.post(
            f"{PEOPLE}{person.pk}/consents/",
            {"consent-kind": "opt_out", "consent-topic": "crisis_news", "consent-channel": "sms"},
        )
        consent = fetch(Consent)

        adviser.post(f"{PEOPLE}{person.pk}/consents/{consent.pk}/withdraw/")

        assert fetch(Consent).withdrawn_at is not None

    def test_records_a_departure(self, adviser):
        lease = make(lambda: a_lease(a_person()))

        answer = adviser.post(
            f"{PEOPLE}leases/{lease.pk}/departure/", {"notice_on": "2026-11-20", "left_on": "2027-02-20"}
        )

        assert answer.status_code == 302
        assert fetch(Lease).left_on == date(2027, 2, 20)

    def test_records_a_death(self, adviser):
        person = make(a_person)

        adviser.post(f"{PEOPLE}{person.pk}/death/", {"deceased_on": "2026-11-02"})

        page = adviser.get(f"{PEOPLE}{person.pk}/").content.decode()
        assert fetch(Person).deceased_on == date(2026, 11, 2)
        assert "Do not call nor write" in page

    def test_corrects_a_name(self, adviser):
        person = make(a_person)

        answer = adviser.post(
            f"{PEOPLE}{person.pk}/correct/",
            {"family_name": "Durant", "given_names": "Marie", "language": "ar"},
        )

        assert answer.status_code == 302
        assert (fetch(Person).family_name, fetch(Person).language) == ("Durant", "ar")


class TestSearchFirst:
    def test_proposes_who_is_known(self, adviser):
        make(a_person, "Lefèvre", "Zoé")

        page = adviser.get(
            f"{PEOPLE}new/", {"family_name": "Lefebvre", "given_names": "Zoe"}
        ).content.decode()

        assert "LEFÈVRE Zoé" in page
        assert "None of them" in page

    def test_creates_with_what_was_searched(self, adviser):
        query = "family_name=Nouveau&given_names=Lou&phone=0639980101"
        assert "Nobody like this" in adviser.get(f"{PEOPLE}new/?{query}").content.decode()

        answer = adviser.post(
            f"{PEOPLE}new/person/?{query}",
            {"kind": "natural", "family_name": "Nouveau", "given_names": "Lou", "language": "fr"},
        )

        assert answer.status_code == 302
        assert fetch(ContactPoint).value == "+33639980101"

    def test_sends_to_the_search_whoever_skips_it(self, adviser):
        assert adviser.get(f"{PEOPLE}new/person/").status_code == 302


class TestHeaderSearch:
    def test_finds_people_and_contracts(self, adviser):
        make(lambda: a_lease(a_person("Lefèvre", "Zoé"), reference="C004212"))

        assert "LEFÈVRE Zoé" in adviser.get("/o/alpha/search/", {"q": "lefevre"}).content.decode()
        assert "C004212" in adviser.get("/o/alpha/search/", {"q": "C004212"}).content.decode()

    def test_says_what_to_do_when_nothing_is_found(self, adviser):
        assert "Check the spelling" in adviser.get("/o/alpha/search/", {"q": "zzzzzz"}).content.decode()


class TestSealed:
    CANARIES = (
        "Zephirinecanary",
        "Albanecanary",
        "REFCANARY77",
        "CONTRACTCANARY88",
        "mailcanary",
        "39987711",
        "39 98 77 11",
    )

    @pytest.fixture(autouse=True)
    def register(self, tmp_path, monkeypatch):
        monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: tmp_path / "sealings")

    @pytest.fixture
    def her(self):
        def build():
            person = a_person(
                "Zephirinecanary", "Albanecanary", reference="REFCANARY77", birth_on=date(1990, 4, 2)
            )
            lease = a_lease(person, reference="CONTRACTCANARY88", lot=a_lot("L-77"))
            a_phone(person, "+33639987711")
            an_email(person, "mailcanary@courriel.example")
            a_marker(person)
            return person, lease

        return make(build)

    def sealed(self, client, her):
        person, _lease = her
        answer = client.post(f"{PEOPLE}{person.pk}/seal/", {"reason": "Éloignement"})
        assert answer.status_code == 302, answer.content.decode()
        return fetch(SealedIdentity)

    def test_is_proposed_to_the_referent_alone(self, sign_in, her):
        person, _lease = her

        assert "/seal/" in sign_in("alpha", "violence_referent").get(f"{PEOPLE}{person.pk}/").content.decode()
        assert "/seal/" not in sign_in("alpha", "administrator").get(f"{PEOPLE}{person.pk}/").content.decode()
        assert sign_in("alpha", "administrator").get(f"{PEOPLE}{person.pk}/seal/").status_code == 403

    def test_is_on_no_page_nor_export(self, sign_in, her):
        """Door by door, each with its positive control: the same page showed her before."""
        person, lease = her
        doors = {
            PEOPLE: {},
            f"{PEOPLE}?q=zephirinecanary": {},
            f"{PEOPLE}?q=0639987711": {},
            f"{PEOPLE}?export=csv": {},
            f"{PEOPLE}{person.pk}/": {},
            f"{PEOPLE}leases/{lease.pk}/": {},
            "/o/alpha/search/?q=zephirinecanary": {},
            "/o/alpha/search/?q=CONTRACTCANARY88": {},
            "/o/alpha/search/?q=0639987711": {},
            f"/o/alpha/history/people_person/{person.pk}/": {},
            f"/o/alpha/history/people_lease/{lease.pk}/": {},
            f"/o/alpha/estate/residences/{lease.lot.residence_id}/": {},
        }
        client = sign_in("alpha")
        before = {door: self.seen(client.get(door)) for door in doors}
        assert all(seen for door, seen in before.items() if "estate" not in door), before

        self.sealed(client, her)

        after = {door: self.seen(client.get(door)) for door in doors}
        # What somebody types in a search box comes back in the box: it is theirs.
        typed = {
            door: {one for one in seen if one.lower() not in door.lower()} for door, seen in after.items()
        }
        assert not any(typed.values()), typed

    def test_is_on_no_page_of_a_load_nor_of_her_lot_nor_in_a_log_line(self, sign_in, caplog, capfd):
        """Her line has a fault, so that the screen of the load shows it; then she is sealed."""
        make(a_lot, "L-78")
        row = {
            "N° contrat": "CONTRACTCANARY88",
            "Code lot": "L-78",
            "Code tiers": "REFCANARY77",
            "Nom": "Zephirinecanary",
            "Prénom": "Albanecanary",
            "Date d'entrée": "01/01/2020",
            "E-mail": "mailcanary@courriel.example",
        }
        make(load_rows, kind="locatif", rows=[row])
        make(load_rows, kind="locatif", rows=[{**row, "Date d'entrée": "31/02/2020"}])
        person, lease = fetch(Person), fetch(Lease)
        with open_organisation("alpha"):
            batches = list(ImportBatch.objects.order_by("pk").values_list("pk", flat=True))
        client = sign_in("alpha")
        doors = [f"/o/alpha/imports/{batch}/" for batch in batches]
        doors += [f"/o/alpha/imports/{batches[1]}/lines/2/", f"/o/alpha/imports/{batches[1]}/failed.csv"]
        doors += [f"/o/alpha/estate/lots/{lease.lot_id}/", "/o/alpha/deliveries/", "/o/alpha/documents/"]
        before = {door: self.seen(client.get(door)) for door in doors}
        assert before[doors[0]] and before[doors[3]] and before[doors[4]], before
        caplog.clear()
        capfd.readouterr()

        with caplog.at_level("DEBUG"):
            client.post(f"{PEOPLE}{person.pk}/seal/", {"reason": "Éloignement"})
            after = {door: self.seen(client.get(door)) for door in doors}
            make(load_rows, kind="locatif", rows=[row])
        logged = caplog.text + "".join(capfd.readouterr())

        assert not any(after.values()), after
        assert not [canary for canary in self.CANARIES if canary in logged]

    def seen(self, answer):
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        texts = content.decode(errors="replace") + str(answer.headers)
        return {canary for canary in self.CANARIES if canary.lower() in texts.lower()}

    def test_asks_the_referent_before_creating_her_again(self, sign_in, her):
        client = sign_in("alpha")
        self.sealed(client, her)

        page = client.get(f"{PEOPLE}new/", {"reference": "REFCANARY77"}).content.decode()

        assert "Ask the violence referent" in page

    def test_opens_with_a_reason_and_leaves_a_reading(self, sign_in, her):
        client = sign_in("alpha", "violence_referent")
        file = self.sealed(client, her)
        address = f"{PEOPLE}sealed/{file.pk}/"
        closed = client.get(address).content.decode()

        opened = client.post(address, {"reason": "Appel de l'association"})

        assert "Zephirinecanary" not in closed
        assert "Zephirinecanary" in opened.content.decode()
        assert "L-77" in opened.content.decode()
        assert "no-store" in opened["Cache-Control"]
        with open_organisation("alpha"):
            (line,) = SealedReading.objects.using("journal").filter(file_id=file.pk)
        assert "association" not in line.reason
        assert reason_of(line) == "Appel de l'association"

    def test_is_housed_from_the_opened_file(self, sign_in, her):
        client = sign_in("alpha", "violence_referent")
        file = self.sealed(client, her)
        make(a_lot, "NEW-9", residence=None, status="vacant")

        client.post(f"{PEOPLE}sealed/{file.pk}/house/", {"lot_code": "NEW-9", "entered_on": "2026-11-20"})
        client.post(
            f"{PEOPLE}sealed/{file.pk}/safe/",
            {"safe_channel": "Association L'Escale", "safe_how": "Le mardi"},
        )
        opened = client.post(f"{PEOPLE}sealed/{file.pk}/", {"reason": "Relecture"}).content.decode()

        assert "NEW-9" in opened
        assert opened.count(f"/sealed/{file.pk}/leave/") == 2
        assert "Association L&#x27;Escale" in opened

    def test_takes_in_a_line_set_aside(self, sign_in, her):
        client = sign_in("alpha", "violence_referent")
        self.sealed(client, her)
        make(
            load_rows,
            kind="locatif",
            rows=[
                {
                    "N° contrat": "CONTRACTCANARY88",
                    "Code lot": "L-77",
                    "Nom": "Zephirinecanary",
                    "Prénom": "A",
                    "Date d'entrée": "01/01/2020",
                }
            ],
        )
        line = fetch(TrayLine)
        tray = client.get(f"{PEOPLE}sealed/tray/").content.decode()

        answer = client.post(f"{PEOPLE}sealed/tray/{line.pk}/take_in/")

        assert "Zephirinecanary" not in tray
        assert answer.status_code == 302
        assert fetch(TrayLine).state == "taken_in"

    def test_says_where_something_still_names_her(self, sign_in, her):
        client = sign_in("alpha", "violence_referent")
        file = self.sealed(client, her)
        address = f"{PEOPLE}sealed/{file.pk}/traces/"
        clean = client.post(address).content.decode()
        make(a_person, "Zephirinecanary", "Autre")

        found = client.post(address).content.decode()

        assert "Nothing remains" in clean
        assert "people_person" in found
        assert "ephirinecanary" not in found

    def test_names_another_referent(self, sign_in, her):
        client = sign_in("alpha", "violence_referent")
        file = self.sealed(client, her)
        other = make_member("alpha", "violence_referent", language="en", name="Dominique Vasseur").user

        client.post(f"{PEOPLE}sealed/{file.pk}/readers/", {"user_id": str(other.pk)})
        client.force_login(other)

        assert (
            "Zephirinecanary"
            in client.post(f"{PEOPLE}sealed/{file.pk}/", {"reason": "Relais"}).content.decode()
        )

    def test_does_not_exist_for_others(self, sign_in, her):
        file = self.sealed(sign_in("alpha", "violence_referent"), her)

        for role in ("administrator", "director", "data_protection"):
            assert sign_in("alpha", role).get(f"{PEOPLE}sealed/{file.pk}/").status_code == 403
            assert sign_in("alpha", role).get(f"{PEOPLE}sealed/").status_code == 403

    def test_comes_back_when_unsealed(self, sign_in, her):
        client = sign_in("alpha", "violence_referent")
        file = self.sealed(client, her)

        answer = client.post(f"{PEOPLE}sealed/{file.pk}/unseal/", {"reason": "Fin du danger"})

        assert answer.status_code == 302
        assert "ZEPHIRINECANARY" in client.get(f"{PEOPLE}{her[0].pk}/").content.decode()

    def test_leaves_counts_as_they_were(self, sign_in, her):
        """Golden test 28: she receives no campaign, no search finds her, and the number housed does not
        move.
        """
        from palier.modules.people import public

        def housed():
            with open_organisation("alpha"):
                return public.people_in(on=AT.date())

        before = housed()
        self.sealed(sign_in("alpha", "violence_referent"), her)

        assert housed() == before


@pytest.mark.usefixtures("alpha")
def test_the_service_seals_those_who_live_with_her(actor, tmp_path, monkeypatch):
    monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: tmp_path / "sealings")
    mother, child = a_person("Vidal", "Inès"), a_person("Vidal", "Tom")
    a_lease(mother)
    Person.objects.filter(pk=child.pk).update(household=mother.household)

    sealing.seal_together(person_id=mother.pk, together=[child.pk], reason="x", by=actor, at=AT)

    assert Person.objects.in_clear().count() == 0
    assert SealedIdentity.objects.count() == 2
