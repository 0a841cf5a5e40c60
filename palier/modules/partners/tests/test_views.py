"""Pages of partners: list, one partner, contacts, agreements, emergency numbers."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from palier.kernel.accounts.testing import make_member
from palier.kernel.documents.models import Document
from palier.kernel.models import new_id
from palier.kernel.organisations.current import open_organisation
from palier.modules.partners import public
from palier.modules.partners.models import EmergencyNumber, Partner, PartnerContact, Protocol
from palier.modules.partners.rules.hours import open_at, read_hours
from palier.modules.partners.tests.factories import a_contact, a_partner

pytestmark = pytest.mark.django_db(databases=["default", "journal"])

PAGES = "/o/alpha/partners/"


def make(build, *args, **fields):
    with open_organisation("alpha"):
        return build(*args, **fields)


@pytest.fixture
def sign_in(client, db):
    def as_member(slug, *roles):
        client.force_login(make_member(slug, *roles, language="en").user)
        return client

    return as_member


@pytest.fixture
def adviser(sign_in):
    return sign_in("alpha", "social_adviser")


class TestDirectory:
    def test_proposes_the_nearest_first(self, alpha):
        everywhere = a_partner(departments=[])
        aude = a_partner(departments=["11"])
        narbonne = a_partner(departments=["11"], communes=["11262"])
        a_partner(departments=["31"])
        a_partner(departments=["11"], needs=["meals"])
        a_partner(departments=["11"], is_active=False)

        found = public.partners_for(kind="groceries", department="11", commune="11262")

        assert [card.id for card in found] == [narbonne.pk, aude.pk, everywhere.pk]

    def test_sends_to_the_contact_who_receives(self, alpha):
        partner = a_partner()
        a_contact(partner, name="Paul Arnal", email="paul@partenaire.example")
        assert public.referral_address(partner.pk).email == partner.email
        a_contact(partner, email="claire@partenaire.example", receives_referrals=True)

        assert public.referral_address(partner.pk).email == "claire@partenaire.example"
        assert public.partner(new_id()) is None

    def test_begins_with_the_national_numbers(self, alpha):
        cards = public.emergency_numbers(need="violence")

        assert {"15", "18", "112", "114", "3114", "3919", "119"} <= {card.number for card in cards}
        assert "violence" in cards[0].needs


class TestHours:
    MONDAY = datetime(2026, 11, 23, 10, 0)

    @pytest.mark.parametrize(
        ("text", "is_open"),
        [
            ("lun-ven 9h-12h 14h-17h", True),
            ("Lundi au vendredi : 14h00 - 17h30", False),
            ("sam 9h-12h", False),
            ("mardi 9:00-12:00 ; lundi 9:30-11:00", True),
            ("sur rendez-vous", None),
            ("", None),
        ],
    )
    def test_say_whether_it_is_open(self, text, is_open):
        assert open_at(text, self.MONDAY) is is_open

    def test_read_several_days(self):
        assert len(read_hours("lun-ven 9h-12h 14h-17h ; sam 9h-12h")) == 11


class TestPages:
    def test_list_narrows_by_need_and_department(self, adviser):
        shown = make(a_partner, name="Épicerie solidaire", departments=["11"])
        hidden = make(a_partner, name="Banque de Toulouse", departments=["31"])

        text = adviser.get(PAGES + "?need=groceries&department=11").content.decode()

        assert shown.name in text and hidden.name not in text

    def test_list_goes_out_as_a_file(self, adviser):
        make(a_partner, name="Épicerie solidaire")

        assert "Épicerie solidaire" in adviser.get(PAGES + "?export=csv").getvalue().decode("utf-8-sig")

    def test_create_then_correct(self, adviser):
        given = {
            "name": "CCAS de Lézignan", "kind": "ccas", "needs": ["meals"], "departments": [], "communes": "11203",
        }  # fmt: skip

        created = adviser.post(PAGES + "new/", given)

        partner = make(Partner.objects.get)
        assert created.status_code == 302
        assert (partner.communes, partner.needs, partner.reference[:2]) == (["11203"], ["meals"], "P-")
        corrected = adviser.post(
            f"{PAGES}{partner.pk}/change/", {**given, "name": "CCAS de Lézignan-Corbières"}
        )
        assert corrected.status_code == 302
        assert "Lézignan-Corbières" in adviser.get(f"{PAGES}{partner.pk}/").content.decode()

    @pytest.mark.parametrize(
        "given",
        [
            {"name": "", "kind": "ccas"},
            {"name": "X", "kind": ""},
            {"name": "X", "kind": "ccas", "communes": "Narbonne"},
            {"name": "X", "kind": "ccas", "note": "alcoolique"},
        ],
    )
    def test_say_what_is_wrong(self, adviser, given):
        assert adviser.post(PAGES + "new/", given).status_code == 422
        assert not make(Partner.objects.exists)

    def test_take_a_word_that_means_something_else_there(self, adviser):
        given = {
            "name": "Les Tournesols", "kind": "association", "note": "Accueille des personnes autistes",
            "wording_reason": "le public de l’association",
        }  # fmt: skip
        assert adviser.post(PAGES + "new/", {**given, "wording_reason": ""}).status_code == 422

        assert adviser.post(PAGES + "new/", given).status_code == 302
        partner = make(Partner.objects.get)
        assert (
            adviser.post(f"{PAGES}{partner.pk}/change/", {**given, "name": "Tournesols"}).status_code == 302
        )

    def test_say_that_a_code_is_taken(self, adviser):
        make(a_partner, reference="CCAS-1")

        page = adviser.post(PAGES + "new/", {"name": "X", "kind": "ccas", "reference": "CCAS-1"})

        assert page.status_code == 422
        assert "CCAS-1" in page.content.decode()

    def test_contacts_come_and_go(self, adviser):
        partner = make(a_partner)
        at = f"{PAGES}{partner.pk}/contacts/"
        given = {
            "contact-name": "Claire Aubert",
            "contact-phone": "04 65 71 00 11",
            "contact-receives_referrals": "on",
        }

        assert adviser.post(at, given).status_code == 302
        assert adviser.post(at, {**given, "contact-name": "Luc Roy"}).status_code == 422
        assert adviser.post(at, {"contact-name": "Sans moyen"}).status_code == 422
        contact = make(PartnerContact.objects.get)
        assert adviser.post(f"{PAGES}contacts/{contact.pk}/remove/").status_code == 302
        assert not make(PartnerContact.objects.exists)

    def test_agreements_are_kept_with_their_document(self, adviser):
        partner = make(a_partner)
        at = f"{PAGES}{partner.pk}/protocols/"
        given = {"protocol-title": "Convention d’orientation", "protocol-starts_on": "2026-01-01"}
        pdf = SimpleUploadedFile("convention.pdf", b"%PDF-1.7 signed", content_type="application/pdf")
        text = SimpleUploadedFile("convention.pdf", b"not a pdf", content_type="application/pdf")

        assert adviser.post(at, {**given, "protocol-document": text}).status_code == 422
        assert adviser.post(at, {**given, "protocol-ends_on": "2025-01-01"}).status_code == 422
        assert adviser.post(at, {**given, "protocol-document": pdf}).status_code == 302

        protocol = make(Protocol.objects.get)
        assert make(Document.objects.get, pk=protocol.document_id).sha256
        assert adviser.post(f"{PAGES}protocols/{protocol.pk}/end/").status_code == 302
        assert make(Protocol.objects.get).ends_on is not None

    def test_leave_and_come_back(self, adviser):
        partner = make(a_partner)

        adviser.post(f"{PAGES}{partner.pk}/active/", {"active": "no"})
        assert "no longer proposed" in adviser.get(f"{PAGES}{partner.pk}/").content.decode()
        adviser.post(f"{PAGES}{partner.pk}/active/", {"active": "yes"})

        assert make(Partner.objects.get).is_active

    def test_are_read_by_all_and_changed_by_some(self, sign_in):
        partner = make(a_partner)
        caretaker = sign_in("alpha", "caretaker")

        assert caretaker.get(f"{PAGES}{partner.pk}/").status_code == 200
        for address in ("new/", f"{partner.pk}/change/", "numbers/new/"):
            assert caretaker.get(PAGES + address).status_code == 403

    def test_do_not_exist_elsewhere(self, adviser):
        for address in (f"{new_id()}/", f"{new_id()}/change/", f"numbers/{new_id()}/change/"):
            assert adviser.get(PAGES + address).status_code == 404
        assert adviser.post(f"{PAGES}contacts/{new_id()}/remove/").status_code == 404
        assert adviser.post(f"{PAGES}protocols/{new_id()}/end/").status_code == 404

    def test_emergency_numbers_say_when_they_were_checked(self, adviser):
        assert "to be checked" in adviser.get(PAGES + "numbers/").content.decode()
        number = make(EmergencyNumber.objects.get, number="3919")

        adviser.post(f"{PAGES}numbers/{number.pk}/check/")

        assert make(EmergencyNumber.objects.get, number="3919").checked_on >= date(2026, 1, 1)
        assert (
            adviser.post(PAGES + "numbers/new/", {"number": "abc", "label": "X", "position": 1}).status_code
            == 422
        )
        assert (
            adviser.post(PAGES + "numbers/new/", {"number": "15", "label": "X", "position": 1}).status_code
            == 422
        )
        made = adviser.post(
            PAGES + "numbers/new/", {"number": "116117", "label": "Médecin de garde", "position": 1}
        )
        assert made.status_code == 302
