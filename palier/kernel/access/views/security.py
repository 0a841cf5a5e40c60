"""What protects sign-in here: the roles that must have a second factor, and an administrator's acts on a member."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from palier.kernel.access import requires
from palier.kernel.access.permissions import Permission
from palier.kernel.access.roles import Role
from palier.kernel.accounts import selectors
from palier.kernel.accounts.forms import PolicyForm, ResetForm
from palier.kernel.accounts.services import resets, second_factor, signing
from palier.kernel.errors import DomainError
from palier.kernel.requests import OrganisationRequest


@requires(Permission.MEMBER_VIEW, in_shared_schema=True)
@require_http_methods(["GET", "POST"])
def security(request: OrganisationRequest) -> HttpResponse:
    """The roles that must have a second factor, and who of them has none yet."""
    policy = second_factor.policy_of(request.organisation)
    form = PolicyForm(
        request.POST or None, initial={"roles": policy.forced_roles, "grace_days": policy.grace_days}
    )
    if request.method == "POST" and form.is_valid():
        second_factor.set_policy(
            organisation_id=request.organisation.pk, by=request.actor, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("The rule counts from the next page that each member opens."))
        return redirect("access:security")
    members = [row for row in selectors.members(request.organisation.pk) if row.is_active]
    context = {
        "form": form,
        "policy": policy,
        "may_adjust": request.actor.may(Permission.RIGHT_ADJUST),
        "may_manage": request.actor.may(Permission.MEMBER_MANAGE),
        "without": [
            (row, [Role(role).label for role in row.roles if role in policy.forced_roles])
            for row in members
            if not row.has_second_factor and set(row.roles) & set(policy.forced_roles)
        ],
        "protected": sum(row.has_second_factor for row in members),
        "members": len(members),
    }
    return render(request, "access/security.html", context, status=422 if form.errors else 200)


@requires(Permission.MEMBER_MANAGE, in_shared_schema=True)
@require_POST
def sign_out(request: OrganisationRequest, membership_id: UUID) -> HttpResponse:
    row = _member_or_404(request, membership_id)
    ended = signing.sign_out_member(
        organisation_id=request.organisation.pk,
        membership_id=membership_id,
        by=request.actor,
        at=timezone.now(),
    )
    said = ngettext(
        "%(name)s is signed out: %(number)d session ended.",
        "%(name)s is signed out: %(number)d sessions ended.",
        ended,
    )
    messages.success(request, said % {"name": row.name, "number": ended})
    return redirect("access:member", membership_id)


@requires(Permission.MEMBER_MANAGE, in_shared_schema=True)
@require_http_methods(["GET", "POST"])
def reset_factor(request: OrganisationRequest, membership_id: UUID) -> HttpResponse:
    row = _member_or_404(request, membership_id)
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            resets.ask_reset(
                organisation_id=request.organisation.pk, membership_id=membership_id, by=request.actor,
                at=timezone.now(), **form.cleaned_data,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%s is told by e-mail.") % row.name)
            return redirect("access:member", membership_id)
    context = {
        "form": form,
        "member": row,
        "wait_hours": int(resets.RESET_WAIT.total_seconds() // 3600),
    }
    return render(request, "access/reset_factor.html", context, status=422 if form.errors else 200)


@requires(Permission.MEMBER_MANAGE, in_shared_schema=True)
@require_POST
def stop_reset(request: OrganisationRequest, membership_id: UUID) -> HttpResponse:
    _member_or_404(request, membership_id)
    try:
        resets.stop_reset_as_administrator(
            organisation_id=request.organisation.pk, membership_id=membership_id, by=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The reset is stopped: the second factor stays as it is."))
    return redirect("access:member", membership_id)


def _member_or_404(request: OrganisationRequest, membership_id: UUID) -> selectors.MemberRow:
    row = selectors.member(request.organisation.pk, membership_id)
    if row is None:
        raise Http404
    return row
