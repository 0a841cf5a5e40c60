"""The delays of the crisis cell, which each organisation may set for itself."""

from palier.kernel.parameters import Dated, Parameter, declare
from palier.kernel.parameters import worded as _

USAGE = _("Usage of crisis cells, to be confirmed by each organisation's exercises")

CALL_OUT_DEPUTY_AFTER = declare(
    Parameter(
        key="continuity.call-out-deputy-after",
        label=_("Time before the deputy is called when nobody answers the call-out"),
        unit=_("minutes"),
        values=(Dated(15, source=USAGE),),
        adjustable=True,
        low=1,
        high=240,
    )
)
CALL_OUT_LINK_VALID = declare(
    Parameter(
        key="continuity.call-out-link-valid",
        label=_("Time during which the link of a call-out may be used"),
        unit=_("hours"),
        values=(Dated(48, source=USAGE),),
        adjustable=True,
        low=1,
        high=240,
    )
)
TASK_DEPUTY_AFTER = declare(
    Parameter(
        key="continuity.task-deputy-after",
        label=_("Time after which a late task is carried up to the deputy"),
        unit=_("minutes"),
        values=(Dated(30, source=USAGE),),
        adjustable=True,
        low=0,
        high=1440,
    )
)
TASK_COORDINATOR_AFTER = declare(
    Parameter(
        key="continuity.task-coordinator-after",
        label=_("Time after which a late task is carried up to the coordinator"),
        unit=_("minutes"),
        values=(Dated(120, source=USAGE),),
        adjustable=True,
        low=0,
        high=2880,
    )
)

SEASON = _("Usage of the national heat-wave watch (1 June to 15 September), to be confirmed each year")

# Months and days are written as one number: 601 is 1 June, 915 is 15 September.
HEAT_WATCH_BEGINS = declare(
    Parameter(
        key="continuity.heat-watch-begins",
        label=_("First day of the seasonal watch for heat waves (601: 1 June)"),
        unit=_("month and day"),
        values=(Dated(601, source=SEASON),),
        adjustable=True,
        low=101,
        high=1231,
    )
)
HEAT_WATCH_ENDS = declare(
    Parameter(
        key="continuity.heat-watch-ends",
        label=_("Last day of the seasonal watch for heat waves (915: 15 September)"),
        unit=_("month and day"),
        values=(Dated(915, source=SEASON),),
        adjustable=True,
        low=101,
        high=1231,
    )
)
