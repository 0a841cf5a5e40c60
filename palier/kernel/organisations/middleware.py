"""`/o/<slug>/…`: who is asking, in which organisation, with which rights; then its schema and role.

Session, user and memberships are read in the shared schema, before the organisation's role is
taken. An organisation that the person does not work for does not exist for them: 404.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import set_script_prefix
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import SAFE_METHODS, SecondFactorRequired
from palier.kernel.access.membership import actor_for, memberships_of
from palier.kernel.accounts.rules import Standing
from palier.kernel.accounts.services import second_factor, signing
from palier.kernel.errors import DomainError
from palier.kernel.organisations.current import enter_organisation, leave_organisation, open_organisation
from palier.kernel.organisations.models import Organisation
from palier.kernel.requests import OrganisationRequest

SECOND_FACTOR_ASKED = _("Your role must have a second factor here. Set it up in a browser, then come back.")
PREFIX = re.compile(r"^/o/(?P<slug>[a-z][a-z0-9-]{1,39})(?P<rest>/.*)$")


class OrganisationMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, received: HttpRequest) -> HttpResponseBase:
        request = cast(OrganisationRequest, received)
        leave_organisation()
        request.organisation = request.actor = request.membership = None  # type: ignore[assignment]
        request.memberships = memberships_of(request.user) if request.user.is_authenticated else []
        request.organisations = [membership.organisation for membership in request.memberships]
        match = PREFIX.match(request.path_info)
        if match is None:
            return self.get_response(request)
        try:
            return self._inside(request, match)
        finally:
            leave_organisation()
            set_script_prefix("/")

    def _inside(self, request: OrganisationRequest, match: re.Match[str]) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        membership = next((m for m in request.memberships if m.organisation.slug == match["slug"]), None)
        if membership is None:
            raise Http404
        request.membership, request.organisation = membership, membership.organisation
        now = timezone.now()
        has_factor = signing.has_factor(request)
        asked = second_factor.standing_of(membership, has_factor=has_factor, at=now)
        if asked.standing == Standing.OVERDUE:
            return _to_second_factor(request)
        is_guarded = not has_factor and second_factor.protects_sealed(membership.organisation)
        request.actor = actor_for(request.user, membership, is_guarded=is_guarded)
        request.urlconf = settings.ORGANISATION_URLCONFS[membership.organisation.kind]
        request.path_info = match["rest"]
        set_script_prefix(f"/o/{match['slug']}/")
        response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse):
            parts = cast(Iterable[bytes], response.streaming_content)
            response.streaming_content = _stream_inside(membership.organisation, parts)
        return response

    def process_view(
        self, request: OrganisationRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        """Take the role last, when it is known that the page is the organisation's own."""
        if request.organisation is not None and not getattr(view, "in_shared_schema", False):
            enter_organisation(request.organisation)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponseBase | None:
        """A refusal that no view turned into words still says what to do; its transaction is undone."""
        if isinstance(problem, SecondFactorRequired):
            return _to_second_factor(cast(OrganisationRequest, request), sealed="1")
        if not isinstance(problem, DomainError):
            return None
        return render(request, "palier/refused.html", {"refusal": str(problem)}, status=problem.status)


def _to_second_factor(request: OrganisationRequest, **said: str) -> HttpResponseBase:
    """Lead to the page that asks for a second factor, in the way that each kind of request understands.

    A fragment cannot be redirected: htmx obeys a header. A program reads a code. A page goes there and comes back.
    """
    is_page = request.method in SAFE_METHODS and "HX-Request" not in request.headers
    back = request.get_full_path() if is_page else request.headers.get("HX-Current-URL", "")
    target = f"/account/second-factor/?{urlencode({'next': urlsplit(back).path or '/', **said})}"
    if "HX-Request" in request.headers:
        return HttpResponse(status=403, headers={"HX-Redirect": target})
    if not request.accepts("text/html"):
        answer = {"code": "accounts.second-factor-required", "message": str(SECOND_FACTOR_ASKED), "data": {}}
        return JsonResponse(answer, status=403)
    return HttpResponseRedirect(target)


def _stream_inside(organisation: Organisation, parts: Iterable[bytes]) -> Iterator[bytes]:
    """A streamed body is read after the view has returned: the organisation is opened again around it."""
    with open_organisation(organisation):
        yield from parts
