"""Pages of referrals: what they show, to whom, what they refuse; and the page of a partner's link."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from palier.kernel.accounts.testing import make_member
from palier.kernel.deliveries.models import Delivery
from palier.kernel.journal.models import JournalEntry
from palier.kernel.models import new_id
from palier.kernel.organisations.current import open_organisation
from palier.modules.estate.models import District
from palier.modules.estate.tests.factories import make_residence
from palier.modules.partners.tests.factories import a_partner
from palier.modules.people.tests.factories import a_lease, a_lot, a_person
from palier.modules.referrals.models import Observation, Referral, Transmission
from palier.modules.referrals.services import transmitting
from palier.modules.referrals.tests.factories import a_referral, somebody
from palier.modules.staff.tests.factories import make_agent, make_team

pytestmark = pytest.mark.django_db(databases=["default", "journal"])

PAGES = "/o/alpha/referrals/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def make(build, *args, **fields):
    with open_organisation("alpha"):
        return build(*args, **fields)


def fresh(record):
    with open_organisation("alpha"):
        return type(record).objects.get(pk=record.pk)


@pytest.fixture
def sign_in(client, db):
    """People who read English: these tests look for words in the language of the sources."""

    def as_member(slug, *roles):
        client.force_login(make_member(slug, *roles, language="en").user)
        return client

    return as_member


@pytest.fixture
def adviser(sign_in):
    return sign_in("alpha", "social_adviser")


class TestList:
    def test_shows_what_is_late_first(self, adviser):
        now = timezone.now()
        make(a_referral, at=now)
        late = make(a_referral, at=now - timedelta(days=30))

        page = adviser.get(PAGES)

        text = page.content.decode()
        assert page.status_code == 200
        assert "Overdue" in text
        assert text.index(late.reference) < text.index(
            make(Referral.objects.exclude(pk=late.pk).get).reference
        )

    def test_narrows_by_the_address_and_exports_without_free_text(self, adviser):
        shown = make(a_referral, kind="meals", summary="Porter un repas chaud")
        hidden = make(a_referral, kind="groceries")

        page = adviser.get(PAGES + "?kind=meals&state=open&export=csv")

        text = b"".join(page.streaming_content).decode() if page.streaming else page.content.decode()
        assert shown.reference in text and hidden.reference not in text
        assert "repas chaud" not in text

    def test_keeps_the_export_to_those_who_may(self, sign_in):
        assert sign_in("alpha", "client_adviser").get(PAGES + "?export=csv").status_code == 403

    def test_shows_ones_own_alone_to_a_caretaker(self, sign_in):
        other = make(a_referral)

        assert other.reference not in sign_in("alpha", "caretaker").get(PAGES).content.decode()

    @pytest.mark.parametrize("whose", ["mine", "team", "opened"])
    def test_shows_my_work(self, adviser, whose):
        member = get_user_model().objects.get(pk=adviser.session["_auth_user_id"])
        team = make(make_team)
        agent = make(make_agent, email=member.email, team=team)
        referral = make(a_referral, by=somebody(user_id=member.pk))
        other = make(a_referral)
        make(Referral.objects.filter(pk=referral.pk).update, agent=agent)

        text = adviser.get(f"{PAGES}?whose={whose}").content.decode()

        assert referral.reference in text and other.reference not in text

    def test_costs_the_same_whatever_the_number(self, adviser, django_assert_max_num_queries):
        for _index in range(12):
            make(a_referral)

        with django_assert_max_num_queries(30):
            adviser.get(PAGES)


class TestPage:
    def test_shows_the_need_the_story_and_the_next_step(self, adviser):
        referral = make(a_referral)

        text = adviser.get(f"{PAGES}{referral.pk}/").content.decode()

        assert "Apporter des courses jeudi" in text
        assert "Take in hand" in text and "Acknowledge" in text

    def test_does_not_exist_elsewhere_nor_for_those_who_may_not_know(self, adviser, sign_in):
        assert adviser.get(f"{PAGES}{new_id()}/").status_code == 404
        violence = make(a_referral, kind="violence")
        assert adviser.get(f"{PAGES}{violence.pk}/").status_code == 404
        assert sign_in("alpha", "violence_referent").get(f"{PAGES}{violence.pk}/").status_code == 200

    def test_takes_the_steps_of_its_buttons(self, adviser):
        referral = make(a_referral)
        at = f"{PAGES}{referral.pk}/"

        assert adviser.post(at + "acknowledge/").status_code == 302
        assert adviser.post(at + "start/").status_code == 302
        assert (
            adviser.post(
                at + "step/settle/", {"settle-outcome": "provided", "settle-note": "Colis remis"}
            ).status_code
            == 302
        )

        assert (fresh(referral).state, fresh(referral).outcome) == ("settled", "provided")

    @pytest.mark.parametrize(
        ("action", "given", "said"),
        [
            ("settle", {"settle-outcome": ""}, "This field is required"),
            ("settle", {"settle-outcome": "provided", "settle-note": "diabétique"}, "not the illness"),
            ("decline", {"decline-reason": ""}, "This field is required"),
            ("withdraw", {"withdraw-reason": ""}, "This field is required"),
            ("withdraw", {"withdraw-reason": "diabétique"}, "not the illness"),
        ],
    )
    def test_says_what_is_wrong_beside_the_form(self, adviser, action, given, said):
        referral = make(a_referral)

        page = adviser.post(f"{PAGES}{referral.pk}/step/{action}/", given)

        assert page.status_code == 422
        assert said in page.content.decode()
        assert fresh(referral).state == "opened"

    def test_takes_a_confirmed_word(self, adviser):
        referral = make(a_referral)
        given = {
            "settle-outcome": "provided",
            "settle-note": "Vu avec Mme Malade",
            "settle-wording_reason": "son nom",
        }

        assert adviser.post(f"{PAGES}{referral.pk}/step/settle/", given).status_code == 302

    def test_takes_a_confirmed_word_of_a_withdrawal(self, adviser):
        referral = make(a_referral)
        given = {"withdraw-reason": "Appelé par Mme Malade", "withdraw-wording_reason": "son nom"}

        assert adviser.post(f"{PAGES}{referral.pk}/step/withdraw/", given).status_code == 302

        assert make(JournalEntry.objects.filter(kind="wording.confirmed").exists)

    def test_knows_no_other_step(self, adviser):
        assert adviser.post(f"{PAGES}{make(a_referral).pk}/step/erase/").status_code == 404

    def test_says_that_a_colleague_was_quicker(self, adviser):
        referral = make(a_referral)
        adviser.post(f"{PAGES}{referral.pk}/acknowledge/")

        page = adviser.post(f"{PAGES}{referral.pk}/acknowledge/", follow=True)

        assert "is not possible here" in page.content.decode()

    def test_gives_it_to_a_team(self, adviser):
        referral, team = make(a_referral), make(make_team)

        page = adviser.post(f"{PAGES}{referral.pk}/assign/", {"assign-whom": f"team:{team.pk}"})

        assert page.status_code == 302
        assert fresh(referral).team_id == team.pk
        assert adviser.post(f"{PAGES}{referral.pk}/assign/", {"assign-whom": ""}).status_code == 422

    def test_is_read_only_for_the_director(self, sign_in):
        referral = make(a_referral)
        director = sign_in("alpha", "director")

        assert "Take in hand" not in director.get(f"{PAGES}{referral.pk}/").content.decode()
        assert director.post(f"{PAGES}{referral.pk}/start/").status_code == 403
        assert (
            director.post(f"{PAGES}{referral.pk}/step/settle/", {"settle-outcome": "provided"}).status_code
            == 403
        )


class TestAround:
    """The search and the history tell no more than the page."""

    def test_the_search_finds_what_one_may_read_and_nothing_else(self, adviser):
        known, violence = make(a_referral), make(a_referral, kind="violence")

        pages = [
            adviser.get("/o/alpha/search/", {"q": one.reference}).content.decode()
            for one in (known, violence)
        ]

        assert f"{PAGES}{known.pk}/" in pages[0]
        assert f"{PAGES}{violence.pk}/" not in pages[1]

    def test_the_page_of_a_person_shows_what_one_may_read_and_nothing_else(self, adviser):
        person = make(a_person)
        make(a_referral, person=person, kind="violence")

        assert "Violence" not in adviser.get(f"/o/alpha/people/{person.pk}/").content.decode()

    def test_the_page_of_a_partner_counts_what_one_may_read_and_nothing_else(self, adviser):
        partner = make(a_partner)
        for kind in ("groceries", "violence"):
            make(a_referral, kind=kind, partner_id=partner.pk)

        page = adviser.get(f"/o/alpha/partners/{partner.pk}/").content.decode()

        assert "1 referral received" in page
        assert "2 referrals received" not in page

    def test_the_history_opens_to_those_who_open_the_page(self, sign_in):
        violence, other = make(a_referral, kind="violence"), make(a_referral)
        client = sign_in("alpha", "social_adviser", "administrator")

        answers = [
            client.get(f"/o/alpha/history/referrals_referral/{one.pk}/").status_code
            for one in (violence, other)
        ]

        assert answers == [404, 200]


class TestNew:
    def test_looks_for_whom_or_where(self, adviser):
        person = make(a_person, "Sarrazin", "Odette")
        make(make_residence, name="Les Sarments")

        text = adviser.get(PAGES + "new/?q=sar").content.decode()

        assert "SARRAZIN Odette" in text and "Les Sarments" in text
        assert f"new/person/{person.pk}/" in text

    def test_opens_for_a_person_once_for_one_form(self, adviser):
        person = make(a_person)
        make(a_lease, person)
        at = f"{PAGES}new/person/{person.pk}/"
        key = re.search(r'name="source_id" value="([^"]+)"', adviser.get(at).content.decode()).group(1)
        given = {
            "kind": "meals", "urgency": "urgent", "summary": "Porter un repas", "consent": "oral",
            "consent_how": "au téléphone", "source_id": key,
        }  # fmt: skip

        first, second = adviser.post(at, given), adviser.post(at, given)

        assert (first.status_code, first.url) == (302, second.url)
        referral = make(Referral.objects.get)
        assert (referral.kind, referral.urgency, referral.person_id) == ("meals", "urgent", person.pk)
        assert referral.residence_id is not None

    def test_asks_no_consent_for_a_place(self, adviser):
        residence = make(make_residence)
        at = f"{PAGES}new/residence/{residence.pk}/"

        page = adviser.post(
            at,
            {"kind": "other", "urgency": "normal", "summary": "Prêter la salle", "source_id": str(new_id())},
        )

        assert page.status_code == 302
        assert make(Referral.objects.get).consent == "not_needed"

    def test_answers_what_is_missing(self, adviser):
        person = make(a_person)

        page = adviser.post(f"{PAGES}new/person/{person.pk}/", {"kind": "", "source_id": str(new_id())})

        assert page.status_code == 422
        assert not make(Referral.objects.exists)
        assert adviser.get(f"{PAGES}new/person/{new_id()}/").status_code == 404
        assert adviser.get(f"{PAGES}new/residence/{new_id()}/").status_code == 404


class TestPanels:
    def test_stand_on_the_page_of_a_person_and_of_a_residence(self, adviser):
        person = make(a_person)
        lot = make(a_lot)
        make(a_referral, person=person, kind="meals")
        make(a_referral, person=None, lot_id=lot.pk, kind="neighbourhood")

        assert "Meals delivered" in adviser.get(f"/o/alpha/people/{person.pk}/").content.decode()
        assert (
            "Neighbourhood trouble"
            in adviser.get(f"/o/alpha/estate/residences/{lot.residence_id}/").content.decode()
        )


class TestSending:
    def test_mails_the_link(self, adviser):
        referral, partner = make(a_referral), make(a_partner)

        page = adviser.post(
            f"{PAGES}{referral.pk}/send/", {"send-partner_id": str(partner.pk), "send-sent_by": "mail"}
        )

        assert page.status_code == 302
        message = make(Delivery.objects.get)
        assert message.target == partner.email
        assert "/orientation/" not in message.body

    def test_shows_the_link_once(self, adviser):
        referral, partner = make(a_referral), make(a_partner)

        page = adviser.post(
            f"{PAGES}{referral.pk}/send/", {"send-partner_id": str(partner.pk), "send-sent_by": "shown"}
        )

        assert page.status_code == 200
        assert "/orientation/alpha:" in page.content.decode()
        assert "data:image/svg+xml" in page.content.decode()
        assert "/orientation/" not in adviser.get(f"{PAGES}{referral.pk}/").content.decode()

    def test_says_why_nothing_may_be_sent(self, adviser):
        referral, partner = make(a_referral, consent="refused"), make(a_partner)

        shown = adviser.get(f"{PAGES}{referral.pk}/").content.decode()
        page = adviser.post(
            f"{PAGES}{referral.pk}/send/", {"send-partner_id": str(partner.pk), "send-sent_by": "mail"}
        )

        assert "refuses to be handed over" in shown
        assert page.status_code == 422
        assert not make(Transmission.objects.exists)

    def test_stops_no_link_that_one_may_not_know(self, adviser):
        sent = make_link(kind="violence")

        assert adviser.post(f"{PAGES}links/{sent.transmission_id}/revoke/").status_code == 404
        assert make(Transmission.objects.get).ended_at is None

    def test_stops_a_link(self, adviser):
        sent = make_link()

        page = adviser.post(f"{PAGES}links/{sent.transmission_id}/revoke/")

        assert page.status_code == 302
        assert make(Transmission.objects.get).ended_at is not None
        assert adviser.post(f"{PAGES}links/{new_id()}/revoke/").status_code == 404


def make_link(**fields):
    def build():
        now = timezone.now()
        referral = a_referral(at=now, **fields)
        return transmitting.transmit(
            referral_id=referral.pk, partner_id=a_partner(name="CCAS de Narbonne").pk, sent_by="shown",
            by=somebody(), at=now,
        )  # fmt: skip

    return make(build)


def address(sent):
    return "/" + sent.link.split("/", 3)[3]


class TestLink:
    def test_shows_nothing_until_it_is_opened(self, client, db):
        sent = make_link(person=make(a_person, "Sarrazin", "Odette"))

        door = client.get(address(sent))

        assert door.status_code == 200
        assert "SARRAZIN" not in door.content.decode()
        assert make(Transmission.objects.get).times_read == 0
        opened = client.post(address(sent), {"action": "open"})
        assert "SARRAZIN Odette" in opened.content.decode()
        assert opened["Cache-Control"].count("no-store") == 1
        # With « no-referrer » browsers hide where a form comes from, and the form is refused.
        assert (opened["X-Robots-Tag"], opened["Referrer-Policy"]) == ("noindex, nofollow", "same-origin")
        assert make(Transmission.objects.get).times_read == 1

    def test_takes_the_answers_to_the_end(self, client, db):
        sent = make_link()

        client.post(address(sent), {"action": "acknowledge"})
        again = client.post(address(sent), {"action": "acknowledge"})
        client.post(address(sent), {"action": "start"})
        done = client.post(
            address(sent), {"action": "settle", "settle-outcome": "provided", "settle-note": "Colis remis"}
        )

        assert again.status_code == 200
        assert done.status_code == 200
        referral = make(Referral.objects.get)
        assert (referral.state, referral.acknowledged_by) == ("settled", "CCAS de Narbonne")
        after = client.post(address(sent), {"action": "open"})
        assert after.status_code == 410
        assert "Apporter des courses" not in after.content.decode()
        assert client.get(address(sent)).status_code == 410

    def test_refuses_an_unfit_or_missing_outcome(self, client, db):
        sent = make_link()

        missing = client.post(address(sent), {"action": "settle", "settle-outcome": ""})
        unfit = client.post(
            address(sent), {"action": "settle", "settle-outcome": "provided", "settle-note": "diabétique"}
        )

        assert (missing.status_code, unfit.status_code) == (422, 422)
        assert make(Referral.objects.get).state == "opened"

    def test_hands_out_the_form(self, client, db):
        page = client.post(address(make_link()), {"action": "form"})

        assert page["Content-Type"] == "application/pdf"
        assert page.content.startswith(b"%PDF-")

    @pytest.mark.parametrize("token", ["alpha:inconnu", "alpha:x:signature", "nowhere"])
    def test_knows_no_other_link(self, client, db, token):
        assert client.get(f"/orientation/{token}/").status_code == 410

    def test_shows_nothing_in_another_organisation(self, client, db):
        sent = make_link()

        assert client.get(address(sent).replace("alpha:", "beta:")).status_code == 410


class TestDistricts:
    def a_district(self):
        district = District.objects.create(code="QP011901", name="Centre")
        make_residence(district=district, city="Narbonne")
        return district

    def test_shows_each_district_even_silent(self, adviser):
        make(self.a_district)

        text = adviser.get(PAGES + "districts/").content.decode()

        assert "Narbonne, Centre" in text and "No news over this period" in text

    def test_notes_follows_and_closes(self, adviser):
        district = make(self.a_district)
        form = adviser.get(PAGES + "observations/new/").content.decode()
        key = re.search(r'name="form_key" value="([^"]+)"', form).group(1)
        given = {
            "kind": "schooling", "district_id": str(district.pk), "observed_on": timezone.localdate().isoformat(),
            "seen": "Dix enfants sans ordinateur", "people_count": "10", "form_key": key,
        }  # fmt: skip

        for _twice in range(2):
            assert adviser.post(PAGES + "observations/new/", given).status_code == 302
        noted = make(Observation.objects.get)
        at = f"{PAGES}observations/{noted.pk}/"
        followed = adviser.post(
            at + "follow/",
            {
                "follow-kind": "digital_or_school",
                "follow-urgency": "normal",
                "follow-summary": "Prêter dix tablettes",
            },
        )

        assert followed.status_code == 302
        assert "Digital access" in adviser.get(at).content.decode()
        assert adviser.post(at + "close/", {"close-note": ""}).status_code == 302
        assert fresh(noted).state == "closed"
        assert "Dix enfants" not in adviser.get(PAGES + "observations/?export=csv").getvalue().decode()

    def test_answers_what_is_missing(self, adviser):
        page = adviser.post(PAGES + "observations/new/", {"kind": "", "form_key": str(new_id())})

        assert page.status_code == 422
        assert adviser.get(f"{PAGES}observations/{new_id()}/").status_code == 404

    def test_is_not_for_the_technician_to_read_alone(self, sign_in):
        assert sign_in("alpha", "observer").get(PAGES + "districts/").status_code == 403
