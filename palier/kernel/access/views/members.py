"""Members, invitations and « Qui peut quoi ». They run in the shared schema, without the organisation's role."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from palier.kernel.access import requires
from palier.kernel.access.permissions import Permission
from palier.kernel.access.roles import Role
from palier.kernel.accounts import selectors, services
from palier.kernel.accounts.forms import InviteForm, MemberForm
from palier.kernel.errors import DomainError
from palier.kernel.requests import OrganisationRequest


@requires(Permission.MEMBER_VIEW, in_shared_schema=True)
def members(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation.pk
    now = timezone.now()
    context = {
        "members": selectors.members(organisation),
        "invitations": [(one, one.is_open(now)) for one in selectors.open_invitations(organisation)],
        "changes": selectors.recent_changes(organisation),
        "may_manage": request.actor.may(Permission.MEMBER_MANAGE),
    }
    return render(request, "access/members.html", context)


@requires(Permission.MEMBER_MANAGE, in_shared_schema=True)
@require_http_methods(["GET", "POST"])
def invite(request: OrganisationRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(
                organisation_id=request.organisation.pk,
                by=request.actor,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The invitation is on its way to %s.") % form.cleaned_data["email"])
            return redirect("access:members")
    return render(request, "access/invite.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.MEMBER_MANAGE, in_shared_schema=True)
@require_POST
def withdraw(request: OrganisationRequest, invitation_id: UUID) -> HttpResponse:
    if not any(one.pk == invitation_id for one in selectors.open_invitations(request.organisation.pk)):
        raise Http404
    services.withdraw_invitation(
        organisation_id=request.organisation.pk,
        invitation_id=invitation_id,
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(request, _("The invitation is withdrawn: its link no longer works."))
    return redirect("access:members")


@requires(Permission.MEMBER_MANAGE, in_shared_schema=True)
@require_http_methods(["GET", "POST"])
def member(request: OrganisationRequest, membership_id: UUID) -> HttpResponse:
    row = selectors.member(request.organisation.pk, membership_id)
    if row is None:
        raise Http404
    form = MemberForm(request.POST or None, initial={"roles": row.roles, "is_active": row.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_member(
                organisation_id=request.organisation.pk, membership_id=membership_id, by=request.actor,
                at=timezone.now(), **form.cleaned_data,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%s: the change counts from the next page.") % row.name)
            return redirect("access:members")
    context = {
        "form": form,
        "member": row,
        "security": selectors.member_security(row.user_id),
        "is_oneself": row.user_id == request.actor.user_id,
    }
    return render(request, "access/member.html", context, status=422 if form.errors else 200)


@requires(Permission.MEMBER_VIEW, in_shared_schema=True)
def rights(request: OrganisationRequest) -> HttpResponse:
    """Who can do what. One role at a time on the screen: sixteen columns help nobody."""
    shown = request.GET.get("role", Role.DIRECTOR.value)
    if shown not in Role.values:
        raise Http404
    context = {
        "roles": Role.choices,
        "role": Role(shown),
        "modules": selectors.rights_by_module(request.organisation.pk, [Role(shown)]),
        "may_adjust": request.actor.may(Permission.RIGHT_ADJUST),
    }
    return render(request, "access/rights.html", context)


@requires(Permission.RIGHT_ADJUST, in_shared_schema=True)
@require_POST
def adjust(request: OrganisationRequest) -> HttpResponse:
    role, permission = request.POST.get("role", ""), request.POST.get("permission", "")
    try:
        services.adjust_right(
            organisation_id=request.organisation.pk, role=role, permission=permission,
            is_allowed=request.POST.get("allowed") == "yes", by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("access:rights")
    return redirect(f"{request.path.removesuffix('adjust/')}?role={role}#{permission.partition(':')[0]}")
