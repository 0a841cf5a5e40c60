"""The next call of a household, and the end of calls."""

from datetime import UTC, date, datetime, timedelta

import pytest

from palier.modules.outreach.models import Call, Line, LineMember
from palier.modules.outreach.services.assignment import caller_for, rebalance, rebalancing
from palier.modules.outreach.services.cadence import open_rounds, schedule_next, settle_numbers
from palier.modules.outreach.services.stopping import end_lines_of_persons, forget_person
from palier.modules.outreach.tests.factories import (
    AT,
    TODAY,
    a_lease,
    a_person,
    a_phone,
    add_call,
    add_line,
    make_campaign,
    reached,
)
from palier.modules.staff.tests.factories import make_agent, make_presence

PHONE = "+33639980101"


@pytest.fixture
def campaign(alpha):
    return make_campaign()


class TestScheduleNext:
    def test_plans_the_next_round_at_the_cadence(self, campaign, actor):
        call = reached(add_call(add_line(campaign, phone=PHONE)))

        planned = schedule_next(call=call, reached_at=AT, next_call_on=None, by=actor, at=AT)

        assert (planned.round, planned.due_on) == (2, TODAY + timedelta(days=7))
        assert planned.phone == PHONE

    def test_takes_the_day_agreed_with_the_person(self, campaign, actor):
        call = reached(add_call(add_line(campaign, phone=PHONE)))

        planned = schedule_next(call=call, reached_at=AT, next_call_on=date(2026, 11, 25), by=actor, at=AT)

        assert planned.due_on == date(2026, 11, 25)

    def test_never_opens_two_rounds(self, campaign, actor):
        call = reached(add_call(add_line(campaign, phone=PHONE)))
        first = schedule_next(call=call, reached_at=AT, next_call_on=None, by=actor, at=AT)

        again = schedule_next(call=call, reached_at=AT, next_call_on=None, by=actor, at=AT)

        assert again == first
        assert Call.objects.unfinished().count() == 1

    def test_ends_the_line_called_once(self, campaign, actor):
        line = add_line(campaign, phone=PHONE, cadence_days=None)
        call = reached(add_call(line))

        planned = schedule_next(call=call, reached_at=AT, next_call_on=None, by=actor, at=AT)

        line.refresh_from_db()
        assert planned is None
        assert (line.state, line.ended_because) == ("ended", "once")

    def test_plans_nothing_beyond_the_end_of_the_campaign(self, alpha, actor):
        campaign = make_campaign(ends_on=TODAY + timedelta(days=5))
        call = reached(add_call(add_line(campaign, phone=PHONE)))

        assert schedule_next(call=call, reached_at=AT, next_call_on=None, by=actor, at=AT) is None


class TestOpenRounds:
    def test_finds_every_line_left_without_a_call(self, campaign):
        forgotten = add_line(campaign, phone=PHONE)
        reached(add_call(add_line(campaign, phone="+33639980102")))
        add_call(add_line(campaign, phone="+33639980103"))

        planned = open_rounds(at=AT)

        assert planned == 2
        assert Call.objects.get(line=forgotten).due_on == TODAY
        assert Call.objects.get(line__phone="+33639980102", state="waiting").due_on == TODAY + timedelta(
            days=7
        )
        assert open_rounds(at=AT) == 0

    def test_leaves_a_number_to_the_more_protective_campaign(self, campaign):
        slow = add_line(campaign, phone=PHONE, cadence_days=14)
        add_call(slow)
        fast_campaign = make_campaign()
        fast = add_line(fast_campaign, slow.members.get().person, phone=PHONE, cadence_days=7)

        cancelled = settle_numbers(at=AT)
        open_rounds(at=AT)

        assert cancelled == 1
        assert list(Call.objects.unfinished().values_list("line_id", flat=True)) == [fast.pk]

    def test_gives_the_number_back_when_the_other_campaign_closes(self, campaign):
        slow = add_line(campaign, phone=PHONE, cadence_days=14)
        fast_campaign = make_campaign()
        add_line(fast_campaign, slow.members.get().person, phone=PHONE, cadence_days=7)
        fast_campaign.state = "paused"
        fast_campaign.save()

        open_rounds(at=AT)

        assert Call.objects.unfinished().get().line_id == slow.pk


