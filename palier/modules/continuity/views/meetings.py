"""Territorial cells, their meetings, and the register of decisions."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.continuity.enums import DecisionAction, DecisionState, Seat
from palier.modules.continuity.forms.crisis import CellForm, DecisionForm, GuestForm, MeetingForm, MinutesForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import cell as selectors
from palier.modules.continuity.services import cell as cell_services
from palier.modules.continuity.services import meetings as services


@requires(Permission.CELL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_cell(request: OrganisationRequest) -> HttpResponse:
    form = CellForm(request.POST or None)
    if request.method == "POST":
        made = act_of_form(request, form, cell_services.create_territorial_cell)
        if made is not None:
            return redirect("continuity:territorial", made.pk)
    context = {"form": form, "title": _("New territorial cell"), "back": "continuity:cell"}
    return render(request, "continuity/cell/form.html", context, status=422 if form.errors else 200)


@requires(Permission.CELL_READ)
@require_safe
def territorial(request: OrganisationRequest, cell_id: UUID) -> HttpResponse:
    context = _cell_context(request, cell_id)
    return render(request, "continuity/cell/territorial.html", context)


@requires(Permission.CELL_MANAGE)
@require_POST
def new_guest(request: OrganisationRequest, cell_id: UUID) -> HttpResponse:
    form = GuestForm(request.POST)
    if act_of_form(request, form, cell_services.appoint_member, cell_id=cell_id, seat=Seat.GUEST) is None:
        context = {**_cell_context(request, cell_id), "guest_form": form}
        return render(request, "continuity/cell/territorial.html", context, status=422)
    return redirect("continuity:territorial", cell_id)


@requires(Permission.CELL_MANAGE)
@require_POST
def new_meeting(request: OrganisationRequest, cell_id: UUID) -> HttpResponse:
    form = MeetingForm(request.POST)
    made = act_of_form(request, form, services.plan_meeting, cell_id=cell_id)
    if made is None:
        context = {**_cell_context(request, cell_id), "meeting_form": form}
        return render(request, "continuity/cell/territorial.html", context, status=422)
    return redirect("continuity:meeting", made.pk)


@requires(Permission.CELL_READ)
@require_safe
def meeting(request: OrganisationRequest, meeting_id: UUID) -> HttpResponse:
    return render(request, "continuity/cell/meeting.html", _meeting_context(request, meeting_id))


@requires(Permission.CELL_MANAGE)
@require_POST
def hold_meeting(request: OrganisationRequest, meeting_id: UUID) -> HttpResponse:
    form = MinutesForm(request.POST)
    if act_of_form(request, form, services.hold_meeting, meeting_id=meeting_id) is None:
        context = {**_meeting_context(request, meeting_id), "minutes_form": form}
        return render(request, "continuity/cell/meeting.html", context, status=422)
    return redirect("continuity:meeting", meeting_id)


@requires(Permission.CELL_MANAGE)
@require_POST
def cancel_meeting(request: OrganisationRequest, meeting_id: UUID) -> HttpResponse:
    act(request, services.cancel_meeting, _("The meeting is cancelled."), meeting_id=meeting_id)
    return redirect("continuity:meeting", meeting_id)


@requires(Permission.CELL_MANAGE)
@require_POST
def new_decision(request: OrganisationRequest, cell_id: UUID) -> HttpResponse:
    form = DecisionForm(request.POST)
    raw = request.POST.get("meeting", "")
    meeting_id = UUID(raw) if len(raw) == 36 else None
    if act_of_form(request, form, services.record_decision, cell_id=cell_id, meeting_id=meeting_id) is None:
        context = {**_cell_context(request, cell_id), "decision_form": form}
        return render(request, "continuity/cell/territorial.html", context, status=422)
    return (
        redirect("continuity:meeting", meeting_id)
        if meeting_id
        else redirect("continuity:territorial", cell_id)
    )


@requires(Permission.CELL_READ)
@require_safe
def decisions(request: OrganisationRequest) -> HttpResponse:
    state = request.GET.get("state", DecisionState.OPEN)
    found = selectors.decisions(
        actor=request.actor, at=timezone.now(), state=state if state in DecisionState.values else ""
    )
    context = {
        "decisions": found,
        "states": DecisionState.choices,
        "state": state,
        "may_manage": request.actor.may(Permission.CELL_MANAGE),
    }
    return render(request, "continuity/cell/decisions.html", context)


@requires(Permission.CELL_MANAGE)
@require_POST
def move_decision(request: OrganisationRequest, decision_id: UUID, action: str) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    if action == DecisionAction.FINISH:
        act(request, services.finish_decision, decision_id=decision_id, outcome=outcome)
    elif action == DecisionAction.DROP:
        act(request, services.drop_decision, decision_id=decision_id, outcome=outcome)
    else:
        raise Http404
    return redirect("continuity:decisions")


def _cell_context(request: OrganisationRequest, cell_id: UUID) -> dict[str, object]:
    now = timezone.now()
    found = next((one for one in selectors.cells(actor=request.actor, at=now) if one.id == cell_id), None)
    if found is None:
        raise Http404
    return {
        "cell": found,
        "members": selectors.members_of(cell_id),
        "meetings": selectors.meetings(actor=request.actor, cell_id=cell_id),
        "decisions": selectors.decisions(actor=request.actor, at=now, cell_id=cell_id),
        "guest_form": GuestForm(auto_id="guest-%s"),
        "meeting_form": MeetingForm(auto_id="meeting-%s"),
        "decision_form": DecisionForm(auto_id="decision-%s"),
        "may_manage": request.actor.may(Permission.CELL_MANAGE),
    }


def _meeting_context(request: OrganisationRequest, meeting_id: UUID) -> dict[str, object]:
    found = selectors.meeting_of(meeting_id, actor=request.actor)
    if found is None:
        raise Http404
    decided = selectors.decisions(actor=request.actor, at=timezone.now(), cell_id=found.cell_id)
    return {
        "meeting": found,
        "decisions": [one for one in decided if one.meeting_number == found.number],
        "minutes_form": MinutesForm(initial={"attendance": found.attendance, "minutes": found.minutes}),
        "decision_form": DecisionForm(auto_id="decision-%s"),
        "may_manage": request.actor.may(Permission.CELL_MANAGE),
    }
