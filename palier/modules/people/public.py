"""What other modules may ask of people. Ids in, plain values out; sealed persons are in none of the
answers.
"""

from palier.modules.people.selectors.contactability import (
    Contactability,
    ContactRow,
    ExclusionCount,
    NoticeRecipients,
    contact_file_rows,
    contactable,
    notice_recipients,
)
from palier.modules.people.selectors.lookups import (
    Home,
    HouseholdMember,
    PersonName,
    homes_of,
    household_of_lot,
    names,
    persons_in_lot,
)
from palier.modules.people.selectors.occupancy import PeopleIn, people_in
from palier.modules.people.selectors.sealed import lines_of_sealed_persons
from palier.modules.people.services.estate import tell_estate_of_load
from palier.modules.people.services.sealing import seal_again
from palier.modules.people.services.tray import fill_tray

__all__ = [
    "ContactRow",
    "Contactability",
    "ExclusionCount",
    "Home",
    "HouseholdMember",
    "NoticeRecipients",
    "PeopleIn",
    "PersonName",
    "contact_file_rows",
    "contactable",
    "fill_tray",
    "homes_of",
    "household_of_lot",
    "lines_of_sealed_persons",
    "names",
    "notice_recipients",
    "people_in",
    "persons_in_lot",
    "seal_again",
    "tell_estate_of_load",
]
