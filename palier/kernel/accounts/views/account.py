"""« Mon compte »: name and language, password, second factor, keys, open sessions."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from palier.kernel.access import public_page
from palier.kernel.accounts import own, services
from palier.kernel.accounts.forms import ProfileForm
from palier.kernel.accounts.models import User
from palier.kernel.accounts.services import second_factor, signing
from palier.kernel.errors import NotFound


@public_page
@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        services.change_profile(user=user, **form.cleaned_data)
        messages.success(request, _("Your profile is up to date."))
        return redirect("profile")
    now = timezone.now()
    context = {
        "form": form,
        "factors": own.factors_of(user),
        "sessions": own.sessions_of(user, current_key=request.session.session_key, at=now),
        "identities": own.identities_of(user),
        "asked": second_factor.pending_obligations(user, has_factor=signing.has_factor(request), at=now),
        "has_password": user.has_usable_password(),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@public_page
@login_required
def to_profile(request: HttpRequest, **_ignored: object) -> HttpResponse:
    """Where allauth's own pages lead back to."""
    return redirect("/profile/#second-factor")


@public_page
@login_required
@require_POST
def end_session(request: HttpRequest, public_id: UUID) -> HttpResponse:
    try:
        signing.end_session(user=request.user, public_id=public_id)  # type: ignore[arg-type]
    except NotFound:
        raise Http404 from None
    messages.success(request, _("This session is over: that device is signed out."))
    return redirect("/profile/#sessions")


@public_page
@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    ended = signing.end_other_sessions(user=request.user, kept=request.session.session_key)  # type: ignore[arg-type]
    said = ngettext("%(number)d other session ended.", "%(number)d other sessions ended.", ended)
    messages.success(request, said % {"number": ended})
    return redirect("/profile/#sessions")
