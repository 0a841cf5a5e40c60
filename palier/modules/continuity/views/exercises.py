"""Exercises: prepare, start on a preview, play, observe, end, conclude; and “this is real”."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.models import new_id
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.continuity.forms.lessons import (
    ConclusionForm,
    ExerciseForm,
    ExerciseTargetForm,
    ObservationForm,
)
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import exercises as selectors
from palier.modules.continuity.selectors.pages import card_rows, plan_choices, scope_groups, scope_of
from palier.modules.continuity.services import exercises as services
from palier.modules.continuity.services.activations import PreviewOutdated
from palier.modules.continuity.services.templates import script_for
from palier.modules.continuity.views.vigilance import level_choices
from palier.modules.estate import public as estate

#: The level that is played most: the scripts are written for it.
PLAYED = "2"


@requires(Permission.ACTIVATION_VIEW)
@require_safe
def exercises(request: OrganisationRequest) -> HttpResponse:
    context = {
        "exercises": selectors.exercises(actor=request.actor),
        "may_run": request.actor.may(Permission.EXERCISE_RUN),
    }
    return render(request, "continuity/exercises/exercises.html", context)


@requires(Permission.EXERCISE_RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: OrganisationRequest) -> HttpResponse:
    """Prepare an exercise: the level and the place, then the words and the script."""
    targets = level_choices(request)
    where = _target_form(request, targets)
    form = ExerciseForm(request.POST or None, initial=_first_words(request))
    if request.method == "POST" and form.is_valid() and where.is_valid():
        plan, _separator, level = where.cleaned_data["target"].partition(":")
        try:
            scope = scope_of(where.cleaned_data["scope"])
            given: dict[str, Any] = {"plan_code": plan, "level": level, "scope": scope, **form.cleaned_data}
            made = services.prepare(by=request.actor, at=timezone.now(), **given)
            return redirect("continuity:exercise", made.pk)
        except DomainError as refusal:
            form.add_error("script" if isinstance(refusal, services.ScriptWrong) else None, str(refusal))
    context = {"form": form, "where": where, "targets": targets, "scripts": _scripts(request)}
    status = 422 if form.errors or where.errors else 200
    return render(request, "continuity/exercises/new.html", context, status=status)


def _scripts(request: OrganisationRequest) -> list[tuple[str, str]]:
    """The plans in force that come with a script: (what the address asks, name of the plan)."""
    found = []
    for plan in plan_choices(actor=request.actor):
        levels = dict(plan.levels)
        if levels and script_for(plan.code, "fr"):
            level = PLAYED if PLAYED in levels else next(iter(levels))
            found.append((f"{plan.code}:{level}", plan.name))
    return found


def _target_form(request: OrganisationRequest, targets: list[tuple[str, str]]) -> ExerciseTargetForm:
    groups = scope_groups(estate.organisation_place())
    scopes = [(one.label, list(one.choices)) if one.label else one.choices[0] for one in groups]
    asked = request.GET.get("target", "")
    return ExerciseTargetForm(
        request.POST or None, targets=targets, scopes=scopes, initial={"target": asked, "scope": ""}
    )


def _first_words(request: OrganisationRequest) -> dict[str, str]:
    """A script to begin from, for the plan that is asked."""
    plan = request.GET.get("target", "").partition(":")[0]
    return {"animator_name": request.actor.name, "script": script_for(plan, get_language() or "fr")}


@requires(Permission.ACTIVATION_VIEW)
@require_safe
def exercise(request: OrganisationRequest, exercise_id: UUID) -> HttpResponse:
    """The board of an exercise, in its own dress."""
    return _page(request, exercise_id)


def _page(request: OrganisationRequest, exercise_id: UUID, status: int = 200, **forms: Any) -> HttpResponse:
    try:
        card = selectors.exercise_card(exercise_id, actor=request.actor, at=timezone.now())
    except NotFound as unseen:
        raise Http404 from unseen
    may = request.actor.may
    context = {
        "card": card,
        "may_run": may(Permission.EXERCISE_RUN),
        "may_start": may(Permission.EXERCISE_RUN) and may(Permission.ACTIVATION_DECIDE),
        "may_observe": may(Permission.EXERCISE_OBSERVE),
        "may_review": may(Permission.REVIEW_WRITE),
        "note_form": forms.get("note_form") or ObservationForm(),
        "conclusion_form": forms.get("conclusion_form") or ConclusionForm(),
    }
    return render(request, "continuity/exercises/exercise.html", context, status=status)


@requires(Permission.EXERCISE_RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: OrganisationRequest, exercise_id: UUID) -> HttpResponse:
    """Change a prepared exercise and its script."""
    try:
        card = selectors.exercise_card(exercise_id, actor=request.actor, at=timezone.now())
    except NotFound as unseen:
        raise Http404 from unseen
    first = {
        "title": card.title,
        "objectives": card.objectives,
        "animator_name": card.animator,
        "planned_at": card.planned_at,
        "clock": card.clock,
        "script": card.script,
    }
    form = ExerciseForm(request.POST or None, initial=first)
    if request.method == "POST" and act_of_form(request, form, services.rewrite, exercise_id=exercise_id):
        return redirect("continuity:exercise", exercise_id)
    status = 422 if form.errors else 200
    return render(request, "continuity/exercises/edit.html", {"card": card, "form": form}, status=status)


@requires(Permission.EXERCISE_RUN, Permission.ACTIVATION_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: OrganisationRequest, exercise_id: UUID) -> HttpResponse:
    """Show in numbers what the exercise will do, then begin."""
    try:
        card = selectors.exercise_card(exercise_id, actor=request.actor, at=timezone.now())
    except NotFound as unseen:
        raise Http404 from unseen
    status, refused = 200, ""
    if request.method == "POST":
        try:
            _start(request, exercise_id)
            messages.success(request, str(_("The exercise has begun. The cell is called, for the exercise.")))
            return redirect("continuity:exercise", exercise_id)
        except PreviewOutdated as outdated:
            status, refused = 409, str(outdated)
        except DomainError as refusal:
            status, refused = 422, str(refusal)
    context = {"card": card, "refused": refused, "key": str(new_id()), **_shown(request, exercise_id)}
    return render(request, "continuity/exercises/start.html", context, status=status)


def _start(request: OrganisationRequest, exercise_id: UUID) -> None:
    with transaction.atomic():
        services.start(
            exercise_id=exercise_id,
            by=request.actor,
            at=timezone.now(),
            fingerprint=request.POST.get("fingerprint", ""),
            key=request.POST.get("key", ""),
        )


def _shown(request: OrganisationRequest, exercise_id: UUID) -> dict[str, Any]:
    """The preview, or why there is none: a plan may have been put away since."""
    try:
        shown, level = selectors.preview_of(exercise_id, actor=request.actor, at=timezone.now())
    except DomainError as refusal:
        return {"shown": None, "impossible": str(refusal)}
    return {"shown": shown, "cards": card_rows(shown.cards, level)}


@requires(Permission.EXERCISE_RUN)
@require_POST
def move(request: OrganisationRequest, exercise_id: UUID, action: str) -> HttpResponse:
    """End it, cancel it, conclude it."""
    match action:
        case "end":
            act(request, services.end, _("The exercise is over."), exercise_id=exercise_id)
        case "cancel":
            act(request, services.cancel, _("The exercise is cancelled."), exercise_id=exercise_id)
        case "assess":
            form = ConclusionForm(request.POST)
            done = act_of_form(request, form, services.assess, exercise_id=exercise_id)
            if done is None:
                return _page(request, exercise_id, 422, conclusion_form=form)
        case _:
            raise Http404
    return redirect("continuity:exercise", exercise_id)


@requires(Permission.EXERCISE_RUN)
@require_POST
def this_is_real(request: OrganisationRequest, exercise_id: UUID) -> HttpResponse:
    """One press: the exercise stops, the cell is told, and the real level is one confirmation away."""
    done = act(request, services.stop_for_real, exercise_id=exercise_id)
    if done is None:
        return redirect("continuity:exercise", exercise_id)
    said = _("The exercise is stopped and the cell knows that this is real. Preview the level, then confirm.")
    messages.warning(request, str(said))
    asked = {"plan": done.plan_code, "level": done.level}
    if done.scope_kind != "organisation":
        asked["scope"] = f"{done.scope_kind}:{done.scope_code or done.scope_id}"
    return redirect(f"{reverse('continuity:preview')}?{urlencode(asked)}")


@requires(Permission.EXERCISE_RUN)
@require_POST
def inject(request: OrganisationRequest, exercise_id: UUID, inject_id: UUID, action: str) -> HttpResponse:
    """Announce an event, leave it out, or say that the cell has answered it."""
    service = {"play": services.play, "skip": services.skip, "answered": services.answered}.get(action)
    if service is None:
        raise Http404
    act(request, service, inject_id=inject_id)
    return redirect(f"{reverse('continuity:exercise', args=[exercise_id])}#script")


@requires(Permission.EXERCISE_OBSERVE)
@require_POST
def observe(request: OrganisationRequest, exercise_id: UUID) -> HttpResponse:
    form = ObservationForm(request.POST)
    if act_of_form(request, form, services.observe, exercise_id=exercise_id) is None:
        return _page(request, exercise_id, 422, note_form=form)
    return redirect(f"{reverse('continuity:exercise', args=[exercise_id])}#notes")
