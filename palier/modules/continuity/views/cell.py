"""The crisis cell: its members, who is on duty, the call-out and its answers; the page of the link."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import bind_actor, public_page, requires, system_actor
from palier.kernel.errors import DomainError
from palier.kernel.organisations.current import open_organisation
from palier.kernel.organisations.models import Organisation
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.continuity.enums import AnswerVia
from palier.modules.continuity.forms.crisis import CallOutForm, HandOverForm, MemberForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import cell as selectors
from palier.modules.continuity.services import call_out as call_outs
from palier.modules.continuity.services import cell as services


@requires(Permission.CELL_READ)
@require_safe
def cell(request: OrganisationRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "roles": selectors.role_lines(),
        "call": selectors.latest_call_out(at=now),
        "cells": selectors.cells(actor=request.actor, at=now),
        "without_deputy": selectors.roles_without_deputy(),
        "may_manage": request.actor.may(Permission.CELL_MANAGE),
        "central": selectors.central_cell(),
    }
    return render(request, "continuity/cell/cell.html", context)


@requires(Permission.CELL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_member(request: OrganisationRequest) -> HttpResponse:
    form = MemberForm(
        request.POST or None,
        initial={"role": request.GET.get("role", ""), "seat": request.GET.get("seat", "")},
    )
    if request.method == "POST" and act_of_form(request, form, services.appoint_member) is not None:
        return redirect("continuity:cell")
    context = {"form": form, "title": _("Appoint a member"), "back": "continuity:cell"}
    return render(request, "continuity/cell/form.html", context, status=422 if form.errors else 200)


@requires(Permission.CELL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: OrganisationRequest, member_id: UUID) -> HttpResponse:
    form = HandOverForm(request.POST or None)
    member = next((one for one in selectors.central_members() if one.id == member_id), None)
    if member is None:
        raise Http404
    if (
        request.method == "POST"
        and act_of_form(request, form, services.hand_over, member_id=member_id) is not None
    ):
        return redirect("continuity:cell")
    context = {"form": form, "member": member}
    return render(request, "continuity/cell/hand_over.html", context, status=422 if form.errors else 200)


@requires(Permission.CELL_MANAGE)
@require_POST
def end_member(request: OrganisationRequest, member_id: UUID) -> HttpResponse:
    member = act(request, services.end_member, _("This seat is ended."), member_id=member_id)
    if member is not None and member.cell.kind == "territorial":
        return redirect("continuity:territorial", member.cell_id)
    return redirect("continuity:cell")


@requires(Permission.CELL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_call_out(request: OrganisationRequest) -> HttpResponse:
    form = CallOutForm(request.POST or None)
    if request.method == "POST":
        call = act_of_form(request, form, call_outs.call_out)
        if call is not None:
            return redirect("continuity:call-out", call.pk)
    members = [one for one in selectors.central_members() if one.on_duty]
    context = {"form": form, "members": members}
    return render(request, "continuity/cell/new_call_out.html", context, status=422 if form.errors else 200)


@requires(Permission.CELL_READ)
@require_safe
def call_out(request: OrganisationRequest, call_out_id: UUID) -> HttpResponse:
    """The phone list of a call-out: whom to telephone now, who has answered and when."""
    card = selectors.call_out_of(call_out_id, at=timezone.now())
    if card is None:
        raise Http404
    context = {"call": card, "may_manage": request.actor.may(Permission.CELL_MANAGE)}
    template = "continuity/cell/_call_out.html" if request.htmx else "continuity/cell/call_out.html"
    response = render(request, template, context)
    patch_cache_control(response, no_store=True)
    return response


@requires(Permission.CELL_MANAGE)
@require_POST
def answer(request: OrganisationRequest, call_out_id: UUID, answer_id: UUID) -> HttpResponse:
    via = AnswerVia.PHONE if request.POST.get("via") == AnswerVia.PHONE else AnswerVia.SCREEN
    act(request, call_outs.record_answer, answer_id=answer_id, via=via)
    return redirect("continuity:call-out", call_out_id)


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: OrganisationRequest, token: str) -> HttpResponse:
    """The page of the link: one button. Only a POST answers, so that a mail scanner that opens links does
    not.
    """
    now = timezone.now()
    try:
        slug = call_outs.read_link(token)["organisation"]
        with open_organisation(slug) as organisation:
            bind_actor(system_actor("call-out link"), read_only=request.method != "POST")
            if request.method == "POST":
                found = call_outs.acknowledge_link(token=token, at=now)
            else:
                found = call_outs.answer_of_link(token, at=now)
            context = _link_context(found, organisation)
    except (DomainError, Organisation.DoesNotExist) as refusal:
        text = str(refusal) if isinstance(refusal, DomainError) else str(call_outs.LinkRefused())
        return render(request, "continuity/cell/link_refused.html", {"refusal": text}, status=410)
    response = render(request, "continuity/cell/acknowledge.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _link_context(found: Any, organisation: Organisation) -> dict[str, object]:
    call = found.call_out
    return {
        "name": found.name,
        "role": found.get_role_display(),
        "answered_at": found.answered_at,
        "reason": call.reason,
        "called_at": call.called_at,
        "exercise": call.exercise,
        "landlord": organisation.name,
        "phone": organisation.phone,
    }
