"""What follows news from elsewhere: a death, a departure, the end of an accompaniment."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from palier.kernel.access import system_actor
from palier.kernel.events import on
from palier.kernel.jobs import defer, job
from palier.modules.people import public as people
from palier.modules.support.services import files, serving


@on("people.contact-stopped")
def close_files(*, event: dict[str, Any], **_: Any) -> None:
    """Close the files of those who died or left. A sealed person's files were withdrawn with the sealing.

    A departure with notice closes nothing before the day of exit: the person is accompanied until then.
    """
    if event["why"] not in ("deceased", "gone"):
        return
    persons = [UUID(one) for one in event["person_ids"]]
    from_on = date.fromisoformat(event["from_on"])
    if from_on > timezone.localdate():
        begins = datetime.combine(from_on, time.min, tzinfo=timezone.get_default_timezone())
        defer("support.close-files-of-gone", not_before=begins, person_ids=persons)
        return
    _close(persons, event["why"])


@job("support.close-files-of-gone")
def close_files_of_gone(*, person_ids: Sequence[str], **_: Any) -> None:
    """Close, on the day of exit, the files of those who have left: a notice may have been taken back."""
    persons = [UUID(one) for one in person_ids]
    housed = people.homes_of(persons, on=timezone.localdate())
    _close([one for one in persons if one not in housed], "gone")


def _close(person_ids: list[UUID], why: str) -> None:
    by = system_actor("support.close-files")
    files.stop_for_persons(person_ids=person_ids, why=why, by=by, at=timezone.now())


@on("support.file-closed")
def settle_referral(*, event: dict[str, Any], **_: Any) -> None:
    """Let the caller who asked for the accompaniment learn how it ended."""
    _settle(event)


@on("support.file-declined")
def settle_referral_of_declined(*, event: dict[str, Any], **_: Any) -> None:
    """Let the caller learn that the accompaniment never began."""
    _settle(event)


def _settle(event: dict[str, Any]) -> None:
    serving.settle_referral_of(
        file_id=UUID(event["file_id"]),
        by=system_actor("support.settle-referral"),
        at=parse_datetime(event["at"]) or timezone.now(),
        why=event.get("why", ""),
    )
