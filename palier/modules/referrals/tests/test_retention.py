"""What a purge leaves of a hand-over, and what the person is told of it."""

from datetime import timedelta

import pytest

from palier.kernel.audit.models import AuditEntry
from palier.kernel.documents.models import Document
from palier.kernel.retention import Chunk, Subject
from palier.modules.partners.tests.factories import a_partner
from palier.modules.referrals.models import Referral, ReferralStep, Transmission
from palier.modules.referrals.retention import ClosedReferrals, referrals_of
from palier.modules.referrals.services import handling, transmitting
from palier.modules.referrals.tests.factories import AT, a_referral, somebody

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=2)


def settled(**fields):
    referral = a_referral(**fields)
    transmitting.transmit(
        referral_id=referral.pk,
        partner_id=a_partner(name="Épicerie").pk,
        sent_by="shown",
        by=somebody(),
        at=AT,
    )
    handling.settle(referral_id=referral.pk, outcome="provided", note="Colis remis", by=somebody(), at=LATER)
    return referral


class TestThePurge:
    def test_takes_the_story_the_links_the_forms_and_the_traces(self, alpha):
        referral = settled()
        form = Document.objects.get()
        chunk = Chunk(ids=[referral.pk], by=somebody(), at=LATER)

        ClosedReferrals().apply(chunk)

        for model in (Referral, ReferralStep, Transmission, Document):
            assert not model._default_manager.exists(), model
        assert not AuditEntry.objects.filter(table_name__startswith="referrals_").exists()
        assert [path for path in chunk.files if path.endswith(form.path)]

    def test_waits_for_the_end_of_the_referral(self, alpha):
        closed, _open = settled(), a_referral()

        due = ClosedReferrals().due(before=LATER + timedelta(days=1))

        assert [one.pk for one in due] == [closed.pk]
        assert not ClosedReferrals().due(before=AT).exists()


class TestWhatThePersonIsTold:
    def test_says_to_whom_and_with_what_result(self, alpha):
        referral = settled(summary="Apporter un colis", consent_how="appel du 18")

        told = str(referrals_of(Subject(kind="people", id=referral.person_id, title="")))

        for words in ("Apporter un colis", "appel du 18", "Épicerie", "Colis remis"):
            assert words in told, words
