"""What tenants are told: posters to print, texts to publish, recipient files."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.panels import panel
from palier.kernel.ui.views.acting import act
from palier.modules.continuity.enums import NoticeAction, NoticeChannel
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import notices as selectors
from palier.modules.continuity.services import notices as services


@requires(Permission.NOTICE_READ)
@require_safe
def notices(request: OrganisationRequest) -> HttpResponse:
    channel = request.GET.get("channel", "")
    found = selectors.notices(actor=request.actor, channel=channel if channel in NoticeChannel.values else "")
    receptions = selectors.reception_lines(at=timezone.now(), language=get_language() or "fr")
    context = {
        "notices": found,
        "channels": NoticeChannel.choices,
        "channel": channel,
        "receptions": receptions,
    }
    return render(request, "continuity/notices/notices.html", context)


@requires(Permission.NOTICE_READ)
@require_safe
def notice(request: OrganisationRequest, notice_id: UUID) -> HttpResponse:
    try:
        line = selectors.notice_of(notice_id, actor=request.actor)
    except NotFound as unseen:
        raise Http404 from unseen
    context: dict[str, Any] = {"line": line, "may_issue": request.actor.may(Permission.NOTICE_ISSUE)}
    if line.channel == NoticeChannel.POSTER:
        context["agencies"] = selectors.agency_posters(notice_id, actor=request.actor)
    elif line.channel in (NoticeChannel.SMS, NoticeChannel.EMAIL) and context["may_issue"]:
        context["recipients"] = selectors.recipients(notice_id, at=timezone.now())
    return render(request, "continuity/notices/notice.html", context)


@requires(Permission.NOTICE_READ)
@require_POST
def make_posters(request: OrganisationRequest, notice_id: UUID) -> HttpResponse:
    run = act(request, services.start_posters, notice_id=notice_id)
    return redirect("jobs:run", run.pk) if run else redirect("continuity:notice", notice_id)


@requires(Permission.NOTICE_READ)
@require_POST
def poster(request: OrganisationRequest, notice_id: UUID, residence_id: UUID) -> HttpResponse:
    document = act(request, services.poster_of, notice_id=notice_id, residence_id=residence_id)
    return (
        redirect("documents:download", document.pk) if document else redirect("continuity:notice", notice_id)
    )


@requires(Permission.NOTICE_ISSUE)
@require_POST
def draw_recipients(request: OrganisationRequest, notice_id: UUID) -> HttpResponse:
    act(request, services.draw_recipients, _("The recipient file is ready."), notice_id=notice_id)
    return redirect("continuity:notice", notice_id)


@requires(Permission.NOTICE_ISSUE)
@require_POST
def move(request: OrganisationRequest, notice_id: UUID, action: str) -> HttpResponse:
    if action == NoticeAction.ISSUE:
        act(request, services.issue, _("The notice is issued; the crisis log says so."), notice_id=notice_id)
    elif action == NoticeAction.WITHDRAW:
        act(request, services.withdraw, _("The notice is withdrawn."), notice_id=notice_id)
    else:
        raise Http404
    return redirect("continuity:notice", notice_id)


@panel(
    "estate.residence",
    template="continuity/notices/_residence_panel.html",
    title=_("Notices to put up"),
    icon="speakerphone",
    permission=Permission.NOTICE_READ,
    max_queries=6,
    order=40,
)
def posters_of_residence(request: OrganisationRequest, subject: Any) -> dict[str, Any] | None:
    """The posters in force at a residence, one press away from the printer."""
    found = selectors.posters_at(subject, actor=request.actor)
    return {"notices": found, "residence_id": subject} if found else None
