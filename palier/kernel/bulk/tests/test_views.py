"""The screens: choose, see, confirm, undo; nothing is done that was not announced."""

import re

import fastexcel
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

    def test_shows_the_new_preview_when_the_numbers_changed(self, sign_in, team):
        client = sign_in("alpha", "administrator")
        address = prepared(client, team)
        seen = fingerprint(client, address)
        with open_organisation("alpha"):
            Agent.objects.filter(pk=team["agents"][0].pk).update(team=team["other"])

        answer = client.post(f"{address}confirm/", {"fingerprint": seen})

        assert answer.status_code == 422
        assert 'name="fingerprint"' in answer.content.decode()
        assert sorted(teams_of(team["agents"])) == ["Équipe Nord", "Équipe Nord", "Équipe Sud"]

    def test_twice_is_once(self, sign_in, team):
        client = sign_in("alpha", "administrator")
        address = prepared(client, team)
        sent = {"fingerprint": fingerprint(client, address)}

        first, second = (client.post(f"{address}confirm/", sent) for _twice in range(2))

        assert first["Location"] == second["Location"] == address
        with open_organisation("alpha"):
            assert BulkRun.objects.count() == 1

    def test_is_nobody_elses(self, sign_in, client, team):
        address = prepared(sign_in("alpha", "administrator"), team)
        sign_in("alpha", "administrator")

        assert client.get(address).status_code == 404
        assert client.post(f"{address}confirm/", {"fingerprint": "x"}).status_code == 404


class TestRefusals:
    def test_keep_out_those_without_the_right(self, sign_in, team):
        client = sign_in("alpha", "caretaker")

        assert choose(client, [team["agents"][0].pk]).status_code == 403

    @pytest.mark.parametrize("sent", [{"action": "staff.dismiss"}, {"ids": ["not-an-id"]}])
    def test_know_nothing_of_what_does_not_exist(self, sign_in, team, sent):
        client = sign_in("alpha", "administrator")
        given = {"action": "staff.move-to-team", "path": LIST, "ids": [str(team["agents"][0].pk)], **sent}

        assert client.post(f"{DONE}new/", given).status_code == 404

    def test_never_lead_to_another_site(self, sign_in, team):
        client = sign_in("alpha", "administrator")

        assert choose(client, [], path="https://ailleurs.example/")["Location"] == DONE
        assert choose(client, [], path="//ailleurs.example/")["Location"] == DONE

    def test_take_everything_only_of_a_list_of_the_action(self, sign_in, team):
        client = sign_in("alpha", "administrator")
        address = choose(client, [], everything="yes", path="/o/alpha/estate/")["Location"]

        assert client.get(address).status_code == 404

    def test_show_the_form_again_with_its_errors(self, sign_in, team):
        client = sign_in("alpha", "administrator")
        address = choose(client, [team["agents"][0].pk])["Location"]

        answer = client.post(f"{address}fill/", {"team_id": "elsewhere"})

        assert answer.status_code == 422
        assert "field-wrong" in answer.content.decode()


class TestAfterwards:
    def test_undoing_is_previewed_then_done_and_listed(self, sign_in, team):
        client = sign_in("alpha", "administrator")
        address = prepared(client, team)
        confirm(client, address)

        draft = client.post(f"{address}undo/")["Location"]
        confirm(client, draft)

        assert teams_of(team["agents"]) == ["Équipe Nord"] * 3
        page = client.get(DONE).content.decode()
        assert draft in page
        assert address in page

    def test_rows_left_are_a_file(self, sign_in, team):
        with open_organisation("alpha"):
            Agent.objects.filter(pk=team["agents"][0].pk).update(active_until="2026-01-01")
        client = sign_in("alpha", "administrator")
        address = prepared(client, team)
        confirm(client, address)

        answer = client.get(f"{address}left.csv")

        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert "Lafont" in lines[1]

    @pytest.mark.parametrize("extension", ["xlsx", "ods"])
    def test_rows_left_are_a_workbook_that_opens(self, sign_in, team, extension):
        with open_organisation("alpha"):
            Agent.objects.filter(pk=team["agents"][0].pk).update(active_until="2026-01-01")
        client = sign_in("alpha", "administrator")
        address = prepared(client, team)
        confirm(client, address)

        answer = client.get(f"{address}left.{extension}")

        ((label, why),) = (
            fastexcel.read_excel(b"".join(answer.streaming_content)).load_sheet(0).to_polars().rows()
        )
        assert "Lafont" in label
        assert why
        assert f"{address}left.{extension}" in client.get(address).content.decode()

    def test_rows_left_are_no_other_kind_of_file(self, sign_in, team):
        client = sign_in("alpha", "administrator")
        address = prepared(client, team)
        confirm(client, address)

        assert client.get(f"{address}left.exe").status_code == 404

    def test_everybodys_is_for_those_who_may(self, sign_in, client, team):
        address = prepared(sign_in("alpha", "administrator"), team)
        confirm(client, address)

        assert address in sign_in("alpha", "director").get(f"{DONE}?who=everybody").content.decode()
        assert address not in sign_in("alpha", "director").get(DONE).content.decode()
        assert address not in sign_in("alpha", "caretaker").get(f"{DONE}?who=everybody").content.decode()

    def test_the_list_costs_as_much_for_twenty_acts_as_for_one(
        self, sign_in, team, django_assert_max_num_queries
    ):
        client = sign_in("alpha", "administrator")
        confirm(client, prepared(client, team, [team["agents"][0].pk]))
        with open_organisation("alpha"):
            first = BulkRun.objects.get()
            for _number in range(19):
                BulkRun.objects.create(
                    action=first.action, state="done", params={}, applied=1, by_id=first.by_id,
                    by_name="X", created_at=first.created_at, confirmed_at=first.confirmed_at,
                )  # fmt: skip

        with django_assert_max_num_queries(22):
            client.get(DONE)
