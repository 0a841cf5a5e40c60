"""Plans: the list, a version level by level, comparing, importing with its errors, approving."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.continuity.enums import VersionAction
from palier.modules.continuity.forms.plans import ApprovalForm, ImportForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.plan_document import IMPACT_MOMENTS
from palier.modules.continuity.selectors import pages
from palier.modules.continuity.selectors import plans as selectors
from palier.modules.continuity.services import plans as services
from palier.modules.continuity.services.templates import plan_template, plan_templates


@requires(Permission.PLAN_VIEW)
@require_safe
def plans(request: OrganisationRequest) -> HttpResponse:
    """List the plans, and those to begin from that the organisation has not taken yet."""
    rows = selectors.plans(actor=request.actor)
    known = {row.code for row in rows}
    offered = plan_templates("en" if get_language() == "en" else "fr")
    today = timezone.localdate()
    context = {
        "rows": [(row, row.review_overdue(today)) for row in rows],
        "templates": [one for one in offered if one.document.code not in known],
        "may_write": request.actor.may(Permission.PLAN_WRITE),
    }
    return render(request, "continuity/plans/plans.html", context)


@requires(Permission.PLAN_VIEW)
@require_safe
def plan(request: OrganisationRequest, code: str) -> HttpResponse:
    """Go to the version in force, or to the newest."""
    try:
        version = selectors.exported(code=code, actor=request.actor)
    except NotFound as unseen:
        raise Http404 from unseen
    return redirect("continuity:version", version.pk)


def _card(request: OrganisationRequest, version_id: UUID) -> selectors.VersionCard:
    try:
        return selectors.version_card(version_id=version_id, actor=request.actor)
    except NotFound as unseen:
        raise Http404 from unseen


def _frame(request: OrganisationRequest, card: selectors.VersionCard, tab: str) -> dict[str, Any]:
    """What every page of a version draws around its subject."""
    return {
        "card": card,
        "tab": tab,
        "levels": list(card.document.ordered_levels()),
        "versions": selectors.versions_of(code=card.plan_code, actor=request.actor),
        "may_preview": request.actor.may(Permission.ACTIVATION_VIEW) and card.state == "in_force",
    }


@requires(Permission.PLAN_VIEW)
@require_safe
def version(request: OrganisationRequest, version_id: UUID) -> HttpResponse:
    """Show a version: what it is for, its levels side by side, its crisis cell."""
    card = _card(request, version_id)
    context = _frame(request, card, "summary") | {
        "grid": selectors.level_grid(card.document),
        "seats": pages.seat_rows(card.document),
        "chapters": selectors.chapter_rows(card.document),
    }
    return render(request, "continuity/plans/version.html", context)


@requires(Permission.PLAN_VIEW)
@require_safe
def level(request: OrganisationRequest, version_id: UUID, code: str) -> HttpResponse:
    """Show one level whole: modes, cards, staff, notices."""
    card = _card(request, version_id)
    shown = card.document.levels.get(code)
    if shown is None:
        raise Http404
    context = _frame(request, card, code) | {
        "level": shown,
        "modes": selectors.level_modes(shown),
        "cards": pages.card_rows(shown.tasks, shown),
        "staff": pages.staff_rows(shown),
        "may_edit": request.actor.may(Permission.PLAN_WRITE) and selectors.is_editable(card),
    }
    return render(request, "continuity/plans/level.html", context)


@requires(Permission.PLAN_VIEW)
@require_safe
def needs(request: OrganisationRequest, version_id: UUID) -> HttpResponse:
    """Show what an interruption of each service costs, and how long it may last."""
    card = _card(request, version_id)
    context = _frame(request, card, "needs") | {
        "needs": selectors.need_rows(card.document),
        "moments": IMPACT_MOMENTS,
    }
    return render(request, "continuity/plans/needs.html", context)


@requires(Permission.PLAN_VIEW)
@require_safe
def compare(request: OrganisationRequest, version_id: UUID) -> HttpResponse:
    """Show what changes from another version, by default the one before."""
    card = _card(request, version_id)
    context = _frame(request, card, "compare")
    others = [one for one in context["versions"] if one.id != card.id]
    before = [one for one in others if one.number < card.number]
    asked = request.GET.get("with", "")
    other = next((one for one in others if str(one.id) == asked), (before or others or [None])[0])
    differences: tuple[Any, ...] = ()
    if other is not None:
        differences = selectors.differences(version_id=card.id, other_id=other.id, actor=request.actor)
    context |= {"others": others, "other": other, "differences": differences}
    return render(request, "continuity/plans/compare.html", context)


@requires(Permission.PLAN_VIEW)
@require_safe
def export(request: OrganisationRequest, version_id: UUID) -> HttpResponse:
    """Hand over the file of a version."""
    card = _card(request, version_id)
    response = HttpResponse(card.text, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{card.plan_code}-v{card.number}.toml"'
    return response


@requires(Permission.PLAN_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_plan(request: OrganisationRequest) -> HttpResponse:
    """Read a plan's file; say every error by table, key and line, or show the draft."""
    posted = request.method == "POST"
    form = ImportForm(request.POST if posted else None, request.FILES if posted else None)
    problems: tuple = ()
    if posted and form.is_valid():
        try:
            done = _imported(request, form)
        except services.PlanRefused as refused:
            problems, done = refused.problems, None
            form.add_error(None, str(refused))
        if done is not None:
            return redirect("continuity:version", done.pk)
    context = {"form": form, "problems": problems}
    return render(request, "continuity/plans/import.html", context, status=422 if form.errors else 200)


