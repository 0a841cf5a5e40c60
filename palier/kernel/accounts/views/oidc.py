"""Signing in by an identity provider: leave for it, come back from it, sign out of it.

The provider is asked outside any transaction: a slow answer must not hold the database.
"""

from dataclasses import asdict

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from palier.kernel.access import public_page
from palier.kernel.accounts import oidc
from palier.kernel.accounts.providers import Provider
from palier.kernel.accounts.services.external import person_of
from palier.kernel.errors import DomainError

FLOW = "oidc_flow"
SIGNED_IN_BY = "oidc_provider"


@public_page
@transaction.non_atomic_requests
@never_cache
@require_GET
def start(request: HttpRequest, key: str) -> HttpResponse:
    provider = _provider(key)
    flow = oidc.new_flow(timezone.now())
    try:
        address = oidc.authorization_url(provider, flow, redirect_uri=_callback_of(provider))
    except DomainError as refusal:
        return _refuse(request, refusal)
    target = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    request.session[FLOW] = {"provider": key, "next": target if is_ours else "", **asdict(flow)}
    return redirect(address)


@public_page
@transaction.non_atomic_requests
@never_cache
@require_GET
def callback(request: HttpRequest, key: str) -> HttpResponse:
    """Back from the provider. Whatever it says, one flow serves once."""
    limited = ratelimit.consume_or_429(request, action="login")
    if limited:
        return limited
    provider, kept = _provider(key), request.session.pop(FLOW, None) or {}
    target = kept.pop("next", "")
    flow = oidc.Flow(**kept) if kept.pop("provider", None) == key else None
    now = timezone.now()
    try:
        identity = oidc.identify(
            provider, flow, request.GET.dict(), redirect_uri=_callback_of(provider), at=now
        )
        user = person_of(identity, at=now)
    except DomainError as refusal:
        return _refuse(request, refusal)
    record_authentication(
        request, user, "oidc", provider=provider.key, second_factor=identity.has_second_factor
    )
    response = perform_login(request, Login(user=user, redirect_url=target or reverse("choose_organisation")))
    request.session[SIGNED_IN_BY] = provider.key
    return response


@public_page
@transaction.non_atomic_requests
@require_GET
def sign_out(request: HttpRequest, key: str) -> HttpResponse:
    """Go and sign out of the provider too; Palier's own session is over already."""
    provider, back = _provider(key), f"{settings.BASE_URL}{reverse('account_login')}"
    try:
        return redirect(oidc.sign_out_url(provider, return_to=back) or back)
    except DomainError as refusal:
        return _refuse(request, refusal)


def _provider(key: str) -> Provider:
    found = next((one for one in settings.IDENTITY_PROVIDERS if one.key == key), None)
    if found is None:
        raise Http404
    return found


def _callback_of(provider: Provider) -> str:
    """The address registered at the provider: from the settings, never from the Host that a request claims."""
    return f"{settings.BASE_URL}{reverse('oidc_callback', args=[provider.key])}"


def _refuse(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    messages.error(request, str(refusal))
    return redirect(settings.LOGIN_URL)
