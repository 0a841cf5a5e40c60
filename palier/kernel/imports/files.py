"""Received files: kept encrypted beside the organisation's documents, read again when the checking area is rebuilt."""

import hashlib
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from palier.kernel.documents import store
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.reading import FileRefused, FileTooLarge
from palier.kernel.keys import decrypt, encrypt
from palier.kernel.organisations.current import switching

MEGABYTE = 1024 * 1024


class FileWithdrawn(FileRefused):
    code = "imports.file-withdrawn"
    message = _("This file was withdrawn, as the law asks, and cannot be read again. Send the file anew.")


def keep(*, batch_id: UUID, data: bytes) -> tuple[str, str]:
    """Write the file encrypted; return its path and the SHA-256 of what was received."""
    path = f"imports/{batch_id}"
    store.write(schema=switching().schema_name, path=path, content=encrypt(data, about=f"import {batch_id}"))
    return path, hashlib.sha256(data).hexdigest()


def read(batch: ImportBatch) -> bytes:
    """Raises: FileWithdrawn."""
    sealed = None
    if batch.withdrawn_at is None:
        sealed = store.read(schema=switching().schema_name, path=batch.file_path)
    if sealed is None:
        raise FileWithdrawn
    return decrypt(sealed, about=f"import {batch.pk}")


def forget(batch: ImportBatch) -> None:
    store.absolute(schema=switching().schema_name, path=batch.file_path).unlink(missing_ok=True)


def refuse_too_large(size: int) -> None:
    """Raises: FileTooLarge."""
    limit = settings.UPLOAD_MAX_BYTES
    if size > limit:
        raise FileTooLarge(size=round(size / MEGABYTE, 1), limit=round(limit / MEGABYTE))
