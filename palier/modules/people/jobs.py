"""What follows a load, and what is done every night."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from palier.kernel.access import system_actor
from palier.kernel.events import on
from palier.kernel.jobs import defer, job
from palier.kernel.jobs.services import watched_run
from palier.kernel.organisations.current import current_organisation
from palier.modules.people import public
from palier.modules.people.services import duplicates, estate, leaving, markers, reading, sealing


@on("imports.batch-applied")
def follow_load(*, event: dict[str, Any], **_: Any) -> None:
    """Stop the contact of people whom the file says dead or gone, and tell the estate which lots are
    occupied.
    """
    if event["kind"] != "locatif":
        return
    at = parse_datetime(event["at"]) or timezone.now()
    batch_id = UUID(event["batch_id"])
    leaving.stop_contact_after_load(batch_id=batch_id, at=at)
    public.tell_estate_of_load(batch_id=batch_id, by=system_actor("people.follow-load"), at=at)
    defer("people.find-duplicates")


@on("imports.batch-undone")
def follow_undoing(*, event: dict[str, Any], **_: Any) -> None:
    """Tell the estate which lots are occupied once a rent roll is undone."""
    if event["kind"] != "locatif":
        return
    at, by = parse_datetime(event["at"]) or timezone.now(), system_actor("people.follow-load")
    estate.tell_estate_of_undoing(batch_id=UUID(event["batch_id"]), by=by, at=at)


@job("people.find-duplicates", queue="bulk", atomic=False, cron="15 3 * * *")
def find_duplicates(*, run_id: str = "", **_: Any) -> None:
    """Renew the work list of possible duplicates: every night, after a load, and when somebody asks."""
    at, run = timezone.now(), watched_run(run_id) if run_id else None
    if run is None:
        duplicates.find_duplicates(on=timezone.localdate(at), at=at)
        return
    run.begin()

    def tell(done: int, total: int, note: str) -> None:
        run.begin(total)
        run.advance(done, note=note)

    done = duplicates.find_duplicates(on=timezone.localdate(at), at=at, progress=tell)
    run.finish(result=done, url=_work_list())


def _work_list() -> str:
    """A worker serves no request: the organisation's addresses and its prefix are named, not guessed."""
    inside = reverse("people:duplicates", urlconf=settings.ORGANISATION_URLCONFS["landlord"])
    return f"/o/{current_organisation().slug}/{inside.removeprefix(get_script_prefix())}"


@on("people.sealed-file-forced", queue="urgent")
def tell_officer(*, event: dict[str, Any], **_: Any) -> None:
    """Write to the data protection officer at once."""
    reading.tell_officer(
        file_id=UUID(event["file_id"]),
        by_name=event["by_name"],
        opened_at=parse_datetime(event["at"]) or timezone.now(),
        by=system_actor("people.sealed-files"),
        at=timezone.now(),
    )


@job("people.erase-files")
def erase_files(*, paths: list[str], **_: Any) -> None:
    """Delete files whose encrypted copy is committed, if the machine stopped before it could be done at
    once.
    """
    sealing.erase_files(paths)


@job("people.close-markers", cron="40 2 * * *")
def close_markers(**_: Any) -> None:
    """Close the markers past their expiry, and those that nobody reviewed."""
    markers.close_expired_markers(by=system_actor("people.close-markers"), at=timezone.now())
