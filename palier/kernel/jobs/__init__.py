"""Work done later, elsewhere, at least once.

@job("imports.apply-batch", queue="bulk", atomic=False)
def apply_batch(*, batch_id, **_): …        # ids only; safe to run twice

defer(apply_batch, batch_id=batch.pk)       # an outbox row in the business transaction
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from palier.kernel.jobs.registry import Job, job, jobs, key_of

__all__ = ["Job", "defer", "job", "jobs", "start_run"]


def defer(work: str | Callable[..., Any], *, not_before: datetime | None = None, **kwargs: Any) -> None:
    """Have a job run after this transaction commits; nothing happens if it rolls back."""
    from palier.kernel.events import as_json
    from palier.kernel.jobs.outbox import write

    write("job", work if isinstance(work, str) else key_of(work), as_json(kwargs), not_before=not_before)


def start_run(
    work: str | Callable[..., Any], *, kind: str, title: str, by: Any, at: datetime, **kwargs: Any
) -> Any:
    """Defer a job whose progress people watch; the job receives `run_id`. Returns the saved `JobRun`."""
    from palier.kernel.jobs.models import JobRun

    run = JobRun.objects.create(
        kind=kind, title=title, started_by=by.name, started_by_id=by.user_id, created_at=at
    )
    defer(work, run_id=run.pk, **kwargs)
    return run
