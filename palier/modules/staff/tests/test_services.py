"""Presence, coverage, hours and what is never stored."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed, NotFound
from palier.modules.estate.tests.factories import make_agency, make_residence
from palier.modules.staff.models import Coverage, Equipment, Presence, TeamHours
from palier.modules.staff.rules import Minimum
from palier.modules.staff.selectors import coverage as coverage_selectors
from palier.modules.staff.selectors import strength
from palier.modules.staff.services import agents, coverage, guard, presence, teams
from palier.modules.staff.tests.factories import (
    make_agent,
    make_coverage,
    make_presence,
    make_team,
    make_week,
)

pytestmark = pytest.mark.usefixtures("alpha")

NOW = datetime(2020, 3, 17, 8, 30, tzinfo=UTC)
TODAY = date(2020, 3, 17)
VISITOR = Actor(user_id=None, name="Visiteur", email="", organisation="alpha")


def say(agent, state, by, seen=0, day=TODAY, reachable=None):
    return presence.record_presence(
        agent_id=agent.pk, day=day, state=state, reachable=reachable, seen_version=seen, by=by, at=NOW
    )


class TestRecordPresence:
    def test_keeps_the_state_who_said_it_and_when(self, actor):
        agent = make_agent()

        row = say(agent, "field", actor, reachable=True)

        assert (row.state, row.reachable, row.version) == ("field", True, 1)
        assert (row.recorded_by, row.recorded_at) == (actor.name, NOW)

    def test_refuses_to_overwrite_what_somebody_else_just_said(self, actor):
        agent = make_agent()
        say(agent, "absent", actor)

        with pytest.raises(presence.PresenceChangedMeanwhile) as refusal:
            say(agent, "field", actor, seen=0)

        assert refusal.value.code == "staff.presence-changed-meanwhile"
        assert refusal.value.fields["who"] == actor.name
        assert Presence.objects.get(agent=agent).state == "absent"

    def test_refuses_a_change_on_an_older_version(self, actor):
        agent = make_agent()
        say(agent, "absent", actor)
        say(agent, "field", actor, seen=1)

        with pytest.raises(presence.PresenceChangedMeanwhile):
            say(agent, "telework", actor, seen=1)

        assert Presence.objects.get(agent=agent).state == "field"

    def test_unknown_takes_the_row_away(self, actor):
        agent = make_agent()
        say(agent, "absent", actor)

        assert say(agent, "unknown", actor, seen=1) is None
        assert not Presence.objects.filter(agent=agent).exists()

    def test_refuses_to_clear_a_row_that_has_changed(self, actor):
        agent = make_agent()
        say(agent, "absent", actor)
        say(agent, "field", actor, seen=1)

        with pytest.raises(presence.PresenceChangedMeanwhile):
            say(agent, "unknown", actor, seen=1)

        assert Presence.objects.filter(agent=agent).exists()

    def test_refuses_days_beyond_tomorrow(self, actor):
        agent = make_agent()

        with pytest.raises(presence.DayNotOpen):
            say(agent, "field", actor, day=TODAY + timedelta(days=2))

        assert not Presence.objects.exists()

    def test_refuses_somebody_who_has_left(self, actor):
        agent = make_agent(active_until=TODAY)

        with pytest.raises(NotFound):
            say(agent, "field", actor)

    def test_asks_for_the_right(self):
        agent = make_agent()

        with pytest.raises(NotAllowed):
            say(agent, "field", VISITOR)

    @pytest.mark.parametrize("state", ["sick", "childcare", "isolation", "maladie"])
    def test_knows_no_state_that_tells_a_reason(self, actor, state):
        agent = make_agent()

        with pytest.raises(presence.StateUnknownToPalier):
            say(agent, state, actor)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_presence(agent, TODAY, state)


class TestFillTeam:
    def fill(self, team, source, by):
        return presence.fill_team(team_id=team.pk, day=TODAY, source=source, by=by, at=NOW)

    def test_fills_from_the_planning_and_leaves_days_off_unknown(self, actor):
        team = make_team()
        make_week(make_agent(team=team, last_name="Terrain"), tuesday="field")
        make_week(make_agent(team=team, last_name="Maison"), tuesday="telework")
        make_week(make_agent(team=team, last_name="Repos"), tuesday="off")

        filled = self.fill(team, "planning", actor)

        states = dict(Presence.objects.values_list("agent__last_name", "state"))
        assert filled == 2
        assert states == {"Terrain": "field", "Maison": "telework"}

    def test_repeats_the_last_day_filled_but_never_an_old_leave(self, actor):
        team = make_team()
        make_presence(make_agent(team=team, last_name="Bureau"), TODAY - timedelta(days=1), "on_site")
        make_presence(make_agent(team=team, last_name="Vacances"), TODAY - timedelta(days=1), "planned_leave")

        self.fill(team, "yesterday", actor)

        assert dict(Presence.objects.filter(day=TODAY).values_list("agent__last_name", "state")) == {
            "Bureau": "on_site"
        }

    def test_a_planned_leave_wins(self, actor):
        team = make_team()
        agent = make_agent(team=team)
        make_week(agent)
        agents.plan_leave(
            agent_id=agent.pk, start_on=TODAY, end_on=TODAY + timedelta(days=3), by=actor, at=NOW
        )

        self.fill(team, "planning", actor)

        assert Presence.objects.get(agent=agent).state == "planned_leave"

    def test_never_overwrites_what_was_said(self, actor):
        team = make_team()
        agent = make_agent(team=team)
        make_week(agent)
        say(agent, "absent", actor)

        assert self.fill(team, "planning", actor) == 0
        assert Presence.objects.get(agent=agent).state == "absent"


class TestWhatIsNeverStored:
    def test_hours_refuse_a_note_that_tells_a_reason(self, actor):
        team = make_team()

        with pytest.raises(guard.MentionRefused) as refusal:
            teams.set_team_hours(
                team_id=team.pk, kind="adapted", start_on=TODAY, end_on=None, slots=[(0, time(7), time(13))],
                note="Anne en arrêt maladie", by=actor, at=NOW,
            )  # fmt: skip

        assert refusal.value.code == "staff.mention-refused"
        assert refusal.value.fields["words"] == "en arret"
        assert not TeamHours.objects.exists()

    def test_equipment_refuses_a_label_that_tells_a_reason(self, actor):
        agent = make_agent()

        with pytest.raises(guard.MentionRefused):
            agents.give_equipment(
                agent_id=agent.pk,
                kind="laptop",
                label="prêt, garde d’enfants",
                given_on=TODAY,
                by=actor,
                at=NOW,
            )

        assert not Equipment.objects.exists()

    @pytest.mark.parametrize("note", ["Cas contact", "Vulnérable", "garde d’enfants", "Arrêt de travail"])
    def test_the_database_refuses_them_too(self, note):
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamHours.objects.create(team=make_team(), start_on=TODAY, note=note)

    def test_no_column_of_the_presence_could_hold_a_reason(self):
        names = {field.name for field in Presence._meta.get_fields()}

        assert names == {"id", "agent", "day", "state", "reachable", "version", "recorded_by", "recorded_at"}


class TestTeamHours:
    def set(self, team, by, **given):
        values = {
            "kind": "adapted",
            "start_on": TODAY,
            "end_on": None,
            "slots": [(0, time(7), time(13))],
            "note": "",
        }
        return teams.set_team_hours(team_id=team.pk, by=by, at=NOW, **(values | given))

    def test_two_periods_of_one_kind_never_overlap(self, actor):
        team = make_team()
        self.set(team, actor, end_on=TODAY + timedelta(days=10))

        with pytest.raises(teams.HoursOverlap):
            self.set(team, actor, start_on=TODAY + timedelta(days=9))

        self.set(team, actor, start_on=TODAY + timedelta(days=10))
        assert TeamHours.objects.count() == 2

    def test_refuses_stretches_that_overlap(self, actor):
        with pytest.raises(teams.SlotsOverlap):
            self.set(make_team(), actor, slots=[(0, time(7), time(13)), (0, time(12), time(14))])

    def test_ends_a_period(self, actor):
        hours = self.set(make_team(), actor)

        teams.end_team_hours(hours_id=hours.pk, end_on=TODAY + timedelta(days=5), by=actor, at=NOW)

        hours.refresh_from_db()
        assert hours.end_on == TODAY + timedelta(days=5)


class TestCoverage:
    def assign(self, agent, residence, by, **given):
        values = {"role": "caretaker", "rank": "holder", "start_on": TODAY, "end_on": None, **given}
        return coverage.assign(agent_id=agent.pk, residence_id=residence.pk, by=by, at=NOW, **values)

    def test_a_residence_has_one_holder_at_a_time(self, actor):
        residence = make_residence()
        self.assign(make_agent(), residence, actor)

        with pytest.raises(coverage.CoverageTaken):
            self.assign(make_agent(), residence, actor)

        self.assign(make_agent(), residence, actor, rank="deputy")
        assert Coverage.objects.count() == 2

    def test_the_database_holds_it_when_the_check_is_passed_by(self):
        residence = make_residence()
        make_coverage(make_agent(), residence)

        with pytest.raises(IntegrityError), transaction.atomic():
            make_coverage(make_agent(), residence)

    def test_a_holder_may_follow_another(self, actor):
        residence = make_residence()
        first = self.assign(make_agent(), residence, actor)

        coverage.end_coverage(coverage_id=first.pk, end_on=TODAY + timedelta(days=2), by=actor, at=NOW)
        self.assign(make_agent(), residence, actor, start_on=TODAY + timedelta(days=2))

        assert Coverage.objects.count() == 2

    def test_departure_ends_everything_the_agent_covers(self, actor):
        agent = make_agent()
        self.assign(agent, make_residence(), actor)
        self.assign(agent, make_residence(), actor, start_on=TODAY + timedelta(days=30))

        ended = agents.depart(agent_id=agent.pk, on=TODAY + timedelta(days=7), by=actor, at=NOW)

        assert ended == 1
        assert [row.end_on for row in Coverage.objects.all()] == [TODAY + timedelta(days=7)]


class TestGaps:
    def test_proposes_somebody_of_another_agency_when_the_holder_is_away(self, actor):
        home, other = make_agency(), make_agency()
        residence = make_residence(agency=home, longitude="3.00", latitude="43.18")
        holder = make_agent(agency=home)
        make_coverage(holder, residence)
        make_presence(holder, TODAY, "absent")
        helper = make_agent(agency=other, last_name="Renfort")
        make_coverage(helper, make_residence(agency=other, longitude="3.10", latitude="43.20"))
        make_presence(helper, TODAY, "field")

        found = coverage_selectors.gaps(on=TODAY, actor=actor)

        assert [(gap.residence_id, gap.agent_id) for gap in found] == [(residence.pk, holder.pk)]
        assert [one.candidate.name for one in found[0].substitutes] == ["Anne Renfort"]
        assert found[0].substitutes[0].distance_km == pytest.approx(8.4, abs=0.5)

    def test_an_unknown_holder_leaves_no_gap(self, actor):
        make_coverage(make_agent(), make_residence())

        assert coverage_selectors.gaps(on=TODAY, actor=actor) == ()

    def test_a_deputy_at_work_fills_the_gap(self, actor):
        residence, holder, deputy = make_residence(), make_agent(), make_agent()
        make_coverage(holder, residence)
        make_coverage(deputy, residence, rank="deputy")
        make_presence(holder, TODAY, "planned_leave")
        make_presence(deputy, TODAY, "on_site")

        assert coverage_selectors.gaps(on=TODAY, actor=actor) == ()


class TestPresenceNumbers:
    def test_counts_present_absent_and_unknown_apart(self):
        for state in ("field", "telework", "absent", "planned_leave"):
            make_presence(make_agent(), TODAY, state, reachable=state != "absent")
        make_agent()

        numbers = strength.presence_numbers(at=NOW, minimums=[Minimum("cleaning", 2)])

        assert (numbers.present, numbers.absent, numbers.unknown) == (2, 2, 1)
        assert (numbers.telework, numbers.unreachable, numbers.needed) == (1, 1, 2)
        assert [(one.service, one.present, one.missing) for one in numbers.services] == [("cleaning", 1, 1)]

    def test_needed_is_not_known_where_no_plan_asks(self):
        assert strength.presence_numbers(at=NOW, minimums=[]).needed is None

    def test_an_agency_counts_its_own_agents(self):
        from palier.modules.estate.public import place_of_id

        agency = make_agency()
        make_presence(make_agent(agency=agency), TODAY, "field")
        make_presence(make_agent(), TODAY, "field")

        place = place_of_id("agency", agency.pk)

        assert strength.presence_numbers(place=place, at=NOW, minimums=[]).present == 1

    def test_a_department_counts_who_covers_its_residences(self):
        from palier.modules.estate.public import place_of

        here, there = make_agent(), make_agent()
        make_coverage(here, make_residence(insee_code="11262"))
        make_coverage(there, make_residence(insee_code="31555"))

        assert strength.presence_numbers(place=place_of("department", "11"), at=NOW, minimums=[]).unknown == 1

    def test_asks_the_plan_in_force_when_nothing_is_given(self, monkeypatch):
        monkeypatch.setattr(
            strength._Source, "ask", staticmethod(lambda *, place, at: [Minimum("refuse", 4)])
        )
        make_agent()

        numbers = strength.presence_numbers(at=NOW)

        assert (numbers.needed, numbers.services[0].hopeless) == (4, True)
