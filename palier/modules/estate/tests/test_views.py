"""Screens: what they show, to whom, and at what cost."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from palier.modules.estate.models import Agency, Lot, ReceptionPoint, Reservation
from palier.modules.estate.selectors import hooks
from palier.modules.estate.services import reservations
from palier.modules.estate.tests import factories

PAGE = "/o/alpha/estate/"
NOW = datetime(2020, 3, 20, 9, tzinfo=UTC)


@pytest.fixture
def director(client, db):
    """Somebody who may do everything, and who reads English: the catalogue need not be compiled."""
    user = make_member("alpha", "director", "administrator").user
    user.language = "en"
    user.save(update_fields=["language"])
    client.force_login(user)
    return client


@pytest.fixture
def inside(db):
    """Run what follows in alpha's schema: `with inside(): …`."""
    return lambda: open_organisation("alpha")


def cost(client, url):
    with CaptureQueriesContext(connection) as caught:
        response = client.get(url)
    assert response.status_code == 200, response.content[:500]
    return len(caught)


class TestResidences:
    def test_are_found_by_agency_commune_and_text(self, director, inside):
        with inside():
            agency = factories.make_agency(name="Agence Ouest")
            factories.make_residence(agency=agency, name="Les Érables")
            factories.make_residence(name="Le Lavoir", insee_code="31555", city="Toulouse")

        assert b"Les \xc3\x89rables" in (
            page := director.get(f"{PAGE}residences/?agency={agency.id}").content
        )
        assert b"Le Lavoir" not in page
        assert b"Le Lavoir" in director.get(f"{PAGE}residences/?commune=31555").content
        assert b"Le Lavoir" not in director.get(f"{PAGE}residences/?q=erables").content

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("12 platanes", {"Au douze", "Au douze bis"}),
            ("rue platanes 120", {"Au cent vingt"}),
            ("PLAT douz", {"Au douze", "Au douze bis"}),
            ("rpls-11262-a", {"Au douze"}),
            ("nowhere", set()),
        ],
    )
    def test_are_found_by_address(self, director, inside, typed, found):
        with inside():
            factories.make_residence(name="Au douze", number="12", code="RPLS-11262-A", street_type="rue")
            factories.make_residence(
                name="Au douze bis", number="12bis", code="RPLS-11262-B", street_type="rue"
            )
            factories.make_residence(
                name="Au cent vingt", number="120", code="RPLS-11262-C", street_type="rue"
            )

        body = b"".join(director.get(f"{PAGE}residences/", {"q": typed, "export": "csv"})).decode("utf-8-sig")

        assert {line.split(";")[0] for line in body.splitlines()[1:]} == found

    def test_say_what_to_do_first_when_there_is_none(self, director):
        assert b"No residence yet" in director.get(f"{PAGE}residences/").content

    def test_are_exported_with_their_counts(self, director, inside):
        with inside():
            factories.make_lot(factories.make_residence(name="Les Érables"), status="vacant")

        body = b"".join(director.get(f"{PAGE}residences/?export=csv")).decode("utf-8-sig")

        assert "Les Érables" in body
        assert ";1;" in body

    def test_cost_as_many_queries_for_many(self, director, inside):
        def add(number):
            with inside():
                agency = factories.make_agency()
                for _ in range(number):
                    factories.make_lot(factories.make_residence(agency=agency))

        add(5)
        director.get(f"{PAGE}residences/")
        few = cost(director, f"{PAGE}residences/?size=50")
        add(45)

        assert cost(director, f"{PAGE}residences/?size=50") == few

    def test_are_closed_to_who_may_not_read_them(self, sign_in):
        assert sign_in("alpha", "observer").get(f"{PAGE}residences/").status_code == 403


