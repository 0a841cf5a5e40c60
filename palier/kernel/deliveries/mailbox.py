"""Without a mail server, messages are kept in a folder and read on a page: nothing leaves the machine."""

import email
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

NAME = re.compile(r"^[0-9]{8}T[0-9]{6}-[0-9a-f]{12}$")


class FolderBackend(BaseEmailBackend):
    """Django's mail backend that writes each message as a file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(6)}"
            draft = folder / f".{name}.part"
            draft.write_bytes(message.message().as_bytes())
            draft.replace(folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True)
class KeptMessage:
    """A message of the folder, as the page shows it."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    body: str
    attachments: tuple[str, ...]


def kept_messages(*, limit: int = 100) -> list[KeptMessage]:
    """The latest messages, newest first."""
    folder = Path(settings.MAIL_FOLDER)
    files = sorted(folder.glob("*.eml"), reverse=True)[:limit] if folder.exists() else []
    return [_read(file) for file in files]


def kept_message(name: str) -> KeptMessage | None:
    """One message by the name of its file; None for anything else than such a name."""
    file = Path(settings.MAIL_FOLDER) / f"{name}.eml"
    return _read(file) if NAME.match(name) and file.exists() else None


def _read(file: Path) -> KeptMessage:
    message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain", "html"))
    return KeptMessage(
        name=file.stem,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        sent_at=datetime.strptime(file.stem.split("-")[0], "%Y%m%dT%H%M%S").replace(tzinfo=UTC),
        body=str(body.get_content()) if body else "",
        attachments=tuple(str(part.get_filename()) for part in message.iter_attachments()),
    )
