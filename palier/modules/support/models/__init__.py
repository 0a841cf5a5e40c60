"""The support module's tables. Every one lives in the organisation's own schema."""

from palier.modules.support.models.files import FileReader, FileReading, SupportFile
from palier.modules.support.models.work import Aim, Appointment, Entry, FilePartner, Paper, Step

__all__ = [
    "Aim",
    "Appointment",
    "Entry",
    "FilePartner",
    "FileReader",
    "FileReading",
    "Paper",
    "Step",
    "SupportFile",
]
