"""What may still name a person after she was sealed: a search of every text of the organisation's tables."""

from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from palier.kernel.keys import SealedSubject
from palier.kernel.organisations.current import current_organisation

# Encrypted bytes are not texts; digests say nothing.
_TEXTS = ("text", "character varying", "jsonb", "json", "ARRAY")


@dataclass(frozen=True)
class Trace:
    """A column where somebody's words are still found, and in how many rows."""

    table: str
    column: str
    rows: int


def traces_of(subject: SealedSubject) -> list[Trace]:
    """Search every text column of the schema for the words that identify a person.

    Scrubbers are declared by each owner of a table; this finds what an owner forgot, or a namesake's line that only
    a person can judge.
    """
    found = []
    for table, column in _text_columns():
        text = sql.SQL("regexp_replace({}::text, {}, ' ', 'g')").format(
            sql.Identifier(column), sql.Literal(r"\\(u[0-9a-fA-F]{4}|.)")
        )
        query = sql.SQL("SELECT count(*) FROM {} WHERE public.search_key({}) ~ %s").format(
            sql.Identifier(table), text
        )
        with connection.cursor() as cursor:
            cursor.execute(query, [subject.pattern])
            (rows,) = cursor.fetchone()
        if rows:
            found.append(Trace(table, column, rows))
    return found


def _text_columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.table_name, c.column_name FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = %s AND t.table_type = 'BASE TABLE' AND c.data_type = ANY (%s)
            ORDER BY 1, 2""",
            [current_organisation().schema_name, list(_TEXTS)],
        )
        return list(cursor.fetchall())
