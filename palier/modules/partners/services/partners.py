"""Use cases that change a partner, the people to speak to there, and what was agreed with it."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents.services import keep
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.wording import guard
from palier.modules.partners.models import Partner, PartnerContact, Protocol
from palier.modules.partners.permissions import Permission

CHANGEABLE = (
    "name", "kind", "phone", "email", "website", "address", "postcode", "city", "insee_code", "departments",
    "communes", "needs", "opening_hours", "how_to_reach", "note",
)  # fmt: skip
LARGEST_FILE = 10 * 1024 * 1024


class CodeTaken(DomainError):
    code = "partners.code-taken"
    message = _(
        "Another partner has the code “{reference}”. Open it instead of creating one, or choose another code."
    )


class AnotherReceives(DomainError):
    code = "partners.another-receives"
    message = _("Another contact receives the referrals. Change that one first.")


class PeriodReversed(DomainError):
    code = "partners.period-reversed"
    message = _("The end must come after the start.")


class NotAPdf(DomainError):
    code = "partners.not-a-pdf"
    message = _("Choose a PDF file of 10 MB at most.")


@transaction.atomic
def register_partner(
    *, by: Actor, at: datetime, reference: str = "", wording_reason: str = "", **fields: Any
) -> Partner:
    """Add a partner. Without a code, one is given. Raises: NotAllowed, CodeTaken, UnfitWording."""
    by.must(Permission.PARTNER_EDIT)
    wording = guard(fields.get("note", ""), reason=wording_reason)
    reference = reference.strip() or f"P-{secrets.token_hex(3).upper()}"
    partner = Partner(reference=reference, checked_on=timezone.localdate(at), **_known(fields))
    try:
        with transaction.atomic():
            partner.save(force_insert=True)
    except IntegrityError as taken:
        raise CodeTaken(reference=reference) from taken
    journal.record("partners.partner.register", by=by, at=at, subject=partner)
    wording.record(by=by, at=at, subject=partner)
    return partner


@transaction.atomic
def change_partner(
    *, partner_id: UUID, by: Actor, at: datetime, wording_reason: str = "", **fields: Any
) -> Partner:
    """Correct a partner's entry: it is checked by the same act. Raises: NotAllowed, NotFound, UnfitWording."""
    by.must(Permission.PARTNER_EDIT)
    wording = guard(fields.get("note", ""), reason=wording_reason)
    partner = _locked(partner_id, by)
    changed = _known(fields)
    for name, value in changed.items():
        setattr(partner, name, value)
    partner.checked_on = timezone.localdate(at)
    partner.save(update_fields=[*changed, "checked_on"])
    journal.record("partners.partner.change", by=by, at=at, subject=partner, columns=sorted(changed))
    wording.record(by=by, at=at, subject=partner)
    return partner


@transaction.atomic
def check_partner(*, partner_id: UUID, by: Actor, at: datetime) -> Partner:
    """Say that the entry is still true. Raises: NotAllowed, NotFound."""
    by.must(Permission.PARTNER_EDIT)
    partner = _locked(partner_id, by)
    partner.checked_on = timezone.localdate(at)
    partner.save(update_fields=["checked_on"])
    journal.record("partners.partner.check", by=by, at=at, subject=partner)
    return partner


@transaction.atomic
def set_active(*, partner_id: UUID, is_active: bool, by: Actor, at: datetime) -> Partner:
    """Take a partner out of the proposals, or back in. Doing it twice changes nothing.

    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.PARTNER_EDIT)
    partner = _locked(partner_id, by)
    if partner.is_active != is_active:
        partner.is_active = is_active
        partner.save(update_fields=["is_active"])
        kind = "partners.partner.activate" if is_active else "partners.partner.deactivate"
        journal.record(kind, by=by, at=at, subject=partner)
    return partner


@transaction.atomic
def add_contact(
    *, partner_id: UUID, name: str, by: Actor, at: datetime, role: str = "", phone: str = "", email: str = "",
    receives_referrals: bool = False,
) -> PartnerContact:  # fmt: skip
    """Add somebody to speak to. One contact at most receives the referrals.

    Raises: NotAllowed, NotFound, AnotherReceives.
    """
    by.must(Permission.PARTNER_EDIT)
    partner = _locked(partner_id, by)
    contact = PartnerContact(
        partner=partner, name=name, role=role, phone=phone, email=email, receives_referrals=receives_referrals
    )
    try:
        with transaction.atomic():
            contact.save(force_insert=True)
    except IntegrityError as taken:
        raise AnotherReceives from taken
    journal.record("partners.contact.add", by=by, at=at, subject=partner)
    return contact


@transaction.atomic
def remove_contact(*, contact_id: UUID, by: Actor, at: datetime) -> UUID:
    """Take a contact away; return the partner's id. Raises: NotAllowed, NotFound."""
    by.must(Permission.PARTNER_EDIT)
    contact = PartnerContact.objects.select_for_update(of=("self",)).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound
    partner_id = contact.partner_id
    journal.record("partners.contact.remove", by=by, at=at, subject=contact.partner)
    contact.delete()
    return partner_id


@transaction.atomic
def add_protocol(
    *, partner_id: UUID, title: str, starts_on: date, by: Actor, at: datetime, signed_on: date | None = None,
    ends_on: date | None = None, review_on: date | None = None, note: str = "", content: bytes | None = None,
    wording_reason: str = "",
) -> Protocol:  # fmt: skip
    """Write what was agreed, with its dates and the signed document if there is one.

    Raises: NotAllowed, NotFound, PeriodReversed, NotAPdf, UnfitWording.
    """
    by.must(Permission.PARTNER_EDIT)
    wording = guard(note, reason=wording_reason)
    if ends_on is not None and ends_on <= starts_on:
        raise PeriodReversed
    if content is not None and (len(content) > LARGEST_FILE or not content.startswith(b"%PDF-")):
        raise NotAPdf
    partner = _locked(partner_id, by)
    protocol = Protocol.objects.create(
        partner=partner, title=title, signed_on=signed_on, starts_on=starts_on, ends_on=ends_on, review_on=review_on,
        note=note,
    )  # fmt: skip
    if content is not None:
        kept = keep(
            content=content, title=title, kind="partners.protocol", by=by, at=at, about=partner,
            permission=Permission.PARTNER_VIEW.value, key=f"protocol:{protocol.pk}", retention_class="protocol",
        )  # fmt: skip
        protocol.document_id = kept.pk
        protocol.save(update_fields=["document_id"])
    journal.record("partners.protocol.add", by=by, at=at, subject=partner)
    wording.record(by=by, at=at, subject=partner)
    return protocol


@transaction.atomic
def end_protocol(*, protocol_id: UUID, on: date, by: Actor, at: datetime) -> Protocol:
    """End an agreement from a day on. Raises: NotAllowed, NotFound, PeriodReversed."""
    by.must(Permission.PARTNER_EDIT)
    protocol = Protocol.objects.select_for_update(of=("self",)).filter(pk=protocol_id).first()
    if protocol is None:
        raise NotFound
    if on <= protocol.starts_on:
        raise PeriodReversed
    protocol.ends_on = on
    protocol.save(update_fields=["ends_on"])
    journal.record("partners.protocol.end", by=by, at=at, subject=protocol.partner, on=on)
    return protocol


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in CHANGEABLE if name in fields}


def _locked(partner_id: UUID, by: Actor) -> Partner:
    partner = Partner.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=partner_id).first()
    if partner is None:
        raise NotFound
    return partner
