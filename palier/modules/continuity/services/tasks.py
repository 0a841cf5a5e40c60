"""Open, work, assign and carry up the tasks of a crisis."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.continuity.enums import (
    Escalation,
    TaskAction,
    TaskOrigin,
    TaskState,
)
from palier.modules.continuity.models import Activation, ActivationStep, Task
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.plan_document import ActionCard
from palier.modules.continuity.rules.tasks import due_at
from palier.modules.continuity.services.telling import in_house_language, say_in_log
from palier.modules.continuity.workflow.crisis import TASK


class WaitsForOthers(DomainError):
    code = "continuity.task-waits"
    message = _("“{task}” waits for: {others}. Finish or abandon these first.")


class ReasonMissing(DomainError):
    code = "continuity.task-reason-missing"
    message = _("Say why the task is abandoned.")


class TitleMissing(DomainError):
    code = "continuity.task-title-missing"
    message = _("Say what is to be done.")


class ResponsibleMissing(DomainError):
    code = "continuity.task-responsible-missing"
    message = _("Say who does it: a role of the cell, or somebody by name.")


# What a decision about a level opens and closes.


@transaction.atomic
def open_cards(*, step_id: UUID, by: Actor, at: datetime) -> int:
    """Open the action cards of the level that a step puts in force, and close those that no longer apply.

    A card already opened by this activation is not opened twice, whether it is done or not; an unfinished
    card of the former level that the new one does not have is abandoned, with the reason.
    Returns: how many tasks were opened.
    """
    step = ActivationStep.objects.select_related("activation", "plan_version").get(pk=step_id)
    activation = Activation.objects.select_for_update(of=("self",)).get(pk=step.activation_id)
    level = step.plan_version.document.levels.get(step.level)
    cards = level.tasks if level else ()
    with in_house_language():
        reason = gettext("Not part of level {level}.").format(level=step.level)
    close_tasks(activation_id=activation.pk, keep=[card.code for card in cards], reason=reason, by=by, at=at)
    known = set(activation.tasks.exclude(code="").values_list("code", flat=True))
    opened = [_from_card(card, activation, step, at) for card in cards if card.code not in known]
    Task.objects.bulk_create(opened)
    if opened:
        journal.record(
            "continuity.task.open-cards",
            by=by,
            at=at,
            subject=activation,
            count=len(opened),
            step=str(step.pk),
        )
    return len(opened)


@transaction.atomic
def close_tasks(
    *, activation_id: UUID, reason: str, by: Actor, at: datetime, keep: list[str] | None = None
) -> int:
    """Abandon the unfinished cards of an activation, except those to keep. Returns: how many."""
    rows = (
        Task.objects.unfinished()
        .filter(activation_id=activation_id, origin=TaskOrigin.PLAN)
        .exclude(code__in=keep or [])
    )
    closed = rows.update(state=TaskState.ABANDONED, ended_at=at, ended_by_name=by.name, outcome=reason)
    if closed:
        journal.record("continuity.task.close-cards", by=by, at=at, count=closed, reason=reason)
    return closed


def _from_card(card: ActionCard, activation: Activation, step: ActivationStep, at: datetime) -> Task:
    zone = timezone.get_default_timezone()
    return Task(
        activation=activation,
        step=step,
        origin=TaskOrigin.PLAN,
        code=card.code,
        level=step.level,
        title=card.title,
        instructions="\n".join(card.steps),
        services=list(card.services),
        scope_label=activation.scope_label,
        role=card.role,
        deputy_role=card.deputy,
        delay=card.delay,
        opened_at=at,
        waits_for=list(card.after),
        exercise=activation.exercise,
        due_at=due_at(delay=card.delay, activated_at=step.effective_at, zone=zone),
    )


# What people do.


@transaction.atomic
def add_task(
    *,
    title: str,
    by: Actor,
    at: datetime,
    instructions: str = "",
    role: str = "",
    owner_name: str = "",
    owner_email: str = "",
    due_at: datetime | None = None,
    activation_id: UUID | None = None,
    scope_label: str = "",
) -> Task:
    """Add a task that no card foresaw.

    Raises: NotAllowed, TitleMissing, ResponsibleMissing.
    """
    by.must(Permission.TASK_MANAGE)
    if not title.strip():
        raise TitleMissing
    if not role and not owner_name.strip():
        raise ResponsibleMissing
    task = Task.objects.create(
        origin=TaskOrigin.CELL,
        title=title.strip(),
        instructions=instructions.strip(),
        role=role,
        owner_name=owner_name.strip(),
        owner_email=owner_email.strip(),
        due_at=due_at,
        opened_at=at,
        activation_id=activation_id,
        scope_label=scope_label.strip(),
        exercise=is_exercise(activation_id),
    )
    journal.record("continuity.task.add", by=by, at=at, subject=task)
    return task


@transaction.atomic
def start_task(*, task_id: UUID, by: Actor, at: datetime) -> Task:
    """Begin a task.

    Raises: NotAllowed, NotFound, WaitsForOthers, TransitionRefused.
    """
    task = _locked(task_id)
    _refuse_if_waiting(task)
    TASK.move(task, TaskAction.START, by=by, at=at)
    task.started_at, task.started_by_name = at, by.name
    task.save(update_fields=["state", "started_at", "started_by_name"])
    return task


@transaction.atomic
def finish_task(*, task_id: UUID, by: Actor, at: datetime, outcome: str = "") -> Task:
    """End a task as done; the log says it.

    Raises: NotAllowed, NotFound, WaitsForOthers, TransitionRefused.
    """
    task = _locked(task_id)
    _refuse_if_waiting(task)
    TASK.move(task, TaskAction.FINISH, by=by, at=at)
    return _ended(task, outcome, by, at)


@transaction.atomic
def abandon_task(*, task_id: UUID, reason: str, by: Actor, at: datetime) -> Task:
    """Give a task up, with the reason; what waited for it may begin.

    Raises: NotAllowed, NotFound, ReasonMissing, TransitionRefused.
    """
    if not reason.strip():
        raise ReasonMissing
    task = _locked(task_id)
    TASK.move(task, TaskAction.ABANDON, by=by, at=at)
    return _ended(task, reason, by, at)


@transaction.atomic
def reopen_task(*, task_id: UUID, by: Actor, at: datetime) -> Task:
    """Take up again a task ended by mistake.

    Raises: NotAllowed, NotFound, TransitionRefused.
    """
    task = _locked(task_id)
    TASK.move(task, TaskAction.REOPEN, by=by, at=at)
    task.ended_at, task.ended_by_name, task.escalation = None, "", Escalation.NONE
    task.save(update_fields=["state", "ended_at", "ended_by_name", "escalation"])
    return task


@transaction.atomic
def assign_task(*, task_id: UUID, owner_name: str, by: Actor, at: datetime, owner_email: str = "") -> Task:
    """Name somebody for a task; an empty name gives it back to its role.

    Raises: NotAllowed, NotFound, ResponsibleMissing.
    """
    by.must(Permission.TASK_MANAGE)
    task = _locked(task_id)
    if not owner_name.strip() and not task.role:
        raise ResponsibleMissing
    task.owner_name, task.owner_email = owner_name.strip(), owner_email.strip()
    task.save(update_fields=["owner_name", "owner_email"])
    journal.record("continuity.task.assign", by=by, at=at, subject=task)
    return task


def is_exercise(activation_id: UUID | None) -> bool:
    """Whether what is said of an activation is part of an exercise, whoever says it."""
    if activation_id is None:
        return False
    return Activation.objects.filter(pk=activation_id, exercise=True).exists()


def _locked(task_id: UUID) -> Task:
    task = Task.objects.select_for_update(of=("self",)).filter(pk=task_id).first()
    if task is None:
        raise NotFound
    return task


def _refuse_if_waiting(task: Task) -> None:
    if not task.waits_for or task.activation_id is None:
        return
    needed = Task.objects.unfinished().filter(activation_id=task.activation_id, code__in=task.waits_for)
    titles = list(needed.values_list("title", flat=True))
    if titles:
        raise WaitsForOthers(task=task.title, others=" ; ".join(titles))


def _ended(task: Task, outcome: str, by: Actor, at: datetime) -> Task:
    task.ended_at, task.ended_by_name, task.outcome = at, by.name, outcome.strip()
    task.save(update_fields=["state", "ended_at", "ended_by_name", "outcome"])
    with in_house_language():
        text = gettext("Task “{task}”: {state}. {outcome}").format(
            task=task.title, state=task.get_state_display(), outcome=task.outcome
        )
    say_in_log(
        f"task-end:{task.pk}:{at.isoformat()}",
        text.strip(),
        by=by,
        at=at,
        about=task,
        activation_id=task.activation_id,
        exercise=task.exercise,
    )
    return task
