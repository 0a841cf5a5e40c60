"""Tables with a key to a person that nobody declared: told and erased all the same, by what their columns say.

A module that forgets to declare what it knows of somebody must not make the house forget to tell or to erase it.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models.deletion import CASCADE, SET_NULL
from django.utils.translation import gettext_lazy as _

from palier.kernel.keys import ERASED
from palier.kernel.retention.persons import DeclaredSubject, Subject, erasers_of, sections_of
from palier.kernel.retention.tracing import model_of, pointing_at

AGENT_COLUMNS = ("_by", "_by_name", "author", "agent", "caller", "owner")


def undeclared(kind: DeclaredSubject, *, told: bool) -> Iterator[tuple[Any, str]]:
    """Relations to a person that no section tells (`told`), or that no eraser erases: (relation, table)."""
    declared = sections_of(kind.kind) if told else erasers_of(kind.kind)
    known = {table for one in declared for table in one.tables}
    model = model_of(kind.table)
    for relation in pointing_at(model) if model else ():
        table = relation.related_model._meta.db_table
        if table not in known:
            yield relation, table


def rows_of(relation: Any, subject: Subject) -> models.QuerySet[Any]:
    return relation.related_model._base_manager.filter(**{relation.field.name: subject.id})


def told_record(row: models.Model, *, about: "models.Field[Any, Any]") -> dict[Any, Any]:
    """Tell a row by the names and the forms of its columns; who wrote it is « an agent »."""
    record: dict[Any, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field is about or field.primary_key or value in (None, "", [], {}) or _is_plumbing(field):
            continue
        label = str(field.verbose_name)
        record[label[:1].upper() + label[1:]] = _said(row, field, value)
    return record


def _is_plumbing(field: "models.Field[Any, Any]") -> bool:
    return isinstance(
        field, models.BinaryField | models.GeneratedField | models.UUIDField | models.ForeignKey
    )


def _said(row: models.Model, field: "models.Field[Any, Any]", value: Any) -> Any:
    if field.name.endswith(AGENT_COLUMNS):
        return _("an agent")
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    return value if isinstance(value, str | int | bool | date | Decimal) else str(value)


# -- Erasing ---------------------------------------------------------------------------------------


def count_undeclared(kind: DeclaredSubject, subject: Subject) -> Counter[str]:
    """Count what reflection would erase, by table."""
    counts: Counter[str] = Counter()
    for relation, table in undeclared(kind, told=False):
        counts[table] += rows_of(relation, subject).count()
    return +counts


def erase_undeclared(kind: DeclaredSubject, subject: Subject) -> Counter[str]:
    """Before her own row goes: unlink what may be unlinked, empty the texts of what must stay.

    Rows that cascade go with her row; they are left to it.
    """
    counts: Counter[str] = Counter()
    for relation, table in undeclared(kind, told=False):
        rows = rows_of(relation, subject)
        if relation.on_delete in (CASCADE, SET_NULL):
            continue
        ids = list(rows.values_list("pk", flat=True))
        for name in _texts(relation.related_model):
            _empty(relation.related_model, ids, name)
        if relation.field.null:
            rows.update(**{relation.field.name: None})
        counts[table] += len(ids)
    return +counts


def _texts(model: type[models.Model]) -> list[str]:
    return [
        one.name
        for one in model._meta.concrete_fields
        if isinstance(one, models.CharField | models.TextField)
        and not one.choices
        and not isinstance(one, models.GeneratedField)
    ]


def _empty(model: type[models.Model], ids: list[UUID], name: str) -> None:
    """Empty one text of some rows: the sign of an erasure where the table takes it, nothing where it must be blank."""
    for value in (ERASED, ""):
        try:
            with transaction.atomic():
                model._base_manager.filter(pk__in=ids).exclude(**{name: ""}).update(**{name: value})
            return
        except IntegrityError:
            continue


def record_ids_of(kind: DeclaredSubject, subject: Subject) -> tuple[tuple[str, str], ...]:
    """(table, id) of every row that is hers, declared or not: those whose traces are hers too."""
    found = dict.fromkeys(subject.record_ids)
    model = model_of(kind.table)
    for relation in pointing_at(model) if model else ():
        table = relation.related_model._meta.db_table
        found |= dict.fromkeys(
            (table, str(pk)) for pk in rows_of(relation, subject).values_list("pk", flat=True)
        )
    return tuple(found)
