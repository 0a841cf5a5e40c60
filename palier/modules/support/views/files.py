"""A social worker's day, the list of files, and the page of one file."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from palier.kernel.access import Actor, requires
from palier.kernel.audit.registry import history_page
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import Choice, TextSearch
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.kernel.ui.panels import panel
from palier.modules.people import public as people
from palier.modules.support import forms
from palier.modules.support.enums import FileState, Origin
from palier.modules.support.permissions import Permission
from palier.modules.support.selectors import files as selectors
from palier.modules.support.selectors import worklist
from palier.modules.support.services import files as services
from palier.modules.support.services import papers, reading
from palier.modules.support.views import choices
from palier.modules.support.workflow import FILE

TONES = {
    FileState.PROPOSED: "info",
    FileState.ACTIVE: "good",
    FileState.SUSPENDED: "warn",
    FileState.CLOSED: "neutral",
    FileState.DECLINED: "neutral",
}


def state_badge(row: Any) -> tuple[str, str]:
    """Return the word and the tone of a file's state."""
    return str(row.get_state_display()), TONES[FileState(row.state)]


class FileList(ListPage):
    """The files that the reader may open."""

    permission = Permission.FILE_READ
    name = "support"
    title = gettext_lazy("Accompaniments")
    lead = gettext_lazy("Files that you may read. A file restricted to named people shows to them alone.")
    columns = (
        Column(
            "person", gettext_lazy("Name"), sort="person_key", value=lambda row: row.person.name,
            link=lambda row: reverse("support:file", args=[row.pk]),
        ),
        Column("reference", gettext_lazy("File"), kind="code", sort="reference", secondary=True),
        Column("state", gettext_lazy("State"), kind="badge", sort="state", value=state_badge),
        Column("worker_name", gettext_lazy("Social worker"), sort="worker_name"),
        Column("origin", gettext_lazy("Opened from"), value=lambda row: row.get_origin_display(), secondary=True),
        Column("agreed_on", gettext_lazy("Agreed on"), kind="date", sort="agreed_on", secondary=True),
        Column("next_appointment", gettext_lazy("Next appointment"), kind="datetime", sort="next_appointment"),
        Column("steps_left", gettext_lazy("Steps to do"), kind="number", sort="steps_left"),
        Column("review_on", gettext_lazy("Review due on"), kind="date", sort="review_on"),
    )  # fmt: skip
    filters = (
        TextSearch(lookup="person_key"),
        Choice("state", gettext_lazy("State"), FileState.choices),
        Choice("origin", gettext_lazy("Opened from"), Origin.choices),
        Choice("worker", gettext_lazy("Social worker"), choices.workers, lookup="worker_id"),
    )
    empty = Empty(
        gettext_lazy("Nobody is accompanied yet"),
        gettext_lazy(
            "Open a file from the page of a tenant, or accept a hand-over asking for social support."
        ),
        icon="user-heart",
        action=gettext_lazy("Find a tenant"),
        url="people:people",
    )
    default_sort = "person"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> Any:
        return selectors.files(actor=request.actor)


@requires(Permission.FILE_WORK)
def mine(request: OrganisationRequest) -> HttpResponse:
    """Show a social worker what the day holds."""
    context = {
        "work": worklist.work_list(actor=request.actor, at=timezone.now()),
        "today": timezone.localdate(),
    }
    return render(request, "support/mine.html", context)


@requires(Permission.LIST_VIEW)
def loads(request: OrganisationRequest) -> HttpResponse:
    """Show how many people each worker accompanies, without a name."""
    return render(request, "support/loads.html", {"loads": worklist.loads(at=timezone.now())})


@requires(Permission.CARD_VIEW)
@never_cache
def file(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Show a file to its worker; another reader says first that they open it."""
    return file_page(request, file_id)


def file_page(
    request: OrganisationRequest, file_id: UUID, *, status: int = 200, **forms_in_error: Any
) -> HttpResponse:
    """Draw the page, with a form in error where there is one."""
    at = timezone.now()
    record = selectors.file_for(file_id=file_id, actor=request.actor)
    if not selectors.has_opened(record, request.actor, at=at):
        return render(request, "support/gate.html", {"file": record})
    page = selectors.file_page(file=record, at=at)
    context = {
        "page": page,
        "file": record,
        "today": timezone.localdate(),
        "may_work": request.actor.may(Permission.FILE_WORK),
        "actions": FILE.open_to(record, request.actor),
        "state": state_badge(record),
        **_empty_forms(page),
        **forms_in_error,
    }
    return render(request, "support/file.html", context, status=status)


def _empty_forms(page: selectors.FilePage) -> dict[str, Any]:
    partners = selectors.partner_choices()
    aims = [(str(one.pk), one.title) for one in page.aims]
    return {
        "aim_form": forms.AimForm(prefix="aim"),
        "step_form": forms.StepForm(prefix="step", partners=partners, aims=aims),
        "partner_form": forms.PartnerForm(prefix="partner", partners=partners),
        "appointment_form": forms.AppointmentForm(prefix="appointment"),
        "paper_form": forms.PaperForm(prefix="paper"),
        "entry_form": forms.EntryForm(prefix="entry"),
    }


@requires(Permission.CARD_VIEW)
@require_POST
def open_reading(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Note who opens the file of another, then show it."""
    reading.open_reading(file_id=file_id, by=request.actor, at=timezone.now())
    return redirect("support:file", file_id)


@requires(Permission.FILE_WORK)
def propose(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    """Open a file for a tenant, which waits for their agreement."""
    person = people.names([person_id]).get(person_id)
    if person is None:
        raise NotFound
    workers = choices.workers(request)
    form = forms.ProposeForm(request.POST or None, workers=workers)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        worker_id = given.pop("worker_id")
        try:
            opened = services.propose(
                person_id=person_id,
                worker_id=UUID(worker_id),
                worker_name=dict(workers)[worker_id],
                **given,
                by=request.actor,
                at=timezone.now(),
            )
            return redirect("support:file", opened.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "title": _("Accompany %s") % person.name,
        "back": reverse("people:person", args=[person_id]),
        "submit": _("Open the file"),
    }
    return render(request, "support/form.html", context, status=422 if form.errors else 200)


PAPERS = {"agreement": papers.agreement, "closing": papers.closing_summary}


@requires(Permission.FILE_WORK)
@require_POST
def produce_paper(request: OrganisationRequest, file_id: UUID, paper: str) -> HttpResponse:
    """Produce the agreement to sign, or the closing summary, and open it."""
    if paper not in PAPERS:
        raise NotFound
    made = PAPERS[paper](file_id=file_id, by=request.actor, at=timezone.now())
    return redirect("support:document", file_id, made.pk)


@requires(Permission.CARD_VIEW)
@never_cache
def document(request: OrganisationRequest, file_id: UUID, document_id: UUID) -> HttpResponse:
    """Hand out a document of a file to those who have it open."""
    record = selectors.file_for(file_id=file_id, actor=request.actor)
    if not selectors.has_opened(record, request.actor, at=timezone.now()):
        return render(request, "support/gate.html", {"file": record})
    found = selectors.document_of(file=record, document_id=document_id)
    response = HttpResponse(found.content, content_type=found.media_type)
    response["Content-Disposition"] = content_disposition_header(False, found.filename) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


@history_page("support_file", permission=Permission.FILE_READ)
def file_title(row_id: UUID, actor: Actor) -> str | None:
    """Name a file whose history is asked, to its readers alone, once they said that they open it: it tells as much."""
    try:
        record = selectors.file_for(file_id=row_id, actor=actor)
    except DomainError:
        return None
    return record.reference if selectors.has_opened(record, actor, at=timezone.now()) else None


@panel(
    "people.person",
    template="support/_accompanied.html",
    title=gettext_lazy("Social support"),
    icon="user-heart",
    permission=Permission.CARD_VIEW,
    max_queries=3,
    order=40,
)
def accompanied_panel(request: OrganisationRequest, subject: UUID) -> dict[str, Any] | None:
    """Say that a tenant is accompanied, and whom to ask; the file itself opens to its readers alone."""
    card = selectors.accompanied(subject, actor=request.actor)
    may_open = request.actor.may(Permission.FILE_WORK)
    if card is None and not may_open:
        return None
    return {"card": card, "may_open": may_open and card is None, "person_id": subject}
