"""How partners forget a sealed person: notes and agreements may name her; she may be a contact herself."""

from django.db import connection

from palier.kernel.keys import SealedSubject, erase_texts, scrubs

TEXTS = {
    "partners_partner": ("note", "how_to_reach"),
    "partners_contact": ("name", "role", "phone", "email"),
    "partners_protocol": ("title", "note"),
}


@scrubs("partners_texts")
def forget_in_partners(subject: SealedSubject) -> int:
    """Erase the texts that name her; the partner goes on."""
    with connection.cursor() as cursor:
        # The trigger would write the erased words into the history, where they were just scrubbed.
        cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")
    changed = sum(erase_texts(subject, table, *columns) for table, columns in TEXTS.items())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('palier.bulk_load', 'off', true)")
    return changed
