"""Deleting rows with what depends on them, by sets, and knowing exactly which went."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.deletion import CASCADE, DO_NOTHING, SET_NULL, ProtectedError

from palier.kernel.retention.tracing import pointing_at


def remove(rows: QuerySet[Any]) -> dict[str, list[UUID]]:
    """Delete rows and those that cascade, one statement a table. Returns the ids gone, by table.

    Raises: ProtectedError when another record stands on one of them.
    """
    return remove_ids(rows.model, list(rows.values_list("pk", flat=True)))


def remove_ids(model: type[models.Model], ids: list[UUID]) -> dict[str, list[UUID]]:
    """The same for rows known by their ids."""
    gone: dict[str, list[UUID]] = defaultdict(list)
    _remove(model, ids, gone)
    return dict(gone)


def _remove(model: type[models.Model], ids: list[UUID], gone: dict[str, list[UUID]]) -> None:
    if not ids:
        return
    for relation in pointing_at(model):
        standing = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
        if relation.on_delete is CASCADE:
            _remove(relation.related_model, list(standing.values_list("pk", flat=True)), gone)
        elif relation.on_delete is SET_NULL:
            standing.update(**{relation.field.name: None})
        elif relation.on_delete is not DO_NOTHING and standing.exists():
            raise ProtectedError(
                f"{relation.related_model._meta.db_table} stands on these rows", set(standing[:1])
            )
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)} WHERE id = ANY(%s)", [ids])
    gone[table] += ids


def unreferenced(rows: QuerySet[Any], *, but: tuple[str, ...] = ()) -> QuerySet[Any]:
    """Keep the rows on which no other record stands, those of the tables `but` aside (they go with them)."""
    for relation in pointing_at(rows.model):
        table = relation.related_model._meta.db_table
        if table in but or relation.on_delete in (SET_NULL, CASCADE):
            continue
        rows = rows.exclude(
            Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
        )
    return rows
