"""Two at once, on real connections; and a worker killed in the middle of its climbs."""

import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from palier.kernel.deliveries.models import Delivery
from palier.kernel.errors import DomainError
from palier.kernel.models import new_id
from palier.kernel.organisations.current import leave_organisation, open_organisation
from palier.kernel.outbox.models import OutboxEntry
from palier.modules.partners.tests.factories import a_partner
from palier.modules.people.tests.factories import a_person
from palier.modules.referrals.models import Referral, ReferralStep, Transmission
from palier.modules.referrals.services import climbing, handling, links, transmitting
from palier.modules.referrals.services.links import Answer
from palier.modules.referrals.tests.factories import AT, a_referral, opened, somebody
from palier.modules.staff.tests.factories import make_agent, make_team

pytestmark = pytest.mark.race

LATER = AT + timedelta(hours=1)


def at_once(*acts):
    """Run each act in its own thread and connection, all released together; return what each gave or refused."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            with open_organisation("alpha"):
                gate.wait()
                results[index] = act()
        except DomainError as refusal:
            results[index] = refusal.code
        finally:
            leave_organisation()
            connection.close()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def a_secret():
    sent = transmitting.transmit(
        referral_id=a_referral().pk, partner_id=a_partner().pk, sent_by="shown", by=somebody(), at=AT
    )
    return sent, links.read_link(sent.link.rstrip("/").rsplit("/", 1)[1])[1]


class TestAtOnce:
    def test_eight_clicks_open_one_referral(self, committed):
        person, source = a_person(), new_id()

        ids = at_once(*[lambda: opened(person=person, source_id=source)] * 8)

        assert len(set(ids)) == 1
        assert Referral.objects.count() == 1
        assert OutboxEntry.objects.filter(name="referrals.opened").count() == 1

    def test_two_colleagues_of_a_partner_acknowledge_once(self, committed):
        _sent, secret = a_secret()

        results = at_once(
            *[lambda: links.answer_link(secret=secret, answer=Answer("acknowledge"), at=LATER)] * 4
        )

        assert results.count("referrals.answered-already") == 3
        assert OutboxEntry.objects.filter(name="referrals.acknowledged").count() == 1

    def test_a_settlement_and_a_refusal_leave_one_outcome(self, committed):
        _sent, secret = a_secret()

        results = at_once(
            lambda: links.answer_link(secret=secret, answer=Answer("settle", outcome="provided"), at=LATER),
            lambda: links.answer_link(secret=secret, answer=Answer("decline", reason="other"), at=LATER),
        )

        assert results.count("referrals.link-refused") == 1
        assert Referral.objects.get().state in ("settled", "returned")
        assert ReferralStep.objects.filter(kind__in=["settled", "declined"]).count() == 1

    def test_a_link_revoked_while_it_is_answered_is_answered_or_not(self, committed):
        sent, secret = a_secret()

        revoked, answered = at_once(
            lambda: transmitting.revoke(transmission_id=sent.transmission_id, by=somebody(), at=LATER),
            lambda: links.answer_link(secret=secret, answer=Answer("acknowledge"), at=LATER),
        )

        assert not isinstance(revoked, str)
        state = Referral.objects.get().state
        assert state == ("opened" if answered == "referrals.link-refused" else "acknowledged")
        assert Transmission.objects.get().ended_at is not None

    def test_two_partners_chosen_at_once_leave_one_live_link(self, committed):
        referral, partners = a_referral(), [a_partner(), a_partner()]

        at_once(
            *[
                lambda partner=partner: transmitting.transmit(
                    referral_id=referral.pk, partner_id=partner.pk, sent_by="shown", by=somebody(), at=LATER
                )
                for partner in partners
            ]
        )

        assert Transmission.objects.filter(ended_at__isnull=True).count() == 1

    def test_two_agents_acknowledge_once(self, committed):
        referral = a_referral()

        results = at_once(
            *[lambda: handling.acknowledge(referral_id=referral.pk, by=somebody(), at=LATER)] * 4
        )

        assert results.count("palier.transition-refused") == 3

    def test_two_workers_carry_up_once(self, committed):
        team = make_team()
        team.leader = make_agent(email="nadia.cabrol@alpha.example", team=team)
        team.save()
        for _index in range(6):
            handling.assign(referral_id=opened(urgency="vital"), team_id=team.pk, by=somebody(), at=AT)

        at_once(*[lambda: climbing.carry_up_overdue(by=somebody(), at=AT + timedelta(minutes=61))] * 2)
        climbing.carry_up_overdue(by=somebody(), at=AT + timedelta(minutes=62))

        assert Delivery.objects.count() == 6
        assert ReferralStep.objects.filter(kind="climbed").count() == 6


class TestKilled:
    @pytest.mark.parametrize("finished", [0, 2])
    def test_a_worker_killed_in_its_climbs_tells_nobody_twice_and_forgets_nobody(self, committed, finished):
        team = make_team()
        team.leader = make_agent(email="nadia.cabrol@alpha.example", team=team)
        team.save()
        for _index in range(4):
            handling.assign(referral_id=opened(urgency="vital"), team_id=team.pk, by=somebody(), at=AT)
        late = AT + timedelta(minutes=61)

        worker = subprocess.run(
            [
                sys.executable, "-m", "palier.modules.referrals.tests.killed_worker",
                connection.settings_dict["NAME"], str(finished), late.isoformat(),
            ],
            cwd=Path(__file__).parents[4], capture_output=True, timeout=120, check=False,
        )  # fmt: skip

        assert worker.returncode == -9, worker.stderr.decode()
        assert Delivery.objects.count() == finished
        climbing.carry_up_overdue(by=somebody(), at=late + timedelta(minutes=1))
        told = Counter(Delivery.objects.values_list("about_id", flat=True))
        assert (len(told), set(told.values())) == (4, {1})
        assert OutboxEntry.objects.filter(name="referrals.overdue").count() == 4
