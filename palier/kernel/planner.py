"""What the planner of the database knows of tables that were just filled: nothing, until they are analysed.

Nothing analyses a table inside the transaction that fills it, and autovacuum may have passed over it while it was
empty: the planner then believes that it holds no row, and joins thousands by nested loops that never end.
"""

from collections.abc import Sequence

from django.db import connection

GROWN_ROWS, GROWN_SHARE = 20, 0.3


def analyse_if_grown(table: str, inserted: int, *, share: float = GROWN_SHARE) -> bool:
    """Analyse a table of the organisation when what was inserted is more than a share of the rows it was known to have.

    Returns: whether it was analysed. Its lock lasts as long as the transaction: analyse tables in a constant order.
    """
    if inserted < GROWN_ROWS:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.reltuples FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = %s AND n.nspname = current_schema()""",
            [table],
        )
        known = cursor.fetchone()
        if known is None or inserted <= share * max(known[0], 0):
            return False
        cursor.execute("SELECT analyse_loaded(%s)", [table])
    return True


def analyse_if_believed_empty(tables: Sequence[str]) -> list[str]:
    """Analyse, in alphabetical order, those tables of the organisation that have pages and that no row is known of.

    Returns: the tables analysed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = ANY (%s) AND n.nspname = current_schema() AND c.reltuples <= 0
              AND pg_relation_size(c.oid) > 0 ORDER BY 1""",
            [list(tables)],
        )
        found = [table for (table,) in cursor.fetchall()]
        for table in found:
            cursor.execute("SELECT analyse_loaded(%s)", [table])
    return found
