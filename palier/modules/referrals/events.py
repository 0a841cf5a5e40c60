"""What the referrals module tells the others. Ids and codes only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from palier.kernel.events import event


@event("referrals.opened")
@dataclass(frozen=True)
class ReferralOpened:
    referral_id: UUID
    kind: str
    urgency: str
    source_kind: str
    source_id: UUID
    at: datetime


@event("referrals.acknowledged")
@dataclass(frozen=True)
class ReferralAcknowledged:
    referral_id: UUID
    source_kind: str
    source_id: UUID
    at: datetime


@event("referrals.settled")
@dataclass(frozen=True)
class ReferralSettled:
    """What was asked has its outcome. A withdrawn referral says so with the outcome `withdrawn`."""

    referral_id: UUID
    source_kind: str
    source_id: UUID
    outcome: str
    at: datetime


@event("referrals.returned")
@dataclass(frozen=True)
class ReferralReturned:
    """Whoever received it cannot take it: it is back with its sender."""

    referral_id: UUID
    source_kind: str
    source_id: UUID
    reason: str
    at: datetime


@event("referrals.overdue")
@dataclass(frozen=True)
class ReferralOverdue:
    """A referral was carried up. `climb` says how far; `reference` is what people read, never a name."""

    referral_id: UUID
    source_kind: str
    source_id: UUID
    at: datetime
    climb: str
    reference: str
    kind: str
    urgency: str
