"""The journal: who did what. Written by the workflow engine and by services; never changed."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from palier.kernel.access import Actor


def record(kind: str, *, by: "Actor", at: datetime, subject: Any = None, **data: Any) -> uuid.UUID:
    """Write one line and return its id.

    `kind` is dotted (`continuity.plan.approve`); `subject` is a saved record or None; `data` must
    be JSON-able and hold no text about a person.
    """
    from palier.kernel.journal.models import JournalEntry

    entry = JournalEntry(
        at=at,
        kind=kind,
        actor_id=by.user_id,
        actor_name=by.name,
        via=by.via,
        subject_table=subject._meta.db_table if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        data=data,
    )
    entry.save(force_insert=True)
    return entry.pk


def record_many(
    kind: str, *, by: "Actor", at: datetime, table: str, ids: "Sequence[uuid.UUID]", **data: Any
) -> None:
    """Write one line for each of many records of a table, in one statement: the history of each then says it."""
    import json

    from django.core.serializers.json import DjangoJSONEncoder
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO journal_entry (at, kind, actor_id, actor_name, via, subject_table, subject_id, data)
            SELECT %s, %s, %s, %s, %s, %s, id::text, %s FROM unnest(%s::uuid[]) AS subject (id)""",
            [
                at,
                kind,
                by.user_id,
                by.name,
                by.via,
                table,
                json.dumps(data, cls=DjangoJSONEncoder),
                list(ids),
            ],
        )
