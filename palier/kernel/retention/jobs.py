"""The night of retention: purge what is due, go on with what was cut, erase access files past their days."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from palier.kernel.access import system_actor
from palier.kernel.jobs import job
from palier.kernel.jobs.services import watched_run
from palier.kernel.retention.services import answers, engine, erasing


@job("retention.apply-rules", queue="bulk", atomic=False, cron="10 1 * * *")
def apply_rules(**_: Any) -> None:
    """Purge every class that is switched on, chunk by chunk."""
    by = system_actor("retention.apply-rules")
    engine.resume(by=by, at=timezone.now())
    engine.apply_rules(by=by, at=timezone.now())


@job("retention.apply-now", queue="bulk", atomic=False)
def apply_now(*, run_id: str, key: str, **_rest: Any) -> None:
    """Purge one class at once, watched."""
    run = watched_run(UUID(str(run_id)))
    run.begin()
    by = system_actor(run.started_by)

    def tell(_key: str, applied: int) -> None:
        run.advance(applied, note=_("Rows let go"))

    done = engine.apply_rules(by=by, at=timezone.now(), keys=[key], tell=tell)
    run.finish(result=done)


@job("retention.erase-files")
def erase_files(*, paths: list[str], **_: Any) -> None:
    """Delete files whose row is gone, if the machine stopped before it could be done at once."""
    engine.erase_files(paths)


@job("retention.make-answer", queue="default", atomic=False)
def make_answer(*, run_id: str, request_id: str, **_rest: Any) -> None:
    """Gather everything known of a person into two encrypted files."""
    run = watched_run(UUID(str(run_id)))
    run.begin()
    made = answers.make_files(
        request_id=UUID(str(request_id)), by=system_actor(run.started_by), at=timezone.now()
    )
    run.finish(result={"files": len(made)})


@job("retention.erase-person", queue="bulk", atomic=False)
def erase_person(*, run_id: str, request_id: str, seen: str, **_rest: Any) -> None:
    """Erase a person in one transaction: killed before its end, it begins again."""
    run = watched_run(UUID(str(run_id)))
    run.begin()
    proof = erasing.erase(
        request_id=UUID(str(request_id)), seen=seen, by=system_actor(run.started_by), at=timezone.now()
    )
    run.finish(result={"proof": proof.number} if proof else {})


@job("retention.erase-expired", cron="35 * * * *")
def erase_expired(**_: Any) -> None:
    """Erase the files of access answers past their days."""
    answers.erase_expired(at=timezone.now())
