"""What left the machine, or did not."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from palier.kernel.deliveries.enums import DeliveryState
from palier.kernel.deliveries.models import Delivery

TONES = {
    DeliveryState.PLANNED: "info",
    DeliveryState.SENDING: "info",
    DeliveryState.SENT: "good",
    DeliveryState.FAILED: "bad",
    DeliveryState.PERHAPS_SENT: "warn",
}


@dataclass(frozen=True)
class DeliveryLine:
    """A delivery as lists show it."""

    id: UUID
    subject: str
    channel_label: str
    target: str
    target_name: str
    state: str
    state_label: str
    tone: str
    error: str
    attempts: int
    planned_at: datetime
    ended_at: datetime | None
    body: str
    attachments: tuple[UUID, ...]
    to_settle: bool


def deliveries(*, state: str = "") -> QuerySet[Delivery]:
    """Deliveries of the organisation, those that wait for a person first when no state is asked."""
    rows = Delivery.objects.order_by("-planned_at", "-id")
    return rows.filter(state=state) if state in DeliveryState.values else rows


def line_of(row: Delivery) -> DeliveryLine:
    """A delivery as screens show it."""
    return DeliveryLine(
        id=row.pk,
        subject=row.subject or row.key,
        channel_label=row.get_channel_display(),
        target=row.target,
        target_name=row.target_name,
        state=row.state,
        state_label=row.get_state_display(),
        tone=TONES[DeliveryState(row.state)],
        error=row.error,
        attempts=row.attempts,
        planned_at=row.planned_at,
        ended_at=row.ended_at,
        body=row.body,
        attachments=tuple(row.attachments),
        to_settle=row.state in (DeliveryState.FAILED, DeliveryState.PERHAPS_SENT),
    )


def delivery_line(*, delivery_id: UUID) -> DeliveryLine | None:
    row = Delivery.objects.filter(pk=delivery_id).first()
    return line_of(row) if row else None


def deliveries_about(table: str, record_id: object) -> list[DeliveryLine]:
    """What was sent about one record, newest first."""
    rows = Delivery.objects.filter(about_table=table, about_id=str(record_id)).order_by("-planned_at")
    return [line_of(row) for row in rows]


def counts_by_state() -> dict[str, int]:
    """How many deliveries are in each state."""
    return dict(Delivery.objects.order_by().values_list("state").annotate(Count("id")))


def states_of(keys: list[str]) -> dict[str, str]:
    """The state of each of these keys that exists."""
    return dict(Delivery.objects.filter(key__in=keys).values_list("key", "state"))
