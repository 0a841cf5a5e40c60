"""The tables of the partners module."""

from palier.modules.partners.models.numbers import EmergencyNumber
from palier.modules.partners.models.partners import Partner, PartnerContact, PartnerQuerySet, Protocol

__all__ = ["EmergencyNumber", "Partner", "PartnerContact", "PartnerQuerySet", "Protocol"]
