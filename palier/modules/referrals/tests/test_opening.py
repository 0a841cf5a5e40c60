"""Open a referral: what is refused, what is kept, what other modules read of it."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils.timezone import localtime

from palier.kernel.errors import NotAllowed, NotFound
from palier.kernel.models import new_id
from palier.kernel.outbox.models import OutboxEntry
from palier.kernel.wording import UnfitWording
from palier.modules.people.tests.factories import a_lot, a_person
from palier.modules.referrals import public
from palier.modules.referrals.models import Referral, ReferralStep
from palier.modules.referrals.services import opening
from palier.modules.referrals.tests.factories import AT, a_referral, opened, somebody, with_rights

pytestmark = pytest.mark.django_db


class TestOpenReferral:
    def test_keeps_what_was_asked_and_tells_the_others(self, alpha):
        source = new_id()

        referral = a_referral(urgency="urgent", source_id=source)

        assert (referral.state, referral.consent, referral.consent_at) == ("opened", "oral", AT)
        assert referral.reference.startswith("OR-")
        told = OutboxEntry.objects.get(name="referrals.opened").payload
        assert (told["referral_id"], told["urgency"], told["source_id"]) == (
            str(referral.pk), "urgent", str(source),
        )  # fmt: skip
        assert ReferralStep.objects.get(referral=referral).kind == "opened"

    def test_gives_the_one_already_open_for_the_same_source_kind_and_person(self, alpha):
        person, source = a_person(), new_id()

        first = opened(person=person, source_id=source)

        assert opened(person=person, source_id=source, summary="Encore") == first
        assert opened(person=None, lot_id=a_lot().pk, source_id=source) != first
        assert Referral.objects.count() == 2

    def test_completes_the_residence_from_the_dwelling(self, alpha):
        lot = a_lot()

        assert a_referral(person=None, lot_id=lot.pk).residence_id == lot.residence_id

    def test_gives_a_normal_need_three_worked_days(self, alpha):
        friday = AT + timedelta(days=2)

        due = localtime(a_referral(at=friday).ack_due_at)

        assert (due.strftime("%A"), due.hour) == ("Wednesday", localtime(friday).hour)

    def test_gives_a_vital_need_one_hour_whatever_the_day(self, alpha):
        sunday = AT + timedelta(days=4)

        assert a_referral(at=sunday, urgency="vital").ack_due_at == sunday + timedelta(hours=1)

    def test_refuses_words_about_health(self, alpha):
        with pytest.raises(UnfitWording):
            opened(summary="Elle est diabétique")

        assert not Referral.objects.exists()

    def test_refuses_what_is_about_nothing(self, alpha):
        with pytest.raises(opening.NothingConcerned):
            opened(person=None)

    @pytest.mark.parametrize("field", ["person_id", "lot_id", "residence_id", "partner_id"])
    def test_does_not_know_an_id_of_elsewhere(self, alpha, field):
        with pytest.raises(NotFound):
            opened(**{field: new_id()})

        assert not Referral.objects.exists()

    def test_does_not_know_a_sealed_person(self, alpha):
        person = a_person()
        type(person).objects.filter(pk=person.pk).update(family_name="", given_names="", sealed_at=AT)

        with pytest.raises(NotFound):
            opened(person=person)

    def test_refuses_a_date_wanted_in_the_past(self, alpha):
        with pytest.raises(opening.DueInThePast):
            opened(due_at=AT - timedelta(minutes=1))

    def test_is_not_for_everybody(self, alpha):
        with pytest.raises(NotAllowed):
            opened(by=with_rights("referrals:referral:view"))


class TestLines:
    def test_of_a_source_come_by_record(self, alpha):
        source = new_id()
        referral_id = opened(source_id=source)

        lines = public.lines_of_source("outreach.report", [source, new_id()])

        assert list(lines) == [source]
        (line,) = lines[source]
        assert (line.id, line.state, line.is_closed) == (referral_id, "opened", False)
        assert isinstance(line.id, UUID)

    def test_of_a_person_leave_violence_out(self, alpha):
        person = a_person()
        opened(person=person, kind="violence")
        shown = opened(person=person)

        assert [line.id for line in public.lines_of_person(person.pk)] == [shown]

    def test_say_that_nobody_acknowledged_in_time(self, alpha):
        person = a_person()
        opened(person=person, at=AT - timedelta(days=400), by=somebody())

        (line,) = public.lines_of_person(person.pk)

        assert line.is_overdue
