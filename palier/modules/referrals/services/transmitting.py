"""Send a referral to a partner: the ground on which data leave, the form, and the link that answers."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.deliveries.filling import fills, mark
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.organisations.current import current_organisation
from palier.kernel.parameters import value_of
from palier.modules.partners import public as partners
from palier.modules.people import public as people
from palier.modules.referrals.enums import (
    CLOSED,
    Basis,
    ConsentGiven,
    ReferralState,
    SentBy,
    StepKind,
)
from palier.modules.referrals.models import Referral, Transmission
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.rules.consent import HandOver, basis_of, topic_of
from palier.modules.referrals.rules.parameters import LINK_VALID
from palier.modules.referrals.services import forms_sent
from palier.modules.referrals.services.handling import send_on
from palier.modules.referrals.services.recalling import take_back
from palier.modules.referrals.services.story import CLOCK, locked, start_clock, write_step
from palier.modules.referrals.services.telling import in_house_language, said_moment, write_to_partner

LINK_SALT = LINK_MARK = "referrals.link"
CONSENT_TEXT = "orientation-2026-11"


class ConsentMissing(DomainError):
    code = "referrals.consent-missing"
    message = _(
        "The person has not agreed to be handed over to somebody outside. Ask them, or give this referral to "
        "somebody of the house."
    )


class ConsentRefused(DomainError):
    code = "referrals.consent-refused"
    message = _(
        "The person refuses to be handed over to somebody outside. The referral stays inside the house."
    )


class AlreadyClosed(DomainError):
    code = "referrals.already-closed"
    message = _("This referral is closed: nothing more is sent. Reopen it, or open another one.")


class NoAddress(DomainError):
    code = "referrals.no-address"
    message = _(
        "“{name}” has no e-mail address. Show the link on the screen, or write the address on its page."
    )


class PartnerNotActive(DomainError):
    code = "referrals.partner-not-active"
    message = _("“{name}” is no longer an active partner. Choose another one.")


class NothingToRevoke(DomainError):
    code = "referrals.nothing-to-revoke"
    message = _("This link has already ended.")


class LinkEnded(DomainError):
    code = "referrals.link-ended"
    message = _("The referral was stopped or sent elsewhere before this message left.")


class VitalNotConfirmed(DomainError):
    code = "referrals.vital-not-confirmed"
    message = _(
        "Without the consent of the person, only a danger to life allows this. Confirm that it is so: the journal "
        "keeps it with your name."
    )


@dataclass(frozen=True)
class Sent:
    """What was sent. `link`, for a page to show, exists here alone; a mailed one is made when the message leaves."""

    transmission_id: UUID
    link: str
    expires_at: datetime
    to_email: str


@transaction.atomic
def transmit(
    *,
    referral_id: UUID,
    partner_id: UUID,
    sent_by: str,
    by: Actor,
    at: datetime,
    confirms_danger: bool = False,
) -> Sent:
    """Send a referral to a partner, who answers by a link that expires. The former link ends.

    The e-mail holds the link and the reference, neither name nor need; what is kept of it holds no link.
    Raises: NotAllowed, NotFound, AlreadyClosed, PartnerNotActive, NoAddress, ConsentMissing, ConsentRefused,
    VitalNotConfirmed. Legal: RGPD art. 6.1.a, 6.1.d.
    """
    by.must(Permission.REFERRAL_TRANSMIT)
    referral = locked(referral_id, by, at)
    if referral.state in CLOSED:
        raise AlreadyClosed
    partner, address = _whom(partner_id, sent_by)
    basis = _ground(referral, partner.kind, at=at, confirms_danger=confirms_danger)
    if referral.state == ReferralState.OPENED:
        take_back(referral, by=by, at=at, unless=partner.id)
        if not Transmission.objects.filter(referral=referral, partner_id=partner.id).exists():
            # A new addressee has the whole delay; sending again to the same one gives no more time.
            start_clock(referral, at)
            referral.save(update_fields=CLOCK)
    else:
        send_on(referral, by=by, at=at, to_partner=partner.id)
    referral.partner_id, referral.agent_id, referral.team_id = partner.id, None, None
    referral.save(update_fields=["partner", "agent", "team"])
    secret = _new_secret()
    valid = timedelta(days=int(value_of(LINK_VALID.key, on=timezone.localdate(at))))
    sent = Transmission.objects.create(
        referral=referral,
        partner_id=partner.id,
        basis=basis,
        sent_by=SentBy(sent_by),
        to_name=address.name,
        to_email=address.email if sent_by == SentBy.MAIL else "",
        token_digest=digest_of(secret),
        sent_at=at,
        sent_by_name=by.name,
        expires_at=at + valid,
    )
    document = forms_sent.produce_form(referral, sent, partner, by=by, at=at)
    sent.document_id = document.pk
    sent.save(update_fields=["document_id"])
    if sent_by == SentBy.MAIL:
        _mail(referral, sent, by=by, at=at)
    with in_house_language():
        said = f"{Basis(basis).label}. {SentBy(sent_by).label}"
    write_step(referral, StepKind.SENT, by=by, at=at, towards=partner.name, note=said)
    journal.record(
        "referrals.transmission.send", by=by, at=at, subject=referral, basis=basis, sent_by=str(sent_by)
    )
    link = link_of(secret) if sent_by == SentBy.SHOWN else ""
    return Sent(sent.pk, link, sent.expires_at, sent.to_email)


@transaction.atomic
def revoke(*, transmission_id: UUID, by: Actor, at: datetime) -> Transmission:
    """Stop a link at once: whoever opens it afterwards reads nothing.

    Raises: NotAllowed, NotFound, NothingToRevoke.
    """
    by.must(Permission.REFERRAL_TRANSMIT)
    sent = Transmission.objects.filter(pk=transmission_id).first()
    if sent is None:
        raise NotFound
    # The referral first, as everybody else does: two locks taken in two orders wait for each other.
    referral = locked(sent.referral_id, by, at)
    if not take_back(referral, by=by, at=at):
        raise NothingToRevoke
    partner = partners.partner(sent.partner_id)
    write_step(referral, StepKind.REVOKED, by=by, at=at, towards=partner.name if partner else "")
    journal.record("referrals.transmission.revoke", by=by, at=at, subject=referral)
    return sent


def digest_of(secret: str) -> str:
    """Return what the database keeps of a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_of(secret: str) -> str:
    """Return the address to give to the partner; the signature names the organisation and this link alone."""
    signed = signing.Signer(salt=LINK_SALT).sign(f"{current_organisation().slug}:{secret}")
    return f"{settings.BASE_URL}/orientation/{signed}/"


