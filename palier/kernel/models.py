"""What every table of the house begins with: a UUIDv7 key that a phone without network can make."""

import uuid

import uuid_utils.compat
from django.db import models


def new_id() -> uuid.UUID:
    """Return a UUIDv7: 48 bits of milliseconds, so keys sort by creation and pages of an index stay warm."""
    return uuid_utils.compat.uuid7()


class DatabaseUUID7(models.Func):
    """`public.uuid7()`: lets COPY and set-based inserts leave the key out."""

    function = "public.uuid7"
    template = "%(function)s()"
    arity = 0
    output_field = models.UUIDField()


class Record(models.Model):
    """Base of the house's tables."""

    id = models.UUIDField(primary_key=True, default=new_id, db_default=DatabaseUUID7(), editable=False)

    class Meta:
        abstract = True
