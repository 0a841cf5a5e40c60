"""The life of a bulk run."""

from palier.kernel.bulk.enums import RunAction as Action
from palier.kernel.bulk.enums import RunState as State
from palier.kernel.bulk.permissions import Permission
from palier.kernel.workflow import Workflow

RUN = Workflow(
    "bulk.run",
    {  # action:      (from states,                      to state,       permission)
        Action.CONFIRM: ((State.DRAFT,),                   State.APPLYING, Permission.RUN_START),
        Action.STOP:    ((State.APPLYING,),                State.STOPPED,  Permission.RUN_START),
        # A run whose worker failed for good is still under way: it goes on the same way.
        Action.RESUME:  ((State.STOPPED, State.APPLYING), State.APPLYING, Permission.RUN_START),
        Action.FINISH:  ((State.APPLYING,),                State.DONE,     Permission.RUN_START),
    },
)  # fmt: skip
