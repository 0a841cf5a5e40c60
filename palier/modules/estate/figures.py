"""What the board and the federation count of the estate."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from palier.kernel.figures.registry import figure
from palier.modules.estate.selectors.lots import held_lots_count
from palier.modules.estate.selectors.tree import counts


@figure(key="estate.residences", label=_("Residences"), about="things", order=200)
def residences(*, at: datetime) -> int:
    return counts().residences


@figure(key="estate.dwellings", label=_("Dwellings"), about="dwellings", order=201)
def dwellings(*, at: datetime) -> int:
    """Those of the property list, else those that RPLS declares."""
    return counts().dwellings


@figure(key="estate.vacant", label=_("Vacant dwellings, to let"), about="dwellings", order=202)
def vacant(*, at: datetime) -> int:
    return counts().vacant


@figure(key="estate.reserved", label=_("Lots reserved"), about="dwellings", order=203)
def reserved(*, at: datetime) -> int:
    """Lots held for a purpose at this moment."""
    return held_lots_count(at)
