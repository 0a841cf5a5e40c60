"""Use cases on many tasks at once: one statement each, one entry of the crisis log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.modules.continuity.enums import TaskAction, TaskState
from palier.modules.continuity.models import Task
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.services.telling import in_house_language, say_in_log
from palier.modules.continuity.workflow.crisis import TASK

TITLES_SAID = 6


@transaction.atomic
def assign_tasks(
    *, task_ids: Sequence[UUID], owner_name: str, owner_email: str, by: Actor, at: datetime
) -> int:
    """Name somebody for unfinished tasks; an empty name gives them back to their role. Raises: NotAllowed."""
    by.must(Permission.TASK_MANAGE)
    rows = Task.objects.visible_to(by).unfinished().filter(pk__in=task_ids)
    ids = list(rows.values_list("pk", flat=True))
    Task.objects.filter(pk__in=ids).update(owner_name=owner_name.strip(), owner_email=owner_email.strip())
    journal.record_many(
        "continuity.task.assign", by=by, at=at, table="continuity_task", ids=ids, in_bulk=True
    )
    return len(ids)


@transaction.atomic
def give_tasks_back(*, owners: Mapping[UUID, tuple[str, str]], by: Actor, at: datetime) -> int:
    """Name again those who were named: (name, e-mail). Raises: NotAllowed."""
    by.must(Permission.TASK_MANAGE)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE continuity_task AS task SET owner_name = was.name, owner_email = was.email
            FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS was (id, name, email) WHERE task.id = was.id""",
            [list(owners), [name for name, _e in owners.values()], [email for _n, email in owners.values()]],
        )
    journal.record_many(
        "continuity.task.assign",
        by=by,
        at=at,
        table="continuity_task",
        ids=list(owners),
        in_bulk=True,
        undone=True,
    )
    return len(owners)


@transaction.atomic
def end_tasks(*, task_ids: Sequence[UUID], action: TaskAction, outcome: str, by: Actor, at: datetime) -> int:
    """Mark unfinished tasks as done, or abandon them with a reason; the log says it once. Raises: NotAllowed."""
    sources, target, permission = TASK.table[action]
    by.must(permission)
    rows = list(Task.objects.visible_to(by).filter(pk__in=task_ids, state__in=sources).order_by("title"))
    ids = [row.pk for row in rows]
    Task.objects.filter(pk__in=ids).update(
        state=target, ended_at=at, ended_by_name=by.name, outcome=outcome.strip()
    )
    journal.record_many(
        f"continuity.task.{action.value}",
        by=by,
        at=at,
        table="continuity_task",
        ids=ids,
        to=target.value,
        in_bulk=True,
    )
    _tell(rows, TaskState(target), outcome, by, at)
    return len(rows)


@transaction.atomic
def open_tasks_again(*, states: Mapping[UUID, tuple[str, str]], by: Actor, at: datetime) -> int:
    """Take up again tasks that were ended together: (state, outcome) as they were. Raises: NotAllowed."""
    by.must(Permission.TASK_MANAGE)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE continuity_task AS task
            SET state = was.state, outcome = was.outcome, ended_at = NULL, ended_by_name = ''
            FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS was (id, state, outcome) WHERE task.id = was.id""",
            [
                list(states),
                [state for state, _o in states.values()],
                [outcome for _s, outcome in states.values()],
            ],
        )
    journal.record_many(
        f"continuity.task.{TaskAction.REOPEN.value}", by=by, at=at, table="continuity_task", ids=list(states),
        in_bulk=True, undone=True,
    )  # fmt: skip
    _tell(list(Task.objects.filter(pk__in=states).order_by("title")), TaskState.OPEN, "", by, at)
    return len(states)


def _tell(rows: Sequence[Task], state: TaskState, outcome: str, by: Actor, at: datetime) -> None:
    """One entry for each activation: the log stays readable when forty cards are closed together."""

    def place(row: Task) -> tuple[str, bool]:
        return str(row.activation_id or ""), row.exercise

    for (_activation, exercise), group in groupby(sorted(rows, key=place), key=place):
        found = list(group)
        titles = " ; ".join(row.title for row in found[:TITLES_SAID])
        with in_house_language():
            text = gettext("{count} tasks: {state}. {outcome} ({titles})").format(
                count=len(found), state=state.label, outcome=outcome.strip(),
                titles=titles + ("…" if len(found) > TITLES_SAID else ""),
            )  # fmt: skip
        say_in_log(
            f"task-end:{found[0].pk}:{at.isoformat()}", text, by=by, at=at, about=found[0],
            activation_id=found[0].activation_id, exercise=exercise,
        )  # fmt: skip
