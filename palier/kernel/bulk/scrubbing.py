"""What bulk runs forget when a person is sealed: her rows by name, what they were, and what was written of her."""

from palier.kernel.bulk.store import run_sql
from palier.kernel.keys import ERASED, SealedSubject, scrubs


@scrubs("bulk_item")
def forget_rows(subject: SealedSubject) -> int:
    """The row stays, without her name and without what it was: undoing then leaves it alone."""
    return run_sql(
        """UPDATE bulk_item SET label = %s, before = NULL, after = NULL
        WHERE subject_id = ANY(%s::uuid[]) OR public.search_key(label) ~ %s
           OR public.search_key_of_json(coalesce(before, '{}')) ~ %s
           OR public.search_key_of_json(coalesce(after, '{}')) ~ %s""",
        [ERASED, list(subject.record_ids), *[subject.pattern] * 3],
    )


@scrubs("bulk_run")
def forget_runs(subject: SealedSubject) -> int:
    """The texts of a form that name her are erased; dates and choices stay, so that the rest can be undone."""
    return run_sql(
        """UPDATE bulk_run SET
            words = CASE WHEN public.search_key_of_json(words) ~ %s THEN '[]' ELSE words END,
            path = CASE WHEN public.search_key(path) ~ %s THEN '' ELSE path END,
            params = (SELECT coalesce(jsonb_object_agg(key, CASE
                WHEN public.search_key_of_json(value) ~ %s THEN to_jsonb(%s::text) ELSE value END), '{}')
                FROM jsonb_each(params))
        WHERE params IS NOT NULL AND (public.search_key_of_json(words) ~ %s
            OR public.search_key_of_json(params) ~ %s OR public.search_key(path) ~ %s)""",
        [*[subject.pattern] * 3, ERASED, *[subject.pattern] * 3],
    )
