"""What other modules may ask of the partners. Ids in, plain values out; nothing here needs an actor."""

from palier.modules.partners.enums import NeedKind, PartnerKind
from palier.modules.partners.selectors.cards import (
    NumberCard,
    PartnerCard,
    ReferralAddress,
    emergency_numbers,
    partner,
    partner_cards,
    partners_for,
    referral_address,
)

__all__ = [
    "NeedKind",
    "NumberCard",
    "PartnerCard",
    "PartnerKind",
    "ReferralAddress",
    "emergency_numbers",
    "partner",
    "partner_cards",
    "partners_for",
    "referral_address",
]
