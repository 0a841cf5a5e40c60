"""Work of the referrals module that runs by itself."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone

from palier.kernel.access import system_actor
from palier.kernel.events import on
from palier.kernel.jobs import defer, job
from palier.modules.people import public as people
from palier.modules.referrals.services import climbing, stopping

NAME = "Palier"


@job("referrals.carry-up-overdue", queue="urgent", atomic=False, cron="*/5 * * * *")
def carry_up_overdue(**_: Any) -> None:
    """Carry up the referrals that nobody acknowledged, or that are not settled by their date."""
    climbing.carry_up_overdue(by=system_actor(NAME), at=timezone.now())


@on("people.contact-stopped")
def stop_contact(*, event: dict[str, Any], **_: Any) -> None:
    """Mark the referrals of persons who died or left. A departure with notice marks them on the day of exit."""
    from_on = date.fromisoformat(event["from_on"])
    if from_on > timezone.localdate():
        begins = datetime.combine(from_on, time.min, tzinfo=timezone.get_default_timezone())
        given = {"person_ids": list(event["person_ids"]), "from_on": event["from_on"]}
        defer("referrals.mark-gone", not_before=begins, **given)
        return
    _stop([UUID(one) for one in event["person_ids"]], from_on, event["why"])


@job("referrals.mark-gone")
def mark_gone(*, person_ids: Sequence[str], from_on: str, **_: Any) -> None:
    """Mark, on the day of exit, the referrals of those who have left: a notice may have been taken back."""
    persons = [UUID(one) for one in person_ids]
    housed = people.homes_of(persons, on=timezone.localdate())
    _stop([one for one in persons if one not in housed], date.fromisoformat(from_on), "gone")


def _stop(person_ids: list[UUID], from_on: date, why: str) -> None:
    stopping.stop_contact(
        person_ids=person_ids, from_on=from_on, why=why, by=system_actor(NAME), at=timezone.now()
    )


@on("people.consent-recorded", queue="urgent")
def stop_links(*, event: dict[str, Any], **_: Any) -> None:
    """Close the links that rested on a consent which the person has just withdrawn."""
    if event["kind"] in ("opt_out", "withdrawal"):
        stopping.stop_links_of(
            person_id=UUID(event["person_id"]),
            topic=event["topic"],
            by=system_actor(NAME),
            at=timezone.now(),
        )
