"""Plan messages and files, and settle those whose sending was cut. The sending itself is in sending.py."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.deliveries.enums import Channel, DeliveryState
from palier.kernel.deliveries.permissions import Permission
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.jobs import defer
from palier.kernel.organisations.current import switching

SEND = "deliveries.send"


class NotToSettle(DomainError):
    code = "deliveries.not-to-settle"
    message = _("This message is already “{state}”: there is nothing to decide about it.")


def model_here() -> Any:
    """The table of deliveries of the schema that is open."""
    if switching().schema_name == "public":
        from palier.kernel.shared_deliveries.models import SharedDelivery

        return SharedDelivery
    from palier.kernel.deliveries.models import Delivery

    return Delivery


@transaction.atomic
def send_mail(
    *,
    key: str,
    to: str,
    subject: str,
    body: str,
    by: Actor,
    at: datetime,
    to_name: str = "",
    attachments: Iterable[UUID] = (),
    persons: Iterable[UUID] = (),
    about: Any = None,
) -> Any:
    """Plan an e-mail; a job sends it after the transaction commits. The same key is never sent twice."""
    return _plan(
        key=key,
        channel=Channel.MAIL,
        target=to,
        target_name=to_name,
        subject=" ".join(subject.split()),
        body=body,
        attachments=list(attachments),
        persons=list(persons),
        by=by,
        at=at,
        about=about,
    )


@transaction.atomic
def push_file(
    *,
    key: str,
    document_id: UUID,
    folder: Path | str,
    by: Actor,
    at: datetime,
    name: str = "",
    about: Any = None,
) -> Any:
    """Plan the copy of a kept document into a folder, best on another machine; `name` is the file's there."""
    return _plan(
        key=key,
        channel=Channel.FILE,
        target=str(folder),
        target_name=name,
        subject="",
        body="",
        attachments=[document_id],
        persons=[],
        by=by,
        at=at,
        about=about,
    )


@transaction.atomic
def send_again(*, delivery_id: UUID, by: Actor, at: datetime) -> Any:
    """Send once more what failed or was perhaps sent: a person decided that twice is better than never.

    Raises: NotAllowed, NotFound, NotToSettle.
    """
    delivery = _to_settle(delivery_id, by)
    delivery.state, delivery.error, delivery.ended_at = DeliveryState.PLANNED, "", None
    delivery.save(update_fields=["state", "error", "ended_at"])
    journal.record("deliveries.sent-again", by=by, at=at, subject=delivery)
    defer(SEND, delivery_id=delivery.pk)
    return delivery


@transaction.atomic
def hold_as_sent(*, delivery_id: UUID, by: Actor, at: datetime) -> Any:
    """Close a message perhaps sent: the addressee was asked, or twice would be worse than never.

    Raises: NotAllowed, NotFound, NotToSettle.
    """
    delivery = _to_settle(delivery_id, by)
    delivery.state, delivery.ended_at = DeliveryState.SENT, at
    delivery.save(update_fields=["state", "ended_at"])
    journal.record("deliveries.held-as-sent", by=by, at=at, subject=delivery)
    return delivery


def _plan(*, key: str, by: Actor, at: datetime, about: Any, **fields: Any) -> Any:
    model = model_here()
    delivery, is_new = model.objects.get_or_create(
        key=key,
        defaults={
            **fields,
            "planned_at": at,
            "planned_by_name": by.name,
            "about_table": about._meta.db_table if about is not None else "",
            "about_id": str(about.pk) if about is not None else "",
        },
    )
    if is_new:
        defer(SEND, delivery_id=delivery.pk)
    return delivery


def _to_settle(delivery_id: UUID, by: Actor) -> Any:
    by.must(Permission.DELIVERY_DECIDE)
    delivery = model_here().objects.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound
    if delivery.state not in (DeliveryState.FAILED, DeliveryState.PERHAPS_SENT):
        raise NotToSettle(state=delivery.get_state_display())
    return delivery
