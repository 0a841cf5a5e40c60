"""A sealed person leaves no trace in referrals, and her links stop."""

from datetime import timedelta

import pytest

from palier.modules.partners.tests.factories import a_contact, a_partner
from palier.modules.people.selectors.traces import traces_of
from palier.modules.people.services import sealing
from palier.modules.people.tests.factories import a_lease, a_person, a_phone
from palier.modules.referrals import figures, public
from palier.modules.referrals.models import Referral, ReferralStep, Transmission
from palier.modules.referrals.services import handling, links, transmitting
from palier.modules.referrals.tests.factories import AT, a_referral, opened, somebody

pytestmark = pytest.mark.django_db(databases=["default", "journal"])


@pytest.fixture(autouse=True)
def register(tmp_path, monkeypatch):
    """A register of this test's own, beside the same key."""
    path = tmp_path / "sealings"
    monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: path)
    return path


def sealed(person):
    subjects = []
    original = sealing.keys.forget_everywhere
    sealing.keys.forget_everywhere = lambda subject: subjects.append(subject) or original(subject)
    try:
        sealing.seal(person_id=person.pk, reason="Danger", by=somebody(), at=AT + timedelta(hours=1))
    finally:
        sealing.keys.forget_everywhere = original
    return subjects[0]


class TestSealing:
    def test_empties_and_closes_what_is_about_her(self, alpha):
        person = a_person("Zarandieta", "Ilse")
        a_phone(person, "+33639980177")
        lot = a_lease(person).lot
        referral = a_referral(person=person, lot_id=lot.pk, summary="Aider Mme Zarandieta jeudi")
        made = transmitting.transmit(
            referral_id=referral.pk, partner_id=a_partner().pk, sent_by="shown", by=somebody(), at=AT
        )

        subject = sealed(person)

        referral.refresh_from_db()
        assert (referral.state, referral.summary, referral.lot_id, referral.residence_id) == (
            "withdrawn", "", None, None,
        )  # fmt: skip
        assert Transmission.objects.get().ended_at is not None
        assert not [trace for trace in traces_of(subject) if trace.table.startswith(("referrals", "audit"))]
        with pytest.raises(links.LinkRefused):
            links.open_link(
                secret=links.read_link(made.link.rstrip("/").rsplit("/", 1)[1])[1], at=AT + timedelta(hours=2)
            )

    def test_hides_it_from_every_answer(self, alpha):
        person = a_person("Zarandieta", "Ilse")
        referral = a_referral(person=person)

        sealed(person)

        assert not Referral.objects.visible_to(somebody()).exists()
        assert public.lines_of_person(person.pk) == []
        assert public.lines_of_source("outreach.report", [referral.source_id]) == {}

    def test_counts_her_in_no_figure(self, alpha):
        now = AT + timedelta(hours=3)
        person, late = a_person("Zarandieta", "Ilse"), AT + timedelta(days=30)
        settled_one = opened(person=person, kind="meals")
        handling.settle(referral_id=settled_one, outcome="provided", by=somebody(), at=AT)
        opened(person=person)
        before = figures.referrals_open(at=now), figures.referrals_overdue(at=late)
        assert (*before, figures.settled_over_a_week(at=now)) == (1, 1, 1)

        sealed(person)

        assert figures.referrals_open(at=now) == 0
        assert figures.referrals_overdue(at=late) == 0
        assert figures.settled_over_a_week(at=now) == 0

    def test_erases_her_name_in_the_words_of_others(self, alpha):
        person = a_person("Zarandieta", "Ilse")
        other = opened(summary="Passer aussi chez Zarandieta")
        handling.withdraw(referral_id=other, reason="Vu par Zarandieta", by=somebody(), at=AT)
        a_contact(a_partner(note="Voisine de Zarandieta"), name="Ilse Zarandieta")

        subject = sealed(person)

        assert "Zarandieta" not in Referral.objects.get(pk=other).summary
        assert not ReferralStep.objects.filter(note__contains="Zarandieta").exists()
        assert not [t for t in traces_of(subject) if t.table.startswith(("referrals", "partners", "audit"))]
