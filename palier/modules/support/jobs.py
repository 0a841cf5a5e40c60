"""What follows news from elsewhere: a death, a departure, the end of an accompaniment."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from palier.kernel.access import system_actor
from palier.kernel.events import on
from palier.modules.support.services import files, serving


@on("people.contact-stopped")
def close_files(*, event: dict[str, Any], **_: Any) -> None:
    """Close the files of those who died or left. A sealed person's files were withdrawn with the sealing."""
    if event["why"] not in ("deceased", "gone"):
        return
    files.stop_for_persons(
        person_ids=[UUID(one) for one in event["person_ids"]],
        why=event["why"],
        by=system_actor("support.close-files"),
        at=parse_datetime(event["at"]) or timezone.now(),
    )


@on("support.file-closed")
def settle_referral(*, event: dict[str, Any], **_: Any) -> None:
    """Let the caller who asked for the accompaniment learn how it ended."""
    serving.settle_referral_of(
        file_id=UUID(event["file_id"]),
        by=system_actor("support.settle-referral"),
        at=parse_datetime(event["at"]) or timezone.now(),
    )
