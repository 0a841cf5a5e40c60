"""Undo a merge: both records as they were, except what somebody changed since, which is left and said."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.modules.people.enums import ChangeKind
from palier.modules.people.events import MergeUndone
from palier.modules.people.models import Merge, MergeChange, Person
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.merging import has_column


class UndoneAlready(DomainError):
    code = "people.merge-undone-already"
    message = _("{who} has undone this merge already.")


class LaterMergeFirst(DomainError):
    code = "people.merge-later-first"
    message = _(
        "Another merge was made since with this person. Undo that one first: the last made is the first undone."
    )


class NameTaken(DomainError):
    code = "people.merge-code-taken"
    message = _(
        "Somebody else now has the reference of the record to bring back. Correct theirs first; nothing was changed."
    )


@transaction.atomic
def undo(*, merge_id: UUID, by: Actor, at: datetime) -> Merge:
    """Put back, last first, everything that a merge wrote and that is still as it left it.

    What somebody changed since is left as it is and listed in `Merge.left`; rows made since stay with the kept person.
    Raises: UndoneAlready, LaterMergeFirst, NameTaken, NotFound, NotAllowed.
    """
    by.must(Permission.PERSON_MERGE)
    merge = Merge.objects.select_for_update(of=("self",)).filter(pk=merge_id).first()
    if merge is None:
        raise NotFound
    if merge.is_undone:
        raise UndoneAlready(who=merge.undone_by)
    _refuse_out_of_order(merge)
    if not Person.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=merge.kept_id).exists():
        raise NotFound
    merge.left = _put_back(merge)
    merge.undone_at, merge.undone_by = at, by.name
    merge.save(update_fields=["left", "undone_at", "undone_by"])
    kept = Person.objects.get(pk=merge.kept_id)
    journal.record("people.person.undo-merge", by=by, at=at, subject=kept, merge_id=str(merge.pk))
    publish(MergeUndone(kept_id=str(merge.kept_id), gone_id=str(merge.gone_id), at=at))
    return merge


def _refuse_out_of_order(merge: Merge) -> None:
    """Of merges that touch one person, the last made is the first undone."""
    later = Merge.objects.filter(undone_at__isnull=True, pk__gt=merge.pk).exclude(pk=merge.pk)
    if (later.filter(kept_id=merge.kept_id) | later.filter(gone_id=merge.kept_id)).exists():
        raise LaterMergeFirst


def _put_back(merge: Merge) -> list[dict[str, str]]:
    left = []
    changes: Iterable[MergeChange] = merge.changes.order_by("-position")
    for change in changes:
        if not _undo_one(change):
            left.append({"table": change.table_name, "row": change.row_id, "column": change.column_name})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return left


def _undo_one(change: MergeChange) -> bool:
    """Undo one change; False if somebody changed the row since, or if something now stands in its place."""
    undoing = {ChangeKind.UPDATE: _restore, ChangeKind.DELETE: _bring_back, ChangeKind.INSERT: _take_away}
    if not has_column(change.table_name, change.column_name or "id"):
        return False
    try:
        with transaction.atomic():
            return undoing[ChangeKind(change.kind)](change)
    except IntegrityError as refused:
        if change.table_name == "people_person":
            raise NameTaken from refused
        return False


def _restore(change: MergeChange) -> bool:
    statement = sql.SQL(
        """UPDATE {table} t SET {column} = was.{column}
        FROM jsonb_populate_record(NULL::{table}, %s::jsonb) AS was
        WHERE t.id::text = %s AND coalesce(to_jsonb(t.{column}), 'null') = %s::jsonb"""
    ).format(table=sql.Identifier(change.table_name), column=sql.Identifier(change.column_name))
    before = json.dumps({change.column_name: change.before})
    return _run(statement, [before, change.row_id, json.dumps(change.after)]) == 1


def _bring_back(change: MergeChange) -> bool:
    if change.before is None:
        # What it held was forgotten: somebody whom it named was sealed.
        return False
    names = _columns(change.table_name)
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s::jsonb)"
    ).format(table=sql.Identifier(change.table_name), names=sql.SQL(", ").join(map(sql.Identifier, names)))
    return _run(statement, [json.dumps(change.before)]) == 1


def _take_away(change: MergeChange) -> bool:
    statement = sql.SQL("DELETE FROM {} WHERE id::text = %s").format(sql.Identifier(change.table_name))
    return _run(statement, [change.row_id]) == 1


def _columns(table: str) -> list[str]:
    """Return the columns that may be written: those that the database computes come by themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER'""",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def _run(statement: sql.Composed, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