@fills(LINK_MARK)
def make_link(transmission_id: UUID, *, target: str, at: datetime) -> str:
    """Make the link of a message that leaves now; a former attempt's opens nothing. Raises: LinkEnded."""
    secret = _new_secret()
    alive = Transmission.objects.filter(
        pk=transmission_id, to_email=target, ended_at__isnull=True, expires_at__gt=at
    )
    if not alive.update(token_digest=digest_of(secret)):
        raise LinkEnded
    return link_of(secret)


def _new_secret() -> str:
    return secrets.token_urlsafe(24)


def ground_of(referral: Referral, partner_kind: str, *, at: datetime) -> str | None:
    """Return on what ground this referral could be sent to such a partner; None: nothing may be sent."""
    objected = None
    if referral.person_id is not None:
        objected = people.objected_at(referral.person_id, topic=topic_of(partner_kind), at=at)
    return basis_of(
        HandOver(
            names_somebody=referral.person_id is not None,
            urgency=referral.urgency,
            consent=referral.consent,
            consented_at=referral.consent_at,
            objected_at=objected,
        )
    )


def _whom(partner_id: UUID, sent_by: str) -> tuple[partners.PartnerCard, partners.ReferralAddress]:
    partner, address = partners.partner(partner_id), partners.referral_address(partner_id)
    if partner is None or address is None:
        raise NotFound
    if not partner.is_active:
        raise PartnerNotActive(name=partner.name)
    if sent_by == SentBy.MAIL and not address.email:
        raise NoAddress(name=partner.name)
    return partner, address


def _ground(referral: Referral, partner_kind: str, *, at: datetime, confirms_danger: bool) -> str:
    basis = ground_of(referral, partner_kind, at=at)
    if basis is None:
        raise ConsentRefused if referral.consent == ConsentGiven.REFUSED else ConsentMissing
    if basis == Basis.VITAL_INTEREST and not confirms_danger:
        raise VitalNotConfirmed
    if basis == Basis.CONSENT and referral.person_id is not None and referral.consent_at is not None:
        with in_house_language():
            how = ". ".join(filter(None, (str(referral.get_consent_display()), referral.consent_how)))
        people.record_hand_over_consent(
            person_id=referral.person_id,
            topic=topic_of(partner_kind),
            how=f"{how} ({referral.reference})",
            text_version=CONSENT_TEXT,
            by=Actor(None, referral.opened_by_name, "", ""),
            at=referral.consent_at,
        )
    return basis


def _mail(referral: Referral, sent: Transmission, *, by: Actor, at: datetime) -> None:
    organisation = current_organisation()
    with in_house_language():
        subject = gettext("{organisation}: referral {reference}").format(
            organisation=organisation.name, reference=referral.reference
        )
        body = gettext(
            "Hello,\n\n"
            "{organisation} sends you a referral under the reference {reference}.\n\n"
            "Open this page to read it and to answer; no account is needed:\n{link}\n\n"
            "The link is meant for your service alone and is valid until {until}. Please do not forward it.\n"
            "For any question: {phone}\n"
        ).format(
            organisation=organisation.name,
            reference=referral.reference,
            link=mark(LINK_MARK, sent.pk),
            until=said_moment(sent.expires_at),
            phone=organisation.phone,
        )
    write_to_partner(sent, key="referral", subject=subject, body=body, by=by, at=at)
