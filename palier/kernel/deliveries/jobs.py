"""Sending, and looking after what a stopped machine left half-way."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from palier.kernel.deliveries import sending
from palier.kernel.deliveries.enums import DeliveryState
from palier.kernel.deliveries.services import SEND, model_here
from palier.kernel.jobs import job

#: Longer than the longest sending and than the rescue of a stalled job.
FORGOTTEN_AFTER = timedelta(minutes=5)


@job(SEND, queue="urgent", atomic=False)
def send(*, delivery_id: str, **_: Any) -> None:
    sending.send(delivery_id=delivery_id, at=timezone.now())


@job("deliveries.look-after", queue="urgent", atomic=False, cron="*/5 * * * *")
def look_after(**_: Any) -> None:
    """Say *perhaps sent* of what has been *being sent* for too long, whatever became of its job."""
    now = timezone.now()
    forgotten = model_here().objects.filter(state=DeliveryState.SENDING, sending_at__lt=now - FORGOTTEN_AFTER)
    for pk in list(forgotten.values_list("pk", flat=True)):
        sending.send(delivery_id=pk, at=now)
