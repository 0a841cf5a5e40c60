"""Open, work, assign and carry up the tasks of a crisis."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.organisations.current import current_organisation
from palier.kernel.parameters import value_of
from palier.modules.continuity.enums import (
    CellRole,
    Escalation,
    LogCategory,
    Severity,
    TaskAction,
    TaskOrigin,
    TaskState,
)
from palier.modules.continuity.events import TaskLate
from palier.modules.continuity.models import Activation, ActivationStep, CellMember, Task
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.parameters import TASK_COORDINATOR_AFTER, TASK_DEPUTY_AFTER
from palier.modules.continuity.rules.plan_document import ActionCard
from palier.modules.continuity.rules.tasks import due_at, escalation_due, steps_between
from palier.modules.continuity.selectors.cell import MemberLine, central_members, on_duty_by_role
from palier.modules.continuity.services.telling import in_house_language, said_short_moment, say_in_log
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


# What time does.


def carry_up_late_tasks(*, by: Actor, at: datetime) -> int:
    """Tell the deputy, then the coordinator, of each late task; nobody twice. Returns: how many steps were
    taken.
    """
    today = timezone.localdate(at)
    deputy_after = timedelta(minutes=int(value_of(TASK_DEPUTY_AFTER.key, on=today)))
    coordinator_after = timedelta(minutes=int(value_of(TASK_COORDINATOR_AFTER.key, on=today)))
    late = Task.objects.overdue(at).exclude(escalation=Escalation.COORDINATOR).values_list("pk", flat=True)
    return sum(_carry_up(pk, deputy_after, coordinator_after, by, at) for pk in list(late))


@transaction.atomic
def _carry_up(
    task_id: UUID, deputy_after: timedelta, coordinator_after: timedelta, by: Actor, at: datetime
) -> int:
    task = (
        Task.objects.select_for_update(of=("self",), skip_locked=True).unfinished().filter(pk=task_id).first()
    )
    if task is None or task.due_at is None:
        return 0
    due = escalation_due(
        due_at=task.due_at, at=at, deputy_after=deputy_after, coordinator_after=coordinator_after
    )
    steps = steps_between(Escalation(task.escalation), due)
    for step in steps:
        _tell_late(task, step, by=by, at=at)
        task.escalation = step
    if steps:
        task.save(update_fields=["escalation"])
    return len(steps)


def _tell_late(task: Task, step: Escalation, *, by: Actor, at: datetime) -> None:
    told = _who_to_tell(task, step)
    with in_house_language():
        text = gettext("Late task, “{task}” (due {due}): {who}.").format(
            task=task.title, due=said_short_moment(task.due_at), who=_told_sentence(step, told)
        )
    say_in_log(
        f"task-late:{task.pk}:{step.value}:{task.due_at.isoformat()}",
        text,
        by=by,
        at=at,
        category=LogCategory.INFORMATION,
        severity=Severity.NOTABLE,
        about=task,
        activation_id=task.activation_id,
        exercise=task.exercise,
    )
    for member in told:
        _mail_late(task, step, member, by=by, at=at)
    publish(TaskLate(task_id=task.pk, title=task.title, step=step.value, at=at))


def _who_to_tell(task: Task, step: Escalation) -> list[MemberLine]:
    duty = on_duty_by_role()
    if step == Escalation.COORDINATOR:
        return [duty[CellRole.COORDINATOR]] if CellRole.COORDINATOR in duty else []
    if task.deputy_role and task.deputy_role in duty:
        return [duty[task.deputy_role]]
    return [member for member in central_members() if member.role == task.role and not member.on_duty]


def _told_sentence(step: Escalation, told: list[MemberLine]) -> str:
    if not told:
        return gettext("nobody to tell for this role")
    names = ", ".join(member.name for member in told)
    if step == Escalation.COORDINATOR:
        return gettext("the coordinator is told ({names})").format(names=names)
    return gettext("the deputy is told ({names})").format(names=names)


def _mail_late(task: Task, step: Escalation, member: MemberLine, *, by: Actor, at: datetime) -> None:
    if not member.email:
        return
    with in_house_language():
        subject = gettext("Late task: {task}").format(task=task.title)
        body = gettext(
            "Hello {name},\n\nThis task was due on {due} and is not finished:\n\n{task}\n{instructions}\n\n"
            "It was given to: {owner}\n\n{organisation}"
        ).format(
            name=member.name,
            due=said_short_moment(task.due_at),
            task=task.title,
            instructions=task.instructions,
            owner=_owner_of(task),
            organisation=current_organisation().name,
        )
    send_mail(
        key=f"task-late:{task.pk}:{step.value}:{member.id}:{task.due_at.isoformat()}",
        to=member.email,
        to_name=member.name,
        subject=subject,
        body=body,
        by=by,
        at=at,
        about=task,
    )


def _owner_of(task: Task) -> str:
    if task.owner_name:
        return task.owner_name
    holder = CellMember.objects.filter(role=task.role, on_duty=True).first() if task.role else None
    return f"{holder.name} ({task.get_role_display()})" if holder else task.get_role_display()


def _locked(task_id: UUID) -> Task:
    task = Task.objects.select_for_update(of=("self",)).filter(pk=task_id).first()
    if task is None:
        raise NotFound
    return task


def _refuse_if_waiting(task: Task) -> None:
    if not task.waits_for:
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
