"""The status of lots: one by one on screen, by the thousand when leases begin or end."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.modules.estate.enums import LotAction, LotStatus
from palier.modules.estate.events import LotStatusChanged
from palier.modules.estate.models import Lot
from palier.modules.estate.permissions import Permission
from palier.modules.estate.selectors.lots import reservations_in_force
from palier.modules.estate.workflow import LOT


class LotHeld(DomainError):
    code = "estate.lot-held"
    message = _("Lot {lot} is reserved by {holder}. Release the reservation first.")


# Letting a reserved lot is what most reservations are for; taking it away from its holder is not.
AGAINST_HOLDER = (LotAction.PUT_ON_SALE, LotAction.CONDEMN, LotAction.RETIRE, LotAction.START_WORKS)


@transaction.atomic
def change_status(*, lot_id: UUID, action: LotAction | str, by: Actor, at: datetime, reason: str = "") -> Lot:
    """Take one step of a lot's workflow.

    Raises: NotFound, LotHeld, NotAllowed, TransitionRefused.
    """
    lot = Lot.objects.select_for_update(of=("self",)).filter(pk=lot_id).first()
    if lot is None:
        raise NotFound(kind="lot", id=str(lot_id))
    action, before = LotAction(action), lot.status
    held = reservations_in_force(at).filter(lot=lot).first()
    if held is not None and action in AGAINST_HOLDER:
        raise LotHeld(lot=lot.code, holder=held.holder)
    LOT.move(lot, action, by=by, at=at, reason=reason)
    lot.status_since = timezone.localdate(at)
    lot.save(update_fields=["status", "status_since"])
    publish(LotStatusChanged(lot_id=lot.id, before=before, after=str(lot.status), at=at))
    return lot


@transaction.atomic
def set_statuses(*, statuses: Mapping[UUID, str], on: date, by: Actor, at: datetime) -> int:
    """Set the status of many lots at once, as leases say. Returns how many changed.

    Only between occupied, vacant and not stated: a dwelling under works stays so until someone says
    otherwise. One statement and one journal line whatever the number.
    Raises: NotAllowed.
    """
    by.must(Permission.LOT_CHANGE)
    ids = list(statuses)
    values = [LotStatus(statuses[one]).value for one in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE estate_lot AS lot SET status = wanted.status, status_since = %s
              FROM unnest(%s::uuid[], %s::text[]) AS wanted (id, status)
             WHERE lot.id = wanted.id AND lot.status <> wanted.status
               AND lot.status IN ('unknown', 'occupied', 'vacant')
            """,
            [on, ids, values],
        )
        changed = cursor.rowcount
    if changed:
        journal.record("estate.lot.statuses-set", by=by, at=at, lots=changed)
    return changed
