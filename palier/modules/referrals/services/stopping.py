"""What happens to referrals when a person dies, leaves, or agrees no more to be handed over."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.modules.referrals.enums import Basis, StepKind
from palier.modules.referrals.models import Referral, Transmission
from palier.modules.referrals.rules.consent import topic_of
from palier.modules.referrals.services.recalling import take_back
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
            take_back(referral, by=by, at=at)
        marked += write_step(
            referral, StepKind.CONTACT_STOPPED, by=by, at=at, note=words[why], once=f"stopped:{why}"
        )
    return marked


@transaction.atomic
def stop_links_of(*, person_id: UUID, topic: str, by: Actor, at: datetime) -> int:
    """Close the links that rest on a consent which the person withdrew, and say so on the referral.

    `topic`: the family of partners that they object to. What a danger to life allowed goes on. Returns: how many
    were closed. Legal: RGPD art. 7.3.
    """
    hers = Transmission.objects.filter(
        referral__person=person_id, ended_at__isnull=True, basis=Basis.CONSENT
    ).select_related("partner")
    wanted = {one.referral_id: one.partner.name for one in hers if topic_of(one.partner.kind) == topic}
    rows = Referral.objects.in_clear().filter(pk__in=wanted).order_by("pk")
    for referral in Referral.objects.filter(pk__in=rows.values("pk")).select_for_update(of=("self",)):
        if take_back(referral, by=by, at=at):
            with in_house_language():
                note = gettext("The person no longer agrees")
            write_step(referral, StepKind.REVOKED, by=by, at=at, towards=wanted[referral.pk], note=note)
    return len(wanted)
