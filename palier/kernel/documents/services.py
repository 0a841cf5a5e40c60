"""Produce documents and keep them. Reads live in selectors.py."""

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from unidecode import unidecode

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents import store
from palier.kernel.documents.house import house_of, privacy_text
from palier.kernel.documents.models import Document, DocumentMentions
from palier.kernel.documents.permissions import Permission
from palier.kernel.documents.render import render
from palier.kernel.models import new_id
from palier.kernel.organisations.current import current_organisation, switching
from palier.kernel.ui.typography import day

EXTENSIONS = {"application/pdf": "pdf", "text/csv": "csv", "text/plain": "txt"}


def produce(
    *,
    template: str,
    data: dict,
    title: str,
    by: Actor,
    at: datetime,
    kind: str,
    about: Any = None,
    persons: Iterable[uuid.UUID] = (),
    language: str = "fr",
    permission: str = "",
    key: str | None = None,
    retention_class: str = "general",
    purpose: str = "",
    paper: dict | None = None,
) -> Document:
    """Compile a template into a tagged PDF and keep it.

    `purpose` completes the data protection mention; `paper` adds to what the house style knows of this
    document (subtitle, classification). With `key`, producing again gives back the document already made.
    Raises: TemplateUnknown.
    """
    made = _already_made(key)
    if made:
        return made
    document_id = new_id()
    sheet = {"title": title, "language": language, "reference": reference_of(document_id), **(paper or {})}
    house = house_of(current_organisation(), _mentions())
    if purpose:
        sheet["privacy"] = privacy_text(house, purpose=purpose, language=language)
    rendered = render(template=template, data={**data, "house": house, "paper": sheet}, at=at)
    return _keep(
        document_id=document_id,
        content=rendered.content,
        title=title,
        kind=kind,
        by=by,
        at=at,
        about=about,
        key=key,
        template=template,
        template_version=rendered.template_version,
        is_tagged=rendered.tagged,
        language=language,
        persons=list(persons),
        permission=permission,
        retention_class=retention_class,
    )


def keep(
    *,
    content: bytes,
    title: str,
    kind: str,
    by: Actor,
    at: datetime,
    media_type: str = "application/pdf",
    about: Any = None,
    key: str | None = None,
    **fields: Any,
) -> Document:
    """Keep a file made elsewhere (an export, an encrypted pack) with the same proof as a produced one."""
    made = _already_made(key)
    if made:
        return made
    return _keep(
        document_id=new_id(),
        content=content,
        title=title,
        kind=kind,
        by=by,
        at=at,
        about=about,
        key=key,
        media_type=media_type,
        **fields,
    )


def reference_of(document_id: uuid.UUID) -> str:
    """The short reference printed on a document: eight signs of its random part."""
    tail = document_id.hex[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


@transaction.atomic
def change_mentions(*, by: Actor, at: datetime, **fields: str) -> DocumentMentions:
    """Change what the organisation's documents must say of it.

    Raises: NotAllowed.
    """
    by.must(Permission.MENTIONS_CHANGE)
    mentions, _created = DocumentMentions.objects.update_or_create(
        only=True, defaults={**fields, "changed_at": at, "changed_by_name": by.name}
    )
    journal.record("documents.mentions-changed", by=by, at=at, subject=mentions, fields=sorted(fields))
    return mentions


def produce_specimen(*, by: Actor, at: datetime) -> Document:
    """Produce a letter that says nothing, to look at the mentions before they are needed.

    Raises: NotAllowed.
    """
    by.must(Permission.MENTIONS_CHANGE)
    data = {
        "made_on": f"Le {day(timezone.localdate(at), weekday=False)}",
        "signatory": by.name,
        "capacity": "",
        "text": (
            "Cette lettre est un spécimen : elle montre l’en-tête, les mentions et les styles de vos "
            "documents."
        ),
    }
    return produce(
        template="documents/specimen.typ",
        data=data,
        title="Spécimen de lettre",
        kind="specimen",
        by=by,
        at=at,
        purpose="la gestion de votre location",
        retention_class="specimen",
    )


def _already_made(key: str | None) -> Document | None:
    return Document.objects.filter(key=key).first() if key else None


def _mentions() -> DocumentMentions | None:
    return DocumentMentions.objects.first()


def _keep(
    *, document_id: uuid.UUID, content: bytes, about: Any, by: Actor, at: datetime, **fields: Any
) -> Document:
    # The file comes first: a row without its file would be a lie, a file without its row is swept away at
    # night.
    extension = EXTENSIONS.get(fields.get("media_type", "application/pdf"), "bin")
    stored = store.write(
        schema=switching().schema_name, path=f"{at:%Y/%m}/{document_id}.{extension}", content=content
    )
    document = Document(
        id=document_id,
        path=stored.path,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        filename=f"{_file_stem(fields['title'])}.{extension}",
        about_table=about._meta.db_table if about is not None else "",
        about_id=str(about.pk) if about is not None else "",
        made_at=at,
        made_by_id=by.user_id,
        made_by_name=by.name,
        **fields,
    )
    document.save(force_insert=True)
    return document


def _file_stem(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", unidecode(title).lower()).strip("-")[:80] or "document"
