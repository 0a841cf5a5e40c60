"""Who is called: the segments, who matches each now, and what a change would do before it is kept."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.modules.outreach.forms.segments import (
    NewSegmentForm,
    SegmentForm,
    document_of,
    group_forms,
)
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import segments as selectors
from palier.modules.outreach.selectors.candidates import Change
from palier.modules.outreach.services import segments as services

START = {"any": [{"all": [{"input": "asked"}]}]}
"""The query of a segment just created: who asked to be called, until somebody writes the real one."""


@requires(Permission.CAMPAIGN_VIEW)
def segments(request: OrganisationRequest) -> HttpResponse:
    """Show every segment with its query in words."""
    cards = selectors.segment_cards(actor=request.actor)
    may_change = request.actor.may(Permission.SEGMENT_MANAGE)
    context = {"cards": cards, "may_change": may_change, "new_form": NewSegmentForm() if may_change else None}
    return render(request, "outreach/segments/segments.html", context)


@requires(Permission.SEGMENT_MANAGE)
@require_POST
def install(request: OrganisationRequest) -> HttpResponse:
    """Make the usual segments where there is none."""
    services.ensure_segments(by_name=request.actor.name, at=timezone.now())
    return redirect("outreach:segments")


@requires(Permission.SEGMENT_MANAGE)
@require_POST
def create(request: OrganisationRequest) -> HttpResponse:
    """Add a segment, not in use before its query is written."""
    form = NewSegmentForm(request.POST)
    if form.is_valid():
        try:
            made = services.create_segment(
                **form.cleaned_data, criteria=START, by=request.actor, at=timezone.now()
            )
            return redirect("outreach:change-segment", made.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "cards": selectors.segment_cards(actor=request.actor),
        "may_change": True,
        "new_form": form,
    }
    return render(request, "outreach/segments/segments.html", context, status=422)


@requires(Permission.CAMPAIGN_VIEW)
def segment(request: OrganisationRequest, segment_id: UUID) -> HttpResponse:
    """Show one segment: its query in words, and who matches it now."""
    card = selectors.segment_card(segment_id=segment_id, actor=request.actor)
    matching, people = selectors.who_matches(card, at=timezone.now())
    context = {
        "card": card,
        "matching": matching,
        "people": people,
        "may_change": request.actor.may(Permission.SEGMENT_MANAGE),
        "may_name": request.actor.may("people:person:view"),
    }
    return render(request, "outreach/segments/segment.html", context)


@requires(Permission.SEGMENT_MANAGE)
def change(request: OrganisationRequest, segment_id: UUID) -> HttpResponse:
    """Change a segment: write, look at what it would do, keep."""
    card = selectors.segment_card(segment_id=segment_id, actor=request.actor)
    if request.method == "GET":
        initial = {key: getattr(card, key) for key in ("name", "weight", "cadence_days", "is_active")}
        return _page(
            request,
            card,
            SegmentForm(initial=initial),
            group_forms(None, segment=card.code, kept=card.criteria.groups),
        )
    form, groups = SegmentForm(request.POST), group_forms(request.POST, segment=card.code)
    if "add" in request.POST or not _all_valid(form, groups):
        return _page(request, card, form, groups, status=200 if "add" in request.POST else 422)
    return _previewed_or_kept(request, card, form, groups)


def _all_valid(form: SegmentForm, groups: list[Any]) -> bool:
    return all([form.is_valid(), *(one.is_valid() for one in groups)])


def _previewed_or_kept(
    request: OrganisationRequest, card: selectors.SegmentCard, form: SegmentForm, groups: list[Any]
) -> HttpResponse:
    values, at = {**form.cleaned_data, "criteria": document_of(groups)}, timezone.now()
    asked = {key: values[key] for key in ("criteria", "weight", "cadence_days", "is_active")}
    try:
        if "keep" in request.POST:
            _keep(request, card, values)
            messages.success(request, _("The segment is changed. Campaigns under way keep it as it was."))
            return redirect("outreach:segment", card.id)
        effect = services.effect_of_change(segment_id=card.id, at=at, **asked)
    except services.PreviewOutdated as refusal:
        effect = services.effect_of_change(segment_id=card.id, at=at, **asked)
        return _page(request, card, form, groups, effect=effect, notice=str(refusal), status=409)
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, card, form, groups, status=422)
    return _page(request, card, form, groups, effect=effect)


def _keep(request: OrganisationRequest, card: selectors.SegmentCard, values: dict[str, Any]) -> None:
    version = request.POST.get("version", "")
    services.change_segment(
        segment_id=card.id,
        values=values,
        fingerprint=request.POST.get("fingerprint", ""),
        version=int(version) if version.isdecimal() else 0,
        by=request.actor,
        at=timezone.now(),
    )


def _page(
    request: OrganisationRequest,
    card: selectors.SegmentCard,
    form: SegmentForm,
    groups: list[Any],
    *,
    effect: Change | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "card": card,
        "form": form,
        "groups": groups,
        "effect": effect,
        "entering": selectors.shown(effect.entering_sample) if effect else (),
        "leaving": selectors.shown(effect.leaving_sample) if effect else (),
        "notice": notice,
    }
    return render(request, "outreach/segments/change.html", context, status=status)