def _imported(request: OrganisationRequest, form: ImportForm) -> Any:
    """Raises: PlanRefused. Another refusal becomes a message and gives None."""
    content = form.content()
    services.checked_document(content)
    note = form.cleaned_data["note"]
    return act(request, services.import_plan, _("The plan is imported."), content=content, note=note)


@requires(Permission.PLAN_WRITE)
@require_POST
def take_template(request: OrganisationRequest, key: str) -> HttpResponse:
    """Make one of the plans that come with Palier a draft of this organisation."""
    try:
        template = plan_template(key)
    except NotFound as unseen:
        raise Http404 from unseen
    said = _("This draft is yours: read it, adapt it, then submit it.")
    done = act(request, services.import_plan, said, content=template.text)
    return redirect("continuity:version", done.pk) if done else redirect("continuity:plans")


@requires(Permission.PLAN_VIEW)
@require_POST
def move(request: OrganisationRequest, version_id: UUID, action: str) -> HttpResponse:
    """Submit a version, return it to draft, or archive it; rights are those of each step."""
    match action:
        case VersionAction.SUBMIT:
            act(request, services.submit, _("The version is in review."), version_id=version_id)
        case VersionAction.RETURN:
            act(request, services.return_to_draft, _("It may be rewritten."), version_id=version_id)
        case VersionAction.ARCHIVE:
            act(request, services.archive, _("The version is archived."), version_id=version_id)
        case _:
            raise Http404
    return redirect("continuity:version", version_id)


@requires(Permission.PLAN_APPROVE)
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: OrganisationRequest, version_id: UUID) -> HttpResponse:
    """Bring a version into force, with who approved it and when it is reviewed."""
    card = _card(request, version_id)
    today = timezone.localdate()
    first = {"approved_by_name": request.actor.name, "approved_on": today, "body": "director"}
    form = ApprovalForm(
        request.POST or None, initial=first | {"next_review_on": services.latest_review(today)}
    )
    if request.method == "POST" and act_of_form(request, form, services.approve, version_id=version_id):
        messages.success(request, str(_("The plan is in force.")))
        return redirect("continuity:version", version_id)
    context = {"card": card, "form": form}
    return render(request, "continuity/plans/approve.html", context, status=422 if form.errors else 200)
