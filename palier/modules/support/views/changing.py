"""What is changed on a file. Each change is one form and one service; a refusal comes back with what was typed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import Service, act, act_of_form
from palier.kernel.words import Text
from palier.modules.support import forms
from palier.modules.support.enums import Access, AimAction, AppointmentAction, PaperState, StepAction
from palier.modules.support.permissions import Permission
from palier.modules.support.selectors import files as selectors
from palier.modules.support.services import files as services
from palier.modules.support.services import work
from palier.modules.support.views import choices
from palier.modules.support.views.files import file_page


@dataclass(frozen=True)
class Change:
    """One change of a whole file: its form, its service, and the words of its page."""

    form: type[django_forms.Form]
    service: Service
    title: Text
    submit: Text
    danger: bool = False


CHANGES = {
    "agree": Change(forms.AgreeForm, services.agree, _("Record the agreement"), _("The person agreed")),
    "decline": Change(
        forms.DeclineForm, services.decline, _("The person does not wish it"), _("Close the proposal"), True
    ),
    "suspend": Change(
        forms.SuspendForm,
        services.suspend,
        _("Suspend the accompaniment"),
        pgettext_lazy("support", "Suspend"),
    ),
    "close": Change(
        forms.CloseForm, services.close, _("Close the accompaniment"), pgettext_lazy("support", "Close"), True
    ),
    "reopen": Change(
        forms.ReopenForm, services.reopen, _("Reopen the accompaniment"), pgettext_lazy("support", "Reopen")
    ),
    "review": Change(forms.ReviewForm, work.hold_review, _("Take stock together"), _("Keep the review")),
    "situation": Change(forms.SituationForm, services.rewrite_situation, _("Situation"), _("Save")),
}


@requires(Permission.FILE_WORK)
@never_cache
def change(request: OrganisationRequest, file_id: UUID, name: str) -> HttpResponse:
    """Change a file by one of the forms above."""
    if name not in CHANGES:
        raise NotFound
    record, chosen = selectors.file_for(file_id=file_id, actor=request.actor), CHANGES[name]
    if _is_shut(request, record):
        return redirect("support:file", file_id)
    initial = {"situation": record.situation, "agreed_on": timezone.localdate()}
    form = chosen.form(request.POST or None, initial=initial)
    if request.method == "POST" and act_of_form(request, form, chosen.service, file_id=file_id):
        return redirect("support:file", file_id)
    return _form_page(request, form, chosen.title, chosen.submit, file_id, danger=chosen.danger)


def _is_shut(request: OrganisationRequest, record: Any) -> bool:
    """Say whether a form would show what a file holds to a reader who has not said that they open it."""
    is_posted = request.method == "POST"
    return not is_posted and not selectors.has_opened(record, request.actor, at=timezone.now())


def _form_page(
    request: OrganisationRequest,
    form: django_forms.Form,
    title: Text,
    submit: Text,
    file_id: UUID,
    *,
    danger: bool = False,
) -> HttpResponse:
    back = reverse("support:file", args=[file_id])
    context = {"form": form, "title": title, "submit": submit, "back": back, "danger": danger}
    return render(request, "support/form.html", context, status=422 if form.errors else 200)


@requires(Permission.FILE_WORK)
@require_POST
def resume(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Take a suspended accompaniment up again."""
    act(request, services.resume, file_id=file_id)
    return redirect("support:file", file_id)


@requires(Permission.FILE_WORK)
@require_POST
def restrict(request: OrganisationRequest, file_id: UUID, access: str) -> HttpResponse:
    """Open the file to the social workers, or keep it to those named."""
    if access not in Access.values:
        raise NotFound
    act(request, services.restrict, file_id=file_id, access=access)
    return redirect("support:file", file_id)


