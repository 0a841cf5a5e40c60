"""The words of the estate: kinds, statuses, purposes. Stored values are codes; labels are for people."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LotKind(models.TextChoices):
    DWELLING = "dwelling", _("Dwelling")
    PARKING = "parking", _("Parking space or garage")
    COMMERCIAL = "commercial", _("Commercial premises")
    ASSOCIATION = "association", _("Association premises")
    CELLAR = "cellar", _("Cellar")
    CARETAKER = "caretaker", _("Caretaker's lodge")
    OTHER = "other", _("Other lot")


class LotStatus(models.TextChoices):
    """Where a lot stands. `UNKNOWN` is what a file that says nothing leaves: never counted as vacant."""

    UNKNOWN = "unknown", _("Not stated")
    OCCUPIED = "occupied", _("Occupied")
    VACANT = "vacant", _("Vacant, to let")
    VACANT_TECHNICAL = "vacant_technical", _("Vacant, kept empty")
    WORKS = "works", _("Under works")
    FOR_SALE = "for_sale", _("For sale")
    DEMOLITION = "demolition", _("To be demolished")
    OUT_OF_SERVICE = "out_of_service", _("Out of service")


class LotAction(models.TextChoices):
    """What people do to a lot. The entry and departure of tenants come from the leases."""

    LET = "let", _("Record as occupied")
    VACATE = "vacate", _("Record as vacant, to let")
    KEEP_EMPTY = "keep_empty", _("Keep empty")
    START_WORKS = "start_works", _("Put under works")
    RETURN_TO_LET = "return_to_let", _("Return to letting")
    PUT_ON_SALE = "put_on_sale", _("Put on sale")
    CONDEMN = "condemn", _("Mark for demolition")
    RETIRE = "retire", _("Take out of the estate")
    REINSTATE = "reinstate", _("Bring back into the estate")


class Typology(models.TextChoices):
    """Size of a dwelling as agreements name it (APiLos: T1, T1bis, T1', T2 to T7)."""

    T1 = "T1", "T1"
    T1BIS = "T1bis", "T1 bis"
    T1PRIME = "T1'", "T1’"
    T2 = "T2", "T2"
    T3 = "T3", "T3"
    T4 = "T4", "T4"
    T5 = "T5", "T5"
    T6 = "T6", "T6"
    T7 = "T7", "T7 +"


class Financing(models.TextChoices):
    """First loan or subsidy, as people name it; the RPLS code is in `rules.rpls`."""

    PLAI = "plai", "PLAI"
    PLAI_ADP = "plai_adp", "PLAI adapté"
    PLA = "pla", "PLA"
    PLUS = "plus", "PLUS"
    PLUS_CD = "plus_cd", "PLUS CD"
    PLS = "pls", "PLS"
    PLI = "pli", "PLI"
    PCL = "pcl", "PCL"
    PAP = "pap", "PAP locatif"
    PALULOS = "palulos", "PALULOS"
    LLS = "lls", "LLS"
    LLTS = "llts", "LLTS"
    HBM = "hbm", "HBM"
    PLR_PSR = "plr_psr", "PLR / PSR"
    HLMO = "hlmo", "HLM/O"
    ILM = "ilm", "ILM"
    ILN = "iln", "ILN"
    CFF = "cff", _("CFF special loan")
    OTHER_AFTER_1977 = "other_after_1977", _("Other, from 1977")
    OTHER_BEFORE_1977 = "other_before_1977", _("Other, before 1977")
    NONE = "none", _("No subsidised loan")


class EnergyClass(models.TextChoices):
    """Energy or greenhouse-gas class of the energy performance certificate (DPE)."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"
    G = "G", "G"


class BuildingType(models.TextChoices):
    """RPLS column TYPECONST."""

    COLLECTIVE = "collective", _("Apartment building")
    INDIVIDUAL = "individual", _("Houses")
    STUDENT = "student", _("Student housing")


class ResidenceSource(models.TextChoices):
    """Where a residence comes from: a skeleton has an address and a declared count, and no lot."""

    LANDLORD = "landlord", _("The landlord's own file")
    RPLS = "rpls", _("RPLS skeleton")
    SCREEN = "screen", _("Entered on screen")


class ReservationPurpose(models.TextChoices):
    ALLOCATION = "allocation", _("Allocation")
    EMERGENCY = "emergency", _("Emergency rehousing")
    SAFETY = "safety", _("Rehousing for safety")
    CARERS = "carers", _("Lodging of carers")
    SHELTER = "shelter", _("Relief of a shelter")
    WORKS = "works", _("Rehousing during works")
    SALE = "sale", _("Sale under way")
    OTHER = "other", _("Other purpose")


class ReservationState(models.TextChoices):
    HELD = "held", pgettext_lazy("reservation", "Held")
    RELEASED = "released", pgettext_lazy("reservation", "Released")


class ReservationAction(models.TextChoices):
    RELEASE = "release", _("Release the reservation")


class Weekday(models.IntegerChoices):
    """ISO 8601: Monday is 1."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")
