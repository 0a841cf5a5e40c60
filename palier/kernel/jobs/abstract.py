"""The outbox's two tables, once for the shared schema and once for each organisation's."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from palier.kernel.models import Record


class AbstractOutboxEntry(Record):
    """An event or a job, written by the transaction that causes it."""

    written_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    kind = models.TextField()
    name = models.TextField()
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    not_before = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class AbstractHandlerRun(Record):
    """The mark that a handler did its part for an entry, written with its effect."""

    handler = models.TextField()
    done_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.handler
