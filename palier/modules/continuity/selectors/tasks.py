"""Reads of the tasks: who has what to do, by when, and what is late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from palier.kernel.access import Actor
from palier.modules.continuity.enums import CellRole, TaskState
from palier.modules.continuity.models import Activation, CellMember, Task
from palier.modules.continuity.models.tasks import UNFINISHED
from palier.modules.continuity.selectors.cell import MemberLine, on_duty_by_role
from palier.modules.continuity.workflow.crisis import TASK

TONES = {
    TaskState.OPEN: "info",
    TaskState.IN_PROGRESS: "accent",
    TaskState.DONE: "good",
    TaskState.ABANDONED: "",
}


@dataclass(frozen=True)
class TaskLine:
    """A task as screens show it. `waiting_for` names what must be finished before."""

    id: UUID
    title: str
    instructions: str
    steps: tuple[str, ...]
    origin_label: str
    state: str
    state_label: str
    tone: str
    role_label: str
    owner: str
    owner_phone: str
    deputy: str
    due_at: datetime | None
    overdue: bool
    escalation: str
    escalation_label: str
    waiting_for: tuple[str, ...]
    level: str
    scope_label: str
    delay: str
    outcome: str
    ended_at: datetime | None
    ended_by: str
    started_by: str
    log_seq: int | None
    exercise: bool
    activation_id: UUID | None
    actions: tuple[str, ...]


@dataclass(frozen=True)
class TaskCounts:
    """How many tasks are in each state."""

    open: int
    in_progress: int
    done: int
    abandoned: int
    overdue: int

    @property
    def unfinished(self) -> int:
        return self.open + self.in_progress


def task_lines(
    *,
    actor: Actor,
    at: datetime,
    state: str = "unfinished",
    role: str = "",
    activation_id: UUID | None = None,
    mine: bool = False,
    limit: int = 300,
) -> list[TaskLine]:
    """Tasks, those due first first; `mine` keeps those of the actor: named, or on duty or deputy for the
    role.
    """
    rows = Task.objects.visible_to(actor)
    if state == "unfinished":
        rows = rows.unfinished()
    elif state == "overdue":
        rows = rows.overdue(at)
    elif state in TaskState.values:
        rows = rows.filter(state=state)
    if role:
        rows = rows.filter(role=role)
    if activation_id:
        rows = rows.filter(activation_id=activation_id)
    if mine:
        rows = rows.filter(_mine(actor))
    newest_first = state in (TaskState.DONE, TaskState.ABANDONED)
    rows = rows.order_by("-ended_at") if newest_first else rows.order_by("due_at", "opened_at", "id")
    return lines(list(rows[:limit]), actor=actor, at=at)


def task_line(task_id: UUID, *, actor: Actor, at: datetime) -> TaskLine | None:
    rows = list(Task.objects.visible_to(actor).filter(pk=task_id))
    return lines(rows, actor=actor, at=at)[0] if rows else None


def lines(rows: list[Task], *, actor: Actor, at: datetime) -> list[TaskLine]:
    """Tasks as lines; two queries more, whatever their number."""
    duty = on_duty_by_role()
    unfinished = _unfinished_titles(rows)
    return [_line(row, duty, unfinished, actor, at) for row in rows]


def counts_in_force(*, at: datetime, since: datetime) -> TaskCounts:
    """Tasks of the levels in force, what is unfinished besides, and what ended in a period: not those of a crisis
    that is over.
    """
    standing = Q(activation__in=Activation.objects.standing().real())
    recent = Q(state__in=UNFINISHED) | Q(ended_at__gte=since)
    return _counted(Task.objects.filter(standing | recent, exercise=False), at)


def counts(*, at: datetime, activation_id: UUID | None = None, exercise: bool | None = False) -> TaskCounts:
    rows = Task.objects.all()
    if exercise is not None:
        rows = rows.filter(exercise=exercise)
    if activation_id:
        rows = rows.filter(activation_id=activation_id)
    return _counted(rows, at)


def _counted(rows: QuerySet, at: datetime) -> TaskCounts:
    by_state: dict[str, int] = {}
    late = 0
    for state, due_at in rows.values_list("state", "due_at"):
        by_state[state] = by_state.get(state, 0) + 1
        late += state in UNFINISHED and due_at is not None and due_at < at
    return TaskCounts(
        open=by_state.get(TaskState.OPEN, 0),
        in_progress=by_state.get(TaskState.IN_PROGRESS, 0),
        done=by_state.get(TaskState.DONE, 0),
        abandoned=by_state.get(TaskState.ABANDONED, 0),
        overdue=late,
    )


def mine_count(*, actor: Actor) -> int:
    return Task.objects.visible_to(actor).unfinished().filter(_mine(actor)).count()


def _mine(actor: Actor) -> Q:
    """Mine: I am named, or the task names nobody and I sit for its role, or for the deputy role."""
    roles = (
        list(
            CellMember.objects.filter(until__isnull=True, email__iexact=actor.email)
            .exclude(role="")
            .values_list("role", flat=True)
        )
        if actor.email
        else []
    )
    named = Q(owner_email__iexact=actor.email) if actor.email else Q(pk__in=[])
    named |= Q(owner_email="", owner_name__iexact=actor.name) & ~Q(owner_name="")
    return named | (Q(owner_name="") & (Q(role__in=roles) | Q(deputy_role__in=roles)))


def _unfinished_titles(rows: Iterable[Task]) -> dict[tuple[UUID | None, str], str]:
    activations = {row.activation_id for row in rows if row.waits_for and row.activation_id}
    waiting = Task.objects.unfinished().filter(activation_id__in=activations).exclude(code="")
    return {(one.activation_id, one.code): one.title for one in waiting}


def _line(
    row: Task,
    duty: dict[str, MemberLine],
    unfinished: dict[tuple[UUID | None, str], str],
    actor: Actor,
    at: datetime,
) -> TaskLine:
    holder, deputy = duty.get(row.role), duty.get(row.deputy_role)
    waiting = tuple(
        unfinished[row.activation_id, code]
        for code in row.waits_for
        if (row.activation_id, code) in unfinished
    )
    is_unfinished = row.state in UNFINISHED
    return TaskLine(
        id=row.pk,
        title=row.title,
        instructions=row.instructions,
        steps=tuple(line for line in row.instructions.splitlines() if line.strip()),
        origin_label=row.get_origin_display(),
        state=row.state,
        state_label=row.get_state_display(),
        tone=TONES[TaskState(row.state)],
        role_label=str(CellRole(row.role).label) if row.role else "",
        owner=row.owner_name or (holder.name if holder else ""),
        owner_phone=holder.phone if holder and not row.owner_name else "",
        deputy=deputy.name if deputy else "",
        due_at=row.due_at,
        overdue=is_unfinished and row.due_at is not None and row.due_at < at,
        escalation=row.escalation,
        escalation_label=row.get_escalation_display(),
        waiting_for=waiting if is_unfinished else (),
        level=row.level,
        scope_label=row.scope_label,
        delay=row.delay,
        outcome=row.outcome,
        ended_at=row.ended_at,
        ended_by=row.ended_by_name,
        started_by=row.started_by_name,
        log_seq=row.log_seq,
        exercise=row.exercise,
        activation_id=row.activation_id,
        actions=tuple(str(action) for action in TASK.open_to(row, actor)),
    )
