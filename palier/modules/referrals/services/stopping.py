"""What happens to referrals when a person dies, leaves or is sealed."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.modules.referrals.enums import StepKind
from palier.modules.referrals.models import Referral
from palier.modules.referrals.services.handling import end_links
from palier.modules.referrals.services.story import write_step
from palier.modules.referrals.services.telling import in_house_language

WHY = {"deceased": "deceased", "gone": "gone"}


@transaction.atomic
def stop_contact(*, person_ids: Iterable[UUID], from_on: date, why: str, by: Actor, at: datetime) -> int:
    """Say on each open referral that its person died or left, and stop the links of those who died.

    Somebody judges what remains to be done: a departure does not end a difficulty. Returns: how many were marked.
    A notice of departure changes nothing before its day. What is protected was erased by the sealing itself.
    """
    if why not in WHY or from_on > timezone.localdate(at):
        return 0
    rows = Referral.objects.in_clear().unfinished().filter(person_id__in=list(person_ids))
    marked = 0
    with in_house_language():
        words = {
            "deceased": gettext("The person has died"),
            "gone": gettext("The person has left the dwelling"),
        }
    for referral in rows.select_for_update(of=("self",)).order_by("pk"):
        if why == "deceased":
            end_links(referral, at=at)
        marked += write_step(
            referral, StepKind.CONTACT_STOPPED, by=by, at=at, note=words[why], once=f"stopped:{why}"
        )
    return marked