class TestResidence:
    def test_shows_its_dwellings_its_services_and_its_reception_points(self, director, inside):
        with inside():
            agency = factories.make_agency(name="Agence Ouest")
            factories.make_reception_point(agency=agency, name="Accueil du Lavoir")
            residence = factories.make_residence(
                agency=agency, name="Les Érables", longitude="3.0028", latitude="43.1839"
            )
            for status in ("occupied", "occupied", "vacant"):
                factories.make_lot(residence, status=status)

        page = director.get(f"{PAGE}residences/{residence.id}/").content.decode()

        assert "Les Érables" in page
        assert "Accueil du Lavoir" in page
        assert "3.00280°" in page
        assert "Licence Ouverte" in page
        assert "2 occupied" in page

    def test_of_rpls_says_that_its_dwellings_are_declared(self, director, inside):
        with inside():
            residence = factories.make_residence(source="rpls", address_key="k", declared_dwellings=19)

        page = director.get(f"{PAGE}residences/{residence.id}/").content.decode()

        assert "declared in RPLS" in page
        assert "The dwellings are not known one by one" in page

    def test_costs_as_many_queries_for_a_thousand_lots(self, director, inside):
        with inside():
            agency = factories.make_agency()
            residence = factories.make_residence(agency=agency)
            factories.make_lot(residence)
            factories.make_reception_point(agency=agency)
        url = f"{PAGE}residences/{residence.id}/"
        director.get(url)
        few = cost(director, url)
        with inside():
            Lot.objects.bulk_create(
                Lot(code=f"N{n}", residence=residence, typology="T2") for n in range(1000)
            )
            factories.make_reception_point(agency=agency)

        assert cost(director, url) == few

    def test_is_corrected_on_screen(self, director, inside):
        with inside():
            residence, agency = (
                factories.make_residence(source="rpls", address_key="k", declared_dwellings=4),
                factories.make_agency(),
            )
        url = f"{PAGE}residences/{residence.id}/change/"

        half = director.post(url, {"name": "Les Ormes", "agency_id": agency.id, "longitude": "3.1"})
        whole = director.post(
            url, {"name": "Les Ormes", "agency_id": agency.id, "longitude": "3.1", "latitude": "43.2"}
        )

        assert (half.status_code, whole.status_code) == (422, 302)
        assert "Les Ormes" in director.get(url).content.decode()
        with inside():
            residence.refresh_from_db()
        assert (residence.name, residence.agency_id, float(residence.latitude)) == (
            "Les Ormes",
            agency.id,
            43.2,
        )

    def test_is_not_corrected_by_a_caretaker(self, sign_in, inside):
        with inside():
            residence = factories.make_residence()

        assert (
            sign_in("alpha", "caretaker").get(f"{PAGE}residences/{residence.id}/change/").status_code == 403
        )

    def test_that_is_not_there_is_not_found(self, director):
        assert director.get(f"{PAGE}residences/00000000-0000-0000-0000-000000000000/").status_code == 404


class TestLots:
    def test_show_a_sealed_person_s_dwelling_without_a_name(self, director, inside, monkeypatch):
        with inside():
            lot = factories.make_lot(status="occupied")
        known = {lot.id: hooks.Occupancy("Occupé – passer par le référent", sealed=True)}
        monkeypatch.setattr(hooks, "_occupancy", [lambda *, lot_ids, actor: known])

        for url in (f"{PAGE}residences/{lot.residence_id}/lots/", f"{PAGE}lots/{lot.id}/"):
            assert "Occupé – passer par le référent" in director.get(url).content.decode()

    def test_do_not_export_who_lives_there(self, director, inside, monkeypatch):
        with inside():
            lot = factories.make_lot(status="occupied")
        monkeypatch.setattr(
            hooks, "_occupancy", [lambda *, lot_ids, actor: {lot.id: hooks.Occupancy("DURAND Zoé")}]
        )

        body = b"".join(director.get(f"{PAGE}residences/{lot.residence_id}/lots/?export=csv")).decode(
            "utf-8-sig"
        )

        assert lot.code in body
        assert "DURAND" not in body

    def test_cost_as_many_queries_for_a_thousand(self, director, inside):
        with inside():
            lot = factories.make_lot()
        url = f"{PAGE}residences/{lot.residence_id}/lots/?size=50"
        director.get(url)
        few = cost(director, url)
        with inside():
            Lot.objects.bulk_create(Lot(code=f"N{n}", residence_id=lot.residence_id) for n in range(1000))

        assert cost(director, url) == few

    def test_are_reserved_then_released_on_screen(self, director, inside):
        with inside():
            lot = factories.make_lot(status="vacant")

        answer = director.post(
            f"{PAGE}lots/{lot.id}/reserve/",
            {
                "purpose": "carers",
                "holder": "Centre hospitalier",
                "first_day": "2026-12-01",
                "last_day": "2026-12-31",
            },
        )

        assert answer.status_code == 302
        with inside():
            held = Reservation.objects.get()
        assert (held.period.lower.day, held.period.upper.day) == (30, 31)  # Paris midnights, in UTC
        assert director.post(f"{PAGE}reservations/{held.id}/release/", {"reason": "Fin"}).status_code == 302
        with inside():
            assert Reservation.objects.get().state == "released"

    def test_refuse_a_second_reservation_beside_the_form(self, director, inside, actor):
        with inside():
            lot = factories.make_lot(status="vacant")
            reservations.reserve(
                lot_id=lot.id, purpose="carers", holder="CH", starts_at=NOW, by=actor, at=NOW
            )

        answer = director.post(
            f"{PAGE}lots/{lot.id}/reserve/",
            {"purpose": "works", "holder": "Travaux", "first_day": "2026-12-01"},
        )

        assert answer.status_code == 422
        assert b"already reserved" in answer.content

    def test_change_status_with_a_reason(self, director, inside):
        with inside():
            lot = factories.make_lot(status="vacant")

        assert director.get(f"{PAGE}lots/{lot.id}/status/start_works/").status_code == 200
        assert (
            director.post(f"{PAGE}lots/{lot.id}/status/start_works/", {"reason": "Plomb"}).status_code == 302
        )
        with inside():
            assert Lot.objects.get().status == "works"

    def test_refuse_a_step_that_is_not_open(self, director, inside):
        with inside():
            lot = factories.make_lot(status="occupied")

        assert director.post(f"{PAGE}lots/{lot.id}/status/start_works/").status_code == 422
        assert director.post(f"{PAGE}lots/{lot.id}/status/explode/").status_code == 404

    def test_are_not_changed_by_a_caretaker(self, sign_in, inside):
        with inside():
            lot = factories.make_lot(status="vacant")
        caretaker = sign_in("alpha", "caretaker")

        assert caretaker.get(f"{PAGE}lots/{lot.id}/").status_code == 200
        assert caretaker.post(f"{PAGE}lots/{lot.id}/status/start_works/").status_code == 403
        assert caretaker.post(f"{PAGE}lots/{lot.id}/reserve/", {}).status_code == 403


