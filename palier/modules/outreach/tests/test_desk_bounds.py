"""What calls never do: reach who must not be, tell who may not read, lose or double what comes back on paper."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.wording import UnfitWording
from palier.modules.continuity.models import LogEntry
from palier.modules.outreach.forms.desk import OutcomeForm
from palier.modules.outreach.jobs.campaigns import stop_calls
from palier.modules.outreach.models import Attempt, Call, CallSheet, CallSheetLine, Line, Report, Visit
from palier.modules.outreach.selectors import inbound as asking
from palier.modules.outreach.selectors.desk import desk_card
from palier.modules.outreach.selectors.reports import campaign_report
from palier.modules.outreach.selectors.scripts import spoken
from palier.modules.outreach.selectors.sheets import sheet_card
from palier.modules.outreach.services import alerts, campaigns, desk, inbound, sheets, stopping
from palier.modules.outreach.services.cadence import open_rounds, schedule_next, settle_numbers
from palier.modules.outreach.tests.factories import (
    AT,
    TODAY,
    a_person,
    a_phone,
    add_call,
    add_line,
    make_campaign,
    reached,
)
from palier.modules.outreach.tests.test_desk_services import an_adviser, caller, phones, take
from palier.modules.outreach.tests.test_reporting import ring
from palier.modules.people.models import ContactPoint, Person
from palier.modules.people.services.sealing import seal
from palier.modules.people.tests.factories import a_marker
from palier.modules.staff.tests.factories import make_agent

pytestmark = pytest.mark.django_db
PHONE = "+33639980001"


@pytest.fixture
def register(tmp_path, monkeypatch):
    monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: tmp_path / "sealings")


def a_couple(**given):
    """A line that covers two members of one household."""
    wife, husband = a_person("Fabre", "Léa"), a_person("Fabre", "Jean")
    line = add_line(make_campaign(), wife, husband, phone=PHONE, **given)
    return line, wife, husband


def card_of(call_id, by, *, actor=None):
    return desk_card(call_id=call_id, seat=desk.seat_of(by, at=AT), actor=actor or by, at=AT)


class TestTaking:
    def test_gives_who_was_promised_a_call_back_before_a_better_scored_one(self, alpha):
        campaign = make_campaign(lines=1)
        add_call(
            add_line(campaign, phone="+33639980099", score=1), not_before=AT, last_result="callback_asked"
        )

        assert phones(take(caller())) == ["9"]

    def test_by_name_is_refused_once_the_person_has_died(self, alpha):
        line = add_line(make_campaign(), phone=PHONE)
        call = add_call(line)
        Person.objects.filter(pk=line.members.get().person_id).update(deceased_on=TODAY)

        with pytest.raises(desk.NotCalledAnyMore):
            desk.take_call(call_id=call.pk, by=caller(), at=AT)

        call.refresh_from_db()
        assert call.state == "waiting"

    def test_on_an_incoming_call_never_opens_the_line_of_somebody_just_sealed(self, alpha, actor, register):
        line = add_line(make_campaign(), phone=PHONE)
        add_call(line)
        seal(person_id=line.members.get().person_id, reason="Danger", by=actor, at=AT)

        with pytest.raises(NotFound):
            inbound.begin(line_id=line.pk, by=caller(), at=AT)
        assert not Call.objects.filter(state="in_call").exists()


class TestCard:
    def test_names_neither_the_dead_nor_the_sealed_of_a_household(self, alpha, actor, register):
        line, _wife, husband = a_couple()
        third = a_person("Fabre", "Zoé")
        line.members.create(campaign=line.campaign, person=third, segment_code="A", score=1)
        add_call(line)
        me = caller()
        call_id = take(me)
        Person.objects.filter(pk=husband.pk).update(deceased_on=TODAY)
        seal(person_id=third.pk, reason="Danger", by=actor, at=AT)

        shown = card_of(call_id, me)

        assert [one.name for one in shown.members] == ["FABRE Léa"]
        assert "Zoé" not in str(shown)

    def test_keeps_what_to_bear_in_mind_from_whoever_may_not_read_it(self, alpha):
        line = add_line(make_campaign(), phone=PHONE)
        add_call(line)
        a_marker(line.members.get().person, "needs_help_to_leave")
        me = caller()
        call_id = take(me)
        plain = Actor(
            user_id=me.user_id,
            name=me.name,
            email=me.email,
            organisation="alpha",
            permissions=frozenset({"outreach:call:make"}),
        )

        assert card_of(call_id, me).members[0].markers
        assert card_of(call_id, me, actor=plain).members[0].markers == ()

    def test_says_the_switchboard_in_the_sentence_against_fraud(self, alpha, monkeypatch):
        monkeypatch.setattr(
            "palier.modules.outreach.selectors.scripts.callback_number", lambda: "05 36 49 00 00"
        )

        said = spoken(context="courtesy", language="fr", values={"caller": "Anne", "person": "Mme Fabre"})

        assert "05 36 49 00 00" in said.anti_fraud


class TestCallBack:
    FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)

    def choices(self, at):
        form = OutcomeForm(at=at)
        return {
            code: (str(label), form.moments.get(code)) for code, label in form.fields["call_back"].choices
        }

    def test_is_promised_for_a_day_on_which_calls_are_made(self, alpha):
        label, moment = self.choices(self.FRIDAY)["tomorrow_morning"]

        assert moment == datetime(2026, 11, 23, 9, 30)
        assert "23" in label

    def test_says_tomorrow_when_it_is_tomorrow(self, alpha):
        label, moment = self.choices(AT)["tomorrow_morning"]

        assert moment == datetime(2026, 11, 24, 9, 30)
        assert label == "Tomorrow, 9.30 am"


class TestIncoming:
    def found(self, by):
        return [one.name for one in asking.find(text="06 39 98 00 01", actor=by, at=AT).callers]

    def test_finds_nobody_by_a_number_that_is_no_longer_theirs(self, alpha):
        line = add_line(make_campaign(), phone=PHONE)
        before = self.found(caller())
        ContactPoint.objects.filter(person=line.members.get().person).update(ended_on=TODAY)

        assert len(before) == 1
        assert self.found(caller()) == []

    def test_finds_nobody_sealed(self, alpha, actor, register):
        line = add_line(make_campaign(), phone=PHONE)
        seal(person_id=line.members.get().person_id, reason="Danger", by=actor, at=AT)

        assert self.found(caller()) == []

    @pytest.mark.parametrize(("why", "refusal"), [("gone", inbound.CallsNoMore), ("protected", NotFound)])
    def test_opens_no_line_that_ended_for_good(self, alpha, why, refusal):
        line = add_line(make_campaign(), phone=PHONE, state="ended", ended_because=why, ended_at=AT)

        with pytest.raises(refusal):
            inbound.begin(line_id=line.pk, by=caller(), at=AT)


class TestRounds:
    def test_found_in_the_morning_keep_the_same_voice(self, alpha):
        agent = make_agent()
        line = add_line(make_campaign(callers=[agent]), phone=PHONE, caller=agent)

        open_rounds(at=AT)

        assert Call.objects.get(line=line).caller_id == agent.pk

    def test_of_a_closed_campaign_are_over(self, alpha, actor):
        campaign = make_campaign()
        call = reached(add_call(add_line(campaign, phone=PHONE)))
        campaign.state, campaign.closed_at, campaign.closing_reason = "closed", AT, "Fin"
        campaign.save()

        assert schedule_next(call=call, reached_at=AT, next_call_on=None, by=actor, at=AT) is None


class TestReasons:
    def test_hold_no_medical_word_whatever_page_they_come_from(self, alpha, actor):
        line = add_line(make_campaign(), phone=PHONE)
        person, elsewhere = line.members.get().person, make_campaign()

        with pytest.raises(UnfitWording):
            campaigns.remove_household(line_id=line.pk, why="Il a un cancer", by=actor, at=AT)
        with pytest.raises(UnfitWording):
            campaigns.add_household(
                campaign_id=elsewhere.pk, person_id=person.pk, why="Il a un cancer", by=actor, at=AT
            )

        assert not elsewhere.lines.exists()


class TestTwoWeeks:
    @given(data=st.data())
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    def test_of_any_answers_call_no_number_twice_in_its_cadence_and_forget_none(self, alpha, data):
        with transaction.atomic():
            self._lived(data)
            transaction.set_rollback(True)

    def _lived(self, data):
        cadences = data.draw(st.lists(st.sampled_from([3, 7, 14]), min_size=1, max_size=2))
        persons = [a_person(f"Tirage{index}", "Ida") for index in range(data.draw(st.integers(1, 3)))]
        for cadence in cadences:
            campaign = make_campaign()
            for index, person in enumerate(persons):
                add_line(campaign, person, phone=f"+3363998310{index}", cadence_days=cadence)
        for days in range(14):
            if (TODAY + timedelta(days=days)).weekday() < 5:
                self._day(data, AT + timedelta(days=days))
        settle_numbers(at=AT + timedelta(days=14))
        open_rounds(at=AT + timedelta(days=14))

        waiting = list(Call.objects.unfinished().values_list("phone", flat=True))
        assert sorted(waiting) == sorted(set(Line.objects.values_list("phone", flat=True)))
        rings = list(Attempt.objects.order_by("at").values_list("call__phone", "at", "slot", "result"))
        moments = [(number, timezone.localdate(at), slot) for number, at, slot, _result in rings]
        assert len(moments) == len(set(moments))
        for number in set(waiting):
            heard = [
                timezone.localdate(at)
                for one, at, _s, result in rings
                if (one, result) == (number, "answered")
            ]
            assert all((later - sooner).days >= min(cadences) for sooner, later in pairwise(heard))

    def _day(self, data, morning):
        """A morning's sweep, then everything that the desk gives at three moments of the day."""
        settle_numbers(at=morning)
        open_rounds(at=morning)
        for hours in (0, 3, 6):
            me, at = caller(), morning + timedelta(hours=hours)
            while (call := take(me, at=at)) is not None:
                ring(call, me, data.draw(st.sampled_from(["answered", "no_answer", "voicemail"])), at=at)


