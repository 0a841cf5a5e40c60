"""What would become of each row, said by the database: one statement whatever the number of rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, JSONObject

CHANGE, UNCHANGED = "change", "unchanged"
Rows = QuerySet | tuple[UUID, ...]


def planned(
    rows: QuerySet,
    *,
    label: Any,
    refused: Mapping[str, Q] | None = None,
    unchanged: Q | None = None,
    now: Any = "",
) -> QuerySet:
    """Say what would become of each row: refused for the first reason that holds, unchanged, or changed.

    `label` names a row (a column or an expression); `now` shows what it is today, in people's words.
    `refused`: reason -> condition, in order.
    """
    cases = [When(condition, then=Value(code)) for code, condition in (refused or {}).items()]
    if unchanged is not None:
        cases.append(When(unchanged, then=Value(UNCHANGED)))
    verdict = Case(*cases, default=Value(CHANGE), output_field=TextField())
    return rows.annotate(bulk_label=_text(label, F), bulk_verdict=verdict, bulk_now=_text(now, Value))


def with_state(rows: QuerySet, **columns: Any) -> QuerySet:
    """Say what undoing must find unchanged and put back: names and columns, or expressions."""
    return rows.annotate(bulk_state=JSONObject(**columns))


def _text(given: Any, plain: type[F] | type[Value]) -> Any:
    expression = plain(given) if isinstance(given, str) else given
    return Coalesce(Cast(expression, TextField()), Value(""), output_field=TextField())


@dataclass(frozen=True)
class Statement:
    """A SELECT and its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


NO_PLAN = Statement("SELECT NULL::uuid, ''::text, ''::text, ''::text WHERE false")
NO_STATE = Statement("SELECT NULL::uuid, NULL::jsonb WHERE false")


def plan_of(rows: QuerySet, chosen: Rows) -> Statement:
    """(id, label, verdict, now) of the chosen rows that the plan knows."""
    wanted = chosen.order_by().values("pk") if isinstance(chosen, QuerySet) else list(chosen)
    return _select(rows.filter(pk__in=wanted), NO_PLAN, "pk", "bulk_label", "bulk_verdict", "bulk_now")


def states_of(rows: QuerySet | None, ids: Any) -> Statement:
    """(id, state) of some rows."""
    if rows is None:
        return NO_STATE
    return _select(rows.filter(pk__in=ids), NO_STATE, "pk", "bulk_state")


def _select(rows: QuerySet, nothing: Statement, *columns: str) -> Statement:
    try:
        sql, params = cast(Any, rows.order_by().values_list(*columns).query).sql_with_params()
    except EmptyResultSet:
        return nothing
    return Statement(sql, tuple(params))
