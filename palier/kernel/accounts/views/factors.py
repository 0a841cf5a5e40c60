"""Pages of the second factor that allauth does not have: why it is asked for, and stopping a reset."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn import views as webauthn_views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palier.kernel.access import public_page
from palier.kernel.access.roles import Role
from palier.kernel.accounts import own
from palier.kernel.accounts.adapter import SecondFactorAdapter
from palier.kernel.accounts.models import User
from palier.kernel.accounts.rules import Standing
from palier.kernel.accounts.services import resets, second_factor, signing
from palier.kernel.errors import DomainError


@public_page
@login_required
def required(request: HttpRequest) -> HttpResponse:
    """Why a second factor is asked for, until when one may do without, and the two ways to set it up."""
    user: User = request.user  # type: ignore[assignment]
    has_factor = signing.has_factor(request)
    asked = second_factor.pending_obligations(user, has_factor=has_factor, at=timezone.now())
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    if has_factor or not (asked or "sealed" in request.GET):
        return redirect(target)
    context = {
        "asked": [
            (row.organisation.name, [Role(role).label for role in one.roles], one.due_at, one.standing)
            for row, one in asked
        ],
        "is_overdue": any(one.standing == Standing.OVERDUE for _row, one in asked),
        "is_sealed": "sealed" in request.GET,
        "factors": own.factors_of(user),
        "next": target,
    }
    return render(request, "accounts/second_factor_required.html", context)


class _ProvesFactor:
    """Setting up a factor proves it for this session; the person's others were opened without it, and end."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)  # type: ignore[misc]
        signing.confirm_factor(self.request)
        signing.end_other_sessions(user=self.request.user, kept=self.request.session.session_key)  # type: ignore[arg-type]
        return response


class AddAppView(_ProvesFactor, ActivateTOTPView):
    """allauth's page of the authenticator app."""


class AddKeyView(_ProvesFactor, webauthn_views.AddWebAuthnView):
    """allauth's page of keys and passkeys."""


add_app = public_page(AddAppView.as_view())
add_key = public_page(AddKeyView.as_view())


@public_page
@reauthentication_required(app="allauth.mfa")
def remove_key(request: HttpRequest, pk: int) -> HttpResponse:
    """allauth's page, closed to whoever would take away the last factor that a role asks for."""
    key = Authenticator.objects.filter(
        pk=pk, user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN
    ).first()
    if key is None:
        raise Http404
    if not SecondFactorAdapter().can_delete_authenticator(key):
        messages.error(request, str(SecondFactorAdapter.error_messages["cannot_delete_authenticator"]))
        return redirect("profile")
    return webauthn_views.remove_webauthn(request, pk=pk)


@public_page
@require_http_methods(["GET", "POST"])
def stop_reset(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of the e-mail: whoever reads this mailbox may stop the reset, with or without signing in."""
    if request.method == "GET":
        return render(request, "accounts/stop_reset.html", {"refusal": "", "is_stopped": False})
    try:
        resets.stop_reset(secret=secret, at=timezone.now())
    except DomainError as refusal:
        return render(request, "accounts/stop_reset.html", {"refusal": str(refusal)}, status=410)
    return render(request, "accounts/stop_reset.html", {"is_stopped": True})


@public_page
def signed_out(request: HttpRequest) -> HttpResponse:
    """After signing out of Palier, the way to sign out of the identity provider too."""
    provider = next((p for p in settings.IDENTITY_PROVIDERS if p.key == request.GET.get("from")), None)
    if provider is None or request.user.is_authenticated:
        return redirect(settings.LOGIN_URL)
    return render(
        request, "accounts/signed_out.html", {"provider": provider, "title": _("You are signed out")}
    )
