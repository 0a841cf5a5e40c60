"""What the page of a referral says before anything is sent: whether it may leave, and to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from palier.modules.estate import public as estate
from palier.modules.partners import public as partners
from palier.modules.people import public as people
from palier.modules.referrals.enums import Basis, ConsentGiven
from palier.modules.referrals.services.transmitting import ground_of


@dataclass(frozen=True)
class MayLeave:
    """On what ground each family of partners may receive it; None: nothing may be sent."""

    to_services: str | None
    to_associations: str | None
    is_refused: bool

    @property
    def may_send(self) -> bool:
        return self.to_services is not None or self.to_associations is not None

    @property
    def asks_danger(self) -> bool:
        return Basis.VITAL_INTEREST in (self.to_services, self.to_associations)


def what_may_leave(record: Any, *, at: datetime) -> MayLeave:
    """Say what the consent of the person allows. Two queries."""
    return MayLeave(
        to_services=ground_of(record, "ccas", at=at),
        to_associations=ground_of(record, "association", at=at),
        is_refused=record.consent == ConsentGiven.REFUSED,
    )


def partner_choices(record: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the partners who serve this need where it is, then the others. Four queries at most."""
    commune, department = _where(record)
    nearby = partners.partners_for(kind=record.kind, department=department, commune=commune)
    known = {card.id for card in nearby}
    others = [card for card in partners.partners_for() if card.id not in known]
    return [_choice(card) for card in nearby], [_choice(card) for card in others]


def _choice(card: partners.PartnerCard) -> tuple[str, str]:
    return str(card.id), f"{card.name} ({card.kind_label})"


def _where(record: Any) -> tuple[str | None, str | None]:
    residence_id = record.residence_id
    if residence_id is None and record.person_id is not None:
        home = people.homes_of([record.person_id], on=localdate(record.opened_at)).get(record.person_id)
        residence_id = home.residence_id if home else None
    if residence_id is None:
        return None, None
    residence = estate.residence(residence_id)
    return residence.insee_code or None, residence.department_code or None
