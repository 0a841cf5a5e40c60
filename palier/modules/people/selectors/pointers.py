"""Everything that points to a record, in every module installed, found by itself: a new module has nothing to declare.

Three ways to point: a foreign key, a column of ids named after a person without one (`person_id`), and a list of ids
(`persons`). Rows that cannot point to two records at once (unique keys, exclusions) are found from the database's own
catalogue, conditions included.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg import sql

from palier.modules.people.models import DuplicatePair, Person

JUDGED_APART: frozenset[type[models.Model]] = frozenset({DuplicatePair})
"""Tables whose pointers a merge settles by a rule of their own."""
NAMED_AFTER_A_PERSON = re.compile(r"(^|_)person(_id|s|_ids)?$")


@dataclass(frozen=True)
class Pointer:
    """A column that points to the rows of one table. `is_list`: it holds several ids."""

    model: type[models.Model]
    column: str
    is_list: bool = False

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        pk = self.model._meta.pk
        assert pk is not None and pk.column is not None
        return pk.column

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)


@dataclass(frozen=True)
class Rule:
    """A unique key or an exclusion that holds a pointer's column: what else must differ, and on which rows."""

    name: str
    parts: tuple[str, ...]
    operators: tuple[str, ...]
    condition: str


@dataclass(frozen=True)
class Clash:
    """Two rows of which only one may point to the record that stays."""

    pointer: Pointer
    gone_row: str
    kept_row: str


@cache
def pointers_to(model: type[models.Model]) -> tuple[Pointer, ...]:
    """Return the columns that point to a table, hidden relations and many-to-many tables included."""
    found = []
    for other in apps.get_models(include_auto_created=True):
        if other in JUDGED_APART or other._meta.proxy or not other._meta.managed:
            continue
        for field in other._meta.local_fields:
            column = field.column or field.name
            if isinstance(field, models.ForeignKey) and field.remote_field.model is model:
                found.append(Pointer(other, column))
            elif model is Person and _names_persons(field):
                found.append(Pointer(other, column, isinstance(field, ArrayField)))
    return tuple(sorted(found, key=lambda one: (one.table, one.column)))


def _names_persons(field: models.Field) -> bool:
    if isinstance(field, models.ForeignKey) or not NAMED_AFTER_A_PERSON.search(field.name):
        return False
    return isinstance(getattr(field, "base_field", field), models.UUIDField)


