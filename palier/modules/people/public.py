"""What other modules may ask of people. Ids in, plain values out; sealed persons are in none of the answers."""

from palier.modules.people.selectors.contactability import (
    ContactRow,
    Contactability,
    ExclusionCount,
    NoticeRecipients,
    contact_file_rows,
    contactable,
    notice_recipients,
)
from palier.modules.people.selectors.sealed import lines_of_sealed_persons
from palier.modules.people.services.tray import fill_tray

__all__ = [
    "ContactRow",
    "Contactability",
    "ExclusionCount",
    "NoticeRecipients",
    "contact_file_rows",
    "contactable",
    "fill_tray",
    "lines_of_sealed_persons",
    "notice_recipients",
]
