"""What a partner needs to act on a referral, and nothing else: the transmission form and the page of the link."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from palier.kernel.organisations.current import current_organisation
from palier.modules.estate import public as estate
from palier.modules.people import public as people
from palier.modules.referrals.enums import ConsentGiven
from palier.modules.referrals.models import Referral, Transmission


@dataclass(frozen=True)
class HandedOver:
    """A referral as its addressee reads it. Empty texts are left out of the page."""

    reference: str
    kind_label: str
    urgency: str
    urgency_label: str
    summary: str
    name: str
    language: str
    phone: str
    place: tuple[str, ...]
    consent_label: str
    consent_how: str
    consent_given: bool
    basis: str
    basis_label: str
    sent_by_name: str
    sent_at: datetime
    expires_at: datetime
    ack_due_at: datetime
    due_at: datetime | None
    landlord: str
    landlord_phone: str
    landlord_email: str


def handed_over(referral: Referral, sent: Transmission, *, at: datetime) -> HandedOver:
    """Gather what the partner reads. The phone is one that may be used; none if it is unsafe. Six queries at most."""
    organisation = current_organisation()
    who = people.names([referral.person_id]).get(referral.person_id) if referral.person_id else None
    return HandedOver(
        reference=referral.reference,
        kind_label=str(referral.get_kind_display()),
        urgency=referral.urgency,
        urgency_label=str(referral.get_urgency_display()),
        summary=referral.summary,
        name=who.name if who else "",
        language=who.language if who else "",
        phone=_phone(referral.person_id, at) if who else "",
        place=_place(referral, at),
        consent_label=str(referral.get_consent_display()),
        consent_how=referral.consent_how,
        consent_given=referral.consent in (ConsentGiven.ORAL, ConsentGiven.WRITTEN),
        basis=sent.basis,
        basis_label=str(sent.get_basis_display()),
        sent_by_name=sent.sent_by_name,
        sent_at=sent.sent_at,
        expires_at=sent.expires_at,
        ack_due_at=referral.ack_due_at,
        due_at=referral.due_at,
        landlord=organisation.name,
        landlord_phone=organisation.phone,
        landlord_email=organisation.email,
    )


def _phone(person_id: UUID | None, at: datetime) -> str:
    if person_id is None:
        return ""
    return people.contactable(person_id, at=at, channel="phone").value


def _place(referral: Referral, at: datetime) -> tuple[str, ...]:
    """Return the lines of the address: where help is to be brought."""
    lot_id, residence_id = referral.lot_id, referral.residence_id
    if lot_id is None and referral.person_id is not None:
        home = people.homes_of([referral.person_id], on=localdate(at)).get(referral.person_id)
        lot_id, residence_id = (home.lot_id, home.residence_id) if home else (None, residence_id)
    lines: list[str] = []
    if lot_id is not None:
        lot = estate.lot(lot_id)
        residence_id = lot.residence_id
        lines.append(" · ".join(filter(None, (lot.building, lot.entrance, lot.label, lot.door))))
    if residence_id is not None:
        residence = estate.residence(residence_id)
        lines = [
            residence.name, *lines, residence.address_line, residence.complement, residence.city_line,
        ]  # fmt: skip
    if not lines and referral.district_id is not None:
        lines = [str(one.label) for one in estate.districts() if one.id == referral.district_id]
    return tuple(line for line in dict.fromkeys(lines) if line)
