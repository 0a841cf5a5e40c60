"""The outbox of the shared schema: invitations and what concerns no organisation."""

from django.db import models

from palier.kernel.jobs.abstract import AbstractHandlerRun, AbstractOutboxEntry


class SharedOutboxEntry(AbstractOutboxEntry):
    class Meta:
        db_table = "shared_outbox_entry"
        indexes = [
            models.Index(
                fields=["written_at"],
                name="shared_outbox_waiting_idx",
                condition=models.Q(dispatched_at__isnull=True),
            )
        ]


class SharedOutboxHandlerRun(AbstractHandlerRun):
    entry = models.ForeignKey(SharedOutboxEntry, on_delete=models.CASCADE, related_name="runs")

    class Meta:
        db_table = "shared_outbox_handler_run"
        constraints = [
            models.UniqueConstraint(fields=["entry", "handler"], name="shared_outbox_handler_once")
        ]