class TestStopping:
    def test_waits_for_the_day_of_exit(self, alpha):
        line = add_line(make_campaign(), phone=PHONE)
        add_call(line)
        day = timezone.localdate() + timedelta(days=20)
        person = str(line.members.get().person_id)

        stop_calls(event={"person_ids": [person], "why": "gone", "from_on": day.isoformat()})

        line.refresh_from_db()
        assert line.state == "active"

    def test_leaves_who_lives_there_after_all(self, alpha):
        line = add_line(make_campaign(), phone=PHONE)
        person = line.members.get().person

        housed = stopping.still_to_stop([person.pk], "gone", at=AT)
        person.parties.get().lease.__class__.objects.update(left_on=TODAY)

        assert housed == []
        assert stopping.still_to_stop([person.pk], "gone", at=AT) == [person.pk]

    def test_for_a_seal_forgets_what_was_said_even_without_her_name(self, alpha, actor, register):
        line = add_line(make_campaign(), phone=PHONE)
        add_call(line)
        me = caller()
        ring(take(me), me, note="Sa fille passe demain")

        seal(person_id=line.members.get().person_id, reason="Danger", by=actor, at=AT)
        deliver_waiting()

        assert Report.objects.get().note == ""


class TestAlerts:
    def alert(self, **said):
        line = add_line(make_campaign(), phone=PHONE)
        add_call(line)
        me = caller()
        saved = ring(take(me), me, alert_level="2", **said)
        return Report.objects.get(pk=saved.report_id).alert

    def test_taken_in_charge_climb_no_more(self, alpha, actor):
        alert = self.alert()
        alerts.take(alert_id=alert.pk, by=actor, at=AT)

        assert alerts.carry_up_late_alerts(by=actor, at=alert.due_at + timedelta(days=1)) == 0

    def test_that_climb_to_the_end_are_told_in_the_log_of_the_crisis_without_a_name(
        self, alpha, actor, monkeypatch
    ):
        monkeypatch.setattr(alerts.continuity, "activations_in_force", lambda **_: [object()])
        alert = self.alert()

        alerts.carry_up_late_alerts(by=actor, at=alert.due_at + timedelta(days=1))
        deliver_waiting()

        said = LogEntry.objects.get().text
        assert alert.report.call.line.residence.name in said
        assert "Martin" not in said

    @pytest.mark.parametrize("said", [{}, {"alert_level": "0", "wellbeing": "distress"}])
    def test_make_the_call_a_hard_one(self, alpha, said):
        add_call(add_line(make_campaign(), phone=PHONE))
        me = caller()

        ring(take(me), me, **{"alert_level": "2", **said})

        assert Report.objects.get().is_hard


