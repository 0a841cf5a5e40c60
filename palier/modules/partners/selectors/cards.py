"""Small answers about partners: ids in, plain values out; nothing here needs an actor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.modules.partners.models import EmergencyNumber, Partner, PartnerContact


@dataclass(frozen=True)
class PartnerCard:
    """A partner as other modules show it. No department: wherever it may be asked."""

    id: UUID
    name: str
    kind: str
    kind_label: str
    phone: str
    email: str
    departments: tuple[str, ...]
    is_active: bool


@dataclass(frozen=True)
class ReferralAddress:
    """To whom a hand-over is sent at a partner's: the contact who receives them, else the partner itself."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class NumberCard:
    """An emergency number as pages show it."""

    id: UUID
    number: str
    label: str
    when_to_call: str
    hours: str
    checked_on: date | None
    needs: tuple[str, ...]


def card_of(partner: Partner) -> PartnerCard:
    """Turn a record into what other modules show."""
    return PartnerCard(
        id=partner.pk,
        name=partner.name,
        kind=partner.kind,
        kind_label=str(partner.get_kind_display()),
        phone=partner.phone,
        email=partner.email,
        departments=tuple(partner.departments),
        is_active=partner.is_active,
    )


def partners_for(
    *, kind: str | None = None, department: str | None = None, commune: str | None = None
) -> list[PartnerCard]:
    """Return the active partners who serve a kind of need in a place, the nearest first. One query.

    `kind` is a code of `NeedKind`; `department` a code such as `11`; `commune` an Insee code.
    """
    rows = Partner.objects.filter(is_active=True).serving(department=department, commune=commune)
    if kind:
        rows = rows.meeting(kind)
    found = list(rows.order_by("search_key", "pk"))
    # Who names this commune, then who names this department, is nearer than who serves everywhere.
    found.sort(key=lambda one: (commune not in one.communes, department not in one.departments))
    return [card_of(one) for one in found]


def partner(partner_id: UUID) -> PartnerCard | None:
    """Return a partner, active or not; None when the id is unknown here."""
    found = Partner.objects.filter(pk=partner_id).first()
    return card_of(found) if found else None


def partner_cards(partner_ids: Iterable[UUID]) -> dict[UUID, PartnerCard]:
    """Return several partners by id; unknown ids are left out. One query."""
    return {one.pk: card_of(one) for one in Partner.objects.filter(pk__in=list(partner_ids))}


def referral_address(partner_id: UUID) -> ReferralAddress | None:
    """Return to whom a hand-over is sent; None when the id is unknown. Two queries."""
    found = Partner.objects.filter(pk=partner_id).first()
    if found is None:
        return None
    contact = PartnerContact.objects.filter(partner=found, receives_referrals=True).first()
    if contact is None:
        return ReferralAddress(found.name, found.email, found.phone)
    return ReferralAddress(contact.name, contact.email or found.email, contact.phone or found.phone)


def emergency_numbers(*, need: str | None = None) -> list[NumberCard]:
    """Return the emergency numbers to show, those of a need first. One query."""
    rows = EmergencyNumber.objects.filter(is_shown=True).order_by("position", "number")
    cards = [
        NumberCard(
            one.pk, one.number, one.label, one.when_to_call, one.hours, one.checked_on, tuple(one.needs)
        )
        for one in rows
    ]
    return sorted(cards, key=lambda card: need not in card.needs) if need else cards
