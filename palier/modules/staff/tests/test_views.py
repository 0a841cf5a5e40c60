"""The screens: they open, they save one tap, they tell about a conflict, they ask for the right."""

from datetime import timedelta

import pytest
from django.utils import timezone

from palier.kernel.organisations.current import open_organisation
from palier.modules.estate.tests.factories import make_agency, make_residence
from palier.modules.staff.models import Agent, Coverage, PlannedLeave, Presence
from palier.modules.staff.tests.factories import (
    make_agent,
    make_coverage,
    make_presence,
    make_team,
    make_week,
)

BASE = "/o/alpha/staff/"


@pytest.fixture
def some(db):
    """A team of two at alpha, a residence that the first one holds."""
    with open_organisation("alpha"):
        agency = make_agency()
        team = make_team(agency=agency)
        first = make_agent(team=team, agency=agency, last_name="Abadie", phone="+33639981234")
        second = make_agent(team=team, agency=agency, last_name="Zaoui")
        make_week(first, **dict.fromkeys(("monday", "saturday", "sunday"), "field"))
        residence = make_residence(agency=agency, name="Résidence du Gué")
        make_coverage(first, residence)
        today = timezone.localdate()
        make_presence(first, today - timedelta(days=1), "field")
        return {"team": team, "first": first, "second": second, "residence": residence, "today": today}


def tap(client, some, **given):
    url = f"{BASE}presence/agents/{some['second'].pk}/{some['today']}/"
    return client.post(url, {"version": "0", "current": "unknown", **given}, headers={"HX-Request": "true"})


class TestPages:
    def test_each_page_opens(self, sign_in, some):
        client = sign_in("alpha", "administrator")
        pages = [
            "", "new/", f"agents/{some['first'].pk}/", f"agents/{some['first'].pk}/change/",
            f"agents/{some['first'].pk}/week/", f"agents/{some['first'].pk}/departure/", "teams/",
            f"teams/{some['team'].pk}/", f"teams/{some['team'].pk}/hours/", "presence/",
            f"presence/{some['team'].pk}/", f"presence/{some['team'].pk}/?source=yesterday", "coverage/",
            "coverage/new/", "gaps/", "?export=csv", "coverage/?export=xlsx",
        ]  # fmt: skip
        for page in pages:
            answer = client.get(BASE + page)
            assert answer.status_code == 200, page

    def test_presence_is_hidden_from_those_without_the_right(self, sign_in, some):
        client = sign_in("alpha", "caretaker")

        assert client.get(BASE + "presence/").status_code == 403
        assert tap(client, some, state="field").status_code == 403

    def test_another_organisation_finds_nothing(self, sign_in, some):
        client = sign_in("beta", "administrator")

        assert client.get(f"/o/beta/staff/agents/{some['first'].pk}/").status_code == 404
        assert client.get(BASE).status_code in (403, 404)


class TestOneTap:
    def test_saves_at_once_and_answers_the_line(self, sign_in, some):
        answer = tap(sign_in("alpha", "team_leader"), some, state="telework")

        assert answer.status_code == 200
        assert 'data-state="telework"' in answer.content.decode()
        with open_organisation("alpha"):
            assert Presence.objects.get(agent=some["second"]).state == "telework"

    def test_tells_who_was_quicker_and_keeps_their_word(self, sign_in, some):
        client = sign_in("alpha", "team_leader")
        with open_organisation("alpha"):
            make_presence(some["second"], some["today"], "absent", recorded_by="Nadia Roche")

        answer = tap(client, some, state="field")

        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Nadia Roche" in page
        assert 'data-state="absent"' in page
        with open_organisation("alpha"):
            assert Presence.objects.get(agent=some["second"], day=some["today"]).state == "absent"

    def test_says_that_somebody_cannot_be_reached_without_changing_the_state(self, sign_in, some):
        client = sign_in("alpha", "team_leader")
        tap(client, some, state="field")

        tap(client, some, version="1", current="field", set_reachable="no")

        with open_organisation("alpha"):
            row = Presence.objects.get(agent=some["second"], day=some["today"])
        assert (row.state, row.reachable, row.version) == ("field", False, 2)

    def test_works_without_htmx(self, sign_in, some):
        url = f"{BASE}presence/agents/{some['second'].pk}/{some['today']}/"

        answer = sign_in("alpha", "team_leader").post(url, {"version": "0", "state": "on_site"})

        assert answer.status_code == 302

    def test_leads_nowhere_else_than_to_this_site(self, sign_in, some):
        url = f"{BASE}presence/agents/{some['second'].pk}/{some['today']}/"
        posted = {"version": "0", "state": "on_site", "back": "https://elsewhere.example/"}

        answer = sign_in("alpha", "team_leader").post(url, posted)

        assert answer.headers["Location"].endswith("/staff/presence/")

    def test_fills_the_rest_of_the_team(self, sign_in, some):
        client = sign_in("alpha", "team_leader")

        client.post(
            f"{BASE}presence/{some['team'].pk}/fill/", {"day": str(some["today"]), "source": "yesterday"}
        )

        with open_organisation("alpha"):
            assert list(Presence.objects.filter(day=some["today"]).values_list("agent_id", "state")) == [
                (some["first"].pk, "field")
            ]


class TestChanges:
    def test_a_substitute_stands_in(self, sign_in, some):
        client = sign_in("alpha", "team_leader")
        with open_organisation("alpha"):
            make_presence(some["first"], some["today"], "absent")
            make_presence(some["second"], some["today"], "field")
        assert "Zaoui" in client.get(BASE + "gaps/").content.decode()

        client.post(
            BASE + "gaps/stand-in/",
            {"agent": str(some["second"].pk), "residence": str(some["residence"].pk), "role": "caretaker"},
        )

        with open_organisation("alpha"):
            deputy = Coverage.objects.get(agent=some["second"])
        assert (deputy.rank, deputy.start_on, deputy.end_on) == (
            "deputy", some["today"], some["today"] + timedelta(days=1),
        )  # fmt: skip
        assert "Résidence du Gué" not in client.get(BASE + "gaps/").content.decode()

    def test_notes_a_leave_without_asking_why(self, sign_in, some):
        client = sign_in("alpha", "human_resources")
        url = f"{BASE}agents/{some['first'].pk}/leaves/"

        client.post(url, {"leave-start_on": "2027-01-04", "leave-last_day": "2027-01-08"})

        with open_organisation("alpha"):
            leave = PlannedLeave.objects.get()
        assert (str(leave.start_on), str(leave.end_on)) == ("2027-01-04", "2027-01-09")

    def test_shows_the_page_again_with_what_is_wrong(self, sign_in, some):
        client = sign_in("alpha", "human_resources")
        url = f"{BASE}agents/{some['first'].pk}/equipment/"

        answer = client.post(
            url,
            {
                "equipment-kind": "laptop",
                "equipment-label": "garde d’enfants",
                "equipment-given_on": "2026-01-04",
            },
        )

        assert answer.status_code == 422
        assert "garde d enfants" in answer.content.decode()

    def test_registers_somebody_new(self, sign_in, some):
        client = sign_in("alpha", "human_resources")

        answer = client.post(
            BASE + "new/",
            {"reference": "N1", "last_name": "Nouvel", "job": "cleaner", "active_from": "2026-11-01"},
        )

        assert answer.status_code == 302
        with open_organisation("alpha"):
            assert Agent.objects.get(reference="N1").job == "cleaner"