class TestPaper:
    def sheet(self, *lines, by, at=AT):
        for line in lines:
            add_call(line)
        sheets.make_sheets(by=by, at=at)
        return CallSheet.objects.get()

    def typed(self, row, result, *, by, **said):
        outcome = sheets.Outcome(token=sheets.token_of(row.pk), result=result, typed_back=True, **said)
        return sheets.type_back(line_id=row.pk, outcome=outcome, by=by, at=AT)

    def test_puts_the_most_urgent_first_and_nobody_who_left_the_list(self, alpha, actor):
        campaign = make_campaign()
        low = add_line(campaign, phone="+33639980001", score=1)
        high = add_line(campaign, phone="+33639980002", score=90)
        gone = add_line(campaign, phone="+33639980003", state="ended", ended_because="gone", ended_at=AT)

        self.sheet(low, high, gone, by=actor)

        rows = CallSheetLine.objects.order_by("number").values_list("call__line_id", flat=True)
        assert list(rows) == [high.pk, low.pk]

    def test_names_neither_the_dead_nor_the_sealed(self, alpha, actor, register):
        line, wife, husband = a_couple()
        sheet = self.sheet(line, by=actor)
        seal(person_id=husband.pk, reason="Danger", by=actor, at=AT)

        assert sheet_card(sheet_id=sheet.pk, actor=actor).lines[0].names == "FABRE Léa"
        Person.objects.filter(pk=wife.pk).update(deceased_on=TODAY)
        assert sheet_card(sheet_id=sheet.pk, actor=actor).lines[0].names == ""

    def test_typed_twice_at_once_is_written_once(self, alpha, actor):
        self.sheet(add_line(make_campaign(), phone=PHONE), by=actor)
        row = CallSheetLine.objects.get()

        self.typed(row, "answered", by=actor)
        again = self.typed(row, "answered", by=actor)

        assert again.was_known
        assert Attempt.objects.count() == 1

    def test_with_a_wrong_number_puts_the_household_back_on_its_other_one(self, alpha, actor):
        line = add_line(make_campaign(), phone=PHONE)
        a_phone(line.members.get().person, "+33639980009")
        self.sheet(line, by=actor)

        self.typed(CallSheetLine.objects.get(), "wrong_number", by=actor)

        call = Call.objects.get()
        assert (call.state, call.phone) == ("waiting", "+33639980009")

    def test_counts_the_ring_on_the_day_of_the_paper(self):
        rung = sheets.rung_on(TODAY - timedelta(days=1), at=AT)

        assert timezone.localdate(rung) == TODAY - timedelta(days=1)
        assert sheets.rung_on(TODAY + timedelta(days=1), at=AT) == AT


class TestReport:
    def test_keeps_a_few_visits_to_itself(self, alpha, actor):
        campaign = make_campaign()
        line = add_line(campaign, phone=PHONE)
        Visit.objects.create(
            line=line, residence_id=line.residence_id, opened_at=AT, due_on=TODAY, state="met", answer="well",
            ended_at=AT,
        )  # fmt: skip

        assert campaign_report(campaign_id=campaign.pk, actor=actor, at=AT).visits is None


class TestWeek:
    def test_and_lines_are_of_their_own_caller(self, alpha):
        (agent, actor) = an_adviser()
        line = add_line(make_campaign(callers=[agent]), phone=PHONE, caller=agent)
        add_call(line)
        ring(take(actor), actor, note="Va bien")

        from palier.modules.outreach.selectors.week import my_week

        assert len(my_week(actor=actor, at=AT).lines) == 1
        assert my_week(actor=caller("Zoé"), at=AT).lines == ()
        assert Line.objects.get().last_reached_at == AT
