"""What other modules may ask of people. Ids in, plain values out; sealed persons are in none of the
answers.
"""

from palier.modules.people.enums import Language, MarkerNature, Slot
from palier.modules.people.rules.contacts import line_type, normal_phone
from palier.modules.people.selectors.contactability import (
    Contactability,
    ContactRow,
    ExclusionCount,
    NoticeRecipients,
    contact_file_rows,
    contactable,
    notice_recipients,
    objected_at,
)
from palier.modules.people.selectors.finding import FoundPerson, find_persons
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
from palier.modules.people.selectors.recognition import Recognition, recognise
from palier.modules.people.selectors.sealed import lines_of_sealed_persons
from palier.modules.people.services.consents import record_consent, record_hand_over_consent
from palier.modules.people.services.contacts import end_contact_point
from palier.modules.people.services.estate import tell_estate_of_load
from palier.modules.people.services.sealing import seal_again
from palier.modules.people.services.tray import fill_tray

__all__ = [
    "ContactRow",
    "Contactability",
    "ExclusionCount",
    "FoundPerson",
    "Home",
    "HouseholdMember",
    "Language",
    "MarkerNature",
    "NoticeRecipients",
    "PeopleIn",
    "PersonName",
    "Recognition",
    "Slot",
    "contact_file_rows",
    "contactable",
    "end_contact_point",
    "fill_tray",
    "find_persons",
    "homes_of",
    "household_of_lot",
    "line_type",
    "lines_of_sealed_persons",
    "names",
    "normal_phone",
    "notice_recipients",
    "objected_at",
    "people_in",
    "persons_in_lot",
    "recognise",
    "record_consent",
    "record_hand_over_consent",
    "seal_again",
    "tell_estate_of_load",
]
