"""What referrals forget when a person is sealed: hers are emptied and closed, other free texts that name her too."""

from typing import Any

from django.db import connection

from palier.kernel.keys import ERASED, SealedSubject, erase_texts, scrubs

# Free texts that anybody may have written.
TEXTS = {
    "referrals_referral": ("summary", "consent_how", "outcome_note", "withdraw_reason"),
    "referrals_step": ("note", "towards"),
    "referrals_observation": ("seen", "close_note"),
}


@scrubs("referrals_referral")
def forget_her_referrals(subject: SealedSubject) -> int:
    """Empty the referrals about her, close them and their links, and take them apart from her dwelling.

    The row stays with its kind and its dates: whoever opened it sees that it was withdrawn, and nothing else. The
    referent takes over what was asked.
    """
    hers = _column("SELECT id FROM referrals_referral WHERE person_id = %(person)s FOR UPDATE", subject)
    if hers:
        values = {"ids": hers, "at": subject.at, "erased": ERASED}
        _without_trace(
            "UPDATE referrals_transmission SET ended_at = coalesce(ended_at, %(at)s), to_name = '', to_email = '' "
            "WHERE referral_id = ANY (%(ids)s)",
            values,
        )
        _without_trace(
            "UPDATE referrals_step SET note = '', towards = '' WHERE referral_id = ANY (%(ids)s)", values
        )
        _without_trace(
            """UPDATE referrals_referral SET summary = '', consent_how = '', outcome_note = '', lot_id = NULL,
                residence_id = NULL, served_id = NULL,
                state = CASE WHEN state = 'settled' THEN state ELSE 'withdrawn' END,
                withdraw_reason = CASE WHEN state = 'settled' THEN withdraw_reason ELSE %(erased)s END,
                closed_at = coalesce(closed_at, %(at)s)
            WHERE id = ANY (%(ids)s)""",
            values,
        )
        with connection.cursor() as cursor:
            # The former values, in the history of these rows, would lead to her door.
            cursor.execute("SELECT public.scrub_audit(%s, %s)", [[str(one) for one in hers], "$^"])
    return len(hers)


@scrubs("referrals_texts")
def forget_in_texts(subject: SealedSubject) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")
    changed = sum(erase_texts(subject, table, *columns) for table, columns in TEXTS.items())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('palier.bulk_load', 'off', true)")
    return changed


def _column(query: str, subject: SealedSubject) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"person": subject.person_id})
        return [value for (value,) in cursor.fetchall()]


def _without_trace(statement: str, values: dict[str, Any]) -> None:
    """Change rows without the trigger that would write the erased words into the history."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")
        cursor.execute(statement, values)
        cursor.execute("SELECT set_config('palier.bulk_load', 'off', true)")
