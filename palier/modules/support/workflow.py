"""The ways of an accompaniment, of its aims and steps, and of appointments."""

from palier.kernel.workflow import Workflow
from palier.modules.support.enums import (
    AimAction,
    AimState,
    AppointmentAction,
    AppointmentState,
    FileAction,
    FileState,
    StepAction,
    StepState,
)
from palier.modules.support.permissions import Permission

FILE = Workflow(
    "support.file",
    {
        FileAction.AGREE: ((FileState.PROPOSED,), FileState.ACTIVE, Permission.FILE_WORK),
        FileAction.DECLINE: ((FileState.PROPOSED,), FileState.DECLINED, Permission.FILE_WORK),
        FileAction.SUSPEND: ((FileState.ACTIVE,), FileState.SUSPENDED, Permission.FILE_WORK),
        FileAction.RESUME: ((FileState.SUSPENDED,), FileState.ACTIVE, Permission.FILE_WORK),
        FileAction.CLOSE: (
            (FileState.ACTIVE, FileState.SUSPENDED),
            FileState.CLOSED,
            Permission.FILE_WORK,
        ),
        FileAction.REOPEN: ((FileState.CLOSED,), FileState.ACTIVE, Permission.FILE_WORK),
    },
)

AIM = Workflow(
    "support.aim",
    {
        AimAction.REACH: ((AimState.OPEN,), AimState.REACHED, Permission.FILE_WORK),
        AimAction.DROP: ((AimState.OPEN,), AimState.DROPPED, Permission.FILE_WORK),
        AimAction.REOPEN: ((AimState.REACHED, AimState.DROPPED), AimState.OPEN, Permission.FILE_WORK),
    },
)

STEP = Workflow(
    "support.step",
    {
        StepAction.FINISH: ((StepState.TO_DO,), StepState.DONE, Permission.FILE_WORK),
        StepAction.DROP: ((StepState.TO_DO,), StepState.DROPPED, Permission.FILE_WORK),
        StepAction.REOPEN: ((StepState.DONE, StepState.DROPPED), StepState.TO_DO, Permission.FILE_WORK),
    },
)

APPOINTMENT = Workflow(
    "support.appointment",
    {
        AppointmentAction.HOLD: (
            (AppointmentState.PLANNED, AppointmentState.MISSED),
            AppointmentState.HELD,
            Permission.FILE_WORK,
        ),
        AppointmentAction.MISS: (
            (AppointmentState.PLANNED,),
            AppointmentState.MISSED,
            Permission.FILE_WORK,
        ),
        AppointmentAction.CANCEL: (
            (AppointmentState.PLANNED,),
            AppointmentState.CANCELLED,
            Permission.FILE_WORK,
        ),
    },
)
