"""The register of requests: receive, check the identity, answer in time, erase."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotAllowed, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.retention import forms
from palier.kernel.retention.enums import RequestAction, RequestKind, RequestState
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.selectors import requests as selectors
from palier.kernel.retention.services import answers, erasing
from palier.kernel.retention.services import requests as services
from palier.kernel.ui.filters import Choice, TextSearch
from palier.kernel.ui.lists import Column, Empty, ListPage

MEDIA = {"json": "application/json", "pdf": "application/pdf"}
CLOSING = (RequestAction.ANSWER, RequestAction.REFUSE, RequestAction.WITHDRAW)
TONES = {
    "received": "info",
    "identified": "info",
    "answered": "good",
    "refused": "neutral",
    "withdrawn": "neutral",
}


def _state(line: selectors.RequestLine) -> tuple[str, str]:
    return line.state_label, TONES[line.state]


def _due(line: selectors.RequestLine) -> tuple[str, str]:
    from palier.kernel.ui.templatetags.palier import short_day

    return short_day(line.due_on), "bad" if line.is_late else "warn" if line.is_soon else "neutral"


class Requests(ListPage):
    """What people ask about their data, the most urgent first."""

    permission = Permission.REQUEST_HANDLE
    name = "requests"
    title = gettext_lazy("Requests of persons")
    lead = gettext_lazy(
        "Access, rectification, erasure and the other rights: one month to answer, three at most."
    )
    columns = (
        Column(
            "number",
            gettext_lazy("Number"),
            sort="number",
            link=lambda one: reverse("retention:request", args=[one.id]),
        ),
        Column("kind_label", gettext_lazy("Right used"), sort="kind_label"),
        Column("requester", gettext_lazy("Who asks"), sort="requester"),
        Column("received_on", gettext_lazy("Received on"), kind="date", sort="received_on", secondary=True),
        Column("due_on", gettext_lazy("To answer by"), kind="badge", value=_due, sort="due_on"),
        Column("state_label", gettext_lazy("State"), kind="badge", value=_state),
    )
    filters = (
        TextSearch(),
        Choice("state", gettext_lazy("State"), RequestState.choices, lookup="state"),
        Choice("kind", gettext_lazy("Right used"), RequestKind.choices, lookup="kind"),
    )
    empty = Empty(
        gettext_lazy("No request yet"),
        gettext_lazy("Write each request here on the day it comes: the delay runs from that day."),
        icon="inbox",
        action=gettext_lazy("Record a request"),
        url="retention:new-request",
    )
    actions_template = "retention/_requests_actions.html"

    def rows(self, request: OrganisationRequest, **_kwargs: Any) -> list[selectors.RequestLine]:
        return selectors.request_lines(actor=request.actor, on=timezone.localdate())


@requires(Permission.REQUEST_HANDLE)
@never_cache
def new_request(request: OrganisationRequest) -> HttpResponse:
    about = selectors.found_subject(request.POST.get("about") or request.GET.get("about", ""))
    initial = {"requester": about.title} if about else {}
    form = forms.RequestForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.record_request(
                by=request.actor,
                at=timezone.now(),
                subject_kind=about.kind if about else "",
                subject_id=about.id if about else None,
                **form.cleaned_data,
            )
            messages.success(request, _("The request is in the register, with the day to answer by."))
            return redirect("retention:request", made.pk)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "about": about}
    return render(request, "retention/new_request.html", context, status=422 if form.errors else 200)


@requires(Permission.REQUEST_HANDLE)
@never_cache
@require_safe
def request_page(request: OrganisationRequest, request_id: UUID) -> HttpResponse:
    return _page(request, request_id)


def _page(
    request: OrganisationRequest, request_id: UUID, *, status: int = 200, **given: Form
) -> HttpResponse:
    card = selectors.request_card(request_id=request_id, actor=request.actor, on=timezone.localdate())
    words = request.GET.get("q", "")
    context = {
        "card": card,
        "words": words,
        "found": selectors.find_subjects(words),
        "identity_form": given.get("identity") or forms.IdentityForm(),
        "extension_form": given.get("extension") or forms.ExtensionForm(),
        "answer_form": given.get("answer") or forms.AnswerForm(),
        "may_erase": request.actor.may(Permission.PERSON_ERASE) and card.line.kind == RequestKind.ERASURE,
        "gives_files": card.line.kind in (RequestKind.ACCESS, RequestKind.PORTABILITY),
        "state_tone": TONES[card.line.state],
    }
    return render(request, "retention/request.html", context, status=status)


@requires(Permission.REQUEST_HANDLE)
@require_POST
def choose_person(request: OrganisationRequest, request_id: UUID) -> HttpResponse:
    about = selectors.found_subject(request.POST.get("about", ""))
    try:
        services.choose_subject(
            request_id=request_id,
            subject_kind=about.kind if about else "",
            subject_id=about.id if about else UUID(int=0),
            by=request.actor,
            at=timezone.now(),
        )
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("retention:request", request_id)


@requires(Permission.REQUEST_HANDLE)
@require_POST
def identify(request: OrganisationRequest, request_id: UUID) -> HttpResponse:
    form = forms.IdentityForm(request.POST)
    return _act(request, request_id, "identity", form, services.identify)


@requires(Permission.REQUEST_HANDLE)
@require_POST
def extend(request: OrganisationRequest, request_id: UUID) -> HttpResponse:
    form = forms.ExtensionForm(request.POST)
    return _act(request, request_id, "extension", form, services.extend)


@requires(Permission.REQUEST_HANDLE)
@require_POST
def close(request: OrganisationRequest, request_id: UUID, action: str) -> HttpResponse:
    """Answer, refuse or note that it was withdrawn."""
    if action not in CLOSING:
        raise Http404
    return _act(request, request_id, "answer", forms.AnswerForm(request.POST), services.close, action=action)


def _act(
    request: OrganisationRequest, request_id: UUID, name: str, form: Form, service: Any, **more: Any
) -> HttpResponse:
    """Do one step of a request, or show its page with what was refused beside the form."""
    if form.is_valid():
        try:
            service(request_id=request_id, by=request.actor, at=timezone.now(), **form.cleaned_data, **more)
            return redirect("retention:request", request_id)
        except (NotFound, NotAllowed):
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _page(request, request_id, status=422, **{name: form})


@requires(Permission.REQUEST_HANDLE)
@require_POST
def make_files(request: OrganisationRequest, request_id: UUID) -> HttpResponse:
    try:
        run = answers.ask_for_files(request_id=request_id, by=request.actor, at=timezone.now())
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("retention:request", request_id)
    messages.success(request, _("The files are being made. They will be on this page in a moment."))
    return redirect("jobs:run", run.pk)


@requires(Permission.REQUEST_HANDLE)
@never_cache
@require_POST
def download(request: OrganisationRequest, package_id: UUID) -> HttpResponse:
    """Hand out a file of an answer; a POST, because the journal says each time to whom."""
    try:
        package, content = answers.download(package_id=package_id, by=request.actor, at=timezone.now())
    except answers.PackageGone as gone:
        return render(request, "palier/refused.html", {"refusal": gone}, status=gone.status)
    name = f"donnees-personnelles-{package.request.number}.{package.format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=MEDIA[package.format], headers=headers)


@requires(Permission.REQUEST_HANDLE, Permission.PERSON_ERASE)
@never_cache
def erase(request: OrganisationRequest, request_id: UUID) -> HttpResponse:
    """Say what goes and what stays, then do it for good."""
    card = selectors.request_card(request_id=request_id, actor=request.actor, on=timezone.localdate())
    problem = ""
    try:
        if request.method == "POST":
            try:
                seen = request.POST.get("fingerprint", "")
                run = erasing.ask_for_erasure(
                    request_id=request_id, seen=seen, by=request.actor, at=timezone.now()
                )
                return redirect("jobs:run", run.pk)
            except (erasing.ErasureStale, erasing.NothingToErase) as refusal:
                problem = str(refusal)
        shown = erasing.preview(request_id=request_id, by=request.actor, at=timezone.now())
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("retention:request", request_id)
    context = {"card": card, "shown": shown, "problem": problem}
    return render(request, "retention/erase.html", context, status=422 if problem else 200)
