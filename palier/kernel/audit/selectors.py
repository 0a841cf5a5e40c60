"""The history of a record: what changed, when, by whom, in people's words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from palier.kernel.audit.models import AuditEntry
from palier.kernel.journal.models import JournalEntry


@dataclass(frozen=True)
class Change:
    """One column, before and after, ready to read."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryLine:
    """One act. `operation` is insert, update, delete, or step: then `step` is the journal's word."""

    at: datetime
    actor: str
    operation: str
    changes: tuple[Change, ...] = ()
    step: str = ""


Told = tuple[datetime, str, str, dict[str, list[Any]]]
"""When, who, operation, and for each column what it was and what it became."""
Source = Callable[[str, object, int], Iterable[Told]]
_sources: list[Source] = []


def also_in_history(source: Source) -> Source:
    """Declare changes that the trigger does not write: a load keeps its own, `(table, row_id, limit)` gives them."""
    if source not in _sources:
        _sources.append(source)
    return source


Others = Callable[[object], Iterable[str]]
_others: dict[str, Others] = {}


def also_known_as(table: str) -> Callable[[Others], Others]:
    """Declare the other ids under which a record was known: a record that took in another one tells both pasts."""

    def declare(others: Others) -> Others:
        _others[table] = others
        return others

    return declare


def history_of(table: str, row_id: object, *, limit: int = 200) -> list[HistoryLine]:
    """The latest changes of one row, newest first: columns from the trigger, steps from the journal, loads.

    Returns: at most `limit` lines; two queries, and one for each declared source.
    """
    ids = [str(row_id), *(_others[table](row_id) if table in _others else ())]
    model = next((one for one in apps.get_models() if one._meta.db_table == table), None)
    entries = AuditEntry.objects.filter(table_name=table, row_id__in=ids).order_by("-at")[:limit]
    steps = JournalEntry.objects.filter(subject_table=table, subject_id__in=ids).order_by("-at")[:limit]
    lines = [
        HistoryLine(e.at, _name(e.actor), e.operation, tuple(_readable(model, e.changes))) for e in entries
    ]
    lines += [HistoryLine(s.at, s.actor_name, "step", step=s.kind) for s in steps]
    for source in _sources:
        lines += [
            HistoryLine(at, actor, operation, tuple(_readable(model, changes)))
            for one in ids
            for at, actor, operation, changes in source(table, one, limit)
        ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def readable_changes(table: str, changes: dict[str, list[Any]]) -> tuple[Change, ...]:
    """Columns before and after, under the names and in the forms that people know."""
    model = next((one for one in apps.get_models() if one._meta.db_table == table), None)
    return tuple(_readable(model, changes))


def _name(actor: str) -> str:
    """The trigger keeps `id|name`: the name is what people read."""
    return actor.partition("|")[2] or actor


def _readable(model: type[models.Model] | None, changes: dict[str, list[Any]]) -> Iterable[Change]:
    fields = {field.column: field for field in model._meta.local_fields} if model else {}
    for column, (before, after) in sorted(changes.items()):
        field = fields.get(column)
        if column == "id" or isinstance(field, models.GeneratedField):
            continue
        label = str(field.verbose_name) if field is not None else column.replace("_", " ")
        yield Change(label[:1].upper() + label[1:], _said(field, before), _said(field, after))


def _said(field: models.Field | None, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, models.ForeignKey):
        return _("another record")
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    if value in choices:
        return str(choices[value])
    return _moment(field, value) or str(value)


def _moment(field: models.Field | None, value: Any) -> str:
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
    if isinstance(field, models.DateField) and (day := parse_date(str(value))):
        return date_format(day, "SHORT_DATE_FORMAT")
    return ""
