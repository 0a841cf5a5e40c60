"""What the codes of the RPLS files mean.

Source: SDES, « Répertoire des logements locatifs des bailleurs sociaux », dictionary of the open file (73
columns) and of the landlord's own return (arrêté du 5 janvier 2010; CCH art. L411-10 and R411-3).
"""

from palier.modules.estate.enums import BuildingType, Financing, LotStatus, Typology

FINANCING = {
    "10": Financing.PLAI,
    "11": Financing.PLAI,
    "12": Financing.PLA,
    "13": Financing.PLUS,
    "14": Financing.PLS,
    "15": Financing.PAP,
    "16": Financing.PLI,
    "17": Financing.PCL,
    "49": Financing.OTHER_AFTER_1977,
    "50": Financing.HBM,
    "51": Financing.PLR_PSR,
    "52": Financing.HLMO,
    "53": Financing.ILM,
    "54": Financing.ILN,
    "55": Financing.CFF,
    "99": Financing.OTHER_BEFORE_1977,
}
"""Column FINAN (FINAN_CODE)."""

STATUS = {
    "1": LotStatus.OCCUPIED,
    "2": LotStatus.VACANT,
    "3": LotStatus.VACANT_TECHNICAL,
    "4": LotStatus.OCCUPIED,
    "5": LotStatus.OCCUPIED,
}
"""Column MODE, occupation on 1 January: let, vacant, empty, run by an association, occupied otherwise."""

BUILDING_TYPE = {"C": BuildingType.COLLECTIVE, "I": BuildingType.INDIVIDUAL, "E": BuildingType.STUDENT}
"""Column TYPECONST."""

NO_YEAR = ("9999", "1900", "0", "999")
NO_SURFACE = ("999", "9999", "0")
NO_MONTH = ("01/1900", "01/01/1900", "1900-01", "1900-01-01")
NO_DISTRICT = ("HZ", "CSZ", "")
"""What the files write where there is nothing to say; `HZ` is Insee's « hors zone »."""

GROUND_FLOORS = ("RC", "RDC", "R", "REZ", "REZ DE CHAUSSEE", "REZ-DE-CHAUSSEE")


def typology_of(rooms: int | None) -> str:
    """Return the typology of a number of main rooms (CCH art. R111-1-1); 7 and more are T7."""
    if not rooms or rooms < 1:
        return ""
    return Typology(f"T{min(rooms, 7)}").value
