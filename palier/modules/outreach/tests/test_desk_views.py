"""The desk's pages: what they show, what they save, what they cost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from palier.modules.outreach.models import Attempt, Call, Line, LineMember, Report
from palier.modules.outreach.tests.factories import add_call, add_line, make_campaign
from palier.modules.people.tests.factories import a_lease, a_person

pytestmark = pytest.mark.django_db

DESK = "/o/alpha/calls/desk/"


@pytest.fixture
def adviser(client, db):
    """An adviser who reads English: these tests look for the words of the sources."""
    client.force_login(make_member("alpha", "client_adviser", language="en").user)
    return client


def households(number=1, **given):
    with open_organisation("alpha"):
        campaign = make_campaign(starts_on=timezone.localdate(), **given)
        for index in range(1, number + 1):
            add_call(
                add_line(campaign, phone=f"+3363998{index:04d}", score=100 - index),
                due_on=timezone.localdate(),
            )
        return campaign


def taken(client):
    client.post(f"{DESK}take/", {"early": "yes"})
    with open_organisation("alpha"):
        return Call.objects.filter(state="in_call").first()


def answer(client, call, **said):
    given = {"token": str(uuid4()), "result": "answered", "alert_level": "0", **said}
    return client.post(f"{DESK}{call.pk}/save/", given)


def count(model, **wanted):
    with open_organisation("alpha"):
        return model.objects.filter(**wanted).count()


class TestDesk:
    def test_takes_nothing_by_looking(self, adviser):
        households()

        page = adviser.get(DESK)

        assert page.status_code == 200
        assert count(Call, state="in_call") == 0

    def test_shows_whom_to_ask_for_what_to_say_and_the_anti_fraud_sentence(self, adviser):
        households()
        taken(adviser)

        page = adviser.get(DESK).content.decode()

        assert "06 39 98 00 01" in page.replace("\u202f", " ").replace("\xa0", " ")
        assert 'href="tel:+33639980001"' in page
        assert "coordonnées bancaires" in page
        assert "{" not in page.split("desk-text")[1].split("</details>")[0]

    def test_shows_what_to_leave_on_a_voicemail(self, adviser):
        households()
        taken(adviser)

        page = adviser.get(DESK).content.decode()

        assert "pour prendre de vos nouvelles" in page.split("On a voicemail")[1].split("</details>")[0]

    def test_says_the_last_contact_as_it_is_today(self, adviser):
        households()
        with open_organisation("alpha"):
            Line.objects.update(last_reached_at=timezone.now() - timedelta(days=3))
            LineMember.objects.update(reasons=[{"code": "days_without_contact", "days": 40}])
        taken(adviser)

        page = adviser.get(DESK).content.decode()

        assert "no contact for 3 days" in page
        assert "40 days" not in page

    def test_saves_and_takes_the_next_in_one_request(self, adviser):
        households(2)
        call = taken(adviser)

        response = answer(adviser, call, wellbeing="well")

        assert response.status_code == 302
        with open_organisation("alpha"):
            assert Call.objects.get(pk=call.pk).state == "reached"
            assert Call.objects.get(state="in_call").pk != call.pk

    def test_says_what_is_missing_and_keeps_what_was_typed(self, adviser):
        households()
        call = taken(adviser)

        response = answer(adviser, call, needs=["groceries"], note="Deux sacs")

        page = response.content.decode()
        assert response.status_code == 422
        assert "Say whether the person agrees" in page
        assert "Deux sacs" in page
        assert count(Attempt) == 0

    def test_refuses_a_medical_word_and_offers_to_say_why(self, adviser):
        households()

        response = answer(adviser, taken(adviser), note="Elle a un cancer")

        assert response.status_code == 422
        assert "wording_reason" in response.content.decode()

    def test_keeps_what_is_typed_for_a_reload(self, adviser):
        households()
        call = taken(adviser)

        kept = adviser.post(f"{DESK}{call.pk}/keep/", {"note": "Passer après 17 h", "result": "answered"})

        assert kept.status_code == 200
        assert "Passer après 17 h" in adviser.get(DESK).content.decode()

    def test_tells_a_page_whose_household_went_to_somebody_else(self, adviser):
        households()
        call = taken(adviser)
        with open_organisation("alpha"):
            Call.objects.filter(pk=call.pk).update(leased_by_id=uuid4(), leased_by_name="Zoé Petit")

        lost = adviser.post(f"{DESK}{call.pk}/keep/", {"note": "x"})
        saved = answer(adviser, call, note="Tout va bien")

        assert lost.status_code == 409
        assert "Zoé Petit" in lost.json()["lost"]
        assert saved.status_code == 302
        assert count(Report, note="Tout va bien") == 1

    def test_shows_again_a_faulty_form_whose_household_is_gone(self, adviser):
        households()
        call = taken(adviser)
        with open_organisation("alpha"):
            Call.objects.filter(pk=call.pk).update(leased_by_id=uuid4(), leased_by_name="Zoé Petit")

        response = answer(adviser, call, needs=["groceries"], note="Deux sacs")

        assert response.status_code == 422
        assert "Deux sacs" in response.content.decode()

    def test_shortens_the_lease_of_a_page_that_closes(self, adviser):
        households()
        call = taken(adviser)

        assert adviser.post(f"{DESK}{call.pk}/leave/").status_code == 204
        with open_organisation("alpha"):
            assert (Call.objects.get(pk=call.pk).leased_until - timezone.now()).total_seconds() < 61

    def test_gives_back_and_skips(self, adviser):
        households(2)
        first = taken(adviser)
        adviser.post(f"{DESK}{first.pk}/skip/", {"reason": "later"})
        with open_organisation("alpha"):
            second = Call.objects.get(state="in_call")
        adviser.post(f"{DESK}{second.pk}/give-back/")

        assert first.pk != second.pk
        assert count(Call, state="in_call") == 0

    def test_asks_about_a_hard_call_and_tells_nobody_otherwise(self, adviser):
        households()
        answer(adviser, taken(adviser), is_hard="on")

        page = adviser.get(DESK).content.decode()
        with open_organisation("alpha"):
            report = Report.objects.get()
        adviser.post(f"/o/alpha/calls/debriefs/{report.pk}/", {"wanted": "yes"})

        assert "Do you wish to talk about it?" in page
        assert count(Report, debrief="wanted") == 1

    def test_unknown_ids_answer_not_found(self, adviser):
        for path in ("save/", "keep/", "skip/", "give-back/"):
            assert (
                adviser.post(
                    f"{DESK}{uuid4()}/{path}", {"token": uuid4(), "result": "busy", "reason": "later"}
                ).status_code
                == 404
            )
        assert adviser.get(f"{DESK}{uuid4()}/").status_code == 404

    def test_is_closed_to_those_who_do_not_call(self, client):
        client.force_login(make_member("alpha", "caretaker").user)

        assert client.get(DESK).status_code == 403

    def test_costs_as_many_queries_for_a_large_household_as_for_a_small_one(self, adviser):
        households()
        taken(adviser)
        with CaptureQueriesContext(
            connection,
        ) as one:
            adviser.get(DESK)
        assert len(one) <= 34, [query["sql"][:90] for query in one]


class TestIncoming:
    def test_finds_a_household_by_its_number_in_any_form_and_writes_on_its_line(self, adviser):
        households()
        with open_organisation("alpha"):
            line = Line.objects.get()

        page = adviser.get("/o/alpha/calls/inbound/", {"q": "06.39.98 00-01"}).content.decode()
        begun = adviser.post(f"/o/alpha/calls/inbound/lines/{line.pk}/")

        assert "Write the conversation" in page
        assert begun.url.endswith("?direction=inbound")
        assert 'value="inbound"' in adviser.get(begun.url).content.decode()

    def test_shows_the_last_calls_and_what_is_open(self, adviser):
        households()
        answer(
            adviser,
            taken(adviser),
            needs=["groceries"],
            consent="oral",
            note="Deux sacs à monter",
            pause="yes",
        )

        page = adviser.get("/o/alpha/calls/inbound/", {"q": "0639980001"}).content.decode()

        assert "Deux sacs à monter" in page
        assert "Groceries" in page

    def test_comes_before_the_call_in_hand_which_waits_behind(self, adviser):
        households(2)
        first = taken(adviser)
        with open_organisation("alpha"):
            line = Line.objects.exclude(pk=first.line_id).get()
        begun = adviser.post(f"/o/alpha/calls/inbound/lines/{line.pk}/").url
        second = begun.split("/desk/")[1].split("/")[0]

        adviser.post(
            f"{DESK}{second}/save/", {"token": str(uuid4()), "result": "answered", "direction": "inbound"}
        )

        with open_organisation("alpha"):
            assert Call.objects.get(state="in_call").pk == first.pk
            assert Attempt.objects.get().direction == "inbound"

    def test_falls_back_on_the_name(self, adviser):
        with open_organisation("alpha"):
            a_lease(a_person("Lefèvre", "Zoé"))

        assert "LEFÈVRE Zoé" in adviser.get("/o/alpha/calls/inbound/", {"q": "lefevre"}).content.decode()

    def test_of_a_stranger_offers_to_search_then_create(self, adviser):
        page = adviser.get("/o/alpha/calls/inbound/", {"q": "01 99 00 99 99"}).content.decode()

        assert "Search, then create" in page

    def test_adds_to_a_campaign_whoever_is_in_none(self, adviser):
        campaign = households()
        with open_organisation("alpha"):
            person = a_person("Lefèvre", "Zoé", birth_on="1940-01-01")
            a_lease(person)
            from palier.modules.people.tests.factories import a_phone

            a_phone(person, "+33639980777")

        response = adviser.post(
            f"/o/alpha/calls/inbound/persons/{person.pk}/add/", {"campaign": str(campaign.pk)}
        )

        assert "/desk/" in response.url
        assert count(Line, members__person=person, calls__state="in_call") == 1
