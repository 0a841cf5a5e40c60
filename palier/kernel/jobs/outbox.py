"""From the outbox to the queue.

Taking an entry and adding its jobs is one transaction that changes role inside: a kill between
the two loses and doubles nothing.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from palier.kernel.events import subscribers
from palier.kernel.jobs.registry import jobs
from palier.kernel.organisations.current import open_organisation, open_shared, switching
from palier.kernel.organisations.models import Organisation

CHANNEL = "palier_outbox"
BATCH = 200


def models_here() -> tuple[Any, Any]:
    """The outbox's models of the schema in which this code runs."""
    if switching().schema_name == "public":
        from palier.kernel.shared_outbox.models import SharedOutboxEntry, SharedOutboxHandlerRun

        return SharedOutboxEntry, SharedOutboxHandlerRun
    from palier.kernel.outbox.models import OutboxEntry, OutboxHandlerRun

    return OutboxEntry, OutboxHandlerRun


def write(kind: str, name: str, payload: dict[str, Any], *, not_before: datetime | None = None) -> None:
    entry_model, _ = models_here()
    entry_model(kind=kind, name=name, payload=payload, not_before=not_before).save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, switching().schema_name])


def write_many(events: list[tuple[str, dict[str, Any]]]) -> None:
    """Write events in one statement, and wake the dispatcher once."""
    if not events:
        return
    entry_model, _ = models_here()
    entry_model.objects.bulk_create(
        [entry_model(kind="event", name=name, payload=payload) for name, payload in events], batch_size=1000
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, switching().schema_name])


def handlers_of(kind: str, name: str) -> list[str]:
    return [name] if kind == "job" else subscribers(name)


def dispatch_everything() -> int:
    """Sweep every schema once; return how many entries were taken."""
    taken = _drain(None)
    for organisation in Organisation.objects.order_by("schema_name"):
        taken += _drain(organisation)
    return taken


def dispatch_schema(schema: str) -> int:
    """Sweep the schema that a notification names."""
    if schema == "public":
        return _drain(None)
    organisation = Organisation.objects.filter(schema_name=schema).first()
    return _drain(organisation) if organisation else 0


def _drain(organisation: Organisation | None) -> int:
    taken = 0
    while count := _dispatch_batch(organisation):
        taken += count
    return taken


def _dispatch_batch(organisation: Organisation | None) -> int:
    from palier.kernel.jobs.worker import enqueue

    with transaction.atomic():
        with open_organisation(organisation) if organisation else open_shared():
            entry_model, _ = models_here()
            entries = list(
                entry_model.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(dispatched_at__isnull=True)
                .order_by("written_at", "id")[:BATCH]
            )
            entry_model.objects.filter(pk__in=[e.pk for e in entries]).update(dispatched_at=timezone.now())
        with open_shared():
            schema = organisation.schema_name if organisation else "public"
            for entry in entries:
                for handler in handlers_of(entry.kind, entry.name):
                    enqueue(jobs()[handler], schema=schema, entry_id=entry.pk, not_before=entry.not_before)
    return len(entries)
