"""The estate's tables, one noun per file. Every one lives in the organisation's own schema."""

from palier.modules.estate.models.lots import Lot, Reservation
from palier.modules.estate.models.offices import Agency, ReceptionHours, ReceptionPoint, Sector
from palier.modules.estate.models.tree import Building, District, Entrance, Residence

__all__ = [
    "Agency",
    "Building",
    "District",
    "Entrance",
    "Lot",
    "ReceptionHours",
    "ReceptionPoint",
    "Reservation",
    "Residence",
    "Sector",
]
