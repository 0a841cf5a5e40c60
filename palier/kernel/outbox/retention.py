"""How long delivered events stay in the outbox."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from palier.kernel.outbox.models import OutboxEntry
from palier.kernel.retention import Rows, retention_class


@retention_class(
    key="outbox.entry",
    label=_("Internal messages already delivered"),
    trigger=_("Delivery of the message"),
    days=90,
    least=30,
    most=365,
    source=_("Domain usage: the time to look into an incident"),
    purpose=_("Look into an incident"),
    order=64,
)
class DeliveredMessages(Rows):
    model = OutboxEntry
    since = "dispatched_at"

    def due(self, *, before: datetime) -> QuerySet[Any]:
        return OutboxEntry.objects.filter(dispatched_at__lt=before)

    def describe(self, row: OutboxEntry) -> str:
        return row.name