def present(pointers: Iterable[Pointer]) -> tuple[Pointer, ...]:
    """Keep the pointers whose table this organisation has: modules differ from one kind to another."""
    wanted = list(pointers)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname = ANY(%s)""",
            [[one.table for one in wanted]],
        )
        tables = {name for (name,) in cursor.fetchall()}
    return tuple(one for one in wanted if one.table in tables)


def rules_of(pointers: Sequence[Pointer]) -> dict[Pointer, tuple[Rule, ...]]:
    """Return the unique keys and the exclusions that each pointer's column is part of. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.relname, x.relname,
                   ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true)
                           FROM generate_series(1, i.indnkeyatts::int) k ORDER BY k),
                   coalesce((SELECT array_agg(o.oprname::text ORDER BY n)
                           FROM pg_constraint c, unnest(c.conexclop) WITH ORDINALITY AS e (oid, n)
                           JOIN pg_operator o ON o.oid = e.oid
                          WHERE c.conindid = i.indexrelid AND c.contype = 'x'),
                        array_fill('='::text, ARRAY[i.indnkeyatts::int])),
                   coalesce(pg_get_expr(i.indpred, i.indrelid), 'true')
              FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
              JOIN pg_namespace s ON s.oid = t.relnamespace
             WHERE s.nspname = current_schema() AND t.relname = ANY(%s) AND NOT i.indisprimary
               AND (i.indisunique OR i.indisexclusion)""",
            [[one.table for one in pointers]],
        )
        known = cursor.fetchall()
    return {pointer: tuple(_rules_for(pointer, known)) for pointer in pointers}


def _rules_for(pointer: Pointer, known: Iterable[tuple[Any, ...]]) -> Iterable[Rule]:
    quoted = {pointer.column, f'"{pointer.column}"'}
    for table, name, parts, operators, condition in known:
        if table != pointer.table or not quoted & set(parts):
            continue
        others = [(p, o) for p, o in zip(parts, operators, strict=True) if p not in quoted]
        yield Rule(name, tuple(p for p, _o in others), tuple(o for _p, o in others), condition)


def clashes(pointers: Sequence[Pointer], *, kept: str, gone: str) -> list[Clash]:
    """Find the rows of two records that a unique key or an exclusion keeps from standing side by side. Two queries."""
    asked = []
    for pointer, rules in rules_of(pointers).items():
        if pointer.is_list:
            continue
        asked += [(pointer, rule) for rule in rules]
    if not asked:
        return []
    statement = sql.SQL(" UNION ALL ").join(
        _clash_query(number, pointer, rule) for number, (pointer, rule) in enumerate(asked)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"kept": kept, "gone": gone})
        found = cursor.fetchall()
    pairs = dict.fromkeys((asked[number][0], gone_row, kept_row) for number, gone_row, kept_row in found)
    return [Clash(*pair) for pair in pairs]


def _clash_query(number: int, pointer: Pointer, rule: Rule) -> sql.Composed:
    """Compare the rows of one rule. Its parts and condition are the catalogue's own text, never a person's."""
    parts = [sql.SQL("({}) AS e{}").format(sql.SQL(p), sql.SQL(str(i))) for i, p in enumerate(rule.parts)]
    side = sql.SQL("(SELECT {} FROM {} WHERE {} = %({})s AND ({}))")
    columns = sql.SQL(", ").join([sql.SQL("{}::text AS row_key").format(sql.Identifier(pointer.key)), *parts])
    sides = [
        side.format(
            columns, sql.Identifier(pointer.table), sql.Identifier(pointer.column), sql.SQL(name),
            sql.SQL(rule.condition.replace("%", "%%")),
        )
        for name in ("gone", "kept")
    ]  # fmt: skip
    same = [sql.SQL(f"g.e{i} {operator} k.e{i}") for i, operator in enumerate(rule.operators)]
    on = sql.SQL(" AND ").join(same) if same else sql.SQL("true")
    return sql.SQL("SELECT {}, g.row_key, k.row_key FROM {} AS g JOIN {} AS k ON {}").format(
        sql.Literal(number), sides[0], sides[1], on
    )


@dataclass(frozen=True)
class Pointed:
    """How many rows of a pointer's table point to a record, and a digest of those of both records."""

    pointer: Pointer
    count: int
    digest: str


def pointed(pointers: Sequence[Pointer], *, kept: str, gone: str) -> list[Pointed]:
    """Count what points to the record that goes; digest what points to either. One query."""
    if not pointers:
        return []
    query = sql.SQL(
        "SELECT {number}, count(*) FILTER (WHERE {hers}), "
        "coalesce(md5(string_agg(md5(to_jsonb(t)::text), '' ORDER BY t.{key})), '') FROM {table} t WHERE {either}"
    )
    parts = []
    for number, pointer in enumerate(pointers):
        column = sql.SQL("t.{}").format(sql.Identifier(pointer.column))
        test = sql.SQL("{} @> ARRAY[%({})s]::uuid[]" if pointer.is_list else "{} = %({})s")
        hers, his = (test.format(column, sql.SQL(name)) for name in ("gone", "kept"))
        parts.append(
            query.format(
                number=sql.Literal(number), hers=hers, key=sql.Identifier(pointer.key),
                table=sql.Identifier(pointer.table), either=sql.SQL("{} OR {}").format(hers, his),
            )
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts), {"kept": kept, "gone": gone})
        return [Pointed(pointers[number], count, digest) for number, count, digest in cursor.fetchall()]
