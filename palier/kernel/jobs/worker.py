"""The bridge to procrastinate: three queues, cron, heartbeat of stalled jobs, and the dispatcher."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import procrastinate
import psycopg
import structlog
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django import app as queue_app
from procrastinate.contrib.django.django_connector import DjangoConnector

from palier.kernel.jobs.outbox import CHANNEL, dispatch_everything, dispatch_schema
from palier.kernel.jobs.registry import QUEUES, Job, jobs
from palier.kernel.jobs.running import run_entry
from palier.kernel.organisations.current import open_organisation
from palier.kernel.organisations.models import Organisation

log = structlog.get_logger(__name__)

TASK = "palier.run"
SWEEP_SECONDS = 60.0
WAIT_SECONDS = 0.5
STALLED_SECONDS = 30.0


def enqueue(work: Job, *, schema: str, entry_id: UUID, not_before: datetime | None = None) -> None:
    """Add one run to the queue, in the caller's transaction."""
    queue_app.configure_task(TASK, queue=work.queue, schedule_at=not_before).defer(
        schema=schema, entry_id=str(entry_id), handler=work.key
    )


def register_tasks() -> None:
    """Tell procrastinate about the one task, the cron jobs and the rescue of stalled ones."""
    retry = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=3)
    queue_app.task(name=TASK, retry=retry)(run_entry)
    for each in jobs().values():
        if each.cron:
            task = queue_app.task(name=f"palier.cron:{each.key}", queue=each.queue)(_cron(each.key))
            queue_app.periodic(cron=each.cron)(task)
    queue_app.periodic(cron="* * * * *")(
        queue_app.task(name="palier.rescue", queue="urgent", pass_context=True)(_rescue_stalled)
    )


def _cron(key: str) -> Callable[..., None]:
    def fan_out(timestamp: int) -> None:
        for organisation in organisations_with(jobs()[key]):
            with open_organisation(organisation), transaction.atomic():
                from palier.kernel.jobs import defer

                defer(key)

    return fan_out


def organisations_with(work: Job) -> list[Organisation]:
    """The organisations whose kind has the module of this job."""
    owner = apps.get_containing_app_config(work.app)
    kinds = [
        kind
        for kind, parts in settings.TENANT_TYPES.items()
        if kind != "public" and owner and owner.name in parts["APPS"]
    ]
    return list(Organisation.objects.filter(kind__in=kinds).order_by("schema_name"))


async def _rescue_stalled(context: Any, timestamp: int) -> None:
    """Queue again what a killed worker left *doing*: its heartbeat has stopped."""
    manager = context.app.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        log.warning("job.rescued", job=stalled.id, task=stalled.task_name)
        await manager.retry_job(stalled)


def run_worker(queue: str, *, concurrency: int = 1) -> None:
    """Serve one queue until SIGTERM or SIGINT; the current job ends first."""
    if queue not in QUEUES:
        raise ValueError(f"The queues are {', '.join(QUEUES)}.")
    with queue_app.replace_connector(
        cast(DjangoConnector, queue_app.connector).get_worker_connector()
    ) as worker:
        worker.run_worker(
            queues=[queue],
            name=f"palier-{queue}",
            concurrency=concurrency,
            delete_jobs="successful",
            update_heartbeat_interval=5.0,
            stalled_worker_timeout=STALLED_SECONDS,
            shutdown_graceful_timeout=20.0,
        )


def run_dispatcher(stop: threading.Event) -> None:
    """Move outbox entries to the queue: at once when notified, and by a sweep every minute."""
    while not stop.is_set():
        try:
            with _listener() as listener:
                while not stop.is_set():
                    dispatch_everything()
                    _serve_until_sweep(listener, stop)
        except (psycopg.Error, DatabaseError):
            # The database may be away for a minute: say so, wait, and come back with fresh connections.
            log.exception("dispatcher.interrupted")
            connection.close()
            stop.wait(2.0)


def _listener() -> psycopg.Connection[Any]:
    """A connection of its own, so that a notification that comes during a dispatch is not lost."""
    params = connection.get_connection_params()
    wanted = {key: value for key, value in params.items() if key not in ("cursor_factory", "context")}
    listener = psycopg.connect(**wanted, autocommit=True)
    listener.execute(f"LISTEN {CHANNEL}")
    return listener


def _serve_until_sweep(listener: psycopg.Connection[Any], stop: threading.Event) -> None:
    for _ in range(int(SWEEP_SECONDS / WAIT_SECONDS)):
        if stop.is_set():
            return
        for schema in {notice.payload for notice in listener.notifies(timeout=WAIT_SECONDS, stop_after=1)}:
            dispatch_schema(schema)
