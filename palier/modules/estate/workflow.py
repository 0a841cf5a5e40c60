"""The states of a lot and of a reservation."""

from palier.kernel.workflow import Workflow
from palier.modules.estate.enums import LotAction, LotStatus, ReservationAction, ReservationState
from palier.modules.estate.permissions import Permission

_EMPTY = (LotStatus.VACANT, LotStatus.VACANT_TECHNICAL, LotStatus.WORKS, LotStatus.FOR_SALE)

LOT = Workflow(
    "estate.lot",
    {
        LotAction.LET: ((LotStatus.UNKNOWN, LotStatus.VACANT), LotStatus.OCCUPIED, Permission.LOT_CHANGE),
        LotAction.VACATE: ((LotStatus.UNKNOWN, LotStatus.OCCUPIED), LotStatus.VACANT, Permission.LOT_CHANGE),
        LotAction.KEEP_EMPTY: (
            (LotStatus.UNKNOWN, LotStatus.VACANT, LotStatus.WORKS),
            LotStatus.VACANT_TECHNICAL,
            Permission.LOT_CHANGE,
        ),
        LotAction.START_WORKS: (
            (LotStatus.VACANT, LotStatus.VACANT_TECHNICAL),
            LotStatus.WORKS,
            Permission.LOT_CHANGE,
        ),
        LotAction.RETURN_TO_LET: (
            (LotStatus.VACANT_TECHNICAL, LotStatus.WORKS, LotStatus.FOR_SALE),
            LotStatus.VACANT,
            Permission.LOT_CHANGE,
        ),
        LotAction.PUT_ON_SALE: (
            (LotStatus.VACANT, LotStatus.VACANT_TECHNICAL),
            LotStatus.FOR_SALE,
            Permission.LOT_CHANGE,
        ),
        LotAction.CONDEMN: (_EMPTY, LotStatus.DEMOLITION, Permission.LOT_CHANGE),
        LotAction.RETIRE: (
            (LotStatus.UNKNOWN, *_EMPTY, LotStatus.DEMOLITION),
            LotStatus.OUT_OF_SERVICE,
            Permission.LOT_CHANGE,
        ),
        LotAction.REINSTATE: (
            (LotStatus.DEMOLITION, LotStatus.OUT_OF_SERVICE),
            LotStatus.VACANT_TECHNICAL,
            Permission.LOT_CHANGE,
        ),
    },
    field="status",
)

RESERVATION = Workflow(
    "estate.reservation",
    {
        ReservationAction.RELEASE: (
            (ReservationState.HELD,),
            ReservationState.RELEASED,
            Permission.RESERVATION_RELEASE,
        ),
    },
)
