"""The ways of tasks, meetings, decisions, situation reports and notices."""

from palier.kernel.workflow import Workflow
from palier.modules.continuity.enums import (
    DecisionAction,
    DecisionState,
    MeetingAction,
    MeetingState,
    NoticeAction,
    NoticeState,
    ReportAction,
    ReportState,
    TaskAction,
    TaskState,
)
from palier.modules.continuity.permissions import Permission

_UNFINISHED = (TaskState.OPEN, TaskState.IN_PROGRESS)

TASK = Workflow(
    "continuity.task",
    {
        TaskAction.START: ((TaskState.OPEN,), TaskState.IN_PROGRESS, Permission.TASK_WORK),
        TaskAction.FINISH: (_UNFINISHED, TaskState.DONE, Permission.TASK_WORK),
        TaskAction.ABANDON: (_UNFINISHED, TaskState.ABANDONED, Permission.TASK_MANAGE),
        TaskAction.REOPEN: ((TaskState.DONE, TaskState.ABANDONED), TaskState.OPEN, Permission.TASK_MANAGE),
    },
)

MEETING = Workflow(
    "continuity.meeting",
    {
        MeetingAction.HOLD: ((MeetingState.PLANNED,), MeetingState.HELD, Permission.CELL_MANAGE),
        MeetingAction.CANCEL: ((MeetingState.PLANNED,), MeetingState.CANCELLED, Permission.CELL_MANAGE),
    },
)

DECISION = Workflow(
    "continuity.cell-decision",
    {
        DecisionAction.FINISH: ((DecisionState.OPEN,), DecisionState.DONE, Permission.CELL_MANAGE),
        DecisionAction.DROP: ((DecisionState.OPEN,), DecisionState.DROPPED, Permission.CELL_MANAGE),
    },
)

REPORT = Workflow(
    "continuity.situation-report",
    {ReportAction.FREEZE: ((ReportState.DRAFT,), ReportState.FROZEN, Permission.REPORT_WRITE)},
)

NOTICE = Workflow(
    "continuity.notice",
    {
        NoticeAction.ISSUE: ((NoticeState.PREPARED,), NoticeState.ISSUED, Permission.NOTICE_ISSUE),
        NoticeAction.WITHDRAW: (
            (NoticeState.PREPARED, NoticeState.ISSUED),
            NoticeState.WITHDRAWN,
            Permission.NOTICE_ISSUE,
        ),
    },
)
