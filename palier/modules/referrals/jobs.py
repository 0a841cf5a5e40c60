"""Work of the referrals module that runs by itself."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from palier.kernel.access import system_actor
from palier.kernel.events import on
from palier.kernel.jobs import job
from palier.modules.referrals.services import climbing, stopping

NAME = "Palier"


@job("referrals.carry-up-overdue", queue="urgent", atomic=False, cron="*/5 * * * *")
def carry_up_overdue(**_: Any) -> None:
    """Carry up the referrals that nobody acknowledged, or that are not settled by their date."""
    climbing.carry_up_overdue(by=system_actor(NAME), at=timezone.now())


@on("people.contact-stopped")
def stop_contact(*, event: dict[str, Any], **_: Any) -> None:
    """Mark the referrals of persons who died or left."""
    stopping.stop_contact(
        person_ids=[UUID(one) for one in event["person_ids"]],
        from_on=date.fromisoformat(event["from_on"]),
        why=event["why"],
        by=system_actor(NAME),
        at=parse_datetime(event["at"]) or timezone.now(),
    )
