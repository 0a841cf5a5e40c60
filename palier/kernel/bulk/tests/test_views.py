"""The screens: choose, see, confirm, undo; nothing is done that was not announced."""

import re

import pytest

from palier.kernel.bulk.models import BulkRun
from palier.kernel.organisations.current import open_organisation
from palier.modules.staff.models import Agent
from palier.modules.staff.tests.factories import make_agent, make_team

LIST = "/o/alpha/staff/"
DONE = "/o/alpha/done/"


@pytest.fixture
def team(db):
    """Three agents of a team at alpha, and another team to go to."""
    with open_organisation("alpha"):
        team, other = make_team(name="Équipe Nord"), make_team(name="Équipe Sud")
        agents = [make_agent(team=team) for _number in range(3)]
        return {"team": team, "other": other, "agents": agents}


def choose(client, ids, action="staff.move-to-team", **given):
    sent = {"action": action, "path": LIST, "ids": [str(one) for one in ids], **given}
    return client.post(f"{DONE}new/", sent)


def prepared(client, team, ids=None, **given):
    """A draft that moves agents to the other team; returns its address."""
    ids = [agent.pk for agent in team["agents"]] if ids is None else ids
    address = choose(client, ids, **given)["Location"]
    client.post(f"{address}fill/", {"team_id": str(team["other"].pk)})
    return address


def fingerprint(client, address):
    return re.search(r'name="fingerprint" value="(\w+)"', client.get(address).content.decode())[1]


def confirm(client, address):
    return client.post(f"{address}confirm/", {"fingerprint": fingerprint(client, address)})


def teams_of(agents):
    with open_organisation("alpha"):
        return list(
            Agent.objects.filter(pk__in=[one.pk for one in agents]).values_list("team__name", flat=True)
        )


class TestTheList:
    def test_offers_boxes_and_actions_to_those_who_may(self, sign_in, team):
        page = sign_in("alpha", "administrator").get(LIST).content.decode()

        assert page.count('name="ids"') == 3
        assert 'value="staff.move-to-team"' in page

    def test_offers_nothing_to_the_others(self, sign_in, team):
        page = sign_in("alpha", "caretaker").get(LIST).content.decode()

        assert 'name="ids"' not in page


class TestADraft:
    def test_says_what_will_change_and_changes_nothing(self, sign_in, team):
        client = sign_in("alpha", "administrator")

        page = client.get(prepared(client, team)).content.decode()

        assert "Équipe Nord" in page
        assert 'name="fingerprint"' in page
        assert teams_of(team["agents"]) == ["Équipe Nord"] * 3

    def test_asks_to_tick_when_nothing_is(self, sign_in, team):
        client = sign_in("alpha", "administrator")

        answer = choose(client, [])

        assert answer["Location"] == LIST
        with open_organisation("alpha"):
            assert not BulkRun.objects.exists()

    def test_takes_everything_that_the_filters_keep(self, sign_in, team):
        with open_organisation("alpha"):
            make_agent(last_name="Zola", team=team["team"])
        client = sign_in("alpha", "administrator")

        address = choose(client, [], everything="yes", path=f"{LIST}?q=lafont")["Location"]
        client.post(f"{address}fill/", {"team_id": str(team["other"].pk)})
        confirm(client, address)

        assert teams_of(team["agents"]) == ["Équipe Sud"] * 3
        with open_organisation("alpha"):
            assert Agent.objects.get(last_name="Zola").team.name == "Équipe Nord"


class TestConfirming:
    def test_does_what_was_announced(self, sign_in, team):
        client = sign_in("alpha", "administrator")
        address = prepared(client, team)

        answer = confirm(client, address)

        assert answer.status_code == 302
        assert teams_of(team["agents"]) == ["Équipe Sud"] * 3
        assert "Équipe Sud" in client.get(address).content.decode()
        assert address in client.get(DONE).content.decode()
