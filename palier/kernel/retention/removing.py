"""Deleting rows with what depends on them, and knowing exactly which went."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.deletion import CASCADE, SET_NULL, Collector

from palier.kernel.retention.tracing import pointing_at


def remove(rows: QuerySet[Any]) -> dict[str, list[UUID]]:
    """Delete rows and those that cascade. Returns the ids gone, by table.

    Raises: ProtectedError when another record stands on one of them.
    """
    gone: dict[str, list[UUID]] = defaultdict(list)
    collector = Collector(using=rows.db)
    collector.collect(rows)
    for model, instances in collector.data.items():
        gone[model._meta.db_table] += [one.pk for one in instances]
    for fast in collector.fast_deletes:
        gone[fast.model._meta.db_table] += list(fast.values_list("pk", flat=True))
    collector.delete()
    return {table: ids for table, ids in gone.items() if ids}


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