class TestStopping:
    def test_ends_the_line_and_cancels_the_waiting_call(self, campaign, actor):
        line = add_line(campaign, phone=PHONE)
        call = add_call(line)
        person = line.members.get().person

        ended = end_lines_of_persons([person.pk], "deceased", AT, actor)

        call.refresh_from_db()
        line.refresh_from_db()
        assert ended == 1
        assert (call.state, call.ended_because) == ("cancelled", "deceased")
        assert (line.state, line.ended_because) == ("ended", "deceased")

    def test_goes_on_with_those_who_remain_on_their_own_number(self, campaign, actor):
        him, her = a_person("Roux", "Paul"), a_person("Roux", "Jeanne")
        a_lease(him, her)
        a_phone(her, "+33639980109")
        line = add_line(campaign, him, her, phone=PHONE)
        call = add_call(line)

        ended = end_lines_of_persons([him.pk], "deceased", AT, actor)

        call.refresh_from_db()
        assert ended == 0
        assert list(LineMember.objects.values_list("person_id", flat=True)) == [her.pk]
        assert (call.state, call.phone) == ("waiting", "+33639980109")

    def test_leaves_a_call_in_hand_to_its_caller(self, campaign, actor):
        line = add_line(campaign, phone=PHONE)
        call = add_call(line, state="in_call", leased_by_id=actor.user_id, leased_until=AT)

        end_lines_of_persons([line.members.get().person_id], "gone", AT, actor)

        call.refresh_from_db()
        assert call.state == "in_call"
        assert Line.objects.get().state == "ended"

    def test_takes_back_the_call_of_a_protected_person_and_forgets_her(self, campaign, actor):
        line = add_line(campaign, phone=PHONE)
        call = add_call(line, state="in_call", leased_by_id=actor.user_id, leased_until=AT)
        person = line.members.get().person
        person.contact_points.all().delete()

        forget_person(person_id=person.pk, by=actor, at=AT)

        call.refresh_from_db()
        line.refresh_from_db()
        assert (call.state, call.phone, line.phone, line.lot_id) == ("cancelled", "", "", None)
        assert not LineMember.objects.exists()


class TestRebalance:
    def test_lends_the_calls_of_somebody_away_and_keeps_the_lines(self, alpha, actor):
        here, away = make_agent(), make_agent()
        campaign = make_campaign(callers=[here, away])
        make_presence(here, TODAY, "telework")
        make_presence(away, TODAY, "absent")
        line = add_line(campaign, phone=PHONE, caller=away)
        call = add_call(line)

        foreseen = rebalancing(campaign_id=campaign.pk, on=TODAY)
        moved = rebalance(campaign_id=campaign.pk, on=TODAY, by=actor, at=AT)

        call.refresh_from_db()
        line.refresh_from_db()
        assert (foreseen.waiting, foreseen.to) == (1, ((here.pk, 1),))
        assert (moved, call.caller_id, line.caller_id) == (1, here.pk, away.pk)
        assert caller_for(line=line, on=TODAY) == here.pk

    def test_gives_calls_back_to_who_has_returned(self, alpha, actor):
        here, back = make_agent(), make_agent()
        campaign = make_campaign(callers=[here, back])
        make_presence(back, TODAY, "on_site")
        line = add_line(campaign, phone=PHONE, caller=back)
        call = add_call(line, caller=here)

        rebalance(campaign_id=campaign.pk, on=TODAY, by=actor, at=AT)

        call.refresh_from_db()
        assert call.caller_id == back.pk


def test_the_factory_makes_hundreds_of_lines_quickly(alpha):
    campaign = make_campaign(lines=300)

    assert Call.objects.filter(campaign=campaign, state="waiting").count() == 300


def test_a_saturday_is_put_off_to_monday(alpha, actor):
    friday = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    campaign = make_campaign()
    call = reached(add_call(add_line(campaign, phone=PHONE, cadence_days=1)), friday)

    planned = schedule_next(call=call, reached_at=friday, next_call_on=None, by=actor, at=friday)

    assert planned.due_on == date(2026, 11, 30)
