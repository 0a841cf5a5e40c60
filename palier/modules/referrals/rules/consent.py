"""When a person's data may be handed over to a partner outside the house."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class HandOver:
    """What decides of a transmission. `objected_at`: the latest open objection to this kind of partner."""

    names_somebody: bool
    urgency: str
    consent: str
    consented_at: datetime | None = None
    objected_at: datetime | None = None


def basis_of(hand_over: HandOver) -> str | None:
    """Return the ground on which data may leave (a code of `Basis`), or None: nothing may be sent.

    A consent is worth nothing once the person has objected. Danger to life needs no consent, and is said.
    Legal: RGPD art. 6.1.a and 6.1.d, art. 7.3 (withdrawal).
    """
    if not hand_over.names_somebody:
        return "nobody_named"
    agreed = hand_over.consent in ("oral", "written")
    objected_since = hand_over.objected_at is not None and (
        hand_over.consented_at is None or hand_over.objected_at > hand_over.consented_at
    )
    if agreed and not objected_since:
        return "consent"
    return "vital_interest" if hand_over.urgency == "vital" else None


def topic_of(partner_kind: str) -> str:
    """Return the topic of consent (of people) for a kind of partner."""
    return "associations" if partner_kind in ("association", "food_aid") else "social_services"
