"""The delays of social support, which each organisation may set for itself."""

from palier.kernel.parameters import Dated, Parameter, declare
from palier.kernel.parameters import worded as _

REVIEW_MONTHS = declare(
    Parameter(
        key="support.review-months",
        label=_("Longest time between two reviews of an accompaniment"),
        unit=_("months"),
        values=(
            Dated(6, source=_("Usage of social services; vulnerability is reviewed within six months too")),
        ),
        adjustable=True,
        low=1,
        high=12,
    )
)
COMING_DAYS = declare(
    Parameter(
        key="support.coming-days",
        label=_("Days ahead that a social worker's page shows"),
        unit=_("days"),
        values=(Dated(14, source=_("Usage of social services")),),
        adjustable=True,
        low=1,
        high=60,
    )
)
