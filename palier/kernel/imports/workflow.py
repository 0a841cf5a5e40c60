"""The life of a loaded file."""

from palier.kernel.imports.enums import BatchAction as Action
from palier.kernel.imports.enums import BatchState as State
from palier.kernel.imports.permissions import Permission
from palier.kernel.workflow import Workflow

BATCH = Workflow(
    "imports.batch",
    {  # action:         (from states,                                     to state,          permission)
        Action.CHECK:     ((State.RECEIVED, State.CHECKING, State.CHECKED), State.CHECKING,    Permission.BATCH_LOAD),
        Action.SHOW:      ((State.CHECKING,),                               State.CHECKED,     Permission.BATCH_LOAD),
        Action.APPLY:     ((State.CHECKED, State.APPLIED),                  State.APPLYING,    Permission.BATCH_APPLY),
        Action.STOP:      ((State.APPLYING,),                               State.STOPPED,     Permission.BATCH_APPLY),
        Action.RESUME:    ((State.STOPPED,),                                State.APPLYING,    Permission.BATCH_APPLY),
        Action.FINISH:    ((State.APPLYING,),                               State.APPLIED,     Permission.BATCH_APPLY),
        Action.ROLL_BACK: ((State.APPLIED, State.STOPPED),                  State.ROLLING_BACK, Permission.BATCH_UNDO),
        Action.FINISH_ROLL_BACK: ((State.ROLLING_BACK,),                    State.ROLLED_BACK, Permission.BATCH_UNDO),
        Action.DISCARD:   ((State.RECEIVED, State.CHECKING, State.CHECKED), State.DISCARDED,   Permission.BATCH_LOAD),
    },
)  # fmt: skip
