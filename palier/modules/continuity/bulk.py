"""What may be done to many tasks of a crisis at once; and activations among what was just done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.bulk import BulkAction, Done, Refused, Undoing, UndoItem, bulk_action, register_done_source
from palier.modules.continuity.enums import TaskAction, TaskState
from palier.modules.continuity.forms.crisis import AssignForm, OutcomeForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import many as plans
from palier.modules.continuity.services import many as services

ENDED = {plans.ENDED: _("Ended already")}


@bulk_action(
    key="continuity.assign-tasks", list="continuity.tasks", label=_("Assign to somebody"), icon="user-check",
    permission=Permission.TASK_MANAGE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class AssignTasks(BulkAction):
    lead = _("Leave the name empty to give the tasks back to their role.")
    form_class = AssignForm
    refusals = {**ENDED, plans.NOBODY: _("No role would answer for it: name somebody")}

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.assign_plan(**params, by=by)

    def states(self, params: Any) -> Any:
        return plans.assign_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.assign_tasks(task_ids=ids, **params, by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        owners = {item.id: (item.before["name"], item.before["email"]) for item in items}
        services.give_tasks_back(owners=owners, by=by, at=at)
        return None


class _EndTasks(BulkAction):
    """What ending tasks as done and abandoning them have in common."""

    step: TaskAction
    target: TaskState
    refusals = {**ENDED, plans.WAITS: _("Waits for other tasks: finish or abandon these first")}

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.end_plan(target=self.target, may_wait=self.target == TaskState.ABANDONED, by=by)

    def states(self, params: Any) -> Any:
        return plans.end_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.end_tasks(task_ids=ids, action=self.step, outcome=params["outcome"], by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        states = {item.id: (item.before["state"], item.before["outcome"]) for item in items}
        services.open_tasks_again(states=states, by=by, at=at)
        return None


@bulk_action(
    key="continuity.finish-tasks", list="continuity.tasks", label=_("Mark as done"), icon="check",
    permission=Permission.TASK_WORK, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class FinishTasks(_EndTasks):
    lead = _("The crisis log says it once for all of them.")
    form_class = OutcomeForm
    step, target = TaskAction.FINISH, TaskState.DONE


class NotNeededForm(forms.Form):
    """Why the tasks are not to be done."""

    outcome = forms.CharField(label=_("Why they are not to be done"), max_length=500)


@bulk_action(
    key="continuity.abandon-tasks", list="continuity.tasks", label=_("Not applicable"), icon="ban",
    permission=Permission.TASK_MANAGE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class AbandonTasks(_EndTasks):
    lead = _(
        "The tasks are abandoned for one reason, which the crisis log keeps; what waited for them may begin."
    )
    form_class = NotNeededForm
    step, target = TaskAction.ABANDON, TaskState.ABANDONED


@register_done_source("continuity.decisions", permission=Permission.ACTIVATION_VIEW)
def decisions_done(*, by: Actor, everybody: bool, before: datetime, limit: int) -> list[Done]:
    """Levels activated, changed, prolonged and lifted: lifting is how an activation is taken back."""
    found = plans.decisions_done(by=by, everybody=everybody, before=before, limit=limit)
    return [
        Done(
            at=one.at,
            who=one.who,
            title=f"{one.kind_label} – {one.level}",
            url=reverse("continuity:activation", args=[one.activation_id]),
            detail=one.scope,
            undoing=Undoing.REVERSIBLE,
            undo_url=reverse("continuity:activation", args=[one.activation_id]) if one.may_lift else "",
        )
        for one in found
    ]
