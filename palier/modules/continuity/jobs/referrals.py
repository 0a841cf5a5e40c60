"""What the crisis cell hears of referrals."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from palier.kernel.access import system_actor
from palier.kernel.events import on
from palier.modules.continuity.services import late_referrals


@on("referrals.overdue", queue="urgent")
def hear_overdue_referral(*, event: dict[str, Any], **_: Any) -> None:
    """Only the last climb reaches the cell: the team leader was told first."""
    if event["climb"] != "continuity_lead":
        return
    late_referrals.hear_overdue_referral(
        referral_id=UUID(event["referral_id"]),
        reference=event["reference"],
        by=system_actor("Palier"),
        at=parse_datetime(event["at"]) or timezone.now(),
    )
