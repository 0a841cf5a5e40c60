"""Late tasks are carried up: to the deputy, then to the coordinator, nobody twice."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.events import publish
from palier.kernel.organisations.current import current_organisation
from palier.kernel.parameters import value_of
from palier.modules.continuity.enums import CellRole, Escalation, LogCategory, Severity
from palier.modules.continuity.events import TaskLate
from palier.modules.continuity.models import CellMember, Task
from palier.modules.continuity.rules.parameters import TASK_COORDINATOR_AFTER, TASK_DEPUTY_AFTER
from palier.modules.continuity.rules.tasks import escalation_due, steps_between
from palier.modules.continuity.selectors.cell import MemberLine, central_members, on_duty_by_role
from palier.modules.continuity.services.telling import (
    exercise_marked,
    in_house_language,
    said_short_moment,
    say_in_log,
)


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
        _tell_late(task, task.due_at, step, by=by, at=at)
        task.escalation = step
    if steps:
        task.save(update_fields=["escalation"])
    return len(steps)


def _tell_late(task: Task, due: datetime, step: Escalation, *, by: Actor, at: datetime) -> None:
    told = _who_to_tell(task, step)
    with in_house_language():
        text = gettext("Late task, “{task}” (due {due}): {who}.").format(
            task=task.title, due=said_short_moment(due), who=_told_sentence(step, told)
        )
    say_in_log(
        f"task-late:{task.pk}:{step.value}:{due.isoformat()}",
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
        _mail_late(task, due, step, member, by=by, at=at)
    if not task.exercise:
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


def _mail_late(
    task: Task, due: datetime, step: Escalation, member: MemberLine, *, by: Actor, at: datetime
) -> None:
    if not member.email:
        return
    with in_house_language():
        subject = exercise_marked(gettext("Late task: {task}").format(task=task.title), task.exercise)
        body = gettext(
            "Hello {name},\n\nThis task was due on {due} and is not finished:\n\n{task}\n{instructions}\n\n"
            "It was given to: {owner}\n\n{organisation}"
        ).format(
            name=member.name,
            due=said_short_moment(due),
            task=task.title,
            instructions=task.instructions,
            owner=_owner_of(task),
            organisation=current_organisation().name,
        )
    send_mail(
        key=f"task-late:{task.pk}:{step.value}:{member.id}:{due.isoformat()}",
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
