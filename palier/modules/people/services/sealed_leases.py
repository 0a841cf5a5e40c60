"""Where a sealed person lives after the sealing: a lease without a name on the lot, and the link in her file alone."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor, system_actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.models import new_id
from palier.modules.estate import public as estate
from palier.modules.people.enums import PartyRole, SealedFact
from palier.modules.people.models import Lease, SealedDigest, SealedIdentity
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.recognition import digest_of
from palier.modules.people.services.reading import write_content
from palier.modules.people.services.sealing import coarse, without_audit


class LotUnknown(DomainError):
    code = "people.lot-unknown"
    message = _("No lot has the code “{lot_code}”.")


class LotTaken(DomainError):
    code = "people.lot-taken"
    message = _("The lot “{lot_code}” has a lease in force already.")


class NotHerLease(DomainError):
    code = "people.not-her-lease"
    message = _("This lease is not in her file.")


@transaction.atomic
def house(
    *,
    file: SealedIdentity,
    content: dict[str, Any],
    lot_code: str,
    entered_on: date,
    reference: str,
    by: Actor,
    at: datetime,
) -> Lease:
    """Note where she now lives. The lot shows « Occupied – ask the referent »; her file alone says by whom.

    Called with what `open_file` gave. Raises: LotUnknown, LotTaken, NotAllowed.
    """
    by.must(Permission.SEALED_SEAL)
    try:
        lot = estate.lot_by_code(lot_code.strip())
    except NotFound:
        raise LotUnknown(lot_code=lot_code) from None
    if Lease.objects.in_force(entered_on).filter(lot_id=lot.id).exists():
        raise LotTaken(lot_code=lot_code)
    with without_audit():
        # The usual keys begin with the time at which they are made: this one must not tell when.
        lease = Lease.objects.create(id=uuid4(), lot_id=lot.id, entered_on=entered_on, sealed_at=coarse(at))
        _tell_estate(lease, "occupied", on=entered_on, at=at)
    mark = {"id": lease.pk, "reference": reference.strip(), "household_id": None, "balance": None}
    party = {
        "id": new_id(),
        "lease_id": lease.pk,
        "person_id": file.person_id,
        "role": PartyRole.HOLDER.value,
        "relation": "",
        "since": entered_on,
        "until": None,
    }
    leases = [*content["leases"], {**mark, "balance_on": None}]
    rows = {**content["rows"], "people_lease_party": [*content["rows"]["people_lease_party"], party]}
    write_content(file, {**content, "leases": leases, "rows": rows}, by=by, at=at)
    if reference.strip():
        SealedDigest.objects.create(
            file=file, fact=SealedFact.CONTRACT, digest=digest_of(SealedFact.CONTRACT, reference)
        )
    return lease


@transaction.atomic
def leave(
    *, file: SealedIdentity, content: dict[str, Any], lease_id: str, left_on: date, by: Actor, at: datetime
) -> Lease:
    """Note that she no longer lives in one of her dwellings. Called with what `open_file` gave.

    Raises: NotHerLease, NotAllowed.
    """
    by.must(Permission.SEALED_SEAL)
    if lease_id not in {str(lease["id"]) for lease in content["leases"]}:
        raise NotHerLease
    lease = Lease.objects.select_for_update().get(pk=lease_id)
    lease.left_on = max(left_on, lease.entered_on)
    with without_audit():
        lease.save(update_fields=["left_on"])
        if lease.left_on <= localdate(at):
            _tell_estate(lease, "vacant", on=lease.left_on, at=at)
    return lease


def _tell_estate(lease: Lease, status: str, *, on: date, at: datetime) -> None:
    estate.set_statuses(statuses={lease.lot_id: status}, on=on, by=system_actor("people.lease"), at=at)
