"""The people module's tables, one noun per file. Every one lives in the organisation's own schema."""

from palier.modules.people.models.contacts import Consent, ContactPoint
from palier.modules.people.models.leases import Lease, LeaseParty
from palier.modules.people.models.markers import VulnerabilityMarker
from palier.modules.people.models.merging import DuplicatePair, Merge, MergeChange, PersonAlias
from palier.modules.people.models.persons import Household, Person
from palier.modules.people.models.sealing import (
    SealedDigest,
    SealedIdentity,
    SealedReader,
    SealedReading,
    TrayLine,
)

__all__ = [
    "Consent",
    "ContactPoint",
    "DuplicatePair",
    "Household",
    "Lease",
    "LeaseParty",
    "Merge",
    "MergeChange",
    "Person",
    "PersonAlias",
    "SealedDigest",
    "SealedIdentity",
    "SealedReader",
    "SealedReading",
    "TrayLine",
    "VulnerabilityMarker",
]
