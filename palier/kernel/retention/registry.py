"""What the house keeps, for how long and why: classes of retention, declared by those who own the tables.

A module writes them in its `retention.py`, found by itself:

    @retention_class(
        key="staff.presence",
        label=_("Daily presence of agents"),
        trigger=_("Day of presence"),
        months=12, least=12, most=60,
        source=_("Labour code, art. D3171-16"),
        action=Action.DELETE,
    )
    class DailyPresence(Rows):
        model = Presence
        since = "day"
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from palier.kernel.access import Actor
from palier.kernel.parameters import Dated, Parameter, declare, value_of
from palier.kernel.retention.enums import Action
from palier.kernel.retention.rules import Term
from palier.kernel.retention.tracing import forget_traces
from palier.kernel.words import Text

R = TypeVar("R", bound="type[Rows]")


@dataclass(frozen=True)
class Holds:
    """What must be kept whatever its age, on a day: ids by table, with the rows that belong to each."""

    by_table: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def ids(self, table: str) -> list[str]:
        """Return the held ids of one table."""
        return sorted(self.by_table.get(table, ()))

    @property
    def every_id(self) -> list[str]:
        """Return every held id, whatever its table: for traces that know rows by their id alone."""
        return sorted({one for ids in self.by_table.values() for one in ids})


@dataclass
class Chunk:
    """Some rows to let go, in one transaction. `delete` also forgets their traces (audit, loads)."""

    ids: Sequence[UUID]
    by: Actor
    at: datetime
    counts: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)

    def delete(self, rows: QuerySet[Any]) -> int:
        """Delete rows, those that depend on them, and what audit and loads kept of them all."""
        from palier.kernel.retention.removing import remove

        return self._forget(remove(rows))

    def delete_own(self, model: type[models.Model]) -> int:
        """Delete the rows of this chunk, as `delete` does."""
        from palier.kernel.retention.removing import remove_ids

        return self._forget(remove_ids(model, list(self.ids)))

    def _forget(self, gone: Mapping[str, list[UUID]]) -> int:
        for table, ids in gone.items():
            self.counts[table] += len(ids)
            forget_traces(table, ids)
        return sum(len(ids) for ids in gone.values())

    def erase_file(self, path: object) -> None:
        """Hand over a file, deleted once the transaction is committed."""
        self.files.append(str(path))


class Rows:
    """What a class of retention is made of. Subclasses give `model` and `since`; the rest as needed.

    `since`: the column (or an annotation of `rows()`) from which time runs. `lockable`: false where the
    organisation's role may not lock rows because it may not change them.
    """

    model: ClassVar[type[models.Model]]
    since: ClassVar[str]
    chunk_rows: ClassVar[int] = 5000
    lockable: ClassVar[bool] = True

    def scope(self) -> AbstractContextManager[Any]:
        """Where the rows are: the open organisation's schema, unless the class says otherwise."""
        return nullcontext()

    def rows(self) -> QuerySet[Any]:
        """Return the rows that the class is about, due or not."""
        return self.model._default_manager.all()

    def due(self, *, before: datetime) -> QuerySet[Any]:
        """Return what has been kept long enough, as one query, held or not."""
        return self.rows().filter(**{f"{self.since}__lt": self.threshold(before)})

    def threshold(self, before: datetime) -> date | datetime:
        """Return the cutoff in the type of the column `since`."""
        named = {one.name: one for one in self.model._meta.concrete_fields}
        column = named.get(self.since)
        is_day = isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField)
        return localdate(before) if is_day else before

    def held(self, holds: Holds) -> Q:
        """Say which rows are held. By default those whose id is, which holds of what they belong to include."""
        return Q(pk__in=holds.ids(self.model._meta.db_table))

    def kept(self, *, before: datetime) -> Mapping[Text, int]:
        """Count what is old enough and kept all the same, by reason: for the dry run."""
        return {}

    def describe(self, row: Any) -> str:
        """Name a row in the sample of a dry run, without naming anybody."""
        return str(row.pk)[-8:]

    def apply(self, chunk: Chunk) -> None:
        """Let some rows go. By default they are deleted, with their traces."""
        chunk.delete_own(self.model)


