"""Send a referral to a partner, and what the link shows, answers and refuses."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from palier.kernel.deliveries import sending
from palier.kernel.deliveries.models import Delivery
from palier.kernel.documents.models import Document
from palier.kernel.errors import NotAllowed, NotFound
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.journal.models import JournalEntry
from palier.kernel.models import new_id
from palier.kernel.outbox.models import OutboxEntry
from palier.kernel.wording import UnfitWording
from palier.modules.partners.tests.factories import a_contact, a_partner
from palier.modules.people.models import Consent
from palier.modules.people.services import consents
from palier.modules.people.tests.factories import a_lease, a_person, a_phone
from palier.modules.referrals import jobs
from palier.modules.referrals.models import Referral, ReferralStep, Transmission
from palier.modules.referrals.services import handling, links, stopping, transmitting
from palier.modules.referrals.services.links import Answer
from palier.modules.referrals.tests.factories import AT, a_referral, opened, somebody, with_rights

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=2)


def sent(referral, partner=None, *, by=None, at=AT, sent_by="shown", **fields):
    partner = partner or a_partner()
    return transmitting.transmit(
        referral_id=referral.pk, partner_id=partner.pk, sent_by=sent_by, by=by or somebody(), at=at, **fields
    )


def secret_of(link):
    return links.read_link(link.rstrip("/").rsplit("/", 1)[1])[1]


def mailed_link():
    """Let the only message leave; return the link that the partner reads."""
    sending.send(delivery_id=Delivery.objects.get().pk, at=AT)
    return re.search(r"http\S+/orientation/\S+", mail.outbox[-1].body)[0]


def an_objection(person, topic, at=LATER):
    Consent.objects.filter(person=person, topic=topic, withdrawn_at=None).update(withdrawn_at=at)
    Consent.objects.create(person=person, kind="opt_out", topic=topic, given_at=at, recorded_by="x")


class TestTransmit:
    def test_keeps_the_form_and_a_digest_of_the_link_alone(self, alpha):
        referral = a_referral()

        made = sent(referral)

        kept = Transmission.objects.get()
        assert secret_of(made.link) not in str(vars(kept))
        assert kept.token_digest == transmitting.digest_of(secret_of(made.link))
        form = Document.objects.get(pk=kept.document_id)
        assert form.sha256 and form.persons == [referral.person_id]
        referral.refresh_from_db()
        assert (referral.state, referral.partner_id) == ("opened", kept.partner_id)

    @pytest.mark.parametrize(
        ("kind", "right"),
        [("violence", "referrals:violence:view"), ("groceries", "referrals:referral:view_all")],
    )
    def test_keeps_the_form_to_those_who_may_read_the_referral(self, alpha, kind, right):
        sent(a_referral(kind=kind))

        assert Document.objects.get().permission == right

    def test_mails_the_link_and_the_reference_without_name_nor_need(self, alpha):
        person = a_person("Sarrazin", "Odette")
        referral = a_referral(person=person, summary="Livrer un colis jeudi")
        partner = a_partner()
        a_contact(partner, email="transmissions@partenaire.example", receives_referrals=True)

        sent(referral, partner, sent_by="mail")

        kept = Delivery.objects.get()
        assert kept.target == "transmissions@partenaire.example"
        assert "/orientation/" not in kept.body
        assert referral.reference in kept.subject
        for word in ("Sarrazin", "SARRAZIN", "Odette", "colis", "ourses", "Groceries"):
            assert word not in kept.body + kept.subject

    def test_makes_the_link_as_the_message_leaves_and_keeps_it_nowhere(self, alpha):
        made = sent(a_referral(), sent_by="mail")

        link = mailed_link()

        assert made.link == ""
        assert links.open_link(secret=secret_of(link), at=LATER).state == "opened"
        assert secret_of(link) not in str(
            [vars(one) for one in (Delivery.objects.get(), Transmission.objects.get())]
        )

    def test_opens_by_the_link_of_the_last_attempt_alone(self, alpha):
        sent(a_referral(), sent_by="mail")
        first = mailed_link()
        Delivery.objects.update(state="planned")

        second = mailed_link()

        assert not links.is_alive(secret_of(first), at=LATER)
        assert links.is_alive(secret_of(second), at=LATER)

    def test_makes_no_link_for_another_address_nor_too_late(self, alpha):
        made = sent(a_referral(), a_partner(email="accueil@ccas.example"), sent_by="mail")
        soon, late = AT + timedelta(days=13), AT + timedelta(days=14)

        for target, at in (("autre@ailleurs.example", soon), ("accueil@ccas.example", late)):
            with pytest.raises(transmitting.LinkEnded):
                transmitting.make_link(made.transmission_id, target=target, at=at)
        assert transmitting.make_link(made.transmission_id, target="accueil@ccas.example", at=soon)

    def test_mails_nothing_once_stopped(self, alpha):
        made = sent(a_referral(), sent_by="mail")
        transmitting.revoke(transmission_id=made.transmission_id, by=somebody(), at=AT)

        planned = Delivery.objects.get(key=f"referral:{made.transmission_id}")
        state = sending.send(delivery_id=planned.pk, at=LATER)

        assert (state, mail.outbox) == ("failed", [])

    def test_records_the_consent_with_how_it_was_given(self, alpha):
        person = a_person()

        sent(a_referral(person=person, consent_how="appel du 18 novembre"), a_partner(kind="association"))

        consent = Consent.objects.get(person=person)
        assert (consent.topic, consent.kind, consent.given_at) == ("associations", "consent", AT)
        assert "appel du 18 novembre" in consent.proof

    def test_stops_at_a_refusal_and_keeps_the_referral_inside(self, alpha):
        referral = a_referral(consent="refused")

        with pytest.raises(transmitting.ConsentRefused) as refusal:
            sent(referral)

        assert refusal.value.code == "referrals.consent-refused"
        assert not Transmission.objects.exists()
        handling.acknowledge(referral_id=referral.pk, by=somebody(), at=LATER)

    def test_stops_without_a_consent(self, alpha):
        with pytest.raises(transmitting.ConsentMissing):
            sent(a_referral(consent="not_needed"))

    def test_stops_at_an_objection_that_came_after_the_consent(self, alpha):
        person = a_person()
        referral = a_referral(person=person)
        Consent.objects.create(
            person=person, kind="opt_out", topic="social_services", given_at=LATER, recorded_by="x"
        )

        with pytest.raises(transmitting.ConsentMissing):
            sent(referral, at=LATER + timedelta(hours=1))

    def test_asks_to_confirm_a_danger_to_life_and_journals_it(self, alpha):
        referral = a_referral(consent="refused", urgency="vital")

        with pytest.raises(transmitting.VitalNotConfirmed):
            sent(referral)
        sent(referral, confirms_danger=True)

        assert Transmission.objects.get().basis == "vital_interest"
        line = JournalEntry.objects.get(kind="referrals.transmission.send")
        assert line.data["basis"] == "vital_interest"
        assert not Consent.objects.exists()

    def test_needs_no_consent_when_nobody_is_named(self, alpha):
        lot = a_lease(a_person()).lot

        sent(a_referral(person=None, residence_id=lot.residence_id, consent="not_needed"))

        assert Transmission.objects.get().basis == "nobody_named"

    def test_ends_the_former_link(self, alpha):
        referral = a_referral()
        first = sent(referral)

        sent(referral, at=LATER)

        with pytest.raises(links.LinkRefused):
            links.open_link(secret=secret_of(first.link), at=LATER)
        assert Transmission.objects.filter(ended_at__isnull=True).count() == 1

    def test_refuses_a_partner_without_address_or_inactive(self, alpha):
        referral = a_referral()

        with pytest.raises(transmitting.NoAddress):
            sent(referral, a_partner(email=""), sent_by="mail")
        with pytest.raises(transmitting.PartnerNotActive):
            sent(referral, a_partner(is_active=False))
        with pytest.raises(NotFound):
            transmitting.transmit(
                referral_id=referral.pk, partner_id=new_id(), sent_by="mail", by=somebody(), at=AT
            )

    def test_is_not_for_everybody(self, alpha):
        with pytest.raises(NotAllowed):
            sent(a_referral(), by=with_rights("referrals:referral:view", "referrals:referral:view_all"))

    def test_sends_nothing_of_a_closed_referral(self, alpha):
        referral = a_referral()
        handling.withdraw(referral_id=referral.pk, reason="Doublon", by=somebody(), at=AT)

        with pytest.raises(transmitting.AlreadyClosed):
            sent(referral)

    def test_gives_a_new_addressee_the_whole_delay_and_the_same_one_no_more(self, alpha):
        referral, partner = a_referral(urgency="urgent"), a_partner()

        sent(referral, partner, at=LATER)
        referral.refresh_from_db()
        first = referral.ack_due_at
        sent(referral, partner, at=LATER + timedelta(hours=3))
        referral.refresh_from_db()

        assert (first, referral.ack_due_at) == (LATER + timedelta(hours=24), first)


class TestTakingBack:
    """A partner who was written to learns that nothing more is expected; nobody else is."""

    def mailed(self, **fields):
        referral, partner = a_referral(**fields), a_partner()
        sent(referral, partner, sent_by="mail")
        Delivery.objects.all().delete()
        return referral, partner

    def test_tells_the_partner_of_a_withdrawal_without_name_nor_need(self, alpha):
        referral, partner = self.mailed(person=a_person("Sarrazin", "Odette"))

        handling.withdraw(referral_id=referral.pk, reason="La personne a renoncé", by=somebody(), at=LATER)

        told = Delivery.objects.get()
        assert (told.target, referral.reference in told.body) == (partner.email, True)
        assert "SARRAZIN" not in told.body + told.subject
        assert "renoncé" not in told.body

    def test_tells_the_former_partner_when_it_goes_to_another(self, alpha):
        referral, partner = self.mailed()

        sent(referral, a_partner(email="autre@partenaire.example"), sent_by="mail", at=LATER)

        assert sorted(Delivery.objects.values_list("target", flat=True)) == sorted(
            ["autre@partenaire.example", partner.email]
        )

    def test_says_nothing_to_the_partner_who_is_sent_it_again(self, alpha):
        referral, partner = self.mailed()

        sent(referral, partner, sent_by="mail", at=LATER)

        assert "/orientation/" in mailed_link()

    def test_says_nothing_once_the_partner_has_answered(self, alpha):
        referral, _partner = self.mailed()
        handling.settle(referral_id=referral.pk, outcome="provided", by=somebody(), at=LATER)

        assert not Delivery.objects.exists()


class TestLink:
    def test_shows_what_is_needed_to_act_and_journals_each_opening(self, alpha):
        person = a_person("Sarrazin", "Odette")
        a_phone(person, "+33639980142")
        a_lease(person)
        made = sent(a_referral(person=person))

        page = links.open_link(secret=secret_of(made.link), at=LATER)
        links.open_link(secret=secret_of(made.link), at=LATER)

        assert page.handed.name == "SARRAZIN Odette"
        assert page.handed.phone == "+33639980142"
        assert "Les Tilleuls" in page.handed.place
        assert JournalEntry.objects.filter(kind="referrals.transmission.open").count() == 2
        assert ReferralStep.objects.filter(kind="read").count() == 1

    def test_does_not_give_an_unsafe_number(self, alpha):
        person = a_person()
        a_phone(person, "+33639980142", is_unsafe=True)

        page = links.open_link(secret=secret_of(sent(a_referral(person=person)).link), at=LATER)

        assert page.handed.phone == ""

    def test_lets_the_partner_answer_to_the_end_and_tells_the_sender(self, alpha):
        referral = a_referral()
        secret = secret_of(sent(referral, a_partner(name="CCAS de Narbonne")).link)

        links.answer_link(secret=secret, answer=Answer("acknowledge"), at=LATER)
        links.answer_link(secret=secret, answer=Answer("start"), at=LATER)
        closed = links.answer_link(
            secret=secret, answer=Answer("settle", outcome="provided", note="Colis remis"), at=LATER
        )

        assert closed is None
        referral.refresh_from_db()
        assert (referral.state, referral.outcome, referral.outcome_note) == (
            "settled", "provided", "Colis remis",
        )  # fmt: skip
        assert referral.acknowledged_by == "CCAS de Narbonne"
        told = OutboxEntry.objects.get(name="referrals.settled").payload
        assert (told["outcome"], told["source_kind"]) == ("provided", "outreach.report")
        assert OutboxEntry.objects.filter(name="referrals.acknowledged").count() == 1
        with pytest.raises(links.LinkRefused):
            links.open_link(secret=secret, at=LATER)

    def test_returns_it_to_its_sender(self, alpha):
        referral = a_referral()
        secret = secret_of(sent(referral).link)

        links.answer_link(secret=secret, answer=Answer("decline", reason="no_capacity"), at=LATER)

        referral.refresh_from_db()
        assert (referral.state, referral.decline_reason) == ("returned", "no_capacity")
        assert not links.is_alive(secret, at=LATER)

    def test_takes_the_second_of_two_clicks_kindly(self, alpha):
        secret = secret_of(sent(a_referral()).link)
        links.answer_link(secret=secret, answer=Answer("acknowledge"), at=LATER)

        with pytest.raises(links.AnsweredAlready):
            links.answer_link(secret=secret, answer=Answer("acknowledge"), at=LATER)

        assert OutboxEntry.objects.filter(name="referrals.acknowledged").count() == 1

    def test_refuses_a_note_about_health(self, alpha):
        referral = a_referral()
        secret = secret_of(sent(referral).link)

        with pytest.raises(UnfitWording):
            links.answer_link(
                secret=secret,
                answer=Answer("settle", outcome="provided", note="Elle est diabétique"),
                at=LATER,
            )

        referral.refresh_from_db()
        assert referral.state == "opened"

    def test_shows_nothing_after_its_time(self, alpha):
        secret = secret_of(sent(a_referral()).link)

        for call in (
            lambda: links.open_link(secret=secret, at=AT + timedelta(days=14)),
            lambda: links.answer_link(
                secret=secret, answer=Answer("acknowledge"), at=AT + timedelta(days=15)
            ),
        ):
            with pytest.raises(links.LinkRefused):
                call()
        assert links.is_alive(secret, at=AT + timedelta(days=13, hours=23))

    def test_shows_nothing_once_revoked(self, alpha):
        made = sent(a_referral())

        transmitting.revoke(transmission_id=made.transmission_id, by=somebody(), at=LATER)

        with pytest.raises(links.LinkRefused):
            links.answer_link(secret=secret_of(made.link), answer=Answer("acknowledge"), at=LATER)
        with pytest.raises(transmitting.NothingToRevoke):
            transmitting.revoke(transmission_id=made.transmission_id, by=somebody(), at=LATER)

    def test_shows_nothing_once_withdrawn(self, alpha):
        referral = a_referral()
        secret = secret_of(sent(referral).link)

        handling.withdraw(referral_id=referral.pk, reason="La personne a renoncé", by=somebody(), at=LATER)

        with pytest.raises(links.LinkRefused):
            links.open_link(secret=secret, at=LATER)

    def test_shows_nothing_once_the_person_no_longer_agrees(self, alpha):
        person = a_person()
        secret = secret_of(sent(a_referral(person=person), a_partner(kind="association")).link)

        an_objection(person, "associations")

        with pytest.raises(links.LinkRefused):
            links.open_link(secret=secret, at=LATER + timedelta(minutes=1))
        assert not links.is_alive(secret, at=LATER + timedelta(minutes=1))

    def test_shows_nothing_once_the_consent_is_taken_back(self, alpha):
        person = a_person()
        secret = secret_of(sent(a_referral(person=person), a_partner(kind="ccas")).link)

        consents.withdraw_consent(consent_id=Consent.objects.get().pk, by=somebody(), at=LATER)

        assert not links.is_alive(secret, at=LATER + timedelta(minutes=1))
        deliver_waiting()
        assert Transmission.objects.get().ended_at is not None

    def test_goes_on_when_the_consent_is_renewed(self, alpha):
        person = a_person()
        secret = secret_of(sent(a_referral(person=person), a_partner(kind="ccas")).link)

        consents.record_consent(
            person_id=person.pk, kind="consent", topic="social_services", text_version="v2", proof="formulaire",
            by=somebody(), at=LATER,
        )  # fmt: skip

        assert links.is_alive(secret, at=LATER + timedelta(minutes=1))

    def test_goes_on_for_a_danger_to_life_and_for_other_partners(self, alpha):
        person = a_person()
        danger = a_referral(person=person, consent="refused", urgency="vital")
        saved = secret_of(sent(danger, confirms_danger=True).link)
        other = secret_of(sent(a_referral(person=person, kind="meals"), a_partner(kind="ccas")).link)

        an_objection(person, "associations")
        stopping.stop_links_of(person_id=person.pk, topic="associations", by=somebody(), at=LATER)

        assert links.is_alive(saved, at=LATER + timedelta(minutes=1))
        assert links.is_alive(other, at=LATER + timedelta(minutes=1))

    def test_is_stopped_and_said_so_when_the_person_withdraws_their_consent(self, alpha):
        person = a_person()
        sent(a_referral(person=person), a_partner(name="Épicerie", kind="association"))

        jobs.stop_links(
            event={"person_id": str(person.pk), "kind": "opt_out", "topic": "associations", "channel": "any"}
        )

        assert Transmission.objects.get().ended_at is not None
        assert ReferralStep.objects.get(kind="revoked").towards == "Épicerie"

    @pytest.mark.parametrize("token", ["", "alpha:autre", "alpha:autre:signature", "x" * 300])
    def test_refuses_a_token_that_was_not_signed(self, token):
        with pytest.raises(links.LinkRefused):
            links.read_link(token)

    def test_knows_no_secret_of_elsewhere(self, alpha):
        opened()

        with pytest.raises(links.LinkRefused):
            links.open_link(secret="inconnu", at=LATER)
        assert Referral.objects.count() == 1
