"""How pairs, merges and former codes forget a person when she is sealed."""

from typing import Any

from django.db import connection

from palier.kernel.keys import SealedSubject, scrubs
from palier.modules.people.services.sealing import without_audit


@scrubs("people_duplicate_pair")
def forget_pairs(subject: SealedSubject) -> int:
    """Nobody is asked about her any more; what was judged of her goes with her."""
    return _run(
        "DELETE FROM people_duplicate_pair WHERE first_id = ANY(%(ids)s) OR second_id = ANY(%(ids)s)", subject
    )


@scrubs("people_merge")
def forget_merges(subject: SealedSubject) -> int:
    """Her merges go whole, and can no longer be undone; those of others lose what they say of her."""
    hers = "SELECT id FROM people_merge WHERE kept_id = ANY(%(ids)s) OR gone_id = ANY(%(ids)s)"
    return (
        _run(f"DELETE FROM people_merge_change WHERE merge_id IN ({hers})", subject)
        + _run(f"DELETE FROM people_merge WHERE id IN ({hers})", subject)
        + _run(
            # Equal to nothing that a row holds: undoing leaves it alone.
            """UPDATE people_merge_change SET before = NULL, after = '{"█": true}', row_id = '█'
            WHERE row_id = ANY(%(ids)s::text[])
               OR public.search_key(coalesce(before::text, '')) ~ %(pattern)s
               OR public.search_key(coalesce(after::text, '')) ~ %(pattern)s
               OR EXISTS (SELECT FROM unnest(%(ids)s::text[]) AS id
                           WHERE before::text LIKE '%%' || id || '%%' OR after::text LIKE '%%' || id || '%%')""",
            subject,
        )
    )


def _run(statement: str, subject: SealedSubject) -> int:
    given: dict[str, Any] = {"ids": [*subject.record_ids], "pattern": subject.pattern}
    with without_audit(), connection.cursor() as cursor:
        cursor.execute(statement.replace("ANY(%(ids)s)", "ANY(%(ids)s::uuid[])"), given)
        return int(cursor.rowcount)
