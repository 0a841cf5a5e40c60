"""Levels: what one would do, and deciding it. Every confirmation carries the numbers that were shown."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.models import new_id
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act
from palier.modules.continuity.forms.decisions import (
    ActivationForm,
    ExtensionForm,
    LessonsForm,
    LiftForm,
    ReasonForm,
    first_words,
)
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import activations as selectors
from palier.modules.continuity.selectors import pages, previewing
from palier.modules.continuity.services import activations as services
from palier.modules.continuity.services.activations import PreviewOutdated
from palier.modules.continuity.services.exercises import adopt_activation


@requires(Permission.ACTIVATION_VIEW)
@require_safe
def levels(request: OrganisationRequest) -> HttpResponse:
    """What is in force, proposed and past; the overrides of the crisis cell."""
    today = timezone.localdate()
    standing = selectors.standing_activations(actor=request.actor)
    overrides = selectors.overrides_in_force(actor=request.actor)
    context = {
        "standing": [(row, row.review_overdue(today)) for row in standing],
        "proposed": selectors.proposed_activations(actor=request.actor),
        "past": selectors.past_activations(actor=request.actor),
        "overrides": [(row, row.review_overdue(today)) for row in overrides],
        "may_decide": request.actor.may(Permission.ACTIVATION_DECIDE),
        "may_override": request.actor.may(Permission.OVERRIDE_DECIDE),
    }
    return render(request, "continuity/levels/levels.html", context)


@requires(Permission.ACTIVATION_VIEW)
@require_safe
def activation(request: OrganisationRequest, activation_id: UUID) -> HttpResponse:
    """One activation: its decisions, what was announced, what may be done."""
    card = _card(request, activation_id)
    context = {
        "card": card,
        "overdue": card.review_overdue(timezone.localdate()),
        "lessons_form": LessonsForm(),
        "drop_form": ReasonForm(),
    }
    return render(request, "continuity/levels/activation.html", context)


def _card(request: OrganisationRequest, activation_id: UUID) -> selectors.ActivationCard:
    try:
        return selectors.activation_card(activation_id=activation_id, actor=request.actor)
    except NotFound as unseen:
        raise Http404 from unseen


# Preview, then confirm.


@requires(Permission.ACTIVATION_VIEW)
@require_safe
def preview(request: OrganisationRequest) -> HttpResponse:
    """Choose a plan, a level and a place; see in numbers what would happen; confirm below."""
    try:
        asked = previewing.asked(request.GET, actor=request.actor, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        asked = previewing.nothing_asked(actor=request.actor)
    return _preview_page(request, asked)


def _preview_page(
    request: OrganisationRequest, asked: previewing.Asked, form: Form | None = None, status: int = 200
) -> HttpResponse:
    if form is None and asked.preview is not None:
        first = first_words(request.actor, key=str(new_id())) | {"fingerprint": asked.preview.fingerprint}
        form = ActivationForm(
            initial=first | {"review_on": asked.review_on, "legal_basis": asked.legal_basis}
        )
    context = {
        "asked": asked,
        "shown": asked.preview,
        "form": form,
        "may_decide": request.actor.may(Permission.ACTIVATION_DECIDE),
        "may_propose": request.actor.may(Permission.ACTIVATION_PROPOSE),
    }
    return render(request, "continuity/levels/preview.html", context, status=status)


@requires(Permission.ACTIVATION_DECIDE)
@require_POST
def confirm(request: OrganisationRequest) -> HttpResponse:
    """Activate the level that was previewed, or change to it; new numbers are shown before acting."""
    try:
        asked = previewing.asked(request.POST, actor=request.actor, at=timezone.now())
    except NotFound as unseen:
        raise Http404 from unseen
    form = ActivationForm(request.POST)
    if not form.is_valid():
        return _preview_page(request, asked, form, 422)
    try:
        with transaction.atomic():
            done = _decide(request, asked, form)
    except PreviewOutdated as outdated:
        return _preview_page(request, asked, _renewed(request, form, outdated), 409)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _preview_page(request, asked, form, 422)
    messages.success(request, str(_("Decided. What was announced is under way.")))
    return redirect("continuity:activation", done.pk)


def _decide(request: OrganisationRequest, asked: previewing.Asked, form: ActivationForm) -> Any:
    given: dict[str, Any] = {
        "level": asked.level,
        "decision": form.decision(),
        "by": request.actor,
        "at": timezone.now(),
        "fingerprint": form.cleaned_data["fingerprint"],
        "effective_at": form.cleaned_data["effective_at"],
    }
    if asked.standing_id is not None:
        return services.change_level(activation_id=asked.standing_id, **given)
    activation = services.activate(
        plan_code=asked.plan,
        scope=asked.scope,
        exercise=form.cleaned_data["exercise"],
        proposal_id=asked.proposal_id,
        **given,
    )
    if activation.exercise:
        adopt_activation(activation=activation, by=request.actor, at=timezone.now())
    return activation


def _renewed(request: OrganisationRequest, form: Form, outdated: PreviewOutdated) -> Form:
    """The same words, under the new numbers: confirming again confirms these."""
    words = request.POST.copy()
    words["fingerprint"] = outdated.preview.fingerprint
    renewed = type(form)(words)
    renewed.add_error(None, str(outdated))
    return renewed


@requires(Permission.ACTIVATION_PROPOSE)
@require_POST
def propose(request: OrganisationRequest) -> HttpResponse:
    """Ask those who decide to activate the level that was previewed."""
    try:
        asked = previewing.asked(request.POST, actor=request.actor, at=timezone.now())
    except NotFound as unseen:
        raise Http404 from unseen
    if asked.preview is None:
        return _preview_page(request, asked, status=422)
    decision = services.Decision(reason=request.POST.get("reason", ""))
    said = _("Proposed. Those who decide see it on the page of levels.")
    done = act(
        request, services.propose, said,
        plan_code=asked.plan, level=asked.level, scope=asked.scope, decision=decision,
    )  # fmt: skip
    return redirect("continuity:activation", done.pk) if done else _preview_page(request, asked, status=422)


@requires(Permission.ACTIVATION_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: OrganisationRequest, activation_id: UUID) -> HttpResponse:
    """Say what lifting does, then lift."""
    card = _card(request, activation_id)
    shown = previewing.lift(activation_id=activation_id, actor=request.actor, at=timezone.now())
    first = first_words(request.actor, key=str(new_id())) | {"fingerprint": shown.fingerprint}
    form: Any = LiftForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            _lift(request, activation_id, form)
            messages.success(request, str(_("Lifted. Services work as the other levels ask, or as usual.")))
            return redirect("continuity:activation", activation_id)
        except PreviewOutdated as outdated:
            form, shown = _renewed(request, form, outdated), outdated.preview
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"card": card, "shown": shown, "form": form}
    return render(request, "continuity/levels/lift.html", context, status=422 if form.errors else 200)


def _lift(request: OrganisationRequest, activation_id: UUID, form: LiftForm) -> None:
    with transaction.atomic():
        services.lift(
            activation_id=activation_id,
            decision=form.decision(),
            by=request.actor,
            at=timezone.now(),
            fingerprint=form.cleaned_data["fingerprint"],
            effective_at=form.cleaned_data["effective_at"],
        )


@requires(Permission.ACTIVATION_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: OrganisationRequest, activation_id: UUID) -> HttpResponse:
    """Keep a level and set a later review."""
    card = _card(request, activation_id)
    form = ExtensionForm(request.POST or None, initial=first_words(request.actor, key=str(new_id())))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                given: dict[str, Any] = {
                    "decision": form.decision(),
                    "by": request.actor,
                    "at": timezone.now(),
                }
                services.extend(activation_id=activation_id, **given)
            messages.success(request, str(_("Extended.")))
            return redirect("continuity:activation", activation_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"card": card, "form": form}
    return render(request, "continuity/levels/extend.html", context, status=422 if form.errors else 200)


@requires(Permission.ACTIVATION_DECIDE)
@require_POST
def move(request: OrganisationRequest, activation_id: UUID, action: str) -> HttpResponse:
    """Keep the lessons of an activation, close it, or put a proposal aside."""
    match action:
        case "debrief":
            form = LessonsForm(request.POST)
            if form.is_valid():
                said = _("The lessons are kept.")
                act(request, services.debrief, said, activation_id=activation_id, **form.cleaned_data)
            else:
                messages.error(request, str(_("Write what was learnt.")))
        case "close":
            act(request, services.close, _("Closed."), activation_id=activation_id)
        case "drop":
            reason = request.POST.get("reason", "")
            act(request, services.drop, _("Put aside."), activation_id=activation_id, reason=reason)
        case _:
            raise Http404
    return redirect("continuity:activation", activation_id)


@requires(Permission.ACTIVATION_VIEW)
@require_safe
def modes(request: OrganisationRequest) -> HttpResponse:
    """How each service works at a place at a time, as known then, and what made it so."""
    try:
        asked = previewing.moment_asked(request.GET, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        asked = previewing.moment_asked({}, now=timezone.now())
    rows = pages.answer_rows(place=asked.place, at=asked.at, known_at=asked.known_at)
    context = {
        "asked": asked,
        "rows": rows,
        "links": pages.decisions_linked(rows),
        "may_override": request.actor.may(Permission.OVERRIDE_DECIDE),
    }
    return render(request, "continuity/levels/modes.html", context)
