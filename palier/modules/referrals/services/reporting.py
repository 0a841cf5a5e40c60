"""What a module that serves a kind says of a referral it accepted: in hand, done. Called through `public.py`."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.wording import guard
from palier.modules.referrals.enums import CLOSED
from palier.modules.referrals.models import Referral
from palier.modules.referrals.services.handling import settle_locked


@transaction.atomic
def report_outcome(
    *,
    referral_id: UUID,
    outcome: str,
    by: Actor,
    at: datetime,
    note: str = "",
    wording_reason: str = "",
    served_id: UUID | None = None,
) -> None:
    """Settle a referral that a module took. One that is closed already stays as it is.

    `served_id`: the module's record; a referral that somebody else has since is theirs to settle.

    Raises: NotAllowed, NotFound, UnfitWording.
    """
    wording = guard(note, reason=wording_reason)
    referral = Referral.objects.select_for_update(of=("self",)).filter(pk=referral_id).first()
    if referral is None:
        raise NotFound
    if referral.state in CLOSED or served_id not in (None, referral.served_id):
        return
    settle_locked(referral, outcome=outcome, note=note, by=by, at=at)
    wording.record(by=by, at=at, subject=referral)
