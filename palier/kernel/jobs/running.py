"""Running one handler for one outbox entry, exactly once in effect."""

from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from palier.kernel.access import bind_actor, system_actor
from palier.kernel.jobs.outbox import models_here
from palier.kernel.jobs.registry import Job, jobs
from palier.kernel.organisations.current import leave_organisation, open_organisation, open_shared
from palier.kernel.organisations.models import Organisation

log = structlog.get_logger(__name__)


def run_entry(*, schema: str, entry_id: UUID | str, handler: str) -> None:
    """Open the organisation, run the handler unless it already ran, and mark it with its effect."""
    leave_organisation()
    work = jobs()[handler]
    try:
        if schema == "public":
            with open_shared():
                run_here(work, entry_id)
        else:
            with open_organisation(Organisation.objects.get(schema_name=schema)):
                run_here(work, entry_id)
    finally:
        leave_organisation()


def run_here(work: Job, entry_id: UUID | str) -> None:
    """Run in the schema that is open. Raises what the handler raises: the queue tries again."""
    entry_model, run_model = models_here()
    entry = entry_model.objects.get(pk=entry_id)
    kwargs = {"event": entry.payload} if entry.kind == "event" else entry.payload
    try:
        if work.atomic:
            with transaction.atomic():
                _, is_new = run_model.objects.get_or_create(entry=entry, handler=work.key)
                if is_new:
                    bind_actor(system_actor(work.key))
                    work.function(**kwargs)
        elif not run_model.objects.filter(entry=entry, handler=work.key).exists():
            work.function(**kwargs)
            run_model.objects.get_or_create(entry=entry, handler=work.key)
    except Exception as error:
        _tell_watchers(entry.payload, error)
        raise


def _tell_watchers(payload: dict[str, Any], error: Exception) -> None:
    """Show the failure where somebody watches; the queue may still try again and clear it."""
    if run_id := payload.get("run_id"):
        from palier.kernel.jobs.models import JobRun

        run = JobRun.objects.filter(pk=run_id).first()
        if run:
            run.fail(str(error) or type(error).__name__)


def deliver_waiting(*, rounds: int = 20) -> int:
    """Run what is due in the open schema's outbox, here and now: for commands and tests without workers."""
    from django.db.models import Q
    from django.utils import timezone

    from palier.kernel.jobs.outbox import handlers_of

    ran = 0
    entry_model, _ = models_here()
    for _round in range(rounds):
        due = Q(not_before__isnull=True) | Q(not_before__lte=timezone.now())
        waiting = list(
            entry_model.objects.filter(due, dispatched_at__isnull=True).order_by("written_at", "id")
        )
        if not waiting:
            break
        for entry in waiting:
            entry_model.objects.filter(pk=entry.pk).update(dispatched_at=timezone.now())
            for handler in handlers_of(entry.kind, entry.name):
                run_here(jobs()[handler], entry.pk)
                ran += 1
    return ran
