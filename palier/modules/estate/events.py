"""What the estate tells the other modules."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from palier.kernel.events import event


@event("estate.lot-status-changed")
@dataclass(frozen=True)
class LotStatusChanged:
    """A person changed the status of a lot on screen. Loads of files publish nothing per lot."""

    lot_id: UUID
    before: str
    after: str
    at: datetime


@event("estate.lot-reserved")
@dataclass(frozen=True)
class LotReserved:
    reservation_id: UUID
    lot_id: UUID
    purpose: str
    starts_at: datetime
    ends_at: datetime | None
    at: datetime


@event("estate.lot-released")
@dataclass(frozen=True)
class LotReleased:
    reservation_id: UUID
    lot_id: UUID
    at: datetime
