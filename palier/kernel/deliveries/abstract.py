"""The two tables of deliveries: one in each organisation's schema, one in the shared schema for
invitations.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from palier.kernel.deliveries.enums import Channel, DeliveryState
from palier.kernel.models import Record


class AbstractDelivery(Record):
    """One message or file on its way out. `attachments` are ids of kept documents."""

    key = models.TextField(unique=True)
    channel = models.TextField(choices=Channel)
    state = models.TextField(choices=DeliveryState, default=DeliveryState.PLANNED)
    target = models.TextField()
    target_name = models.TextField(blank=True)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    attachments = ArrayField(models.UUIDField(), default=list, blank=True)
    persons = ArrayField(models.UUIDField(), default=list, blank=True)
    about_table = models.TextField(blank=True)
    about_id = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    planned_at = models.DateTimeField()
    planned_by_name = models.TextField()
    sending_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.subject or self.key} → {self.target}"
