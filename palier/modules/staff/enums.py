"""Closed lists of the staff module. Stored values are English codes; screens show the labels."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PresenceState(TextChoices):
    """Where an agent is on a day. Why somebody is not there is never asked, nor kept.

    `UNKNOWN` is the absence of a row: it is shown and counted apart, never as present nor as absent.
    """

    ON_SITE = "on_site", _("On site")
    FIELD = "field", _("In the field")
    TELEWORK = "telework", _("Telework")
    PLANNED_LEAVE = "planned_leave", _("Planned leave")
    ABSENT = "absent", _("Absent")
    UNKNOWN = "unknown", _("Unknown")


class Job(TextChoices):
    """The trade of an agent, as social landlords name it: it says which services the agent keeps standing."""

    CARETAKER = "caretaker", _("Caretaker")
    CLEANER = "cleaner", _("Cleaner")
    SECTOR_MANAGER = "sector_manager", _("Sector manager")
    TECHNICIAN = "technician", _("Technician")
    ADVISER = "adviser", _("Tenant adviser")
    RECEPTIONIST = "receptionist", _("Receptionist")
    SOCIAL_ADVISER = "social_adviser", _("Social and family economy adviser")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    COLLECTION_OFFICER = "collection_officer", _("Arrears officer")
    ALLOCATION_OFFICER = "allocation_officer", _("Allocation officer")
    LETTING_OFFICER = "letting_officer", _("Letting officer")
    SUPPLIER_ACCOUNTANT = "supplier_accountant", _("Supplier accountant")
    RENT_OFFICER = "rent_officer", _("Rent officer")
    STOREKEEPER = "storekeeper", _("Storekeeper")
    WORKS_MANAGER = "works_manager", _("Works manager")
    COMMUNICATION_OFFICER = "communication_officer", _("Communication officer")
    HR_OFFICER = "hr_officer", _("Human resources officer")
    IT_OFFICER = "it_officer", _("IT officer")
    EXECUTIVE = "executive", _("Executive")
    OTHER = "other", _("Other trade")


class UsualDay(TextChoices):
    """What an agent's ordinary week says of one weekday."""

    ON_SITE = "on_site", _("On site")
    FIELD = "field", _("In the field")
    TELEWORK = "telework", _("Telework")
    OFF = "off", _("Not worked")


class CoverageRole(TextChoices):
    """What an agent is for a residence."""

    CARETAKER = "caretaker", _("Caretaker")
    CLEANER = "cleaner", _("Cleaner")
    SECTOR_MANAGER = "sector_manager", _("Sector manager")
    TECHNICIAN = "technician", _("Technician")
    ADVISER = "adviser", _("Tenant adviser")
    SOCIAL_ADVISER = "social_adviser", _("Social and family economy adviser")


class CoverageRank(TextChoices):
    """Several agents may cover one residence in one role: one holder, others beside or behind."""

    HOLDER = "holder", _("Holder")
    SECOND = "second", _("Second")
    DEPUTY = "deputy", _("Deputy")


class HoursKind(TextChoices):
    NORMAL = "normal", _("Usual hours")
    ADAPTED = "adapted", _("Adapted hours")


class EquipmentKind(TextChoices):
    LAPTOP = "laptop", _("Laptop")
    MOBILE_PHONE = "mobile_phone", _("Mobile phone")
    REMOTE_ACCESS = "remote_access", _("Remote access")
    SCREEN = "screen", _("Screen")
    VEHICLE = "vehicle", _("Vehicle")
    MASTER_KEY = "master_key", _("Master key")
    OTHER = "other", _("Other equipment")


class PayrollRun(TextChoices):
    """How the pay is prepared: the mode of the payroll service, from normal to most protective."""

    USUAL = "usual", _("Usual payroll")
    REMOTE = "remote", _("Prepared remotely")
    PREVIOUS_MONTH = "previous_month", _("Previous month's pay carried over")


class WorkPlace(TextChoices):
    """How the staff are asked to work, from normal to most protective."""

    USUAL = "usual", _("Usual organisation")
    TELEWORK_POSSIBLE = "telework_possible", _("Telework wherever possible")
    TELEWORK_IMPOSED = "telework_imposed", _("Telework imposed, field posts excepted")
