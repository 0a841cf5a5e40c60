"""Opening a file that somebody else leads: said first, written down, then shown for a while."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.support.models import FileReading, SupportFile
from palier.modules.support.selectors.access import NotAReader, may_read, readers_of


@transaction.atomic
def open_reading(*, file_id: UUID, by: Actor, at: datetime) -> FileReading:
    """Note that somebody reads a file; its page then opens to them for half an hour.

    Raises: NotAReader, NotFound.
    """
    file = SupportFile.objects.in_clear().filter(pk=file_id).first()
    if file is None:
        raise NotFound
    if not may_read(file, by):
        raise NotAReader(readers=readers_of(file))
    journal.record("support.file.read", by=by, at=at, subject=file)
    return FileReading.objects.create(file_id=file.pk, by_id=by.user_id, by_name=by.name, at=at)
