"""After how long an entry must be looked at again; each organisation may set its own."""

from palier.kernel.parameters import Dated, Parameter, declare
from palier.kernel.parameters import worded as _

USAGE = _("Usage of directories of partners, to be confirmed by each organisation")

PARTNER_CHECK = declare(
    Parameter(
        key="partners.partner-check",
        label=_("Time after which a partner’s entry must be checked again"),
        unit=_("days"),
        values=(Dated(365, source=USAGE),),
        adjustable=True,
        low=30,
        high=1095,
    )
)
NUMBER_CHECK = declare(
    Parameter(
        key="partners.number-check",
        label=_("Time after which an emergency number must be checked again"),
        unit=_("days"),
        values=(Dated(180, source=USAGE),),
        adjustable=True,
        low=30,
        high=730,
    )
)