@dataclass(frozen=True)
class RetentionClass:
    """A declared class: what, from when, how long, then what becomes of it, and why."""

    key: str
    label: Text
    trigger: Text
    action: Action
    parameter: Parameter
    unit: str
    purpose: Text
    rows: Rows
    order: int

    @property
    def module(self) -> str:
        return self.key.split(".", 1)[0]

    @property
    def most(self) -> int | None:
        """The longest that the law or the reference allows, in `unit`."""
        return self.parameter.high

    def term_on(self, day: date) -> Term:
        """Return how long the open organisation keeps it, on a day. One query."""
        return Term(int(value_of(self.parameter.key, on=day)), self.unit)

    @property
    def common_term(self) -> Term:
        return Term(int(self.parameter.example), self.unit)


_classes: dict[str, RetentionClass] = {}
_belongings: dict[str, list[Callable[[Sequence[str]], Mapping[str, Iterable[Any]]]]] = {}


def retention_class(
    *,
    key: str,
    label: Text,
    trigger: Text,
    source: Text,
    months: int | None = None,
    days: int | None = None,
    least: int = 0,
    most: int | None = None,
    action: Action = Action.DELETE,
    purpose: Text = "",
    order: int = 100,
) -> Callable[[R], R]:
    """Declare a class of retention; its duration becomes the parameter `retention.<key>`, which organisations adjust.

    Give `months` or `days`, the common duration; `least` and `most` bound what an organisation may choose.
    """
    if (months is None) == (days is None):
        raise ValueError(f"{key}: give its duration in months or in days")
    unit, value = ("months", months) if months is not None else ("days", days)

    def register(rows: R) -> R:
        parameter = declare(
            Parameter(
                key=f"retention.{key}",
                label=label,  # type: ignore[arg-type]
                unit=unit,
                values=(Dated(value, source=source),),  # type: ignore[arg-type]
                adjustable=True,
                low=least,
                high=most,
            )
        )
        known = _classes.get(key)
        if known is not None and type(known.rows).__qualname__ != rows.__qualname__:
            raise ValueError(f"two classes of retention are called {key!r}")
        _classes[key] = RetentionClass(key, label, trigger, action, parameter, unit, purpose, rows(), order)
        return rows

    return register


def retention_classes() -> tuple[RetentionClass, ...]:
    """Every class whose tables exist in the open organisation, in order."""
    from palier.kernel.retention.tracing import exists_here

    found = (one for one in _classes.values() if exists_here(one.rows.model))
    return tuple(sorted(found, key=lambda one: (one.order, one.key)))


def class_named(key: str) -> RetentionClass | None:
    """Return a class by its key, or None."""
    return next((one for one in retention_classes() if one.key == key), None)


def belongs_to(table: str) -> Callable[[Any], Any]:
    """Declare rows that go with a held row and have no key to it: `ids -> {table: ids}`."""

    def register(function: Any) -> Any:
        known = [one.__qualname__ for one in _belongings.setdefault(table, [])]
        if function.__qualname__ not in known:
            _belongings[table].append(function)
        return function

    return register


_names: dict[str, Text] = {}


def name_tables(names: Mapping[str, Text]) -> None:
    """Say how people call the rows of some tables: in previews of erasures and on certificates."""
    _names.update(names)


def name_of_table(table: str) -> str:
    """Return the word of people for a table's rows; its own name where nobody gave one."""
    return str(_names.get(table, table.replace("_", " ")))


def belongings_of(table: str) -> Sequence[Callable[[Sequence[str]], Mapping[str, Iterable[Any]]]]:
    return tuple(_belongings.get(table, ()))
