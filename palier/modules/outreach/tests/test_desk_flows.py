"""Visits, alerts, the week, the team, the scripts: each page opens, shows and saves."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from palier.modules.outreach.enums import ScriptContext
from palier.modules.outreach.models import Alert, Call, Report, Script, Visit
from palier.modules.outreach.tests.factories import add_call, add_line, make_campaign
from palier.modules.staff.tests.factories import make_agent, make_coverage

pytestmark = pytest.mark.django_db

BASE = "/o/alpha/calls/"


@pytest.fixture
def member(client, db):
    def of(*roles, email=None):
        options = {"email": email} if email else {}
        client.force_login(make_member("alpha", *roles, language="en", **options).user)
        return client

    return of


def inside(build):
    with open_organisation("alpha"):
        return build()


def call_in_hand(client, phone="+33639980001"):
    def build():
        campaign = make_campaign(starts_on=timezone.localdate())
        return add_call(add_line(campaign, phone=phone), due_on=timezone.localdate())

    inside(build)
    client.post(f"{BASE}desk/take/", {"early": "yes"})
    return inside(lambda: Call.objects.get(state="in_call"))


def ring(client, call, result="answered", **said):
    given = {"token": str(uuid4()), "result": result, "alert_level": "0", **said}
    return client.post(f"{BASE}desk/{call.pk}/save/", given)


class TestVisits:
    @pytest.fixture
    def visit(self, member):
        client = member("team_leader")
        ring(client, call_in_hand(client), "wrong_number")
        return inside(lambda: Visit.objects.get())

    def test_come_to_the_phone_of_whoever_covers_the_residence(self, member, visit):
        def cover():
            agent = make_agent(last_name="Gil", email="gil@alpha.example")
            make_coverage(agent, visit.residence)

        inside(cover)
        client = member("caretaker", email="gil@alpha.example")

        page = client.get(f"{BASE}visits/").content.decode()

        assert "Met, is well" in page
        assert "Never enter without the tenant" in page

    def test_are_settled_by_one_tap(self, member, visit):
        client = member("team_leader")

        client.post(f"{BASE}visits/{visit.pk}/met/", {"answer": "well"})

        assert inside(lambda: Visit.objects.get().state) == "met"

    def test_ask_for_a_word_when_something_is_needed(self, member, visit):
        client = member("team_leader")

        refused = client.post(f"{BASE}visits/{visit.pk}/met/", {"answer": "needs_help"})

        assert refused.status_code == 422
        assert inside(lambda: Visit.objects.get().state) == "to_visit"

    def test_go_to_the_team_leader_after_two_knocks_then_to_the_social_service(self, member, visit):
        client = member("team_leader")
        client.post(f"{BASE}visits/{visit.pk}/nobody/")
        inside(lambda: Visit.objects.update(last_knock_at=None))
        client.post(f"{BASE}visits/{visit.pk}/nobody/")

        response = client.post(f"{BASE}visits/{visit.pk}/hand-over/", {"note": "Volets fermés depuis lundi"})

        assert response.status_code == 302
        assert inside(lambda: Visit.objects.get().state) == "handed_over"

    def test_unknown_answers_not_found(self, member):
        assert member("team_leader").post(f"{BASE}visits/{uuid4()}/nobody/").status_code == 404


class TestAlerts:
    @pytest.fixture
    def alert(self, member):
        client = member("team_leader")
        ring(client, call_in_hand(client), alert_level="3", note="Ne répond plus à la porte")
        return inside(lambda: Alert.objects.get())

    def test_are_taken_then_closed_with_what_was_done(self, member, alert):
        client = member("team_leader")

        page = client.get(f"{BASE}alerts/").content.decode()
        client.post(f"{BASE}alerts/{alert.pk}/take/")
        empty = client.post(f"{BASE}alerts/{alert.pk}/close/", {"note": ""})
        client.post(f"{BASE}alerts/{alert.pk}/close/", {"note": "Sa fille est passée"})

        assert "I take it" in page
        assert empty.status_code == 422
        assert inside(lambda: Alert.objects.get().state) == "closed"
        assert "Sa fille est passée" in client.get(f"{BASE}alerts/?closed=1").content.decode()

    def test_show_what_to_dial_at_level_three(self, member, alert):
        page = member("team_leader").get(f"{BASE}alerts/{alert.pk}/").content.decode()

        assert "112" in page

    def test_are_closed_to_callers(self, member):
        assert member("client_adviser").get(f"{BASE}alerts/").status_code == 403


class TestWeek:
    def test_tells_what_became_of_a_need(self, member):
        client = member("client_adviser")
        ring(client, call_in_hand(client), needs=["groceries"], consent="oral", note="Deux sacs à monter")

        page = client.get(f"{BASE}week/").content.decode()

        assert "Deux sacs à monter" in page
        assert "Waiting for an acknowledgement" in page

    def test_and_a_hard_call_are_the_callers_own(self, member):
        client = member("client_adviser", email="anne@alpha.example")
        ring(client, call_in_hand(client), note="Une conversation", is_hard="on", pause="yes")
        asked = client.get(f"{BASE}desk/").content.decode()

        colleague = member("client_adviser", email="zoe@alpha.example")

        assert "desk-debrief" in asked
        assert "Une conversation" not in colleague.get(f"{BASE}week/").content.decode()
        assert "desk-debrief" not in colleague.get(f"{BASE}desk/").content.decode()


class TestTeam:
    def test_shows_who_calls_and_takes_a_household_back(self, member):
        client = member("team_leader")
        call = call_in_hand(client)

        page = client.get(f"{BASE}team/").content.decode()
        client.post(f"{BASE}team/calls/{call.pk}/take-back/")

        assert "Calling" in page
        assert inside(lambda: Call.objects.get(pk=call.pk).state) == "waiting"

    def test_answers_nothing_while_nothing_changes(self, member):
        client = member("team_leader")
        first = client.get(f"{BASE}team/live/")

        with CaptureQueriesContext(connection) as queries:
            again = client.get(f"{BASE}team/live/", headers={"If-None-Match": first.headers["ETag"]})

        assert again.status_code == 304
        ours = [one for one in queries if "outreach_" in one["sql"]]
        assert len(ours) == 1

    def test_gives_the_calls_of_one_to_another(self, member):
        client = member("team_leader")

        def build():
            first, second = make_agent(last_name="Roux"), make_agent(last_name="Vidal")
            campaign = make_campaign(callers=[first, second], starts_on=timezone.localdate())
            for number in range(3):
                line = add_line(campaign, phone=f"+3363998001{number}", caller=first)
                add_call(line, due_on=timezone.localdate())
            return first, second

        first, second = inside(build)
        page = client.get(f"{BASE}team/callers/{first.pk}/").content.decode()
        client.post(f"{BASE}team/callers/{first.pk}/reassign/", {"to": str(second.pk), "how_many": 2})

        assert "3 calls wait" in page
        assert inside(lambda: Call.objects.filter(caller=second).count()) == 2

    def test_shows_who_wishes_to_talk(self, member):
        client = member("team_leader")
        ring(client, call_in_hand(client), is_hard="on")
        report = inside(lambda: Report.objects.get())
        client.post(f"{BASE}debriefs/{report.pk}/", {"wanted": "yes"})

        page = client.get(f"{BASE}team/").content.decode()
        client.post(f"{BASE}team/debriefs/{report.pk}/")

        assert "wishes to talk about a hard call" in page
        assert inside(lambda: Report.objects.get().debrief) == "held"


class TestScripts:
    URL = f"{BASE}scripts/courtesy/fr/"

    @pytest.mark.parametrize("context", ScriptContext.values)
    def test_each_opens_with_an_example(self, member, context):
        page = member("team_leader").get(f"{BASE}scripts/{context}/fr/").content.decode()

        assert "Mme Durand" in page

    def test_a_change_is_a_new_version(self, member):
        client = member("team_leader")
        said = {"body": "Bonjour, ici {appelant} de {bailleur}.", "voicemail": "Rappel.", "seen_version": 0}

        client.post(self.URL, said)

        assert inside(lambda: Script.objects.get().version) == 1

    def test_an_unknown_variable_is_refused_by_name(self, member):
        said = {"body": "Bonjour {nom}.", "voicemail": "Rappel.", "seen_version": 0}

        response = member("team_leader").post(self.URL, said)

        assert response.status_code == 422
        assert "{nom}" in response.content.decode()
        assert inside(lambda: Script.objects.count()) == 0

    def test_two_writers_do_not_overwrite_each_other(self, member):
        client = member("team_leader")
        said = {"body": "Bonjour {appelant}.", "voicemail": "Rappel.", "seen_version": 0}
        client.post(self.URL, said)

        response = client.post(self.URL, {**said, "body": "Bonsoir {appelant}."})

        assert response.status_code == 422
        assert inside(lambda: Script.objects.get().body) == "Bonjour {appelant}."

    def test_of_an_unknown_situation_is_not_found(self, member):
        assert member("team_leader").get(f"{BASE}scripts/nonsense/fr/").status_code == 404


class TestManyAtOnce:
    def test_gives_calls_to_a_caller_leaves_those_in_hand_and_undoes_it(self, alpha, actor):
        from palier.modules.outreach.bulk import ReassignCalls
        from palier.modules.outreach.services import reporting
        from palier.modules.outreach.tests.factories import AT

        first, second = make_agent(last_name="Roux"), make_agent(last_name="Vidal")
        campaign = make_campaign(lines=3, callers=[first, second])
        Call.objects.filter(campaign=campaign).update(caller=first)
        held = Call.objects.order_by("pk").first()
        Call.objects.filter(pk=held.pk).update(
            state="in_call", leased_by_id=uuid4(), leased_by_name="X", leased_until=AT
        )
        action, params = ReassignCalls(), {"agent": str(second.pk)}

        planned = list(action.plan(params, by=actor, at=AT))
        action.apply([call.pk for call in planned], params, by=actor, at=AT)
        given = Call.objects.filter(caller=second).count()
        reporting.give_calls_back(callers={call.pk: first.pk for call in planned}, by=actor, at=AT)

        assert len(planned) == 3
        assert given == 2
        assert Call.objects.filter(caller=first).count() == 3

    def test_lists_open_with_their_boxes(self, member):
        client = member("team_leader")
        call_in_hand(client)

        assert client.get(f"{BASE}team/calls/").status_code == 200
        assert client.get(f"{BASE}team/visits/").status_code == 200
