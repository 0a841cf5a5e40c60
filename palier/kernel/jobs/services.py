"""Reading and stopping visible work."""

from uuid import UUID

from palier.kernel.jobs.models import ENDED, JobRun


def recent_runs(*, limit: int = 50) -> list[JobRun]:
    """The latest pieces of work, newest first."""
    return list(JobRun.objects.order_by("-created_at")[:limit])


def run_by_id(run_id: UUID) -> JobRun | None:
    return JobRun.objects.filter(pk=run_id).first()


def watched_run(run_id: UUID | str) -> JobRun:
    """The run that a job was given. Raises: JobRun.DoesNotExist."""
    return JobRun.objects.get(pk=run_id)


def ask_to_cancel(*, run_id: UUID) -> bool:
    """Ask a piece of work to stop at its next chunk; False when it had already ended."""
    return bool(JobRun.objects.filter(pk=run_id).exclude(state__in=ENDED).update(cancel_requested=True))
