"""The desk: who gets which household, for how long, and what comes back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from palier.kernel.access import Actor, SystemActor
from palier.kernel.errors import NotAllowed
from palier.modules.outreach.enums import CallState
from palier.modules.outreach.models import Call, Draft
from palier.modules.outreach.services import desk, reporting
from palier.modules.outreach.tests.factories import AT, TODAY, add_call, add_line, make_campaign
from palier.modules.people.models import Consent, ContactPoint, Person
from palier.modules.people.tests.factories import a_person, a_phone
from palier.modules.staff.tests.factories import make_agent, make_presence

pytestmark = pytest.mark.django_db


def caller(name="Anne Roux", email=""):
    return SystemActor(
        user_id=uuid4(), name=name, email=email or f"{uuid4()}@alpha.example", organisation="alpha", via="web"
    )


def an_adviser(name="Roux"):
    """A member of staff with an account."""
    email = f"{name.lower()}@alpha.example"
    return make_agent(last_name=name, email=email), caller(f"Anne {name}", email)


def caller_without_lead():
    return Actor(user_id=uuid4(), name="X", email="x@alpha.example", organisation="alpha",
                 permissions=frozenset({"outreach:call:make"}))  # fmt: skip


def take(by, at=AT, **given):
    return desk.take_next(by=by, at=at, **given)


def phones(*calls):
    return [Call.objects.get(pk=one).phone[-1] if one else None for one in calls]


class TestTaking:
    def test_gives_the_most_urgent_household_of_those_due(self, alpha):
        make_campaign(lines=3)

        first, second = take(caller()), take(caller())

        assert phones(first, second) == ["1", "2"]
        taken = Call.objects.get(pk=first)
        assert taken.state == CallState.IN_CALL
        assert taken.leased_until == AT + timedelta(minutes=15)

    def test_gives_my_own_first_then_nobodys_then_those_of_absent_colleagues(self, alpha):
        (me, actor), (other, _), (absent, _) = an_adviser("Roux"), an_adviser("Vidal"), an_adviser("Zola")
        make_presence(absent, TODAY, "absent")
        campaign = make_campaign(callers=[me, other, absent])
        phones_of = {"other": other, "absent": absent, "nobody": None, "mine": me}
        for number, (_who, agent) in enumerate(phones_of.items(), 1):
            add_call(add_line(campaign, phone=f"+3363998000{number}", caller=agent, score=100 - number))

        given = []
        while (call := take(actor)) is not None:
            given.append(call)
            Call.objects.filter(pk=call).update(
                state="reached", ended_at=AT, leased_by_id=None, leased_until=None
            )

        assert phones(*given) == ["4", "2", "3"]

    def test_gives_one_caller_the_same_household_in_two_tabs(self, alpha):
        make_campaign(lines=2)
        me = caller()

        assert take(me) == take(me)

    def test_gives_back_first_to_whom_a_call_back_was_promised_once_its_time_has_come(self, alpha):
        campaign = make_campaign(lines=1)
        line = add_line(campaign, phone="+33639980099", score=1)
        add_call(line, not_before=AT, last_result="callback_asked")

        too_soon = take(caller(), at=AT - timedelta(minutes=1))
        in_time = take(caller())

        assert phones(in_time) == ["9"]
        assert too_soon != in_time

    def test_never_gives_a_number_that_is_unsafe_for_somebody_of_the_household(self, alpha):
        line = add_line(make_campaign(), phone="+33639980001")
        add_call(line)
        other = a_person("Martin", "Paul", household=line.household)
        a_phone(other, "+33639980001", is_unsafe=True)

        assert take(caller()) is None

    def test_gives_a_household_in_alert_before_a_better_scored_one(self, alpha):
        campaign = make_campaign()
        add_call(add_line(campaign, phone="+33639980001", score=100))
        worried = add_line(campaign, phone="+33639980002", score=1)
        call = add_call(worried)
        me = caller()
        desk.take_call(call_id=call.pk, by=me, at=AT)
        outcome = reporting.Outcome(token=uuid4(), result="answered", alert_level="2", next_call_on=TODAY)
        reporting.save(call_id=call.pk, outcome=outcome, by=me, at=AT)

        assert phones(take(caller(), at=AT + timedelta(hours=1))) == ["2"]

    def test_leaves_those_who_prefer_the_evening_for_later_unless_asked(self, alpha):
        campaign = make_campaign()
        add_call(add_line(campaign, phone="+33639980001"), slot="evening")

        assert take(caller()) is None
        assert take(caller(), early=True) is not None

    def test_never_gives_a_number_that_somebody_rings_in_another_campaign(self, alpha):
        first, second = make_campaign(), make_campaign()
        line = add_line(first, phone="+33639980001")
        add_call(line)
        person = line.members.get().person
        add_call(add_line(second, person, phone="+33639980001"))

        assert take(caller()) is not None
        assert take(caller()) is None

    def test_leaves_alone_a_number_rung_by_another_campaign_in_the_last_hours(self, alpha):
        first, second = make_campaign(), make_campaign()
        line = add_line(first, phone="+33639980001")
        add_call(line, state="reached", ended_at=AT, last_attempt_at=AT - timedelta(hours=1))
        add_call(add_line(second, line.members.get().person, phone="+33639980001"))

        assert take(caller()) is None
        assert take(caller(), at=AT + timedelta(hours=3, minutes=30)) is not None

    @pytest.mark.parametrize(
        "news",
        [
            lambda person: Person.objects.filter(pk=person.pk).update(deceased_on=TODAY),
            lambda person: ContactPoint.objects.filter(person=person).update(is_unsafe=True),
            lambda person: ContactPoint.objects.filter(person=person).update(ended_on=TODAY),
            lambda person: person.parties.get().lease.__class__.objects.update(left_on=TODAY),
            lambda person: Consent.objects.create(
                person=person, kind="opt_out", topic="courtesy_calls", given_at=AT, recorded_by="Test"
            ),
        ],
        ids=["died", "unsafe number", "ended number", "left", "objects"],
    )
    def test_never_gives_somebody_who_may_not_be_called_even_before_the_news_has_travelled(self, alpha, news):
        line = add_line(make_campaign(), phone="+33639980001")
        add_call(line)
        news(line.members.get().person)

        assert take(caller()) is None

    @pytest.mark.parametrize("state", ["draft", "building", "paused"])
    def test_takes_nothing_from_a_campaign_that_is_not_in_progress(self, alpha, state):
        make_campaign(lines=1, state=state)

        assert take(caller()) is None

    def test_asks_for_the_right(self, alpha):
        from palier.kernel.access import Actor
        from palier.kernel.errors import NotAllowed

        stranger = Actor(user_id=uuid4(), name="X", email="x@alpha.example", organisation="alpha")

        with pytest.raises(NotAllowed):
            take(stranger)


class TestLease:
    def test_that_has_run_out_gives_the_household_to_somebody_else(self, alpha):
        make_campaign(lines=1)
        first = take(caller())

        assert take(caller(), at=AT + timedelta(minutes=14)) is None
        assert take(caller(), at=AT + timedelta(minutes=16)) == first

    def test_is_kept_by_a_sign_and_what_is_typed_is_kept_with_it(self, alpha):
        make_campaign(lines=1)
        me = caller()
        call = take(me)

        desk.keep(call_id=call, typed={"note": "Rappeler le fils"}, by=me, at=AT + timedelta(minutes=10))

        assert Call.objects.get(pk=call).leased_until == AT + timedelta(minutes=25)
        assert Draft.objects.get(call=call).content == {"note": "Rappeler le fils"}

    def test_that_ran_out_is_taken_again_by_the_same_caller_if_nobody_else_did(self, alpha):
        make_campaign(lines=1)
        me = caller()
        call = take(me)
        desk.release_expired(at=AT + timedelta(minutes=20))

        desk.keep(call_id=call, typed={}, by=me, at=AT + timedelta(minutes=21))

        assert Call.objects.get(pk=call).leased_by_id == me.user_id

    def test_of_a_line_that_ended_meanwhile_gives_it_to_nobody(self, alpha):
        make_campaign(lines=1)
        call = Call.objects.get(pk=take(caller()))
        type(call.line).objects.update(state="ended", ended_because="deceased", ended_at=AT)

        desk.release_expired(at=AT + timedelta(minutes=20))

        call.refresh_from_db()
        assert (call.state, call.ended_because) == (CallState.CANCELLED, "deceased")

    def test_lost_to_somebody_else_says_to_whom(self, alpha):
        make_campaign(lines=1)
        me = caller()
        call = take(me)
        take(caller("Zoé Petit"), at=AT + timedelta(minutes=20))

        with pytest.raises(desk.LeaseLost) as refusal:
            desk.keep(call_id=call, typed={}, by=me, at=AT + timedelta(minutes=21))

        assert refusal.value.fields["who"] == "Zoé Petit"

    def test_shrinks_to_a_minute_when_the_page_closes(self, alpha):
        make_campaign(lines=1)
        me = caller()
        call = take(me)

        desk.leave(call_id=call, by=me, at=AT)

        assert take(caller(), at=AT + timedelta(seconds=61)) == call


class TestGivingBack:
    def test_puts_the_household_back_and_forgets_what_was_typed(self, alpha):
        make_campaign(lines=1)
        me = caller()
        call = take(me)
        desk.keep(call_id=call, typed={"note": "x"}, by=me, at=AT)

        desk.give_back(call_id=call, by=me, at=AT)

        assert Call.objects.get(pk=call).state == CallState.WAITING
        assert not Draft.objects.exists()

    def test_of_a_line_that_ended_meanwhile_cancels_the_call(self, alpha):
        make_campaign(lines=1)
        me = caller()
        call = Call.objects.get(pk=take(me))
        type(call.line).objects.update(state="ended", ended_because="deceased", ended_at=AT)

        desk.give_back(call_id=call.pk, by=me, at=AT)

        call.refresh_from_db()
        assert (call.state, call.ended_because) == (CallState.CANCELLED, "deceased")

    def test_is_refused_to_whoever_does_not_hold_it(self, alpha):
        make_campaign(lines=1)
        call = take(caller())

        with pytest.raises(desk.NotInHand):
            desk.give_back(call_id=call, by=caller(), at=AT)

        assert Call.objects.get(pk=call).state == CallState.IN_CALL


class TestSkipping:
    def test_for_later_brings_the_household_back_in_an_hour(self, alpha):
        make_campaign(lines=1)
        me = caller()
        call = take(me)

        desk.skip(call_id=call, reason="later", by=me, at=AT)

        assert take(me, at=AT + timedelta(minutes=59)) is None
        assert take(me, at=AT + timedelta(minutes=61)) == call

    def test_for_want_of_the_language_gives_it_to_a_colleague_who_speaks_it(self, alpha):
        (me, actor), (other, _), (third, _) = an_adviser("Roux"), an_adviser("Vidal"), an_adviser("Zola")
        campaign = make_campaign(callers=[me, other, third])
        campaign.callers.filter(agent=third).update(languages=["tr"])
        add_call(add_line(campaign, phone="+33639980001", caller=me, language="tr"), language="tr")
        call = take(actor)

        desk.skip(call_id=call, reason="language", by=actor, at=AT)

        assert Call.objects.get(pk=call).caller_id == third.pk
        assert take(actor) is None

    def test_of_somebody_one_knows_gives_it_to_the_least_busy_colleague(self, alpha):
        (me, actor), (other, _) = an_adviser("Roux"), an_adviser("Vidal")
        campaign = make_campaign(callers=[me, other])
        add_call(add_line(campaign, phone="+33639980001", caller=me))
        call = take(actor)

        desk.skip(call_id=call, reason="known", by=actor, at=AT)

        assert Call.objects.get(pk=call).caller_id == other.pk

    def test_of_nobodys_household_never_gives_it_back_to_whoever_skips(self, alpha):
        (me, actor), (other, _) = an_adviser("Roux"), an_adviser("Vidal")
        campaign = make_campaign(callers=[me, other])
        # The colleague is the busier one: only the rule keeps the household from coming back.
        add_call(add_line(campaign, phone="+33639980002", caller=other, score=1))
        add_call(add_line(campaign, phone="+33639980001"))
        call = take(actor)

        desk.skip(call_id=call, reason="known", by=actor, at=AT)

        assert Call.objects.get(pk=call).caller_id == other.pk

    def test_gives_it_to_nobody_who_is_away(self, alpha):
        (me, actor), (away, _), (other, _) = an_adviser("Roux"), an_adviser("Vidal"), an_adviser("Zola")
        make_presence(away, TODAY, "absent")
        campaign = make_campaign(callers=[me, away, other])
        add_call(add_line(campaign, phone="+33639980002", caller=other, score=1))
        add_call(add_line(campaign, phone="+33639980001", caller=me))
        call = take(actor)

        desk.skip(call_id=call, reason="known", by=actor, at=AT)

        assert Call.objects.get(pk=call).caller_id == other.pk


class TestTakingBack:
    def test_by_the_leader_frees_the_household_and_keeps_what_was_typed(self, alpha, actor):
        make_campaign(lines=1)
        me = caller("Zoé Petit")
        call = take(me)
        desk.keep(call_id=call, typed={"note": "x"}, by=me, at=AT)

        who = desk.take_back(call_id=call, by=actor, at=AT)

        with pytest.raises(NotAllowed):
            desk.take_back(call_id=call, by=caller_without_lead(), at=AT)
        assert who == "Zoé Petit"
        assert Call.objects.get(pk=call).state == CallState.WAITING
        assert Draft.objects.filter(call=call).exists()
