"""What leases tell the estate: which lots are occupied."""

from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from palier.kernel.access import Actor
from palier.modules.estate import public as estate
from palier.modules.people.selectors.occupancy import lot_statuses_after_load, lot_statuses_after_undoing


def tell_estate_of_load(*, batch_id: UUID, by: Actor, at: datetime) -> int:
    """Set the lots that a load touched to occupied or vacant. Returns how many changed."""
    statuses = lot_statuses_after_load(batch_id=batch_id, on=localdate(at))
    return estate.set_statuses(statuses=statuses, on=localdate(at), by=by, at=at) if statuses else 0


def tell_estate_of_undoing(*, batch_id: UUID, by: Actor, at: datetime) -> int:
    """Set the lots of a file that was undone to what the leases left say. Returns how many changed."""
    statuses = lot_statuses_after_undoing(batch_id=batch_id, on=localdate(at))
    return estate.set_statuses(statuses=statuses, on=localdate(at), by=by, at=at) if statuses else 0
