"""How the estate forgets a sealed person: what people wrote freely on a reservation may name her."""

from django.db import connection

from palier.kernel.keys.scrubbing import ERASED, SealedSubject, scrubs

FREE_TEXTS = ("holder", "note", "reference", "release_reason")


@scrubs("estate_reservation")
def forget_in_reservations(subject: SealedSubject) -> int:
    """Erase the texts that name her; the reservation goes on holding the lot."""
    erased = ", ".join(
        f"{name} = CASE WHEN public.search_key({name}) ~ %(pattern)s THEN %(erased)s ELSE {name} END"
        for name in FREE_TEXTS
    )
    named = " OR ".join(f"public.search_key({name}) ~ %(pattern)s" for name in FREE_TEXTS)
    with connection.cursor() as cursor:
        # The trigger would write the erased words into the history, where they were just scrubbed.
        cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")
        cursor.execute(
            f"UPDATE estate_reservation SET {erased} WHERE {named}",
            {"pattern": subject.pattern, "erased": ERASED},
        )
        changed = cursor.rowcount
        cursor.execute("SELECT set_config('palier.bulk_load', 'off', true)")
    return changed
