"""A lost second factor: who may have it reset, who is told, and how it is stopped."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from palier.kernel.access.membership import actor_for
from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import AccessChange, Membership, SecondFactorReset, Session
from palier.kernel.accounts.services import resets, second_factor
from palier.kernel.accounts.testing import make_member
from palier.kernel.accounts.tests.signing_in import enrol, sign_in
from palier.kernel.errors import NotAllowed
from palier.kernel.jobs.running import deliver_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _count_from_zero():
    cache.clear()


@pytest.fixture
def member():
    return make_member("alpha", Role.ADMINISTRATOR, email="claire.petit@alpha.example", language="en")


class TestALostSecondFactor:
    @pytest.fixture
    def lost(self):
        person = make_member("alpha", Role.DIRECTOR, email="andre.roux@alpha.example")
        enrol(sign_in(person))
        return person

    def ask(self, member, lost, **changed):
        fields = {"identity": SecondFactorReset.Identity.CALLED_BACK, "reason": "Téléphone perdu."}
        return resets.ask_reset(
            organisation_id=lost.organisation_id, membership_id=lost.pk, by=actor_for(member.user, member),
            at=timezone.now(), **{**fields, **changed},
        )  # fmt: skip

    def has_factor(self, lost) -> bool:
        return second_factor.has_any(lost.user)

    def link(self, lost) -> str:
        deliver_waiting()
        sent = next(one for one in mail.outbox if lost.user.email in one.to[0] and "stop-reset" in one.body)
        return re.search(r"/account/stop-reset/[\w-]+/", sent.body)[0]

    def test_waits_a_day_tells_the_person_then_goes(self, member, lost):
        reset = self.ask(member, lost)
        assert self.link(lost) and self.has_factor(lost)

        early = resets.carry_out_reset(reset_id=reset.pk, at=timezone.now() + timedelta(hours=23))
        late = resets.carry_out_reset(reset_id=reset.pk, at=timezone.now() + timedelta(hours=25))

        assert (early, late) == (False, True)
        assert not self.has_factor(lost) and not Session.objects.filter(user=lost.user).exists()
        assert set(AccessChange.objects.values_list("what", flat=True)) >= {"reset-asked", "reset-done"}

    def test_goes_at_once_when_the_person_stood_there(self, member, lost):
        reset = self.ask(member, lost, identity=SecondFactorReset.Identity.IN_PERSON)

        assert reset.state == "done" and not self.has_factor(lost)
        deliver_waiting()
        assert any("andre.roux" in sent.to[0] for sent in mail.outbox)

    def test_waits_all_the_same_for_somebody_who_works_elsewhere_too(self, member, lost):
        other = make_member("beta", Role.ADMINISTRATOR, email="veille@beta.example")
        Membership.objects.create(user=lost.user, organisation=other.organisation, roles=[Role.DIRECTOR])

        reset = self.ask(member, lost, identity=SecondFactorReset.Identity.IN_PERSON)

        assert reset.state == "waiting" and self.has_factor(lost)
        deliver_waiting()
        assert any("veille@beta.example" in sent.to[0] for sent in mail.outbox)

    def test_is_stopped_by_the_persons_link_once(self, member, lost):
        reset = self.ask(member, lost)
        link = self.link(lost)
        client = Client()
        assert client.get(link).status_code == 200

        assert client.post(link).status_code == 200
        assert client.post(link).status_code == 410

        assert not resets.carry_out_reset(reset_id=reset.pk, at=timezone.now() + timedelta(days=2))
        assert self.has_factor(lost)

    def test_is_stopped_by_another_administrator(self, member, lost):
        self.ask(member, lost)
        second = make_member("alpha", Role.ADMINISTRATOR)

        resets.stop_reset_as_administrator(
            organisation_id=lost.organisation_id, membership_id=lost.pk,
            by=actor_for(second.user, second), at=timezone.now(),
        )  # fmt: skip

        assert SecondFactorReset.objects.get().state == "cancelled" and self.has_factor(lost)

    def test_is_never_ones_own(self, member):
        enrol(sign_in(member))

        with pytest.raises(resets.NotOneself):
            self.ask(member, member)

        assert self.has_factor(member) and not SecondFactorReset.objects.exists()

    @pytest.mark.parametrize(("changed", "refusal"), [({"reason": " "}, resets.ReasonMissing)])
    def test_wants_a_reason(self, member, lost, changed, refusal):
        with pytest.raises(refusal):
            self.ask(member, lost, **changed)

        assert not SecondFactorReset.objects.exists()

    def test_is_asked_once_at_a_time(self, member, lost):
        self.ask(member, lost)

        with pytest.raises(resets.ResetWaiting):
            self.ask(member, lost)

        assert SecondFactorReset.objects.count() == 1

    def test_needs_something_to_reset(self, member):
        plain = make_member("alpha", Role.OBSERVER)

        with pytest.raises(resets.NothingToReset):
            self.ask(member, plain)

    def test_is_for_administrators(self, lost):
        plain = make_member("alpha", Role.DIRECTOR)

        with pytest.raises(NotAllowed):
            self.ask(plain, lost)

        assert self.has_factor(lost)

    def test_runs_as_a_job_when_its_time_has_come(self, member, lost):
        self.ask(member, lost)
        SecondFactorReset.objects.update(effective_at=timezone.now() - timedelta(minutes=1))
        from palier.kernel.accounts import jobs

        jobs.reset_second_factor(reset_id=str(SecondFactorReset.objects.get().pk))

        assert not self.has_factor(lost)
