"""Overdue referrals are carried up: to whom, when, and never twice."""

from datetime import timedelta

import pytest

from palier.kernel.deliveries.models import Delivery
from palier.kernel.outbox.models import OutboxEntry
from palier.modules.partners.tests.factories import a_partner
from palier.modules.people.tests.factories import a_person
from palier.modules.referrals.models import Referral, ReferralStep
from palier.modules.referrals.services import climbing, handling, links, transmitting
from palier.modules.referrals.tests.factories import AT, a_referral, somebody
from palier.modules.staff.tests.factories import make_agent, make_team

pytestmark = pytest.mark.django_db


def led_team(**fields):
    team = make_team()
    leader = make_agent(
        first_name="Nadia", last_name="Cabrol", email="nadia.cabrol@alpha.example", team=team, **fields
    )
    team.leader = leader
    team.save()
    return team


def carry_up(after):
    return climbing.carry_up_overdue(by=somebody(name="Palier"), at=AT + after)


class TestClimb:
    def test_tells_the_leader_of_the_team_that_has_it(self, alpha):
        referral = a_referral(urgency="vital", person=a_person("Sarrazin", "Odette"))
        handling.assign(referral_id=referral.pk, team_id=led_team().pk, by=somebody(), at=AT)

        assert carry_up(timedelta(minutes=61)) == 1

        mail = Delivery.objects.get()
        assert (mail.target, referral.reference in mail.subject) == ("nadia.cabrol@alpha.example", True)
        assert "SARRAZIN" not in mail.body and "Odette" not in mail.body
        assert ReferralStep.objects.get(kind="climbed").towards == "Nadia Cabrol"
        told = OutboxEntry.objects.get(name="referrals.overdue").payload
        assert (told["climb"], told["reference"]) == ("team_leader", referral.reference)

    def test_tells_the_leader_of_whoever_opened_it(self, alpha):
        make_agent(email="camille.ferrand@alpha.example", team=led_team())
        a_referral(urgency="vital")

        carry_up(timedelta(minutes=61))

        assert Delivery.objects.get().target == "nadia.cabrol@alpha.example"

    def test_goes_on_to_the_continuity_lead(self, alpha):
        a_referral(urgency="vital")

        carry_up(timedelta(minutes=61))
        carry_up(timedelta(minutes=91))

        assert Referral.objects.get().climb == "continuity_lead"
        climbs = [
            one.payload["climb"]
            for one in OutboxEntry.objects.filter(name="referrals.overdue").order_by("pk")
        ]
        assert climbs == ["team_leader", "continuity_lead"]

    def test_takes_both_steps_when_it_ran_late(self, alpha):
        a_referral(urgency="vital")

        assert carry_up(timedelta(hours=5)) == 2

    def test_says_nothing_twice(self, alpha):
        referral = a_referral(urgency="vital")
        handling.assign(referral_id=referral.pk, team_id=led_team().pk, by=somebody(), at=AT)

        for minutes in (61, 62, 63, 100, 101):
            carry_up(timedelta(minutes=minutes))
        # As after a crash that lost the mark but kept the story.
        Referral.objects.update(climb="none")
        carry_up(timedelta(minutes=102))

        assert Delivery.objects.count() == 1
        assert ReferralStep.objects.filter(kind="climbed").count() == 2

    def test_leaves_alone_what_is_acknowledged_or_closed(self, alpha):
        known, closed = a_referral(urgency="vital"), a_referral(urgency="vital")
        handling.acknowledge(referral_id=known.pk, by=somebody(), at=AT)
        handling.withdraw(referral_id=closed.pk, reason="Doublon", by=somebody(), at=AT)

        assert carry_up(timedelta(days=3)) == 0

    def test_takes_up_what_is_not_settled_by_its_date(self, alpha):
        referral = a_referral(urgency="urgent", due_at=AT + timedelta(days=2))
        handling.acknowledge(referral_id=referral.pk, by=somebody(), at=AT)

        assert carry_up(timedelta(days=1)) == 0
        assert carry_up(timedelta(days=2, minutes=1)) == 1

    def test_takes_up_what_a_partner_can_no_longer_answer(self, alpha):
        """Acknowledged by its link, then nothing: once the link is over nobody would ever hear of it."""
        referral = a_referral()
        made = transmitting.transmit(
            referral_id=referral.pk, partner_id=a_partner().pk, sent_by="shown", by=somebody(), at=AT
        )
        secret = links.read_link(made.link.rstrip("/").rsplit("/", 1)[1])[1]
        links.answer_link(secret=secret, answer=links.Answer("acknowledge"), at=AT + timedelta(hours=1))

        assert carry_up(timedelta(days=13)) == 0
        assert carry_up(timedelta(days=14, minutes=1)) == 1
        assert carry_up(timedelta(days=14, minutes=6)) == 0

    def test_begins_anew_with_somebody_else(self, alpha):
        referral, team = a_referral(urgency="vital"), led_team()
        carry_up(timedelta(hours=5))

        handling.assign(referral_id=referral.pk, team_id=team.pk, by=somebody(), at=AT + timedelta(hours=6))
        carry_up(timedelta(hours=7, minutes=1))

        assert Delivery.objects.count() == 1

    def test_says_that_nobody_leads(self, alpha):
        a_referral(urgency="vital")

        carry_up(timedelta(minutes=61))

        assert ReferralStep.objects.get(kind="climbed").note
        assert not Delivery.objects.exists()

    def test_never_reaches_a_sealed_persons(self, alpha):
        person = a_person()
        a_referral(urgency="vital", person=person)
        type(person).objects.filter(pk=person.pk).update(family_name="", given_names="", sealed_at=AT)

        assert carry_up(timedelta(days=1)) == 0
