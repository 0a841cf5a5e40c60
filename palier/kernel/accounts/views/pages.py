"""Pages outside any organisation: choice of organisation, invitation, language."""

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from palier.kernel.access import public_page
from palier.kernel.accounts import services
from palier.kernel.accounts.forms import AcceptForm
from palier.kernel.accounts.models import User
from palier.kernel.errors import DomainError


@public_page
@login_required
def choose_organisation(request: HttpRequest) -> HttpResponse:
    """Straight to work for somebody who has one organisation; a choice for the others."""
    memberships = request.memberships  # type: ignore[attr-defined]
    if len(memberships) == 1 and "stay" not in request.GET:
        return redirect(memberships[0].organisation.path)
    return render(request, "accounts/choose_organisation.html", {"memberships": memberships})


@public_page
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of an invitation: a password for a new person, one button for somebody known."""
    now = timezone.now()
    try:
        invitation = services.usable_invitation(secret, now)
    except DomainError as refusal:
        return render(request, "accounts/invitation_unusable.html", {"refusal": str(refusal)}, status=410)
    is_known = User.objects.filter(email__iexact=invitation.email).exists()
    form = None if is_known else AcceptForm(request.POST or None, initial={"name": invitation.name})
    if request.method == "POST" and (form is None or form.is_valid()):
        return _join(request, secret, form)
    context = {"invitation": invitation, "form": form}
    return render(request, "accounts/invitation.html", context, status=422 if form and form.errors else 200)


def _join(request: HttpRequest, secret: str, form: AcceptForm | None) -> HttpResponse:
    given: dict[str, Any] = form.cleaned_data if form else {"name": "", "password": None}
    user = services.accept_invitation(
        secret=secret, name=given["name"], password=given["password"], at=timezone.now()
    )
    if form is None:
        # A link alone must not open the account of somebody who already has a password.
        messages.success(request, _("You have joined. Sign in to go on."))
        return redirect("account_login")
    return perform_login(request, Login(user=user, redirect_url=reverse("choose_organisation")))


@public_page
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language: on the account of a signed-in person, in a cookie before sign-in."""
    language = services.known_language(request.POST.get("language", ""))
    target = request.POST.get("next", "/")
    response = redirect(target if services.is_own_address(target, request.get_host()) else "/")
    if request.user.is_authenticated:
        services.change_profile(user=request.user, name=request.user.name, language=language)
    response.set_cookie("django_language", language, max_age=365 * 86400, samesite="Lax")
    return response
