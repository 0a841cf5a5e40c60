"""Making a list, opening it, sharing it among callers, and following levels."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.kernel.jobs.models import JobRun
from palier.kernel.jobs.running import deliver_waiting
from palier.modules.outreach.enums import CampaignAction, CampaignState
from palier.modules.outreach.models import Call, Campaign, Line, LineMember, Visit
from palier.modules.outreach.rules.assignment import Caller, Household, assign
from palier.modules.outreach.rules.disclosure import TOTAL, protect
from palier.modules.outreach.rules.scheduling import first_round, next_due, window
from palier.modules.outreach.services import building, campaigns, levels
from palier.modules.outreach.services.segments import PreviewOutdated
from palier.modules.outreach.tests.factories import AT, TODAY, a_lease, a_person, a_phone, add_call, add_line
from palier.modules.outreach.tests.factories import make_campaign as make_open_campaign
from palier.modules.outreach.workflow import CAMPAIGN
from palier.modules.staff.tests.factories import make_agent


def seniors(count, *, first=0):
    """People of 80 living alone, each with a number."""
    for number in range(first, first + count):
        person = a_person(f"Senior{number}", "Ida", birth_on=date(1946, 1, 1))
        lease = a_lease(person)
        lease.household.declared_size = 1
        lease.household.save()
        a_phone(person, f"+336399{81000 + number:05d}")


def draft(actor, **given):
    values = {
        "name": "Automne",
        "scope": campaigns.target("organisation", ""),
        "segment_codes": ("A",),
        "starts_on": TODAY,
        **given,
    }
    return campaigns.create_campaign(draft=campaigns.Draft(**values), by=actor, at=AT)


def opened(actor, **given):
    campaign = draft(actor, **given)
    shown = campaigns.preview(campaign=campaign, at=AT)
    campaigns.open_campaign(campaign_id=campaign.pk, fingerprint=shown.fingerprint, by=actor, at=AT)
    deliver_waiting()
    campaign.refresh_from_db()
    return campaign


class TestOpening:
    def test_builds_exactly_what_was_announced(self, alpha, actor):
        seniors(7)
        campaign = draft(actor)
        shown = campaigns.preview(campaign=campaign, at=AT)

        run = campaigns.open_campaign(campaign_id=campaign.pk, fingerprint=shown.fingerprint, by=actor, at=AT)
        deliver_waiting()

        campaign.refresh_from_db()
        run.refresh_from_db()
        assert (shown.summary.calls, shown.summary.people) == (7, 7)
        assert (campaign.state, run.state) == ("open", "done")
        assert Line.objects.count() == LineMember.objects.count() == 7
        assert Call.objects.filter(state="waiting").count() == 7
        assert run.result["announced"] == run.result["lines"] == 7

    def test_shows_the_new_preview_when_the_numbers_have_changed(self, alpha, actor):
        seniors(2)
        campaign = draft(actor)
        shown = campaigns.preview(campaign=campaign, at=AT)
        seniors(1, first=2)

        with pytest.raises(PreviewOutdated):
            campaigns.open_campaign(campaign_id=campaign.pk, fingerprint=shown.fingerprint, by=actor, at=AT)

        campaign.refresh_from_db()
        assert campaign.state == "draft"

    def test_asks_for_a_visit_where_there_is_no_number(self, alpha, actor):
        person = a_person("Sans", "Ligne", birth_on=date(1940, 1, 1))
        a_lease(person)

        opened(actor)

        assert Line.objects.get().phone == ""
        assert Visit.objects.get().state == "to_visit"
        assert not Call.objects.exists()

    def test_joins_the_households_that_share_a_number(self, alpha, actor):
        for name in ("Un", "Deux"):
            person = a_person(name, "Ida", birth_on=date(1946, 1, 1))
            a_lease(person)
            a_phone(person, "+33639981999")

        opened(actor)

        assert Line.objects.count() == 1
        assert LineMember.objects.count() == 2

    def test_goes_on_after_a_chunk_without_a_double(self, alpha, actor, monkeypatch):
        seniors(9)
        monkeypatch.setattr(building, "CHUNK", 2)
        campaign = draft(actor)
        shown = campaigns.preview(campaign=campaign, at=AT)
        run = campaigns.open_campaign(campaign_id=campaign.pk, fingerprint=shown.fingerprint, by=actor, at=AT)
        whole, calls = building.add_people, []

        def killed(**given):
            calls.append(1)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return whole(**given)

        monkeypatch.setattr(building, "add_people", killed)
        with pytest.raises(KeyboardInterrupt):
            building.build(run_id=run.pk, campaign_id=campaign.pk, by=actor, at=AT)
        building.build(run_id=run.pk, campaign_id=campaign.pk, by=actor, at=AT)

        assert JobRun.objects.get(pk=run.pk).state == "done"
        assert Line.objects.count() == LineMember.objects.count() == 9
        assert Call.objects.count() == 9

    def test_gives_the_same_caller_as_before(self, alpha, actor):
        seniors(6)
        first, second = make_agent(), make_agent()
        callers = [{"agent_id": one.pk, "daily_calls": 30} for one in (first, second)]
        former = opened(actor)
        campaigns.set_callers(campaign_id=former.pk, callers=callers, by=actor, at=AT)
        kept = dict(LineMember.objects.values_list("person_id", "line__caller_id"))
        campaigns.close(campaign_id=former.pk, reason="Fini", by=actor, at=AT)
        campaign = draft(actor, name="Hiver")
        campaigns.set_callers(campaign_id=campaign.pk, callers=callers, by=actor, at=AT)
        shown = campaigns.preview(campaign=campaign, at=AT)
        campaigns.open_campaign(campaign_id=campaign.pk, fingerprint=shown.fingerprint, by=actor, at=AT)
        deliver_waiting()

        now = LineMember.objects.filter(campaign=campaign).values_list("person_id", "line__caller_id")
        assert set(kept.values()) == {first.pk, second.pk}
        assert dict(now) == kept


class TestHouseholds:
    def test_are_added_with_a_reason(self, alpha, actor):
        seniors(1)
        campaign = opened(actor)
        person = a_person("Jeune", "Léo", birth_on=date(2001, 1, 1))
        a_lease(person)
        a_phone(person, "+33639982222")

        line = campaigns.add_household(
            campaign_id=campaign.pk, person_id=person.pk, why="Demandé par la gardienne", by=actor, at=AT
        )

        assert line.members.get().reasons[0]["code"] == "added"
        assert Call.objects.filter(line=line, state="waiting").exists()

    def test_are_not_added_twice_nor_without_a_reason(self, alpha, actor):
        campaign = make_open_campaign()
        person = add_line(campaign, phone="+33639982223").members.get().person

        with pytest.raises(campaigns.AlreadyListed):
            campaigns.add_household(
                campaign_id=campaign.pk, person_id=person.pk, why="Encore", by=actor, at=AT
            )
        with pytest.raises(campaigns.ReasonMissing):
            campaigns.add_household(campaign_id=campaign.pk, person_id=person.pk, why=" ", by=actor, at=AT)

    def test_are_not_added_against_their_will(self, alpha, actor):
        from palier.modules.people.models import Consent

        campaign = make_open_campaign()
        person = a_person("Non", "Merci")
        a_lease(person)
        a_phone(person, "+33639982224")
        Consent.objects.create(
            person=person, kind="opt_out", topic="courtesy_calls", given_at=AT, recorded_by="Test"
        )

        with pytest.raises(campaigns.NotReachable):
            campaigns.add_household(
                campaign_id=campaign.pk, person_id=person.pk, why="Insister", by=actor, at=AT
            )

    def test_are_taken_off(self, alpha, actor):
        campaign = make_open_campaign()
        line = add_line(campaign, phone="+33639982225")
        call = add_call(line)

        campaigns.remove_household(line_id=line.pk, why="Appelé par sa fille", by=actor, at=AT)

        call.refresh_from_db()
        assert call.state == "cancelled"
        assert Line.objects.get().ended_because == "no_longer_listed"


class TestWays:
    @pytest.mark.parametrize("state", CampaignState.values)
    @pytest.mark.parametrize("action", list(CampaignAction))
    def test_every_state_and_action(self, alpha, actor, state, action):
        closed = {"closed_at": AT} if state == "closed" else {}
        campaign = make_open_campaign(state=state, **closed)
        sources, target, _right = CAMPAIGN.table[action]

        if state in sources:
            CAMPAIGN.move(campaign, action, by=actor, at=AT)
            assert campaign.state == target
        else:
            with pytest.raises(TransitionRefused):
                CAMPAIGN.move(campaign, action, by=actor, at=AT)

    def test_need_the_right(self, alpha, actor):
        from palier.kernel.access import Actor

        nobody = Actor(None, "Personne", "", "alpha")
        campaign = make_open_campaign()

        with pytest.raises(NotAllowed):
            campaigns.close(campaign_id=campaign.pk, reason="Non", by=nobody, at=AT)

    def test_closing_cancels_what_waits_and_pausing_does_not(self, alpha, actor):
        campaign = make_open_campaign(lines=3)

        campaigns.pause(campaign_id=campaign.pk, reason="Dimanche", by=actor, at=AT)
        waiting = Call.objects.filter(state="waiting").count()
        campaigns.close(campaign_id=campaign.pk, reason="Terminé", by=actor, at=AT)

        assert waiting == 3
        assert not Call.objects.unfinished().exists()
        assert not Line.objects.filter(state="active").exists()

    def test_a_period_that_is_over_closes(self, alpha, actor):
        campaign = make_open_campaign(starts_on=date(2026, 11, 1), ends_on=TODAY)

        assert campaigns.end_periods(by=actor, at=AT) == 1
        assert Campaign.objects.get(pk=campaign.pk).state == "closed"


def vigilance(**given):
    return {
        "department": "11",
        "phenomenon": "heat",
        "colour": "orange",
        "since": AT.isoformat(),
        "until": (AT + timedelta(days=2)).isoformat(),
        **given,
    }


class TestVigilance:
    def test_proposes_a_draft_once(self, alpha, actor):
        seniors(1)

        first = levels.propose_for_vigilance(event=vigilance(), by=actor, at=AT)
        again = levels.propose_for_vigilance(
            event=vigilance(until=(AT + timedelta(days=4)).isoformat()), by=actor, at=AT
        )

        assert (first.state, first.context, first.trigger) == ("draft", "heat_wave", "vigilance")
        assert again.pk == first.pk
        assert Campaign.objects.get().ends_on == TODAY + timedelta(days=5)
        assert not Line.objects.exists()

    @pytest.mark.parametrize("given", [{"colour": "yellow"}, {"department": "75"}, {"since": None}])
    def test_proposes_nothing_for_less_or_elsewhere(self, alpha, actor, given):
        seniors(1)

        assert levels.propose_for_vigilance(event=vigilance(**given), by=actor, at=AT) is None


# Properties.

callers_strategy = st.integers(min_value=1, max_value=5).map(
    lambda n: [Caller(f"c{i}", daily=20) for i in range(n)]
)


class TestSharing:
    @given(callers=callers_strategy, households=st.integers(min_value=0, max_value=120))
    def test_loads_differ_by_at_most_one_among_equals(self, callers, households):
        given = assign([Household(n) for n in range(households)], callers)

        loads = [sum(caller == one.id for caller in given.values()) for one in callers]
        assert len(given) == households
        assert max(loads) - min(loads) <= 1

    @given(
        callers=callers_strategy,
        formers=st.lists(st.sampled_from(["c0", "c1", "c9", None]), min_size=1, max_size=60),
    )
    def test_a_household_keeps_its_caller_unless_gone(self, callers, formers):
        given = assign([Household(n, former=former) for n, former in enumerate(formers)], callers)

        known = {one.id for one in callers}
        assert all(given[n] == former for n, former in enumerate(formers) if former in known)
        assert len(given) == len(formers)

    def test_a_language_goes_to_who_speaks_it(self):
        callers = [Caller("a"), Caller("b", languages=frozenset({"ar"}))]

        given = assign([Household(1, "ar"), Household(2, "ar"), Household(3)], callers)

        assert given == {1: "b", 2: "b", 3: "a"}


class TestRounds:
    @given(
        calls=st.integers(min_value=0, max_value=500),
        capacity=st.integers(min_value=0, max_value=60),
        cadence=st.sampled_from([None, 1, 3, 7, 14, 30]),
    )
    def test_nobody_is_left_without_a_day_within_the_cadence(self, calls, capacity, cadence):
        planned = first_round(TODAY, calls, capacity, cadence)

        assert sum(count for _day, count in planned) == calls
        assert {day for day, _count in planned} <= set(window(TODAY, cadence))

    @given(
        reached=st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31)),
        cadence=st.integers(min_value=1, max_value=90),
    )
    def test_the_next_call_is_never_sooner_than_the_cadence(self, reached, cadence):
        due = next_due(reached, cadence)

        assert due is not None
        assert due >= reached + timedelta(days=cadence)
        assert due.weekday() < 5


class TestDisclosure:
    @given(
        st.dictionaries(
            st.tuples(st.sampled_from("ABCD"), st.sampled_from("xy")), st.integers(min_value=0, max_value=60)
        )
    )
    @settings(deadline=None)
    def test_no_small_cell_is_shown_nor_found_by_subtraction(self, counts):
        shown = protect(counts, rows="ABCD", columns="xy", least=11)

        for row in (*"ABCD", TOTAL):
            line = [shown.cell(row, column) for column in ("x", "y", TOTAL)]
            assert all(value is None or value == 0 or value >= 11 for value in line)
            assert line.count(None) != 1
        for column in ("x", "y", TOTAL):
            line = [shown.cell(row, column) for row in (*"ABCD", TOTAL)]
            assert line.count(None) != 1


class TestRandomCampaigns:
    @given(data=st.data())
    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_nobody_is_forgotten_nor_called_twice(self, alpha, actor, data):
        from django.db import transaction

        with transaction.atomic():
            self._one(actor, data)
            transaction.set_rollback(True)

    def _one(self, actor, data):
        callable_ones, numbers = set(), []
        for index in range(data.draw(st.integers(min_value=1, max_value=8))):
            kind = data.draw(st.sampled_from(["well", "well", "dead", "objects", "gone"]))
            shared = data.draw(st.booleans())
            person = a_person(f"Tirage{index}", "Ida", birth_on=date(1940, 1, 1))
            lease = a_lease(person)
            numbers.append("+33639983000" if shared else f"+3363998{3100 + index:04d}")
            a_phone(person, numbers[-1])
            if kind == "dead":
                type(person).objects.filter(pk=person.pk).update(deceased_on=TODAY - timedelta(days=3))
            elif kind == "gone":
                type(lease).objects.filter(pk=lease.pk).update(left_on=TODAY)
            elif kind == "objects":
                person.consents.create(
                    kind="opt_out", topic="courtesy_calls", given_at=AT, recorded_by="Test"
                )
            else:
                callable_ones.add(person.pk)
        if not callable_ones:
            return

        for name in ("Une", "Deux"):
            opened(actor, name=name)

        listed = set(LineMember.objects.values_list("person_id", flat=True))
        waiting = list(Call.objects.unfinished().values_list("phone", flat=True))
        called = set(
            LineMember.objects.filter(line__calls__state="waiting").values_list("person_id", flat=True)
        )
        assert listed == callable_ones == called
        assert len(waiting) == len(set(waiting))
