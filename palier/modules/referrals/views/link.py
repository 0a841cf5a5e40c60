"""The page of a partner's link, without account.

Only a POST opens it: a mail scanner that follows links reads nothing.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from palier.kernel.access import bind_actor, public_page, system_actor
from palier.kernel.documents.selectors import document_file
from palier.kernel.errors import DomainError, TransitionRefused
from palier.kernel.organisations.current import open_organisation
from palier.kernel.organisations.models import Organisation
from palier.modules.referrals import forms
from palier.modules.referrals.services import links
from palier.modules.referrals.services.links import Answer, LinkPage, LinkRefused

SIMPLE = ("acknowledge", "start")
SAID = {"settle": forms.LinkSettleForm, "decline": forms.LinkDeclineForm}


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer the door of a link, what it opens, and what the partner says."""
    try:
        slug, secret = links.read_link(token)
        with open_organisation(slug) as organisation:
            bind_actor(system_actor("partner's link"), read_only=request.method != "POST")
            if request.method == "POST":
                answer = _posted(request, secret, organisation)
            else:
                answer = _door(request, secret, organisation)
    except (LinkRefused, Organisation.DoesNotExist):
        answer = render(
            request, "referrals/link_refused.html", {"refusal": str(LinkRefused.message)}, status=410
        )
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _door(request: HttpRequest, secret: str, organisation: Organisation) -> HttpResponse:
    """Say who sends, and nothing of what was sent."""
    if not links.is_alive(secret, at=timezone.now()):
        raise LinkRefused
    return render(
        request, "referrals/link_door.html", {"landlord": organisation.name, "phone": organisation.phone}
    )


def _posted(request: HttpRequest, secret: str, organisation: Organisation) -> HttpResponseBase:
    action = request.POST.get("action", "open")
    if action == "form":
        return _form_file(secret)
    if action in SIMPLE:
        return _answered(request, secret, Answer(action), organisation)
    if action in SAID:
        form = SAID[action](request.POST, prefix=action)
        if form.is_valid():
            return _answered(request, secret, Answer(action, **form.cleaned_data), organisation, form=form)
        return _opened(request, secret, status=422, **{f"{action}_form": form}, opened=action)
    return _opened(request, secret)


def _answered(
    request: HttpRequest, secret: str, answer: Answer, organisation: Organisation, form: Any = None
) -> HttpResponse:
    try:
        with transaction.atomic():
            page = links.answer_link(secret=secret, answer=answer, at=timezone.now())
    except LinkRefused:
        raise
    except (links.AnsweredAlready, TransitionRefused) as refusal:
        return _opened(request, secret, notice=str(refusal))
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _opened(request, secret, status=422, **{f"{answer.action}_form": form}, opened=answer.action)
    if page is None:
        thanks = {"landlord": organisation.name, "phone": organisation.phone, "action": answer.action}
        return render(request, "referrals/link_closed.html", thanks)
    return render(
        request, "referrals/link.html", {**_context(page), "said": _("Thank you: your answer is recorded.")}
    )


def _opened(request: HttpRequest, secret: str, *, status: int = 200, **more: Any) -> HttpResponse:
    page = links.open_link(secret=secret, at=timezone.now())
    return render(request, "referrals/link.html", {**_context(page), **more}, status=status)


def _context(page: LinkPage) -> dict[str, Any]:
    return {
        "page": page,
        "handed": page.handed,
        "settle_form": forms.LinkSettleForm(prefix="settle"),
        "decline_form": forms.LinkDeclineForm(prefix="decline"),
    }


def _form_file(secret: str) -> HttpResponseBase:
    """Hand out the transmission form, as an opening of the link."""
    page = links.open_link(secret=secret, at=timezone.now())
    document_id: UUID | None = page.document_id
    if document_id is None:
        raise LinkRefused
    file = document_file(document_id=document_id, actor=system_actor("partner's link"))
    answer = HttpResponse(file.content, content_type=file.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, file.filename) or "attachment"
    return answer
