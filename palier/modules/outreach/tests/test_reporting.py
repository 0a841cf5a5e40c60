"""What a ring comes to: attempts, reports, needs, alerts, visits, and what happens next."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from palier.kernel.wording import UnfitWording
from palier.modules.outreach.enums import AlertState, CallState, LineState
from palier.modules.outreach.models import Alert, Attempt, Call, Draft, Need, Report, Visit
from palier.modules.outreach.services import alerts, desk, reporting, visits
from palier.modules.outreach.services.reporting import Outcome, TickedNeed
from palier.modules.outreach.tests.factories import AT, TODAY, a_phone, add_call, add_line, make_campaign
from palier.modules.outreach.tests.test_desk_services import an_adviser, caller
from palier.modules.people.models import Consent, ContactPoint, Person
from palier.modules.people.tests.factories import a_lease, a_person
from palier.modules.referrals import public as referrals
from palier.modules.staff.tests.factories import make_agent, make_coverage, make_presence

pytestmark = pytest.mark.django_db


def ring(call, by, result="answered", *, at=AT, **said):
    outcome = Outcome(token=said.pop("token", uuid4()), result=result, **said)
    return reporting.save(call_id=getattr(call, "pk", call), outcome=outcome, by=by, at=at)


@pytest.fixture
def me():
    return caller()


@pytest.fixture
def call(alpha, me):
    """A household of one, in my hand."""
    line = add_line(make_campaign(), phone="+33639980001")
    add_call(line)
    return Call.objects.select_related("line").get(pk=desk.take_next(by=me, at=AT))


class TestAnswered:
    def test_all_well_writes_a_report_and_plans_the_next_call_at_the_cadence(self, call, me):
        saved = ring(call, me, wellbeing="well")

        call.refresh_from_db()
        assert (call.state, call.last_result, call.attempts_made) == (CallState.REACHED, "answered", 1)
        assert Report.objects.get(pk=saved.report_id).wellbeing == "well"
        assert saved.next_on == TODAY + timedelta(days=7)

    def test_keeps_the_same_voice_for_the_next_call(self, alpha):
        agent, actor = an_adviser()
        line = add_line(make_campaign(callers=[agent]), phone="+33639980001", caller=agent)
        add_call(line)

        ring(desk.take_next(by=actor, at=AT), actor)

        assert Call.objects.get(line=line, state="waiting").caller_id == agent.pk

    def test_plans_the_next_call_on_the_day_agreed(self, call, me):
        assert ring(call, me, next_call_on=date(2026, 11, 25)).next_on == date(2026, 11, 25)

    def test_sent_twice_is_written_once(self, call, me):
        token = uuid4()
        first = ring(call, me, token=token, wellbeing="well")

        again = ring(call, me, token=token, wellbeing="well")

        assert again.was_known
        assert again.attempt_id == first.attempt_id
        assert Attempt.objects.count() == Report.objects.count() == 1

    def test_needs_become_referrals_with_the_consent_and_how_it_was_given(self, call, me):
        saved = ring(
            call, me, needs=(TickedNeed("groceries"), TickedNeed("technical_problem")), consent="oral"
        )

        lines = referrals.lines_of_source("outreach.report", [saved.report_id])[saved.report_id]
        assert {line.kind for line in lines} == {"groceries", "technical_problem"}
        assert saved.referrals == 2
        groceries = Need.objects.get(kind="groceries")
        assert groceries.consent == "oral"
        assert "Anne Roux" in groceries.consent_how
        assert Need.objects.get(kind="technical_problem").consent == "not_needed"

    def test_a_need_that_leaves_the_house_asks_for_a_consent(self, call, me):
        with pytest.raises(reporting.ConsentMissing):
            ring(call, me, needs=(TickedNeed("groceries"),))

        call.refresh_from_db()
        assert call.state == CallState.IN_CALL
        assert not Attempt.objects.exists()

    def test_a_refused_consent_keeps_the_need_and_hands_nothing_over(self, call, me):
        saved = ring(call, me, needs=(TickedNeed("meals"),), consent="refused")

        assert saved.referrals == 0
        assert Need.objects.get().referral_id is None

    def test_a_medical_word_in_the_note_is_refused(self, call, me):
        with pytest.raises(UnfitWording):
            ring(call, me, note="A un cancer, suit une chimio")

        assert not Report.objects.exists()

    def test_a_note_about_violence_stays_out_of_the_referral(self, call, me):
        ring(call, me, needs=(TickedNeed("violence"),), consent="oral", note="Le voisin crie la nuit")

        from palier.modules.referrals.models import Referral

        assert Referral.objects.get().summary == ""

    def test_a_level_opens_an_alert_due_by_its_level_and_a_call_the_next_day(self, call, me):
        saved = ring(call, me, alert_level="2")

        alert = Alert.objects.get()
        assert alert.due_at == AT + timedelta(hours=8)
        assert saved.next_on == TODAY + timedelta(days=1)
        assert Report.objects.get().is_hard

    def test_forgets_the_draft(self, call, me):
        desk.keep(call_id=call.pk, typed={"note": "x"}, by=me, at=AT)

        ring(call, me)

        assert not Draft.objects.exists()


class TestMissed:
    def test_comes_back_later_the_same_day_in_another_slot(self, call, me):
        ring(call, me, "no_answer")

        call.refresh_from_db()
        assert (call.state, call.slot) == (CallState.WAITING, "noon")
        assert desk.take_next(by=me, at=AT + timedelta(minutes=30)) is None

    def test_three_times_on_two_days_sends_the_caretaker_who_is_at_work(self, call, me):
        away, here = make_agent(last_name="Away"), make_agent(last_name="Here")
        residence = call.line.residence
        make_coverage(away, residence)
        make_coverage(here, residence, rank="deputy")
        make_presence(away, TODAY + timedelta(days=1), "absent")
        make_presence(here, TODAY + timedelta(days=1), "field")
        for at in (AT, AT + timedelta(hours=2), AT + timedelta(days=1, hours=5)):
            assert desk.take_next(by=me, at=at) == call.pk
            saved = ring(call, me, "no_answer", at=at)

        call.refresh_from_db()
        visit = Visit.objects.get(pk=saved.visit_id)
        assert call.state == CallState.UNREACHED
        assert visit.agent_id == here.pk
        assert saved.notices

    def test_a_busy_line_comes_back_in_twenty_minutes(self, call, me):
        ring(call, me, "busy")

        assert desk.take_next(by=me, at=AT + timedelta(minutes=19)) is None
        assert desk.take_next(by=me, at=AT + timedelta(minutes=21)) == call.pk


class TestCallBack:
    def test_comes_back_to_the_same_caller_at_that_time(self, alpha):
        agent, actor = an_adviser()
        campaign = make_campaign(callers=[agent])
        add_call(add_line(campaign, phone="+33639980001"))
        call = desk.take_next(by=actor, at=AT)

        ring(call, actor, "callback_asked", call_back_at=AT + timedelta(hours=2))

        assert desk.take_next(by=caller(), at=AT + timedelta(hours=3)) is None
        assert desk.take_next(by=actor, at=AT + timedelta(hours=3)) == call

    def test_asks_when(self, call, me):
        with pytest.raises(reporting.CallBackUntold):
            ring(call, me, "callback_asked")


class TestWrongNumber:
    def test_is_ended_and_another_of_the_household_comes_at_once(self, call, me):
        person = call.line.members.get().person
        a_phone(person, "+33199000002")

        saved = ring(call, me, "wrong_number")

        call.refresh_from_db()
        assert saved.stays_in_hand
        assert (call.state, call.phone) == (CallState.IN_CALL, "+33199000002")
        assert ContactPoint.objects.get(value="+33639980001").ended_on == TODAY

    def test_without_another_one_sends_somebody_to_the_door(self, call, me):
        saved = ring(call, me, "wrong_number")

        call.refresh_from_db()
        assert call.state == CallState.UNREACHED
        assert Visit.objects.get().pk == saved.visit_id

    def test_never_falls_back_on_an_unsafe_number(self, call, me):
        a_phone(call.line.members.get().person, "+33199000002", is_unsafe=True)

        assert not ring(call, me, "wrong_number").stays_in_hand


class TestRefusal:
    def test_records_the_objection_and_ends_the_line(self, call, me):
        saved = ring(call, me, "refused")

        call.line.refresh_from_db()
        assert (call.line.state, call.line.ended_because) == (LineState.ENDED, "opted_out")
        objection = Consent.objects.get()
        assert (objection.kind, objection.topic, objection.recorded_by) == (
            "opt_out", "courtesy_calls", "Anne Roux",
        )  # fmt: skip
        assert saved.next_on is None

    def test_of_one_leaves_the_other_of_the_household_on_the_list(self, alpha, me):
        him, her = a_person("Bernat", "Jean"), a_person("Bernat", "Lise")
        a_lease(him, her)
        line = add_line(make_campaign(), him, her, phone="+33639980001")
        a_phone(her, "+33639980001")
        add_call(line)
        call = desk.take_next(by=me, at=AT)

        ring(call, me, "refused", refusing=(him.pk,))

        line.refresh_from_db()
        assert line.state == LineState.ACTIVE
        assert Call.objects.filter(line=line, state=CallState.WAITING).exists()


class TestMeanwhile:
    def test_lease_lost_and_taken_by_somebody_keeps_what_was_heard_beside_them(self, call, me):
        other = caller("Zoé Petit")
        later = AT + timedelta(minutes=20)
        assert desk.take_next(by=other, at=later) == call.pk

        saved = ring(call, me, wellbeing="well", note="Tout va bien", at=later)

        call.refresh_from_db()
        assert (call.state, call.leased_by_name) == (CallState.IN_CALL, "Zoé Petit")
        assert Report.objects.get(pk=saved.report_id).note == "Tout va bien"
        assert "Zoé Petit" in saved.notices[0]

    def test_lease_lost_and_free_is_as_if_nothing_had_happened(self, call, me):
        later = AT + timedelta(minutes=20)
        desk.release_expired(at=later)

        saved = ring(call, me, wellbeing="well", at=later)

        call.refresh_from_db()
        assert call.state == CallState.REACHED
        assert saved.notices == ()

    def test_a_death_keeps_the_report_and_plans_nothing(self, call, me):
        from palier.modules.outreach.services.stopping import end_lines_of_persons

        person = call.line.members.get().person
        Person.objects.filter(pk=person.pk).update(deceased_on=TODAY)
        end_lines_of_persons([person.pk], "deceased", AT, me)

        saved = ring(call, me, wellbeing="well")

        assert saved.report_id and saved.next_on is None
        assert saved.notices
        assert not Call.objects.filter(state=CallState.WAITING).exists()

    def test_a_seal_keeps_nothing_of_what_was_typed(self, call, me):
        from palier.modules.outreach.services.stopping import end_lines_of_persons

        end_lines_of_persons([call.line.members.get().person_id], "protected", AT, me)

        with pytest.raises(reporting.NoLongerLawful):
            ring(call, me, note="Son adresse est ailleurs")

        assert not Report.objects.exists()

    def test_a_call_already_over_keeps_what_was_heard(self, call, me):
        ring(call, me, wellbeing="well")

        saved = ring(call, me, note="A rappelé pour dire merci")

        assert saved.report_id and saved.notices


class TestVisit:
    @pytest.fixture
    def visit(self, call, me):
        return Visit.objects.get(pk=ring(call, me, "wrong_number").visit_id)

    def test_met_and_well_settles_the_call(self, visit, actor):
        visits.meet(visit_id=visit.pk, answer="well", by=actor, at=AT)

        visit.call.refresh_from_db()
        assert visit.call.state == CallState.CLOSED

    def test_is_cancelled_when_the_household_calls_back_itself(self, visit, me):
        from palier.modules.outreach.services import inbound

        call_id = inbound.begin(line_id=visit.line_id, by=me, at=AT + timedelta(hours=1))
        ring(call_id, me, direction="inbound", wellbeing="well", at=AT + timedelta(hours=1))

        visit.refresh_from_db()
        assert (visit.state, visit.ended_by_name) == ("cancelled", "Anne Roux")

    def test_met_twice_by_a_double_tap_is_once(self, visit, actor):
        visits.meet(visit_id=visit.pk, answer="well", by=actor, at=AT)

        assert visits.meet(visit_id=visit.pk, answer="well", by=actor, at=AT).state == "met"

    def test_a_dwelling_left_is_called_no_more(self, visit, actor):
        add_call(visit.line, round=2, phone="+33639980009", due_on=TODAY)

        visits.meet(visit_id=visit.pk, answer="moved", by=actor, at=AT)

        visit.line.refresh_from_db()
        assert (visit.line.state, visit.line.ended_because) == (LineState.ENDED, "gone")
        assert not Call.objects.unfinished().filter(line=visit.line).exists()

    @pytest.mark.parametrize("answer", ["well", "worrying"])
    def test_a_medical_word_at_the_door_is_refused(self, visit, actor, answer):
        with pytest.raises(UnfitWording):
            visits.meet(visit_id=visit.pk, answer=answer, note="Il a un cancer", by=actor, at=AT)

        visit.refresh_from_db()
        assert (visit.state, visit.note) == ("to_visit", "")

    def test_a_need_seen_at_the_door_becomes_a_referral(self, visit, actor):
        met = visits.meet(
            visit_id=visit.pk, answer="needs_help", note="Courses à monter au 4e", by=actor, at=AT
        )

        assert referrals.lines_of_source("outreach.visit", [visit.pk])[visit.pk][0].id == met.referral_id

    def test_a_need_without_a_word_is_refused(self, visit, actor):
        with pytest.raises(visits.NeedUntold):
            visits.meet(visit_id=visit.pk, answer="worrying", by=actor, at=AT)

        visit.refresh_from_db()
        assert visit.state == "to_visit"

    def test_nobody_twice_may_be_handed_over_without_a_name(self, visit, actor):
        visits.find_nobody(visit_id=visit.pk, by=actor, at=AT)
        with pytest.raises(visits.KnockedJustNow):
            visits.find_nobody(visit_id=visit.pk, by=actor, at=AT + timedelta(seconds=5))
        visits.find_nobody(visit_id=visit.pk, by=actor, at=AT + timedelta(hours=5))

        handed = visits.hand_over(visit_id=visit.pk, note="Volets fermés depuis trois jours", by=actor, at=AT)

        from palier.modules.referrals.models import Referral

        assert handed.state == "handed_over"
        assert Referral.objects.get(pk=handed.referral_id).person_id is None


class TestAlert:
    @pytest.fixture
    def alert(self, call, me):
        ring(call, me, alert_level="2")
        return Alert.objects.get()

    def test_is_taken_handed_over_and_closed_with_what_was_done(self, alert, actor):
        alerts.transmit(alert_id=alert.pk, to="Astreinte sociale", by=actor, at=AT)
        alerts.take(alert_id=alert.pk, by=actor, at=AT)

        closed = alerts.close(alert_id=alert.pk, note="Sa fille est venue", by=actor, at=AT)

        assert closed.state == AlertState.CLOSED

    def test_is_not_closed_with_a_medical_word(self, alert, actor):
        with pytest.raises(UnfitWording):
            alerts.close(alert_id=alert.pk, note="Elle a un cancer", by=actor, at=AT)

        alert.refresh_from_db()
        assert alert.state == AlertState.OPEN

    def test_is_not_closed_without_a_word(self, alert, actor):
        alerts.take(alert_id=alert.pk, by=actor, at=AT)

        with pytest.raises(alerts.ClosingUntold):
            alerts.close(alert_id=alert.pk, note=" ", by=actor, at=AT)

    def test_that_nobody_takes_climbs_once_a_step(self, alert, actor):
        late = alert.due_at + timedelta(minutes=1)

        assert alerts.carry_up_late_alerts(by=actor, at=alert.due_at) == 0
        assert alerts.carry_up_late_alerts(by=actor, at=late) == 1
        assert alerts.carry_up_late_alerts(by=actor, at=late) == 0
        assert alerts.carry_up_late_alerts(by=actor, at=late + timedelta(minutes=30)) == 1
        alert.refresh_from_db()
        assert alert.climb == "continuity_lead"

    def test_that_climbs_tells_the_leader_of_the_callers_team_without_a_tenants_name(self, alpha, actor):
        from palier.kernel.deliveries.models import Delivery
        from palier.modules.staff.tests.factories import make_team

        leader = make_agent(last_name="Chef", email="chef@alpha.example")
        team = make_team(leader=leader)
        email = "roux@alpha.example"
        agent = make_agent(last_name="Roux", email=email, team=team)
        add_call(add_line(make_campaign(callers=[agent]), phone="+33639980001"))
        by = caller("Anne Roux", email)
        ring(desk.take_next(by=by, at=AT), by, alert_level="3")

        alerts.carry_up_late_alerts(by=actor, at=AT + timedelta(minutes=20))

        sent = Delivery.objects.get()
        assert sent.target == "chef@alpha.example"
        assert "Martin" not in str(vars(sent))


class TestDebrief:
    def test_is_answered_by_the_caller_alone(self, call, me):
        saved = ring(call, me, is_hard=True)

        with pytest.raises(reporting.NotYours):
            reporting.answer_debrief(report_id=saved.report_id, wanted=True, by=caller(), at=AT)
        assert (
            reporting.answer_debrief(report_id=saved.report_id, wanted=True, by=me, at=AT).debrief == "wanted"
        )
