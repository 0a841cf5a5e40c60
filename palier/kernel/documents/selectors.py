"""Reads of kept documents, with the proof that the file is still the one that was produced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.documents import store
from palier.kernel.documents.models import Document, DocumentMentions
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.organisations.current import switching


class FileState(StrEnum):
    WHOLE = "whole"
    MISSING = "missing"
    ALTERED = "altered"
    WITHDRAWN = "withdrawn"


STATE_LABELS: dict[FileState, str | Promise] = {
    FileState.WHOLE: _("Whole"),
    FileState.MISSING: _("Missing file"),
    FileState.ALTERED: _("Altered file"),
    FileState.WITHDRAWN: _("Withdrawn"),
}


class DocumentMissing(DomainError):
    code = "documents.file-missing"
    status = 410
    message = _("The file of “{title}” is no longer on the disk. Ask for it to be restored from a backup.")


class DocumentAltered(DomainError):
    code = "documents.file-altered"
    status = 409
    message = _(
        "The file of “{title}” is not the one that was produced: its hash has changed. It is not handed out; "
        "ask for it to be restored from a backup."
    )


class DocumentWithdrawn(DomainError):
    code = "documents.withdrawn"
    status = 410
    message = _("“{title}” was withdrawn to protect somebody. Ask the referent.")


@dataclass(frozen=True)
class DocumentFile:
    """A file ready to be sent, its hash checked."""

    content: bytes
    filename: str
    media_type: str


@dataclass(frozen=True)
class DocumentLine:
    """A document as lists and panels show it."""

    id: UUID
    title: str
    kind: str
    filename: str
    made_at: datetime
    made_by_name: str
    size_bytes: int
    sha256: str
    template_version: str
    withdrawn: bool


@dataclass(frozen=True)
class Problem:
    """A kept document whose file does not hold."""

    document_id: UUID
    title: str
    state: FileState


def visible_documents(actor: Actor) -> QuerySet[Document]:
    """Documents of the modules that this person has a right to, newest first."""
    allowed = [
        p
        for p in Document.objects.order_by().values_list("permission", flat=True).distinct()
        if not p or actor.may(p)
    ]
    return Document.objects.filter(permission__in=allowed).order_by("-made_at", "-id")


def document_file(*, document_id: UUID, actor: Actor) -> DocumentFile:
    """Read a kept file after checking the right to it and its hash.

    Raises: NotFound, DocumentMissing, DocumentAltered, DocumentWithdrawn.
    """
    document = Document.objects.filter(pk=document_id).first()
    if document is None or (document.permission and not actor.may(document.permission)):
        raise NotFound
    return DocumentFile(checked_content(document), document.filename, document.media_type)


def checked_content(document: Document) -> bytes:
    """Read the file of a row, or say why it cannot be trusted.

    Raises: DocumentMissing, DocumentAltered, DocumentWithdrawn.
    """
    if document.withdrawn_at:
        raise DocumentWithdrawn(title=document.title)
    content = store.read(schema=switching().schema_name, path=document.path)
    if content is None:
        raise DocumentMissing(title=document.title)
    if store.digest(content) != document.sha256:
        raise DocumentAltered(title=document.title)
    return content


def documents_about(record_table: str, record_id: Any, *, actor: Actor) -> list[DocumentLine]:
    """The documents kept about one record, newest first."""
    rows = visible_documents(actor).filter(about_table=record_table, about_id=str(record_id))
    return [line_of(row) for row in rows]


def documents_of_kind(kind: str, *, actor: Actor, limit: int = 20) -> list[DocumentLine]:
    """The latest documents of a kind."""
    return [line_of(row) for row in visible_documents(actor).filter(kind=kind)[:limit]]


def line_of(row: Document) -> DocumentLine:
    """A document as lists show it."""
    return DocumentLine(
        row.id,
        row.title,
        row.kind,
        row.filename,
        row.made_at,
        row.made_by_name,
        row.size_bytes,
        row.sha256,
        row.template_version,
        row.withdrawn_at is not None,
    )


def file_problems() -> Iterator[Problem]:
    """Every kept document of the open organisation whose file is missing or altered; reads every file."""
    for document in (
        Document.objects.filter(withdrawn_at__isnull=True).order_by("id").iterator(chunk_size=500)
    ):
        content = store.read(schema=switching().schema_name, path=document.path)
        if content is None:
            yield Problem(document.id, document.title, FileState.MISSING)
        elif store.digest(content) != document.sha256:
            yield Problem(document.id, document.title, FileState.ALTERED)


def unknown_files(*, older_than: datetime) -> list[Path]:
    """Files of the open organisation that no row knows, left by a production that never committed."""
    folder = store.files_folder(schema=switching().schema_name)
    if not folder.exists():
        return []
    known = set(Document.objects.values_list("path", flat=True))
    return [
        file
        for file in folder.rglob("*")
        if file.is_file()
        and file.parent.name != "received"
        and str(file.relative_to(folder)) not in known
        and file.stat().st_mtime < older_than.timestamp()
        and file.relative_to(folder).parts[0].isdigit()
    ]


def mentions() -> DocumentMentions:
    """The organisation's mandatory mentions, empty when nobody has written them yet."""
    return DocumentMentions.objects.first() or DocumentMentions()
