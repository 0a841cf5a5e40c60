"""Sending one delivery: its state is committed before anything leaves, and again after.

A worker that finds a row *being sent* by another that died cannot know whether the message left: it writes
*perhaps sent* and stops. A file is different: whether it is there, whole, can be looked at.
"""

import hashlib
import os
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import quote
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from palier.kernel.deliveries.enums import Channel, DeliveryState
from palier.kernel.deliveries.filling import filled
from palier.kernel.deliveries.services import SEND, model_here
from palier.kernel.documents.models import Document
from palier.kernel.documents.selectors import checked_content
from palier.kernel.errors import DomainError
from palier.kernel.jobs import defer

log = structlog.get_logger(__name__)

#: Waits before trying again what certainly did not leave; after the last one, a person looks.
WAITS = (timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))


class CertainlyNotSent(Exception):
    """Nothing left the machine; `temporary` says whether trying later may help."""

    def __init__(self, reason: str, *, temporary: bool):
        super().__init__(reason)
        self.temporary = temporary


class PerhapsSent(Exception):
    """The link broke after the message was handed over and before it was acknowledged."""


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    media_type: str


def send(*, delivery_id: UUID | str, at: datetime) -> str:
    """Send one planned delivery and return its state. Safe to run twice; call it outside any transaction."""
    model = model_here()
    taken = model.objects.filter(pk=delivery_id, state=DeliveryState.PLANNED).update(
        state=DeliveryState.SENDING, sending_at=at, attempts=_one_more()
    )
    delivery = model.objects.filter(pk=delivery_id).first()
    if delivery is None:
        return ""
    if not taken and delivery.state != DeliveryState.SENDING:
        return delivery.state
    if not taken and delivery.channel == Channel.MAIL:
        return _end(delivery, DeliveryState.PERHAPS_SENT, at=at)
    return _attempt(delivery, at)


def _one_more() -> Any:
    from django.db.models import F

    return F("attempts") + 1


def _attempt(delivery: Any, at: datetime) -> str:
    try:
        if delivery.channel == Channel.MAIL:
            _send_mail(delivery, at)
        else:
            _push_file(delivery)
    except CertainlyNotSent as failure:
        return _try_later(delivery, failure, at)
    except PerhapsSent as doubt:
        return _end(delivery, DeliveryState.PERHAPS_SENT, at=at, error=str(doubt))
    return _end(delivery, DeliveryState.SENT, at=at)


def _end(delivery: Any, state: DeliveryState, *, at: datetime, error: str = "") -> str:
    type(delivery).objects.filter(pk=delivery.pk).update(state=state, ended_at=at, error=error)
    if state != DeliveryState.SENT:
        log.warning("delivery.ended", delivery=str(delivery.pk), state=state.value)
    return state.value


def _try_later(delivery: Any, failure: CertainlyNotSent, at: datetime) -> str:
    if not failure.temporary or delivery.attempts > len(WAITS):
        return _end(delivery, DeliveryState.FAILED, at=at, error=str(failure))
    with transaction.atomic():
        type(delivery).objects.filter(pk=delivery.pk).update(state=DeliveryState.PLANNED, error=str(failure))
        defer(SEND, not_before=at + WAITS[delivery.attempts - 1], delivery_id=delivery.pk)
    return DeliveryState.PLANNED.value


def _attachments(delivery: Any) -> list[Attachment]:
    files = []
    for document in Document.objects.filter(pk__in=delivery.attachments) if delivery.attachments else ():
        try:
            files.append(Attachment(document.filename, checked_content(document), document.media_type))
        except DomainError as refusal:
            raise CertainlyNotSent(str(refusal), temporary=False) from refusal
    return files


def _send_mail(delivery: Any, at: datetime) -> None:
    message = EmailMessage(
        subject=delivery.subject,
        body=_text(delivery, at),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[_addressee(delivery)],
        # The same message sent twice carries the same name, so that mailboxes can tell.
        headers={
            "Message-ID": f"<{delivery.pk}@palier>",
            "X-Palier-Key": hashlib.sha256(delivery.key.encode()).hexdigest()[:16],
        },
    )
    for file in _attachments(delivery):
        message.attach(file.name, file.content, file.media_type)
    post = get_connection()
    _open(post)
    try:
        post.send_messages([message])
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        raise CertainlyNotSent(str(refused.smtp_error), temporary=400 <= refused.smtp_code < 500) from refused
    except smtplib.SMTPRecipientsRefused as refused:
        code = max((answer[0] for answer in refused.recipients.values()), default=550)
        raise CertainlyNotSent(f"recipient refused ({code})", temporary=code < 500) from refused
    except (smtplib.SMTPException, OSError) as doubt:
        raise PerhapsSent(str(doubt) or type(doubt).__name__) from doubt
    finally:
        _close(post)


def _text(delivery: Any, at: datetime) -> str:
    try:
        return filled(delivery, at=at)
    except DomainError as refusal:
        raise CertainlyNotSent(str(refusal), temporary=False) from refusal


def _addressee(delivery: Any) -> str:
    if not delivery.target.isascii() or delivery.target.count("@") != 1:
        raise CertainlyNotSent(f"{delivery.target} is not an e-mail address", temporary=False)
    return f'"{quote(delivery.target_name)}" <{delivery.target}>' if delivery.target_name else delivery.target


def _open(post: Any) -> None:
    try:
        post.open()
    except smtplib.SMTPAuthenticationError as refused:
        raise CertainlyNotSent(
            f"the mail server refused the account ({refused.smtp_code})", temporary=False
        ) from refused
    except (smtplib.SMTPException, OSError) as refused:
        raise CertainlyNotSent(str(refused) or type(refused).__name__, temporary=True) from refused


def _close(post: Any) -> None:
    try:
        post.close()
    except (smtplib.SMTPException, OSError):
        log.info("delivery.close-failed")


def _push_file(delivery: Any) -> None:
    folder = Path(delivery.target)
    for file in _attachments(delivery):
        target = folder / Path(delivery.target_name or file.name).name
        try:
            if target.exists() and target.read_bytes() == file.content:
                continue
            _write_whole(target, file.content)
        except OSError as failure:
            raise CertainlyNotSent(f"{failure.strerror or failure} ({folder})", temporary=True) from failure


def _write_whole(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
