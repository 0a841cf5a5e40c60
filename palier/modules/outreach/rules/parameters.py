"""The numbers of calls, which each organisation may set for itself."""

from palier.kernel.parameters import Dated, Parameter, declare
from palier.kernel.parameters import worded as _

USAGE = _("Usage of landlords in spring 2020, to be confirmed by each organisation")

SEGMENT_POINTS = declare(
    Parameter(
        key="outreach.score-segment",
        label=_("Order of calls: points for the weight of the segment, at full weight"),
        unit=_("points"),
        values=(Dated(40, source=USAGE),),
        adjustable=True,
        low=0,
        high=1000,
    )
)
DAY_POINTS = declare(
    Parameter(
        key="outreach.score-day",
        label=_("Order of calls: points for each day without contact"),
        unit=_("points"),
        values=(Dated(3, source=USAGE),),
        adjustable=True,
        low=0,
        high=100,
    )
)
DAYS_CAP = declare(
    Parameter(
        key="outreach.score-days-cap",
        label=_("Order of calls: days without contact beyond which points no longer grow"),
        unit=_("days"),
        values=(Dated(60, source=USAGE),),
        adjustable=True,
        low=1,
        high=365,
    )
)
ALERT_POINTS = declare(
    Parameter(
        key="outreach.score-alert",
        label=_("Order of calls: points for an open alert"),
        unit=_("points"),
        values=(Dated(30, source=USAGE),),
        adjustable=True,
        low=0,
        high=1000,
    )
)
DAILY_CALLS = declare(
    Parameter(
        key="outreach.daily-calls",
        label=_("Households that a caller can call in a day"),
        unit=_("calls"),
        values=(Dated(30, source=USAGE),),
        adjustable=True,
        low=1,
        high=200,
    )
)
ALERT_MEMORY = declare(
    Parameter(
        key="outreach.alert-memory",
        label=_("Time during which a former alert is a reason to call"),
        unit=_("days"),
        values=(Dated(365, source=USAGE),),
        adjustable=True,
        low=30,
        high=1095,
    )
)
BALANCE_VALID = declare(
    Parameter(
        key="outreach.balance-valid",
        label=_("Age beyond which a balance says nothing of arrears"),
        unit=_("days"),
        values=(Dated(92, source=USAGE),),
        adjustable=True,
        low=1,
        high=366,
    )
)
WEEKEND_CALLS = declare(
    Parameter(
        key="outreach.weekend-calls",
        label=_("Calls are made on Saturdays and Sundays too"),
        values=(Dated(False, source=USAGE),),
        adjustable=True,
    )
)
MIN_CELL = declare(
    Parameter(
        key="stats.min-cell",
        label=_("Smallest number of people that a report may show"),
        unit=_("people"),
        values=(Dated(11, source=_("Statistical confidentiality (CCH, art. R411-5)")),),
    )
)
