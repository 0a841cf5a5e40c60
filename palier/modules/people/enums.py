"""Closed lists of the people module. Stored values are English codes; screens show the labels."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PersonKind(TextChoices):
    NATURAL = "natural", _("Natural person")
    LEGAL = "legal", _("Legal person")


class Civility(TextChoices):
    MS = "ms", _("Ms")
    MR = "mr", _("Mr")


class Language(TextChoices):
    """Languages in which people are addressed: those most met in social housing, by ISO 639-1 code."""

    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")
    ARABIC = "ar", _("Arabic")
    TURKISH = "tr", _("Turkish")
    PORTUGUESE = "pt", _("Portuguese")
    SPANISH = "es", _("Spanish")
    ITALIAN = "it", _("Italian")
    ROMANIAN = "ro", _("Romanian")
    RUSSIAN = "ru", _("Russian")
    UKRAINIAN = "uk", _("Ukrainian")
    POLISH = "pl", _("Polish")
    ALBANIAN = "sq", _("Albanian")
    DARI = "fa", _("Dari and Persian")
    PASHTO = "ps", _("Pashto")
    BENGALI = "bn", _("Bengali")
    TAMIL = "ta", _("Tamil")
    CHINESE = "zh", _("Chinese")
    VIETNAMESE = "vi", _("Vietnamese")
    SOMALI = "so", _("Somali")
    TIGRINYA = "ti", _("Tigrinya")
    WOLOF = "wo", _("Wolof")
    BAMBARA = "bm", _("Bambara")
    LINGALA = "ln", _("Lingala")
    HAITIAN = "ht", _("Haitian Creole")
    SIGN = "sgn", _("French sign language")


class LeaseNature(TextChoices):
    """Legal nature of the contract: it decides which rules apply (notice, deposit, arrears)."""

    CONVENTIONED = "conventioned", _("Social housing lease under convention")
    UNCONVENTIONED = "unconventioned", _("Social housing lease without convention")
    COMMERCIAL = "commercial", _("Commercial lease")
    PROFESSIONAL = "professional", _("Professional lease")
    PARKING = "parking", _("Garage or parking space")
    PRECARIOUS = "precarious", _("Precarious occupation agreement")
    SUBLET = "sublet", _("Subletting by an approved body (CCH L442-8-1)")
    STAFF = "staff", _("Staff dwelling")


class LeaseStatus(TextChoices):
    """Where a lease stands on a day: worked out from its dates, never stored."""

    COMING = "coming", _("Coming")
    CURRENT = "current", _("In force")
    LEAVING = "leaving", _("Notice given")
    ENDED = "ended", _("Ended")


class PartyRole(TextChoices):
    HOLDER = "holder", _("Holder")
    CO_HOLDER = "co_holder", _("Co-holder")
    OCCUPANT = "occupant", _("Occupant")
    GUARANTOR = "guarantor", _("Guarantor")


class Relation(TextChoices):
    """What a party is to the holder."""

    SPOUSE = "spouse", _("Spouse or partner")
    CHILD = "child", _("Child")
    PARENT = "parent", _("Father or mother")
    SIBLING = "sibling", _("Brother or sister")
    OTHER_FAMILY = "other_family", _("Other family")
    HOSTED = "hosted", _("Hosted person")
    FLATMATE = "flatmate", _("Flatmate")
    LEGAL_GUARDIAN = "legal_guardian", _("Guardian or curator")


class Channel(TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    POSTAL = "postal", _("Postal mail")


class LineType(TextChoices):
    """What a phone number can receive: a landline gets no text message."""

    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")
    OTHER = "other", _("Other line")


class Slot(TextChoices):
    """When somebody prefers to be called."""

    ANY = "any", _("Any time")
    MORNING = "morning", _("Morning")
    NOON = "noon", _("Noon")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Early evening")


class Source(TextChoices):
    """Where a contact point was learnt."""

    IMPORT = "import", _("Loaded file")
    TENANT = "tenant", _("The person")
    AGENT = "agent", _("An agent")
    PARTNER = "partner", _("A partner")


class Topic(TextChoices):
    """What a person agrees to, or objects to."""

    CRISIS_NEWS = "crisis_news", _("Notices about the residence")
    COURTESY_CALLS = "courtesy_calls", _("Courtesy calls")
    NEWS = "news", _("News of the landlord")
    SURVEYS = "surveys", _("Surveys")
    SOCIAL_SERVICES = "social_services", _("Hand-over to the municipal social service (CCAS)")
    ASSOCIATIONS = "associations", _("Hand-over to an association")
    VOLUNTEERS = "volunteers", _("Contact by volunteers")
    PAPERLESS = "paperless", _("Documents by e-mail instead of post")


class ConsentChannel(TextChoices):
    ANY = "any", _("Every channel")
    PHONE = "phone", _("Phone call")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    POSTAL = "postal", _("Postal mail")


class ConsentKind(TextChoices):
    CONSENT = "consent", _("Consent")
    OPT_OUT = "opt_out", _("Objection")


class MarkerNature(TextChoices):
    """What to bear in mind in a crisis, said by what is to be done; never a diagnosis (RGPD art. 9)."""

    LIVES_ALONE = "lives_alone", _("Lives alone")
    ISOLATED = "isolated", _("Few relatives or visits")
    NEEDS_HELP_TO_LEAVE = "needs_help_to_leave", _("Needs help to leave the dwelling")
    STAYS_INDOORS = "stays_indoors", _("Does not go out alone")
    ADAPTED_DWELLING = "adapted_dwelling", _("Lives in an adapted dwelling")
    HOME_HELP = "home_help", _("Relies on home help")
    CARES_FOR_SOMEONE = "cares_for_someone", _("Cares for someone at home")
    ALONE_WITH_CHILDREN = "alone_with_children", _("Alone with children")
    STUDENT_ALONE = "student_alone", _("Student living alone")
    INCOME_LOSS = "income_loss", _("Recent loss of income")
    HARD_TO_REACH = "hard_to_reach", _("Neither phone nor internet")
    WRITTEN_FRENCH = "written_french", _("Written French is difficult")
    BEREAVED = "bereaved", _("Recent death in the household")
    ASKED_TO_BE_CALLED = "asked_to_be_called", _("Asked to be called")


class MarkerOrigin(TextChoices):
    DECLARED = "declared", _("Said by the person")
    AGENT = "agent", _("Seen by an agent")
    CCAS = "ccas", _("Municipal social service (CCAS)")
    CALL = "call", _("Courtesy call")


class Exclusion(TextChoices):
    """Why somebody is not written to. Sealed and unsafe share one word, so that neither shows."""

    NO_CONTACT = "no_contact", _("No usable address or number")
    OPTED_OUT = "opted_out", _("Objects to these messages")
    DECEASED = "deceased", _("Deceased")
    GONE = "gone", _("No longer lives there")
    PROTECTED = "protected", _("Protected contact")


class TrayState(TextChoices):
    WAITING = "waiting", _("Waiting")
    TAKEN_IN = "taken_in", _("Taken in")
    SET_ASIDE = "set_aside", _("Set aside")


class TrayAction(StrEnum):
    TAKE_IN = "take_in"
    SET_ASIDE = "set_aside"


class SealedFact(TextChoices):
    """What is looked up, by keyed digest alone, to recognise a sealed person in a file or a form."""

    REFERENCE = "reference", _("Reference")
    CONTRACT = "contract", _("Contract number")
    IDENTITY = "identity", _("Name and birth date")


class PairState(TextChoices):
    """What was decided of two persons who resemble each other."""

    PROPOSED = "proposed", _("To look at")
    DIFFERENT = "different", _("Two different persons")


class ChangeKind(TextChoices):
    """What a merge did to a row."""

    UPDATE = "update", _("Changed")
    DELETE = "delete", _("Removed")
    INSERT = "insert", _("Added")


class AliasFact(TextChoices):
    """What a person was known by: the ERP's code, the key of a loaded file, the id of a record merged since."""

    REFERENCE = "reference", _("Former reference")
    KEY = "key", _("Key in a file")
    ID = "id", _("Record merged")


class Closeness(TextChoices):
    """How sure a proposed pair is, for the filter of the work list."""

    SURE = "sure", _("Almost certain")
    LIKELY = "likely", _("Likely")
    POSSIBLE = "possible", _("Possible")
