"""The page of a link: what a partner reads and answers without an account."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.wording import guard
from palier.modules.partners import public as partners
from palier.modules.referrals.enums import Basis, ReferralAction, ReferralState, StepKind
from palier.modules.referrals.models import Referral, Transmission
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.selectors.handed import HandedOver, handed_over
from palier.modules.referrals.services.handling import (
    acknowledge_locked,
    decline_locked,
    settle_locked,
    start_locked,
)
from palier.modules.referrals.services.story import write_step
from palier.modules.referrals.services.transmitting import LINK_SALT, digest_of, ground_of


class LinkRefused(DomainError):
    code = "referrals.link-refused"
    status = 410
    message = _(
        "This link no longer works: it has expired, it was replaced or stopped, or the referral is closed. Nothing is "
        "shown. Telephone the service that sent it to you."
    )


class AnsweredAlready(DomainError):
    code = "referrals.answered-already"
    message = _("Somebody of your service has answered already: “{state}”. Here is where it stands.")


@dataclass(frozen=True)
class LinkPage:
    """What the page of a link shows once it is opened."""

    handed: HandedOver
    state: str
    state_label: str
    acknowledged_at: datetime | None
    acknowledged_by: str
    partner_name: str
    document_id: UUID | None
    actions: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """What a partner says of a referral. `action` is a code of `ReferralAction`."""

    action: str
    outcome: str = ""
    reason: str = ""
    note: str = ""
    wording_reason: str = ""


def read_link(token: str) -> tuple[str, str]:
    """Open the signature of a link: (slug of the organisation, secret). Raises: LinkRefused."""
    try:
        slug, _colon, secret = signing.Signer(salt=LINK_SALT).unsign(token).partition(":")
    except signing.BadSignature as wrong:
        raise LinkRefused from wrong
    return slug, secret


def is_alive(secret: str, *, at: datetime) -> bool:
    """Say whether a link still opens something, without opening it."""
    sent = Transmission.objects.select_related("referral").filter(token_digest=digest_of(secret)).first()
    return (
        sent is not None
        and _works(sent, at)
        and Referral.objects.in_clear().filter(pk=sent.referral_id).exists()
    )


@transaction.atomic
def open_link(*, secret: str, at: datetime) -> LinkPage:
    """Show what a partner needs to act; each opening is journalled. Raises: LinkRefused."""
    sent, by = _locked(secret, at)
    sent.times_read += 1
    sent.first_read_at = sent.first_read_at or at
    sent.last_read_at = at
    sent.save(update_fields=["times_read", "first_read_at", "last_read_at"])
    referral = sent.referral
    journal.record("referrals.transmission.open", by=by, at=at, subject=referral, times=sent.times_read)
    write_step(referral, StepKind.READ, by=by, at=at, once=f"read:{sent.pk}")
    return _page(sent, by, at)


@transaction.atomic
def answer_link(*, secret: str, answer: Answer, at: datetime) -> LinkPage | None:
    """Write what a partner answers; None once the link has ended with it. The second of two clicks changes nothing.

    Raises: LinkRefused, AnsweredAlready, UnfitWording.
    """
    wording = guard(answer.note, reason=answer.wording_reason)
    sent, by = _locked(secret, at)
    referral = sent.referral
    _refuse_repeated(referral, answer.action)
    ANSWERS[ReferralAction(answer.action)](referral, answer, by, at)
    wording.record(by=by, at=at, subject=referral)
    sent.refresh_from_db(fields=["ended_at"])
    return _page(sent, by, at) if sent.ended_at is None else None


def _settle(referral: Referral, answer: Answer, by: Actor, at: datetime) -> None:
    settle_locked(referral, outcome=answer.outcome, note=answer.note, by=by, at=at)


def _decline(referral: Referral, answer: Answer, by: Actor, at: datetime) -> None:
    decline_locked(referral, reason=answer.reason, note=answer.note, by=by, at=at)


ANSWERS: dict[ReferralAction, Callable[[Referral, Answer, Actor, datetime], object]] = {
    ReferralAction.ACKNOWLEDGE: lambda referral, _answer, by, at: acknowledge_locked(referral, by=by, at=at),
    ReferralAction.START: lambda referral, _answer, by, at: start_locked(referral, by=by, at=at),
    ReferralAction.SETTLE: _settle,
    ReferralAction.DECLINE: _decline,
}


def _refuse_repeated(referral: Referral, action: str) -> None:
    """Say kindly that a colleague was quicker: what was asked is true already."""
    done = {
        ReferralAction.ACKNOWLEDGE: (ReferralState.ACKNOWLEDGED, ReferralState.IN_PROGRESS),
        ReferralAction.START: (ReferralState.IN_PROGRESS,),
    }
    if referral.state in done.get(ReferralAction(action), ()):
        raise AnsweredAlready(state=referral.get_state_display())


def _works(sent: Transmission, at: datetime) -> bool:
    in_time = sent.ended_at is None and at < sent.expires_at and not sent.referral.is_closed
    return in_time and _ground_stands(sent, at)


def _ground_stands(sent: Transmission, at: datetime) -> bool:
    """Say whether what allowed the data to leave still does: a consent may be withdrawn (RGPD art. 7.3)."""
    if sent.basis != Basis.CONSENT:
        return True
    partner = partners.partner(sent.partner_id)
    return partner is not None and ground_of(sent.referral, partner.kind, at=at) == Basis.CONSENT


def _locked(secret: str, at: datetime) -> tuple[Transmission, Actor]:
    """Lock the referral of a link that works, then the link. Raises: LinkRefused."""
    found = (
        Transmission.objects.filter(token_digest=digest_of(secret)).values_list("pk", "referral_id").first()
    )
    if found is None:
        raise LinkRefused
    sent_id, referral_id = found
    visible = Referral.objects.in_clear().filter(pk=referral_id).values("pk")
    referral = Referral.objects.filter(pk__in=visible).select_for_update(of=("self",)).first()
    if referral is None:
        raise LinkRefused
    sent = Transmission.objects.select_for_update(of=("self",)).get(pk=sent_id)
    sent.referral = referral
    if not _works(sent, at):
        raise LinkRefused
    partner = partners.partner(sent.partner_id)
    name = partner.name if partner else sent.to_name
    return sent, Actor(
        user_id=None,
        name=name,
        email="",
        organisation="",
        permissions=frozenset({Permission.REFERRAL_HANDLE.value}),
        via="link",
    )


def _page(sent: Transmission, by: Actor, at: datetime) -> LinkPage:
    referral = sent.referral
    open_actions = {
        ReferralState.OPENED: {"acknowledge", "start", "settle", "decline"},
        ReferralState.ACKNOWLEDGED: {"start", "settle", "decline"},
        ReferralState.IN_PROGRESS: {"settle", "decline"},
    }
    return LinkPage(
        handed=handed_over(referral, sent, at=at),
        state=referral.state,
        state_label=str(referral.get_state_display()),
        acknowledged_at=referral.acknowledged_at,
        acknowledged_by=referral.acknowledged_by,
        partner_name=by.name,
        document_id=sent.document_id,
        actions=frozenset(open_actions.get(ReferralState(referral.state), set())),
    )
