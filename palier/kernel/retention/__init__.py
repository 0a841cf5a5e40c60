"""What is kept of people, for how long, and what they may ask about it. See README.md."""

from palier.kernel.retention.enums import Action, LegalBasis
from palier.kernel.retention.persons import (
    Erased,
    Kept,
    Section,
    Subject,
    SubjectSealed,
    erases,
    personal_data,
    subject_kind,
)
from palier.kernel.retention.processing import processing
from palier.kernel.retention.registry import Chunk, Holds, Rows, belongs_to, name_tables, retention_class

__all__ = [
    "Action",
    "Chunk",
    "Erased",
    "Holds",
    "Kept",
    "LegalBasis",
    "Rows",
    "Section",
    "Subject",
    "SubjectSealed",
    "belongs_to",
    "erases",
    "name_tables",
    "personal_data",
    "processing",
    "retention_class",
    "subject_kind",
]
