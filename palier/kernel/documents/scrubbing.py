"""What documents do when a person is sealed: those that name her are withdrawn, row and hash kept."""

from django.db import connection

from palier.kernel.documents import store
from palier.kernel.documents.models import Document
from palier.kernel.keys import SealedSubject, scrubs


@scrubs("document")
def withdraw_documents(subject: SealedSubject) -> int:
    """Re-encrypt under her key every kept file that names her, and hand the clear one over for erasure.

    The row keeps the hash of the document as it was produced, so that it can still be proven one day.
    """
    withdrawn = 0
    schema = connection.schema_name
    for document in Document.objects.select_for_update().filter(
        persons__contains=[subject.person_id], withdrawn_at__isnull=True
    ):
        content = store.read(schema=schema, path=document.path)
        clear_path, sealed_path = document.path, f"{document.path}.sealed"
        if content is not None:
            sealed = subject.key.encrypt(content, about=f"document {document.pk}")
            store.write(schema=schema, path=sealed_path, content=sealed)
            subject.erase_file(str(store.absolute(schema=schema, path=clear_path)))
            document.path = sealed_path
        document.title = document.filename = document.kind
        document.withdrawn_at = subject.at
        document.withdrawn_key = subject.key.wrapped
        document.save(update_fields=["path", "title", "filename", "withdrawn_at", "withdrawn_key"])
        withdrawn += 1
    return withdrawn
