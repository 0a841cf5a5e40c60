"""Many agents, or many coverages, at once: what is announced, what is done, what is put back."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from palier.kernel.bulk.testing import Bulk
from palier.modules.estate.tests.factories import make_residence
from palier.modules.staff.models import Agent, AgentSkill, Coverage, TeamHours, TeamHoursSlot, UsualWeek
from palier.modules.staff.tests.factories import make_agent, make_coverage, make_team, make_week

pytestmark = pytest.mark.django_db
WORKED = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "field")
WEEK = {**WORKED, "saturday": "off", "sunday": "off"}


@pytest.fixture
def bulk(alpha, actor):
    return Bulk(actor, timezone.now())


def teams(*agents):
    return [Agent.objects.get(pk=one.pk).team_id for one in agents]


class TestMovingToATeam:
    def test_leaves_those_who_left_and_those_who_are_there(self, bulk):
        north, south = make_team(), make_team()
        moved, there = make_agent(team=north), make_agent(team=south)
        left = make_agent(team=north, active_until=bulk.today - timedelta(days=1))

        run = bulk.run("staff.move-to-team", [moved, there, left], team_id=south.pk)

        assert (run.applied, run.unchanged, run.refused) == (1, 1, 1)
        assert teams(moved, there, left) == [south.pk, south.pk, north.pk]

    def test_is_undone(self, bulk):
        north, south = make_team(), make_team()
        first, alone = make_agent(team=north), make_agent()
        run = bulk.run("staff.move-to-team", [first, alone], team_id=south.pk)

        undone = bulk.undo(run)

        assert undone.applied == 2
        assert teams(first, alone) == [north.pk, None]

    def test_leaves_what_somebody_changed_since(self, bulk):
        north, south, east = make_team(), make_team(), make_team()
        first, second = make_agent(team=north), make_agent(team=north)
        run = bulk.run("staff.move-to-team", [first, second], team_id=south.pk)
        Agent.objects.filter(pk=second.pk).update(team=east)

        undone = bulk.undo(run)

        assert (undone.applied, undone.refused) == (1, 1)
        assert teams(first, second) == [north.pk, east.pk]


class TestTheUsualWeek:
    def test_is_set_and_taken_back(self, bulk):
        known, unknown = make_agent(), make_agent()
        make_week(known, monday="telework")

        run = bulk.run("staff.set-usual-week", [known, unknown], **WEEK)

        assert set(UsualWeek.objects.values_list("monday", flat=True)) == {"field"}
        bulk.undo(run)
        assert UsualWeek.objects.get(agent=known).monday == "telework"
        assert not UsualWeek.objects.filter(agent=unknown).exists()


class TestASkill:
    def test_is_added_or_prolonged_and_taken_back(self, bulk):
        had, new = make_agent(), make_agent()
        bulk.run("staff.add-skill", [had], label="Habilitation B0", valid_until=date(2027, 1, 1))

        run = bulk.run("staff.add-skill", [had, new], label="Habilitation B0", valid_until=date(2029, 1, 1))

        assert set(AgentSkill.objects.values_list("valid_until", flat=True)) == {date(2029, 1, 1)}
        bulk.undo(run)
        assert list(AgentSkill.objects.values_list("agent", "valid_until")) == [(had.pk, date(2027, 1, 1))]


class TestHandingOver:
    def given(self, bulk, other, how="period", days=10):
        last = bulk.today + timedelta(days=days) if how == "period" else None
        return {"agent_id": other.pk, "how": how, "start_on": bulk.today, "last_day": last}

    def test_for_some_days_makes_deputies_and_keeps_the_holder(self, bulk):
        away, other = make_agent(), make_agent()
        coverages = [make_coverage(away, make_residence()) for _number in range(3)]

        run = bulk.run("staff.hand-over", coverages, **self.given(bulk, other))

        made = Coverage.objects.filter(agent=other)
        assert run.applied == 3
        assert set(made.values_list("rank", "end_on")) == {("deputy", bulk.today + timedelta(days=11))}
        assert Coverage.objects.filter(agent=away, end_on__isnull=True).count() == 3

    def test_for_good_ends_one_and_begins_the_other(self, bulk):
        away, other = make_agent(), make_agent()
        coverage = make_coverage(away, make_residence())

        bulk.run("staff.hand-over", [coverage], **self.given(bulk, other, "good"))

        coverage.refresh_from_db()
        assert coverage.end_on == bulk.today
        assert Coverage.objects.get(agent=other).rank == "holder"

    @pytest.mark.parametrize("how", ["period", "good"])
    def test_is_undone(self, bulk, how):
        away, other = make_agent(), make_agent()
        coverages = [make_coverage(away, make_residence()) for _number in range(2)]
        run = bulk.run("staff.hand-over", coverages, **self.given(bulk, other, how))

        undone = bulk.undo(run)

        assert undone.applied == 2
        assert set(Coverage.objects.values_list("agent", "end_on")) == {(away.pk, None)}

    def test_says_who_is_there_already(self, bulk):
        away, other = make_agent(), make_agent()
        residence = make_residence()
        coverage = make_coverage(away, residence)
        make_coverage(other, residence, rank="second")

        preview = bulk.preview("staff.hand-over", [coverage], **self.given(bulk, other))

        assert (preview.change, preview.refused_count) == (0, 1)

    def test_gives_one_place_once(self, bulk):
        away, second, other = make_agent(), make_agent(), make_agent()
        residence = make_residence()
        coverages = [make_coverage(second, residence, rank="second"), make_coverage(away, residence)]

        run = bulk.run("staff.hand-over", coverages, **self.given(bulk, other, "good"))

        assert (run.applied, run.refused) == (1, 1)
        assert Coverage.objects.get(agent=other).rank == "holder"


class TestHoursOfTeams:
    def given(self, bulk):
        return {
            "kind": "adapted", "start_on": bulk.today, "last_day": None, "days": ["0", "1"], "note": "",
            "first_start": time(7), "first_end": time(13), "second_start": None, "second_end": None,
        }  # fmt: skip

    def test_are_given_where_there_are_none_and_taken_away(self, bulk):
        first, second, busy = make_team(), make_team(), make_team()
        TeamHours.objects.create(team=busy, kind="adapted", start_on=bulk.today)

        run = bulk.run("staff.set-team-hours", [first, second, busy], **self.given(bulk))

        assert (run.applied, run.refused) == (2, 1)
        assert TeamHoursSlot.objects.count() == 4
        bulk.undo(run)
        assert list(TeamHours.objects.values_list("team", flat=True)) == [busy.pk]
