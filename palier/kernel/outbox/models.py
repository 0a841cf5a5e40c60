"""The outbox of an organisation's schema."""

from django.db import models

from palier.kernel.jobs.abstract import AbstractHandlerRun, AbstractOutboxEntry


class OutboxEntry(AbstractOutboxEntry):
    class Meta:
        db_table = "outbox_entry"
        indexes = [
            models.Index(
                fields=["written_at"],
                name="outbox_waiting_idx",
                condition=models.Q(dispatched_at__isnull=True),
            )
        ]


class OutboxHandlerRun(AbstractHandlerRun):
    entry = models.ForeignKey(OutboxEntry, on_delete=models.CASCADE, related_name="runs")

    class Meta:
        db_table = "outbox_handler_run"
        constraints = [models.UniqueConstraint(fields=["entry", "handler"], name="outbox_handler_once")]
