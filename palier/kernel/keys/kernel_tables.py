"""How the kernel's own tables forget a sealed person: audit, journal, outbox and job runs."""

from typing import Any

from django.db import connection

from palier.kernel.keys.scrubbing import ERASED, SealedSubject, scrubs


@scrubs("audit_entry")
def forget_in_audit(subject: SealedSubject) -> int:
    return _call("scrub_audit", subject)


@scrubs("journal_entry")
def forget_in_journal(subject: SealedSubject) -> int:
    return _call("scrub_journal", subject)


@scrubs("outbox_entry")
def forget_in_outbox(subject: SealedSubject) -> int:
    """Erase the payload of what was delivered; what waits keeps its ids, which name nobody."""
    return _execute(
        """UPDATE outbox_entry SET payload = '{}'
        WHERE dispatched_at IS NOT NULL AND payload <> '{}'
          AND (public.search_key_of_json(payload) ~ %(pattern)s
               OR EXISTS (SELECT FROM unnest(%(ids)s::text[]) AS id WHERE payload::text LIKE '%%' || id ||
               '%%'))""",
        subject,
    ) + _execute(
        """UPDATE outbox_entry SET payload = (
            SELECT coalesce(jsonb_object_agg(key, CASE
                WHEN public.search_key_of_json(value) ~ %(pattern)s THEN to_jsonb(%(erased)s::text) ELSE
                value END), '{}')
            FROM jsonb_each(payload))
        WHERE dispatched_at IS NULL AND public.search_key_of_json(payload) ~ %(pattern)s""",
        subject,
    )


@scrubs("job_run")
def forget_in_job_runs(subject: SealedSubject) -> int:
    """Erase the words of a run that names her; its numbers and its state stay."""
    return _execute(
        """UPDATE job_run SET
            title = CASE WHEN public.search_key(title) ~ %(pattern)s THEN %(erased)s ELSE title END,
            note = CASE WHEN public.search_key(note) ~ %(pattern)s THEN %(erased)s ELSE note END,
            error = CASE WHEN public.search_key(error) ~ %(pattern)s THEN %(erased)s ELSE error END,
            checkpoint = CASE WHEN public.search_key_of_json(checkpoint) ~ %(pattern)s THEN '{}' ELSE
            checkpoint END,
            result = CASE WHEN public.search_key_of_json(result) ~ %(pattern)s THEN '{}' ELSE result END
        WHERE public.search_key(concat_ws(' ', title, note, error)) ~ %(pattern)s
           OR public.search_key_of_json(checkpoint) ~ %(pattern)s OR public.search_key_of_json(result) ~
           %(pattern)s""",
        subject,
    )


def _call(function: str, subject: SealedSubject) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT public.{function}(%s, %s)", [list(subject.record_ids), subject.pattern])
        return int(cursor.fetchone()[0])


def _execute(sql: str, subject: SealedSubject) -> int:
    params: dict[str, Any] = {"pattern": subject.pattern, "ids": [str(subject.person_id)], "erased": ERASED}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount
