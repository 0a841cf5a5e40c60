"""Download of kept documents, their list, and the mentions they carry."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.documents import selectors, services
from palier.kernel.documents.forms import MentionsForm
from palier.kernel.documents.permissions import Permission
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest

MENTIONS = ("legal_form", "registration", "privacy_contact", "privacy_notice_url")


@requires(Permission.DOCUMENT_READ)
@require_safe
def documents(request: OrganisationRequest) -> HttpResponse:
    rows = selectors.visible_documents(request.actor)
    if request.GET.get("q"):
        rows = rows.filter(title__icontains=request.GET["q"])
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    lines = [selectors.line_of(row) for row in page.object_list]
    context = {
        "lines": lines,
        "page": page,
        "query": request.GET.get("q", ""),
        "may_change": request.actor.may(Permission.MENTIONS_CHANGE),
    }
    return render(request, "documents/documents.html", context)


@requires(Permission.DOCUMENT_READ)
@require_safe
def download(request: OrganisationRequest, document_id: UUID) -> HttpResponse:
    try:
        file = selectors.document_file(document_id=document_id, actor=request.actor)
    except NotFound as unseen:
        raise Http404 from unseen
    except DomainError as refusal:
        return render(request, "documents/refused.html", {"refusal": refusal}, status=refusal.status)
    inline = file.media_type == "application/pdf" and "download" not in request.GET
    response = HttpResponse(file.content, content_type=file.media_type)
    response["Content-Disposition"] = content_disposition_header(not inline, file.filename) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.MENTIONS_CHANGE)
@require_POST
def specimen(request: OrganisationRequest) -> HttpResponse:
    document = services.produce_specimen(by=request.actor, at=timezone.now())
    return redirect("documents:download", document.pk)


@requires(Permission.MENTIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def mentions(request: OrganisationRequest) -> HttpResponse:
    kept = selectors.mentions()
    form = MentionsForm(request.POST or None, initial={name: getattr(kept, name) for name in MENTIONS})
    if request.method == "POST" and form.is_valid():
        services.change_mentions(by=request.actor, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The mentions are kept. The next documents carry them."))
        return redirect("documents:mentions")
    context = {"form": form, "kept": kept, "organisation": request.organisation}
    return render(request, "documents/mentions.html", context, status=422 if form.errors else 200)
