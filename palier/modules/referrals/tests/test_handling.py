"""The life of a referral inside the house, and who may read it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from palier.kernel.errors import NotAllowed, NotFound, TransitionRefused
from palier.kernel.journal.models import JournalEntry
from palier.kernel.models import new_id
from palier.kernel.outbox.models import OutboxEntry
from palier.kernel.wording import UnfitWording
from palier.modules.partners.tests.factories import a_partner
from palier.modules.people.tests.factories import a_lease, a_person
from palier.modules.referrals import jobs, public
from palier.modules.referrals.models import Referral, ReferralStep, Transmission
from palier.modules.referrals.selectors import many
from palier.modules.referrals.services import handling, servers, stopping, transmitting
from palier.modules.referrals.tests.factories import AT, a_referral, opened, somebody, with_rights
from palier.modules.staff.tests.factories import make_agent, make_team

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=3)
HANDLES = ("referrals:referral:view", "referrals:referral:handle")


def said(name):
    return [entry.payload for entry in OutboxEntry.objects.filter(name=name)]


class TestHandling:
    def test_settles_with_an_outcome_and_tells_the_source(self, alpha):
        referral = a_referral()

        handling.acknowledge(referral_id=referral.pk, by=somebody(), at=LATER)
        handling.start(referral_id=referral.pk, by=somebody(), at=LATER)
        handling.settle(
            referral_id=referral.pk, outcome="provided", note="Courses faites", by=somebody(), at=LATER
        )

        referral.refresh_from_db()
        assert (referral.state, referral.closed_at, referral.outcome_note) == (
            "settled",
            LATER,
            "Courses faites",
        )
        assert [one["outcome"] for one in said("referrals.settled")] == ["provided"]
        assert [step.kind for step in ReferralStep.objects.order_by("pk")] == [
            "opened", "acknowledged", "started", "settled",
        ]  # fmt: skip
        assert JournalEntry.objects.filter(kind="referrals.referral.settle").exists()

    def test_counts_a_settlement_as_an_acknowledgement(self, alpha):
        referral = a_referral()

        handling.settle(referral_id=referral.pk, outcome="informed", by=somebody(), at=LATER)

        assert len(said("referrals.acknowledged")) == 1

    def test_does_not_acknowledge_twice(self, alpha):
        referral = a_referral()
        handling.acknowledge(referral_id=referral.pk, by=somebody(), at=LATER)

        with pytest.raises(TransitionRefused):
            handling.acknowledge(referral_id=referral.pk, by=somebody(name="Une autre"), at=LATER)

        referral.refresh_from_db()
        assert referral.acknowledged_by == "Camille Ferrand"

    def test_returns_it_with_a_reason_and_starts_the_senders_clock(self, alpha):
        referral = a_referral(urgency="urgent")

        handling.decline(
            referral_id=referral.pk, reason="out_of_area", note="Voir Carcassonne", by=somebody(), at=LATER
        )

        referral.refresh_from_db()
        assert (referral.state, referral.ack_due_at) == ("returned", LATER + timedelta(hours=24))
        assert [one["reason"] for one in said("referrals.returned")] == ["out_of_area"]

    def test_gives_it_to_a_team_that_must_acknowledge_anew(self, alpha):
        referral, team = a_referral(), make_team(name="Proximité")
        handling.acknowledge(referral_id=referral.pk, by=somebody(), at=LATER)

        handling.assign(referral_id=referral.pk, team_id=team.pk, by=somebody(), at=LATER)

        referral.refresh_from_db()
        assert (referral.state, referral.team_id, referral.acknowledged_at) == ("opened", team.pk, None)
        assert ReferralStep.objects.get(kind="assigned").towards == "Proximité"

    def test_refuses_to_give_it_to_nobody_or_to_a_stranger(self, alpha):
        referral = a_referral()

        with pytest.raises(handling.NobodyChosen):
            handling.assign(referral_id=referral.pk, by=somebody(), at=LATER)
        with pytest.raises(NotFound):
            handling.assign(referral_id=referral.pk, agent_id=new_id(), by=somebody(), at=LATER)

    def test_withdraws_with_a_reason(self, alpha):
        referral = a_referral()

        with pytest.raises(handling.ReasonMissing):
            handling.withdraw(referral_id=referral.pk, reason="  ", by=somebody(), at=LATER)
        handling.withdraw(referral_id=referral.pk, reason="Doublon", by=somebody(), at=LATER)

        referral.refresh_from_db()
        assert (referral.state, referral.withdraw_reason) == ("withdrawn", "Doublon")
        assert [one["outcome"] for one in said("referrals.settled")] == ["withdrawn"]

    def test_reopens_what_came_back(self, alpha):
        referral = a_referral()
        handling.settle(referral_id=referral.pk, outcome="partly", by=somebody(), at=LATER)

        handling.reopen(referral_id=referral.pk, reason="Le besoin est revenu", by=somebody(), at=LATER)

        referral.refresh_from_db()
        assert (referral.state, referral.outcome, referral.closed_at) == ("in_progress", "", None)

    def test_refuses_unfit_notes_and_changes_nothing(self, alpha):
        referral = a_referral()

        with pytest.raises(UnfitWording):
            handling.settle(
                referral_id=referral.pk, outcome="provided", note="alcoolique", by=somebody(), at=LATER
            )

        referral.refresh_from_db()
        assert referral.state == "opened"

    def test_keeps_the_reason_of_a_confirmed_word_in_the_journal(self, alpha):
        referral = a_referral()

        handling.settle(
            referral_id=referral.pk, outcome="provided", note="Vu avec Mme Malade", wording_reason="nom de famille",
            by=somebody(), at=LATER,
        )  # fmt: skip

        line = JournalEntry.objects.get(kind="wording.confirmed")
        assert line.data == {"categories": ["health"], "reason": "nom de famille"}


class TestKindServers:
    @pytest.fixture
    def served(self, monkeypatch):
        monkeypatch.setattr(servers, "_servers", {})
        received = []

        def accept(*, referral, by, at):
            received.append(referral)
            return referral.id

        public.register_kind_server(
            "social_support", label="Ouvrir un suivi", permission="support:file:open", accept=accept
        )
        return received

    def test_take_the_referral_and_keep_their_record(self, alpha, served):
        referral = a_referral(kind="social_support")

        handling.accept_by_server(referral_id=referral.pk, by=somebody(), at=LATER)

        referral.refresh_from_db()
        assert (referral.state, referral.served_id) == ("in_progress", referral.pk)
        assert [brief.reference for brief in served] == [referral.reference]

    def test_report_the_outcome(self, alpha, served):
        referral = a_referral(kind="social_support")
        handling.accept_by_server(referral_id=referral.pk, by=somebody(), at=LATER)

        for _twice in range(2):
            public.report_outcome(referral_id=referral.pk, outcome="follow_up", by=somebody(), at=LATER)

        assert [one["outcome"] for one in said("referrals.settled")] == ["follow_up"]

    def test_are_not_for_those_who_may_not_work_there(self, alpha, served):
        me = with_rights(*HANDLES, "referrals:referral:view_all")

        with pytest.raises(NotAllowed):
            handling.accept_by_server(referral_id=opened(kind="social_support"), by=me, at=LATER)

        assert served == []

    def test_are_missing_for_most_kinds(self, alpha, served):
        with pytest.raises(handling.NoServer):
            handling.accept_by_server(referral_id=opened(), by=somebody(), at=LATER)


class TestVisibility:
    def test_shows_ones_own_alone_without_the_larger_right(self, alpha):
        me = with_rights(*HANDLES, "referrals:referral:open")
        mine = opened(by=me)
        opened()

        assert list(Referral.objects.visible_to(me).values_list("pk", flat=True)) == [mine]

    def test_shows_what_is_given_to_ones_agent_or_team(self, alpha):
        team = make_team()
        agent = make_agent(email="paul.arnal@alpha.example", team=team)
        referral, other = a_referral(), a_referral()
        handling.assign(referral_id=referral.pk, team_id=team.pk, by=somebody(), at=LATER)
        me = with_rights(*HANDLES)

        handling.acknowledge(referral_id=referral.pk, by=me, at=LATER)

        assert Referral.objects.visible_to(me, agent_id=agent.pk).get().pk == referral.pk
        with pytest.raises(NotFound):
            handling.acknowledge(referral_id=other.pk, by=me, at=LATER)

    def test_is_the_same_for_what_is_done_to_many(self, alpha):
        me = with_rights("referrals:referral:view")
        mine = opened(by=with_rights("referrals:referral:open", user_id=me.user_id))
        opened()

        for plan in (
            many.withdraw_plan(by=me, at=LATER),
            many.assign_plan(agent_id=None, team_id=None, by=me, at=LATER),
        ):
            assert [row.pk for row in Referral.objects.filter(pk__in=plan.values("pk"))] == [mine]

    def test_keeps_violence_to_those_who_may_know(self, alpha):
        opened(kind="violence")
        everybody = with_rights(*HANDLES, "referrals:referral:view_all")
        referent = with_rights(*HANDLES, "referrals:referral:view_all", "referrals:violence:view")

        assert not Referral.objects.visible_to(everybody).exists()
        assert Referral.objects.visible_to(referent).count() == 1


class TestStopContact:
    def test_marks_open_referrals_once(self, alpha):
        person = a_person()
        referral = a_referral(person=person)

        for _twice in range(2):
            stopping.stop_contact(
                person_ids=[person.pk], from_on=AT.date(), why="deceased", by=somebody(), at=LATER
            )

        step = ReferralStep.objects.get(kind="contact_stopped")
        assert step.referral_id == referral.pk

    def test_closes_the_link_of_who_died(self, alpha):
        referral = a_referral(person=a_person())
        transmitting.transmit(
            referral_id=referral.pk, partner_id=a_partner().pk, sent_by="shown", by=somebody(), at=AT
        )

        stopping.stop_contact(
            person_ids=[referral.person_id], from_on=AT.date(), why="deceased", by=somebody(), at=LATER
        )

        assert Transmission.objects.get().ended_at == LATER

    def test_is_planned_for_the_day_of_exit(self, alpha):
        exits_on = timezone.localdate() + timedelta(days=60)

        jobs.stop_contact(
            event={"person_ids": [str(new_id())], "from_on": exits_on.isoformat(), "why": "gone"}
        )

        planned = OutboxEntry.objects.get(name="referrals.mark-gone")
        assert timezone.localdate(planned.not_before) == exits_on

    def test_marks_on_the_day_of_exit_those_who_left_and_not_who_stayed(self, alpha):
        gone, staying = a_person(), a_person()
        a_lease(staying)
        marked, spared = a_referral(person=gone), a_referral(person=staying)

        jobs.mark_gone(person_ids=[str(gone.pk), str(staying.pk)], from_on=timezone.localdate().isoformat())

        assert marked.steps.filter(kind="contact_stopped").exists()
        assert not spared.steps.filter(kind="contact_stopped").exists()

    def test_waits_for_the_day_of_a_departure(self, alpha):
        person = a_person()
        opened(person=person)

        marked = stopping.stop_contact(
            person_ids=[person.pk],
            from_on=AT.date() + timedelta(days=60),
            why="gone",
            by=somebody(),
            at=LATER,
        )

        assert marked == 0
