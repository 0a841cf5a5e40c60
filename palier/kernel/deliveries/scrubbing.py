"""What deliveries forget when a person is sealed: addressee, subject and text of what was sent to or about
her.
"""

from django.db.models import Q

from palier.kernel.deliveries.models import Delivery
from palier.kernel.keys import ERASED, SealedSubject, scrubs


@scrubs("delivery")
def forget_deliveries(subject: SealedSubject) -> int:
    """Erase in place; the row keeps its state and its dates."""
    hers = Q(persons__contains=[subject.person_id])
    for word in subject.words:
        hers |= Q(target__iexact=word)
    changed = 0
    for row in Delivery.objects.select_for_update().filter(hers).iterator(chunk_size=500):
        _erase(row)
        changed += 1
    for row in Delivery.objects.exclude(target=ERASED).iterator(chunk_size=500):
        if any(subject.mentions(text) for text in (row.target, row.target_name, row.subject, row.body)):
            _erase(row)
            changed += 1
    return changed


def _erase(row: Delivery) -> None:
    row.target = row.target_name = row.subject = row.body = ERASED
    row.error = ""
    row.save(update_fields=["target", "target_name", "subject", "body", "error"])
