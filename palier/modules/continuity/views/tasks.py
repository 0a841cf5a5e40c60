"""Tasks: mine, everybody's, one at a time."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.selection import selection_of
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.continuity.enums import CellRole, TaskAction
from palier.modules.continuity.forms.crisis import AssignForm, OutcomeForm, TaskForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import tasks as selectors
from palier.modules.continuity.selectors.log import standing_activation_id
from palier.modules.continuity.services import tasks as services

STATES = (
    ("unfinished", _("To do")),
    ("overdue", _("Overdue")),
    ("in_progress", _("In progress")),
    ("done", pgettext_lazy("task", "Done")),
    ("abandoned", _("Abandoned")),
)


@requires(Permission.TASK_READ)
@require_safe
def tasks(request: OrganisationRequest) -> HttpResponse:
    state = request.GET.get("state", "unfinished")
    role = request.GET.get("role", "")
    now = timezone.now()
    context = {
        "lines": selectors.task_lines(actor=request.actor, at=now, state=state, role=role),
        "counts": selectors.counts(at=now),
        "states": STATES,
        "state": state,
        "role": role,
        "roles": CellRole.choices,
        "mine": False,
        "mine_count": selectors.mine_count(actor=request.actor),
        "may_manage": request.actor.may(Permission.TASK_MANAGE),
        "selection": selection_of(request, "continuity.tasks", name="tasks", whole=False),
    }
    return render(request, "continuity/tasks/tasks.html", context)


@requires(Permission.TASK_READ)
@require_safe
def my_tasks(request: OrganisationRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "lines": selectors.task_lines(actor=request.actor, at=now, mine=True),
        "counts": selectors.counts(at=now),
        "mine": True,
        "mine_count": selectors.mine_count(actor=request.actor),
        "states": STATES,
        "state": "",
        "may_manage": request.actor.may(Permission.TASK_MANAGE),
        "selection": selection_of(request, "continuity.tasks", name="tasks", whole=False),
    }
    return render(request, "continuity/tasks/tasks.html", context)


@requires(Permission.TASK_READ)
@require_safe
def task(request: OrganisationRequest, task_id: UUID) -> HttpResponse:
    line = selectors.task_line(task_id, actor=request.actor, at=timezone.now())
    if line is None:
        raise Http404
    context = {
        "line": line,
        "outcome_form": OutcomeForm(),
        "assign_form": AssignForm(initial={"owner_name": line.owner}),
        "may_manage": request.actor.may(Permission.TASK_MANAGE),
    }
    return render(request, "continuity/tasks/task.html", context)


@requires(Permission.TASK_WORK)
@require_POST
def move(request: OrganisationRequest, task_id: UUID, action: str) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    match action:
        case TaskAction.START:
            act(request, services.start_task, task_id=task_id)
        case TaskAction.FINISH:
            act(request, services.finish_task, _("The task is done."), task_id=task_id, outcome=outcome)
        case TaskAction.ABANDON:
            act(request, services.abandon_task, _("The task is abandoned."), task_id=task_id, reason=outcome)
        case TaskAction.REOPEN:
            act(request, services.reopen_task, task_id=task_id)
        case _:
            raise Http404
    back = request.POST.get("back", "")
    return (
        redirect(f"continuity:{back}")
        if back in ("tasks", "my-tasks")
        else redirect("continuity:task", task_id)
    )


@requires(Permission.TASK_MANAGE)
@require_POST
def assign(request: OrganisationRequest, task_id: UUID) -> HttpResponse:
    form = AssignForm(request.POST)
    if act_of_form(request, form, services.assign_task, task_id=task_id) is None and form.errors:
        line = selectors.task_line(task_id, actor=request.actor, at=timezone.now())
        context = {"line": line, "assign_form": form, "outcome_form": OutcomeForm(), "may_manage": True}
        return render(request, "continuity/tasks/task.html", context, status=422)
    return redirect("continuity:task", task_id)


@requires(Permission.TASK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_task(request: OrganisationRequest) -> HttpResponse:
    form = TaskForm(request.POST or None)
    if request.method == "POST":
        made = act_of_form(request, form, services.add_task, activation_id=standing_activation_id())
        if made is not None:
            return redirect("continuity:task", made.pk)
    return render(request, "continuity/tasks/new.html", {"form": form}, status=422 if form.errors else 200)
