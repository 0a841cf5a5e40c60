"""Traces of rows that are gone: what the audit and the loads kept of them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from palier.kernel.organisations.current import switching


def exists_here(model: type[models.Model]) -> bool:
    """Say whether the open organisation has this model's table: a federation has no tenants."""
    kind = getattr(switching().tenant, "kind", "landlord")
    owner = apps.get_app_config(model._meta.app_label).name
    return owner in settings.TENANT_TYPES[kind]["APPS"] or owner in settings.TENANT_TYPES["public"]["APPS"]


def forget_traces(table: str, ids: Collection[UUID]) -> int:
    """Delete what audit and loads kept of rows that are gone. Returns how many traces went."""
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.purge_audit_of(%s, %s)", [table, list(ids)])
        forgotten = int(cursor.fetchone()[0])
        if getattr(switching().tenant, "kind", "landlord") == "landlord":
            cursor.execute(
                "DELETE FROM import_change WHERE row_id = ANY(%s) AND table_name = %s", [list(ids), table]
            )
            forgotten += cursor.rowcount
    return forgotten


def purge_old(table: str, ids: Collection[UUID]) -> int:
    """Delete rows of a table that the organisation may not change (audit, journal): only old enough ones go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.purge_old(%s, %s)", [table, list(ids)])
        return int(cursor.fetchone()[0])


@contextmanager
def without_audit() -> Iterator[None]:
    """Keep the triggers from copying into the audit what is being destroyed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('palier.bulk_load', true), '')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")
        yield
        cursor.execute("SELECT set_config('palier.bulk_load', %s, true)", [before])


def model_of(table: str) -> type[models.Model] | None:
    """Return the model of a table, or None."""
    return next((one for one in apps.get_models() if one._meta.db_table == table), None)


def pointing_at(model: type[models.Model]) -> Iterator[Any]:
    """Every foreign key of the open organisation to a model, hidden ones included."""
    for relation in model._meta.get_fields(include_hidden=True):
        if (
            relation.auto_created
            and not relation.concrete
            and isinstance(relation, models.ManyToOneRel)
            and exists_here(relation.related_model)
        ):
            yield relation