OFFICE = {
    "code": "ACC1",
    "name": "Accueil du Lavoir",
    "address_line": "12 bis rue du Lavoir",
    "is_open": "on",
}


class TestOffices:
    def test_a_reception_point_is_created_with_its_week(self, director, inside, communes):
        given = {
            **OFFICE,
            "postcode": "11100",
            "city": "narbonne",
            "day_1": "9h-12h, 14h-17h sur rdv",
            "day_2": "fermé",
        }

        answer = director.post(f"{PAGE}receptions/new/", given)

        assert answer.status_code == 302
        with inside():
            point = ReceptionPoint.objects.get()
            assert (point.number, point.repetition, point.street_name) == ("12", "BIS", "du Lavoir")
            assert (point.insee_code, point.city, point.hours.count()) == ("11262", "Narbonne", 2)
        assert "by appointment" in director.get(f"{PAGE}receptions/{point.id}/").content.decode()

    def test_hours_that_mean_nothing_are_refused_beside_their_day(self, director, inside):
        answer = director.post(f"{PAGE}receptions/new/", {**OFFICE, "day_1": "le matin"})

        assert answer.status_code == 422
        assert "le matin" in answer.content.decode()
        with inside():
            assert not ReceptionPoint.objects.exists()

    def test_a_commune_that_the_postcode_does_not_serve_is_refused(self, director, communes):
        answer = director.post(f"{PAGE}agencies/new/", {**OFFICE, "postcode": "11100", "city": "Limoux"})

        assert (answer.status_code, "Narbonne" in answer.content.decode()) == (422, True)

    def test_the_form_shows_the_hours_as_one_types_them(self, director, inside):
        with inside():
            point = factories.make_reception_point()

        page = director.get(f"{PAGE}receptions/{point.id}/change/").content.decode()

        assert page.count('value="9h-12h"') == 5

    def test_an_agency_is_changed(self, director, inside):
        with inside():
            agency = factories.make_agency()

        director.post(
            f"{PAGE}agencies/{agency.id}/change/", {**OFFICE, "code": agency.code, "phone": "04 65 71 00 09"}
        )

        with inside():
            assert Agency.objects.get().phone == "04 65 71 00 09"
        assert b"Accueil du Lavoir" in director.get(f"{PAGE}agencies/{agency.id}/").content

    def test_reception_points_cost_as_many_queries_for_many(self, director, inside):
        with inside():
            factories.make_reception_point()
        director.get(f"{PAGE}receptions/")
        few = cost(director, f"{PAGE}receptions/")
        with inside():
            for _ in range(30):
                factories.make_reception_point()

        assert cost(director, f"{PAGE}receptions/") == few

    @pytest.mark.parametrize(
        "path", ["agencies/", "receptions/", "reservations/", "agencies/new/", "receptions/new/"]
    )
    def test_pages_open(self, director, path):
        assert director.get(PAGE + path).status_code == 200


def test_the_residence_of_another_organisation_is_not_found(sign_in, db):
    with open_organisation("beta"):
        residence = factories.make_residence()

    assert sign_in("alpha", "director").get(f"{PAGE}residences/{residence.id}/").status_code == 404