@requires(Permission.FILE_WORK)
def hand_to(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Give the file to another social worker."""
    selectors.file_for(file_id=file_id, actor=request.actor)
    workers = choices.workers(request)
    form = forms.WorkerForm(request.POST or None, workers=workers)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        worker: dict[str, Any] = {
            "worker_id": UUID(given["worker_id"]),
            "worker_name": dict(workers)[given["worker_id"]],
        }
        phone = given["worker_phone"]
        if act(request, services.hand_to, file_id=file_id, worker_phone=phone, **worker):
            return redirect("support:mine")
    return _form_page(request, form, _("Give the file to somebody else"), _("Give the file"), file_id)


@requires(Permission.FILE_WORK)
def name_reader(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Name somebody on the file."""
    selectors.file_for(file_id=file_id, actor=request.actor)
    people = choices.readers(request)
    form = forms.ReaderForm(request.POST or None, workers=people)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["user_id"]
        ids: dict[str, Any] = {"file_id": file_id, "user_id": UUID(chosen), "name": dict(people)[chosen]}
        if act(request, services.name_reader, **ids):
            return _part(file_id, "readers")
    return _form_page(request, form, _("Name somebody on the file"), _("Name"), file_id)


@requires(Permission.FILE_WORK)
@require_POST
def remove_reader(request: OrganisationRequest, file_id: UUID, reader_id: UUID) -> HttpResponse:
    """Take a name off the file."""
    act(request, services.remove_reader, file_id=file_id, reader_id=reader_id)
    return _part(file_id, "readers")


def _part(file_id: UUID, anchor: str) -> HttpResponse:
    response = redirect("support:file", file_id)
    response["Location"] += f"#{anchor}"
    return response


@dataclass(frozen=True)
class Addition:
    """One part added from the page of the file itself; its form stands there under `<part>_form`."""

    form: type[django_forms.Form]
    service: Service
    takes: tuple[str, ...] = ()


ADDITIONS = {
    "aim": Addition(forms.AimForm, work.set_aim),
    "step": Addition(forms.StepForm, work.set_step, ("partners", "aims")),
    "partner": Addition(forms.PartnerForm, work.add_partner, ("partners",)),
    "appointment": Addition(forms.AppointmentForm, work.plan_appointment),
    "paper": Addition(forms.PaperForm, work.ask_paper),
    "entry": Addition(forms.EntryForm, work.tell),
}


@requires(Permission.FILE_WORK)
@require_POST
def add(request: OrganisationRequest, file_id: UUID, part: str) -> HttpResponse:
    """Add an aim, a step, a partner, an appointment, a paper or a line of the story."""
    if part not in ADDITIONS:
        raise NotFound
    record, chosen = selectors.file_for(file_id=file_id, actor=request.actor), ADDITIONS[part]
    options: dict[str, Any] = {
        "partners": selectors.partner_choices() if "partners" in chosen.takes else (),
        "aims": [(str(one.pk), one.title) for one in record.aims.all()] if "aims" in chosen.takes else (),
    }
    form = chosen.form(request.POST, prefix=part, **{name: options[name] for name in chosen.takes})
    if act_of_form(request, form, chosen.service, file_id=file_id):
        return _part(file_id, part)
    return file_page(request, file_id, status=422, **{f"{part}_form": form})


@requires(Permission.FILE_WORK)
@require_POST
def move_aim(request: OrganisationRequest, file_id: UUID, row_id: UUID, action: str) -> HttpResponse:
    """Reach an aim, give it up, or take it up again."""
    _known(action, AimAction)
    act(request, work.move_aim, file_id=file_id, aim_id=row_id, action=action)
    return _part(file_id, "aim")


@requires(Permission.FILE_WORK)
def move_step(request: OrganisationRequest, file_id: UUID, row_id: UUID, action: str) -> HttpResponse:
    """Finish a step and say what came of it, give it up, or take it up again."""
    _known(action, StepAction)
    ids = {"file_id": file_id, "step_id": row_id, "action": action}
    return _with_outcome(request, work.move_step, ids, _("What came of this step?"), "step")


@requires(Permission.FILE_WORK)
def end_appointment(request: OrganisationRequest, file_id: UUID, row_id: UUID, action: str) -> HttpResponse:
    """Say that an appointment was held, missed or cancelled."""
    _known(action, AppointmentAction)
    ids = {"file_id": file_id, "appointment_id": row_id, "action": action}
    return _with_outcome(
        request, work.end_appointment, ids, _("What came of this appointment?"), "appointment"
    )


def _with_outcome(
    request: OrganisationRequest, service: Service, ids: dict[str, Any], title: Text, anchor: str
) -> HttpResponse:
    selectors.file_for(file_id=ids["file_id"], actor=request.actor)
    form = forms.OutcomeForm(request.POST or None)
    if request.method == "POST" and act_of_form(request, form, service, **ids):
        return _part(ids["file_id"], anchor)
    return _form_page(request, form, title, _("Save"), ids["file_id"])


def _known(action: str, actions: Any) -> None:
    if action not in list(actions):
        raise NotFound


@requires(Permission.FILE_WORK)
@require_POST
def turn_into_call(request: OrganisationRequest, file_id: UUID, row_id: UUID) -> HttpResponse:
    """Keep an appointment that the mode in force no longer allows, by telephone."""
    said = _("The appointment is kept, by telephone. Tell the person.")
    act(request, work.turn_into_call, said, file_id=file_id, appointment_id=row_id)
    return _part(file_id, "appointment")


@requires(Permission.FILE_WORK)
@require_POST
def mark_paper(request: OrganisationRequest, file_id: UUID, row_id: UUID, state: str) -> HttpResponse:
    """Say where a document asked for is."""
    _known(state, PaperState)
    act(request, work.mark_paper, file_id=file_id, paper_id=row_id, state=state)
    return _part(file_id, "paper")


@requires(Permission.FILE_WORK)
@require_POST
def end_partner(request: OrganisationRequest, file_id: UUID, row_id: UUID) -> HttpResponse:
    """Note that a partner takes part no more."""
    act(request, work.end_partner, file_id=file_id, taking_part_id=row_id)
    return _part(file_id, "partner")


@requires(Permission.FILE_WORK)
@never_cache
def hand_over(request: OrganisationRequest, file_id: UUID, row_id: UUID) -> HttpResponse:
    """Hand a step over to its partner as a referral."""
    record = selectors.file_for(file_id=file_id, actor=request.actor)
    if _is_shut(request, record):
        return redirect("support:file", file_id)
    step = record.steps.filter(pk=row_id).first()
    if step is None:
        raise NotFound
    form = forms.HandOverForm(request.POST or None, initial={"summary": step.title})
    ids = {"file_id": file_id, "step_id": row_id}
    if request.method == "POST" and act_of_form(request, form, work.hand_over_step, **ids):
        messages.success(request, _("Handed over. The answer will show beside the step."))
        return _part(file_id, "step")
    return _form_page(request, form, _("Hand this step over"), _("Hand over"), file_id)
