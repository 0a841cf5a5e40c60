"""The long steps of a load, on the bulk queue. Each commits as it goes and may be killed anywhere."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from palier.kernel.access import system_actor
from palier.kernel.errors import DomainError
from palier.kernel.imports import services
from palier.kernel.jobs import job
from palier.kernel.jobs.services import watched_run
from palier.kernel.organisations.current import current_organisation


@job("imports.check-batch", queue="bulk", atomic=False)
def check(*, run_id: str, batch_id: str, **_rest: object) -> None:
    """Check a received file; what is wrong with the file as a whole is shown where people watch."""
    run = watched_run(run_id)
    run.begin()
    try:
        services.check_batch(
            batch_id=UUID(batch_id), by=system_actor(run.started_by), at=timezone.now(), progress=_teller(run)
        )
    except DomainError as refusal:
        run.fail(str(refusal))
        return
    run.finish(result={"batch_id": batch_id}, url=_address(batch_id))


@job("imports.apply-batch", queue="bulk", atomic=False)
def apply(*, run_id: str, batch_id: str, **_rest: object) -> None:
    """Merge chunk after chunk, until there is none left or somebody asks to stop."""
    run = watched_run(run_id)
    run.begin()
    batch = services.apply_batch(
        batch_id=UUID(batch_id), by=system_actor(run.started_by), at=timezone.now(), progress=_teller(run),
        cancelled=run.cancelled,
    )  # fmt: skip
    state = "cancelled" if batch.state == "stopped" else "done"
    run.finish(
        result={"applied": batch.applied, "unchanged": batch.unchanged}, url=_address(batch_id), state=state
    )


@job("imports.preview-batch", queue="bulk", atomic=False)
def preview(*, run_id: str, batch_id: str, **_rest: object) -> None:
    """Work out again what applying would do, after cells were mended."""
    run = watched_run(run_id)
    run.begin()
    services.preview_again(batch_id=UUID(batch_id), at=timezone.now())
    run.finish(result={"batch_id": batch_id}, url=_address(batch_id))


@job("imports.undo-plan", queue="bulk", atomic=False)
def plan_undo(*, run_id: str, batch_id: str, **_rest: object) -> None:
    """Work out what undoing a file would do."""
    run = watched_run(run_id)
    run.begin()
    try:
        services.plan_undoing(
            batch_id=UUID(batch_id), by=system_actor(run.started_by), at=timezone.now(), progress=_teller(run)
        )
    except DomainError as refusal:
        run.fail(str(refusal))
        return
    run.finish(result={"batch_id": batch_id}, url=f"{_address(batch_id)}undo/")


@job("imports.undo-batch", queue="bulk", atomic=False)
def undo(*, run_id: str, batch_id: str, **_rest: object) -> None:
    """Undo chunk after chunk, until there is none left or somebody asks to stop."""
    run = watched_run(run_id)
    run.begin()
    batch = services.undo_batch(
        batch_id=UUID(batch_id), by=system_actor(run.started_by), at=timezone.now(), progress=_teller(run),
        cancelled=run.cancelled,
    )  # fmt: skip
    state = "done" if batch.state == "rolled_back" else "cancelled"
    run.finish(result=batch.undoing, url=_address(batch_id), state=state)


def _teller(run) -> Callable[[int, int, str], None]:  # type: ignore[no-untyped-def]
    """Show progress: the check commits slice by slice, the merge chunk by chunk."""
    words = {
        "lines": _("Lines read and checked"),
        "preview": _("Working out what will change"),
        "merge": _("Parts applied"),
        "undo-rows": _("Rows gathered"),
        "undo-compare": _("Compared with what they are today"),
        "undo-references": _("Looking for what stands on them"),
        "undo-write": _("Writing the plan"),
        "undo": _("Rows undone"),
        "done": _("Done"),
    }

    def tell(done: int, total: int, note: str) -> None:
        run.begin(total if done else None)
        run.advance(done, note=words.get(note, note))

    return tell


def _address(batch_id: str) -> str:
    """A worker serves no request: the organisation's addresses and its prefix are named, not guessed."""
    inside = reverse("imports:batch", urlconf=settings.ORGANISATION_URLCONFS["landlord"], args=[batch_id])
    return f"/o/{current_organisation().slug}/{inside.removeprefix(get_script_prefix())}"
