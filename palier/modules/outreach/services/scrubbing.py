"""What calls forget when a person is sealed: notes, what was done, unsaved typing. Rows stay, with states and dates."""

from django.db import connection

from palier.kernel.keys import SealedSubject, erase_texts, scrubs
from palier.modules.outreach.models import Draft

TEXTS = {
    "outreach_report": ("note",),
    "outreach_need": ("note", "consent_how"),
    "outreach_alert": ("closing_note", "transmitted_to"),
    "outreach_visit": ("note",),
    "outreach_campaign": ("name", "reason", "closing_reason"),
}


@scrubs("outreach_texts")
def forget_in_texts(subject: SealedSubject) -> int:
    with connection.cursor() as cursor:
        # Without the trigger that would write the erased words into the history.
        cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")
        changed = sum(erase_texts(subject, table, *columns) for table, columns in TEXTS.items())
        cursor.execute("SELECT set_config('palier.bulk_load', 'off', true)")
    return changed


@scrubs("outreach_drafts")
def forget_in_drafts(subject: SealedSubject) -> int:
    """Drop unsaved typing that names her: nobody can tell in whose hands it was."""
    named = [one.pk for one in Draft.objects.iterator() if subject.mentions(str(one.content))]
    Draft.objects.filter(pk__in=named).delete()
    return len(named)
