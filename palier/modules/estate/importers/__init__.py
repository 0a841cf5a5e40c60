"""The files of the estate: the landlord's property list, and RPLS in its three forms."""

from palier.modules.estate.importers.patrimoine import PATRIMOINE
from palier.modules.estate.importers.rpls import RPLS

__all__ = ["PATRIMOINE", "RPLS"]
