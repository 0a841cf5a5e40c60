"""The life of a request about personal data."""

from palier.kernel.retention.enums import RequestAction as Act
from palier.kernel.retention.enums import RequestState as State
from palier.kernel.retention.permissions import Permission
from palier.kernel.workflow import Workflow

_OPEN = (State.RECEIVED, State.IDENTIFIED)

REQUEST = Workflow(
    "retention.request",
    {
        Act.IDENTIFY: ((State.RECEIVED,), State.IDENTIFIED, Permission.REQUEST_HANDLE),
        Act.ANSWER: ((State.IDENTIFIED,), State.ANSWERED, Permission.REQUEST_HANDLE),
        Act.REFUSE: (_OPEN, State.REFUSED, Permission.REQUEST_HANDLE),
        Act.WITHDRAW: (_OPEN, State.WITHDRAWN, Permission.REQUEST_HANDLE),
    },
)
