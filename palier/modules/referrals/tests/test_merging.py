"""Two records of one person made one: their referrals follow, and come back."""

from datetime import timedelta

import pytest

from palier.kernel.models import new_id
from palier.modules.partners.tests.factories import a_partner
from palier.modules.people.selectors import merging as selectors
from palier.modules.people.services import merging, unmerging
from palier.modules.people.tests.factories import a_person
from palier.modules.referrals import public
from palier.modules.referrals.models import Referral, Transmission
from palier.modules.referrals.services import links, transmitting
from palier.modules.referrals.tests.factories import AT, a_referral, somebody

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=2)


def merged(kept, gone):
    by = somebody()
    shown = selectors.preview(kept_id=kept.pk, gone_id=gone.pk, actor=by, on=AT.date())
    return merging.merge(
        kept_id=kept.pk, gone_id=gone.pk, fingerprint=shown.fingerprint, is_certain=True, by=by, at=AT
    )


def undone(done):
    unmerging.undo(merge_id=done.pk, by=somebody(), at=LATER)


def sent_secret(referral):
    made = transmitting.transmit(
        referral_id=referral.pk, partner_id=a_partner().pk, sent_by="shown", by=somebody(), at=AT
    )
    return links.read_link(made.link.rstrip("/").rsplit("/", 1)[1])[1]


@pytest.fixture
def pair(alpha):
    return a_person("DURAND", "Marie"), a_person("DURANT", "Marie")


class TestMerging:
    def test_takes_the_referral_and_its_link_to_the_one_who_stays_and_back(self, pair):
        kept, gone = pair
        referral = a_referral(person=gone)
        secret = sent_secret(referral)

        done = merged(kept, gone)

        assert [line.id for line in public.lines_of_person(kept.pk)] == [referral.pk]
        assert links.open_link(secret=secret, at=LATER).handed.name == "DURAND Marie"
        undone(done)
        assert public.lines_of_person(kept.pk) == []
        assert Referral.objects.get().person_id == gone.pk

    def test_makes_one_of_two_that_one_call_opened_for_both_and_two_again(self, pair):
        kept, gone = pair
        source = new_id()
        first, second = (a_referral(person=one, source_id=source) for one in (kept, gone))
        secrets = [sent_secret(one) for one in (first, second)]

        done = merged(kept, gone)

        assert Referral.objects.get().pk == first.pk
        assert Transmission.objects.filter(ended_at=None).count() == 1
        assert [links.is_alive(one, at=LATER) for one in secrets] == [True, False]
        assert first.steps.filter(kind="opened").count() == 2
        undone(done)
        assert {one.person_id for one in Referral.objects.all()} == {kept.pk, gone.pk}
        assert all(links.is_alive(one, at=LATER) for one in secrets)
