"""Météo-France's vigilance: what is in force, loading a map, what the colours propose."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act
from palier.modules.continuity.forms.lessons import MapForm, RuleForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import vigilance as selectors
from palier.modules.continuity.selectors.pages import plan_choices
from palier.modules.continuity.services import vigilance as services


@requires(Permission.ACTIVATION_VIEW)
@require_safe
def vigilance(request: OrganisationRequest) -> HttpResponse:
    """What is in force and announced, the rules, and what they proposed."""
    return _page(request)


def _page(
    request: OrganisationRequest, *, map_form: Any = None, rule_form: Any = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        "situation": selectors.situation(at=now, whole=True),
        "rules": selectors.rules(actor=request.actor),
        "proposals": selectors.proposals(actor=request.actor),
        "bulletins": selectors.bulletins(at=now),
        "map_form": map_form or MapForm(),
        "rule_form": rule_form or RuleForm(targets=level_choices(request)),
        "may_load": request.actor.may(Permission.VIGILANCE_LOAD),
        "may_rule": request.actor.may(Permission.VIGILANCE_RULE),
    }
    return render(request, "continuity/vigilance/vigilance.html", context, status=status)


def level_choices(request: OrganisationRequest) -> list[tuple[str, str]]:
    """Each level of each plan in force, as one choice."""
    return [
        (f"{plan.code}:{code}", f"{plan.name} – {code} {name}")
        for plan in plan_choices(actor=request.actor)
        for code, name in plan.levels
    ]


@requires(Permission.VIGILANCE_LOAD)
@require_POST
def receive(request: OrganisationRequest) -> HttpResponse:
    """Read a map and show what it says; nothing is in force yet."""
    form = MapForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            given = {"content": file.read(services.MAX_BYTES + 1), "source": file.name}
            bulletin = services.receive_bulletin(by=request.actor, at=timezone.now(), **given)
            return redirect("continuity:vigilance-bulletin", bulletin.pk)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
    return _page(request, map_form=form, status=422)


@requires(Permission.ACTIVATION_VIEW)
@require_safe
def bulletin(request: OrganisationRequest, bulletin_id: UUID) -> HttpResponse:
    """One map: what it says of our departments, and the button that puts it in force."""
    try:
        line, said = selectors.bulletin_card(bulletin_id, actor=request.actor, at=timezone.now())
    except NotFound as unseen:
        raise Http404 from unseen
    context = {"bulletin": line, "lines": said, "may_load": request.actor.may(Permission.VIGILANCE_LOAD)}
    return render(request, "continuity/vigilance/bulletin.html", context)


@requires(Permission.VIGILANCE_LOAD)
@require_POST
def apply(request: OrganisationRequest, bulletin_id: UUID) -> HttpResponse:
    done = act(request, services.apply_bulletin, bulletin_id=bulletin_id)
    if done and done.is_new:
        said = _("The map is in force: {changes} changes, {proposals} proposals.")
        messages.success(request, str(said).format(changes=done.changes, proposals=done.proposals))
    elif done:
        messages.info(request, str(_("This map was in force already: nothing was done twice.")))
    return redirect("continuity:vigilance")


@requires(Permission.VIGILANCE_RULE)
@require_POST
def new_rule(request: OrganisationRequest) -> HttpResponse:
    form = RuleForm(request.POST, targets=level_choices(request))
    if form.is_valid():
        try:
            services.keep_rule(by=request.actor, at=timezone.now(), **form.rule())
            messages.success(request, str(_("The rule is kept: it proposes, people decide.")))
            return redirect("continuity:vigilance")
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _page(request, rule_form=form, status=422)


@requires(Permission.VIGILANCE_RULE)
@require_POST
def switch_rule(request: OrganisationRequest, rule_id: UUID) -> HttpResponse:
    act(request, services.switch_rule, rule_id=rule_id, active=request.POST.get("active") == "yes")
    return redirect("continuity:vigilance")
