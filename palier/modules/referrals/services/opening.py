"""Open a referral: what is needed, for whom or where, how urgent, and what the person agreed to."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.wording import guard
from palier.modules.estate import public as estate
from palier.modules.partners import public as partners
from palier.modules.people import public as people
from palier.modules.referrals.enums import ConsentGiven, NeedKind, StepKind, Urgency
from palier.modules.referrals.events import ReferralOpened
from palier.modules.referrals.models import Referral
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.services.story import start_clock, write_step

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class NothingConcerned(DomainError):
    code = "referrals.nothing-concerned"
    message = _("Say whom or what place this is about: a person, a dwelling, a residence or a district.")


class DueInThePast(DomainError):
    code = "referrals.due-in-the-past"
    message = _("The date wanted is in the past. Choose a later one, or leave it empty.")


class PartnerInactive(DomainError):
    code = "referrals.partner-inactive"
    message = _("“{name}” is no longer an active partner. Choose another one.")


@transaction.atomic
def open_referral(
    *,
    kind: str,
    urgency: str,
    consent: str,
    source_kind: str,
    source_id: UUID,
    by: Actor,
    at: datetime,
    summary: str = "",
    person_id: UUID | None = None,
    lot_id: UUID | None = None,
    residence_id: UUID | None = None,
    district_id: UUID | None = None,
    consent_how: str = "",
    partner_id: UUID | None = None,
    due_at: datetime | None = None,
    wording_reason: str = "",
) -> UUID:
    """Open a referral and return its id. The same source, kind and person give the one already open.

    Nothing leaves the house here: a partner is only chosen; `transmit` sends, if the consent allows it.
    Raises: NotAllowed, NotFound, NothingConcerned, DueInThePast, PartnerInactive, UnfitWording.
    """
    by.must(Permission.REFERRAL_OPEN)
    known = _already(source_kind, source_id, kind, person_id)
    if known is not None:
        return known
    wording = guard(summary, consent_how, reason=wording_reason)
    if due_at is not None and due_at < at:
        raise DueInThePast
    residence_id = _checked_place(person_id, lot_id, residence_id, district_id)
    _check_partner(partner_id)
    referral = Referral(
        reference=_new_reference(),
        kind=NeedKind(kind),
        urgency=Urgency(urgency),
        summary=summary.strip(),
        person_id=person_id,
        lot_id=lot_id,
        residence_id=residence_id,
        district_id=district_id,
        consent=ConsentGiven(consent),
        consent_how=consent_how.strip(),
        consent_at=at if consent in (ConsentGiven.ORAL, ConsentGiven.WRITTEN) else None,
        source_kind=source_kind,
        source_id=source_id,
        partner_id=partner_id,
        opened_at=at,
        opened_by_id=by.user_id,
        opened_by_name=by.name,
        opened_by_email=by.email,
        due_at=due_at,
    )
    start_clock(referral, at)
    try:
        with transaction.atomic():
            referral.save(force_insert=True)
    except IntegrityError:
        # Somebody opened it a moment ago: theirs is the one.
        opened = _already(source_kind, source_id, kind, person_id)
        if opened is None:
            raise
        return opened
    _tell_opened(referral, by=by, at=at)
    wording.record(by=by, at=at, subject=referral)
    return referral.pk


def _already(source_kind: str, source_id: UUID, kind: str, person_id: UUID | None) -> UUID | None:
    rows = Referral.objects.filter(source_kind=source_kind, source_id=source_id, kind=kind)
    rows = rows.filter(person=person_id) if person_id else rows.filter(person__isnull=True)
    return rows.values_list("pk", flat=True).first()


def _checked_place(
    person_id: UUID | None, lot_id: UUID | None, residence_id: UUID | None, district_id: UUID | None
) -> UUID | None:
    """Refuse ids that mean nothing here, and complete the residence from the dwelling."""
    if not any((person_id, lot_id, residence_id, district_id)):
        raise NothingConcerned
    if person_id is not None and not people.names([person_id]):
        raise NotFound
    if district_id is not None and district_id not in {one.id for one in estate.districts()}:
        raise NotFound
    if lot_id is not None:
        return estate.lot(lot_id).residence_id
    return estate.residence(residence_id).id if residence_id is not None else None


def _check_partner(partner_id: UUID | None) -> None:
    if partner_id is None:
        return
    card = partners.partner(partner_id)
    if card is None:
        raise NotFound
    if not card.is_active:
        raise PartnerInactive(name=card.name)


def _tell_opened(referral: Referral, *, by: Actor, at: datetime) -> None:
    write_step(referral, StepKind.OPENED, by=by, at=at)
    journal.record(
        "referrals.referral.open",
        by=by,
        at=at,
        subject=referral,
        need=referral.kind,
        urgency=referral.urgency,
    )
    publish(
        ReferralOpened(
            referral_id=referral.pk,
            kind=referral.kind,
            urgency=referral.urgency,
            source_kind=referral.source_kind,
            source_id=referral.source_id,
            at=at,
        )
    )


def _new_reference() -> str:
    """Return a reference that says nothing and is easy to read out: OR-7K4M2Q9."""
    return "OR-" + "".join(secrets.choice(ALPHABET) for _sign in range(7))
