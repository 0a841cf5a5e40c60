"""The states of a line set aside for the referent."""

from palier.kernel.workflow import Workflow
from palier.modules.people.enums import TrayAction, TrayState
from palier.modules.people.permissions import Permission

TRAY = Workflow(
    "people.tray-line",
    {  # action:              (from states,            to state,           permission)
        TrayAction.TAKE_IN:   ((TrayState.WAITING,), TrayState.TAKEN_IN,  Permission.TRAY_HANDLE),
        TrayAction.SET_ASIDE: ((TrayState.WAITING,), TrayState.SET_ASIDE, Permission.TRAY_HANDLE),
    },
)  # fmt: skip
