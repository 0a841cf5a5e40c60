"""What documents do when a person is sealed: those that name her are withdrawn, row and hash kept."""

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import PdfReadError

from palier.kernel.documents import store
from palier.kernel.documents.models import Document
from palier.kernel.keys import SealedSubject, scrubs
from palier.kernel.organisations.current import switching


@scrubs("document")
def withdraw_documents(subject: SealedSubject) -> int:
    """Re-encrypt under her key every kept file that names her, and hand the clear one over for erasure.

    The row keeps the hash of the document as it was produced, so that it can still be proven one day.
    """
    withdrawn = 0
    for document, content in _naming(subject):
        _withdraw(document, content, subject)
        withdrawn += 1
    return withdrawn


def _naming(subject: SealedSubject) -> Iterator[tuple[Document, bytes | None]]:
    """Documents that list her, then those whose title or text names her: exports and recipient files list nobody."""
    rows = Document.objects.select_for_update().filter(withdrawn_at__isnull=True).order_by("id")
    for document in list(rows):
        content = store.read(schema=switching().schema_name, path=document.path)
        listed = subject.person_id in document.persons
        if listed or subject.mentions(document.title) or subject.mentions(text_of(document, content)):
            yield document, content


def text_of(document: Document, content: bytes | None) -> str:
    """What a kept file says, as far as it can be read: an encrypted pack says nothing."""
    if content is None:
        return ""
    if document.media_type.startswith("text/"):
        return content.decode("utf-8", "replace")
    if document.media_type != "application/pdf":
        return ""
    try:
        reader = PdfReader(io.BytesIO(content))
        return "" if reader.is_encrypted else " ".join(page.extract_text() for page in reader.pages)
    except PdfReadError:
        return ""


def _withdraw(document: Document, content: bytes | None, subject: SealedSubject) -> None:
    schema = switching().schema_name
    if content is not None:
        sealed_path = f"{document.path}.sealed"
        sealed = subject.key.encrypt(content, about=f"document {document.pk}")
        store.write(schema=schema, path=sealed_path, content=sealed)
        subject.erase_file(str(store.absolute(schema=schema, path=document.path)))
        document.path = sealed_path
    document.title = document.filename = document.kind
    document.withdrawn_at = subject.at
    document.withdrawn_key = subject.key.wrapped
    document.save(update_fields=["path", "title", "filename", "withdrawn_at", "withdrawn_key"])
