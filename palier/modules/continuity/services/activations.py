"""Deciding: activate a level, change it, extend it, lift it.

Each decision takes the organisation's turn first, so that two people who decide at once decide one after the
other, and the second is shown what the first has changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.events import publish
from palier.kernel.modes import Place
from palier.modules.continuity.enums import ActivationAction, ActivationState, StepKind
from palier.modules.continuity.events import (
    ExerciseActivated,
    ExerciseChanged,
    ExerciseExtended,
    ExerciseLifted,
    LevelActivated,
    LevelChanged,
    LevelDecision,
    LevelExtended,
    LevelLifted,
)
from palier.modules.continuity.models import Activation, ActivationStep, ModeChange
from palier.modules.continuity.models.activations import Scoped
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors.activations import ActivationUnknown, NothingActive
from palier.modules.continuity.selectors.modes import next_sequence
from palier.modules.continuity.selectors.plans import level_of, version_in_force
from palier.modules.continuity.selectors.preview import Preview, decidable, preview_level, preview_lift
from palier.modules.continuity.workflow.activations import ACTIVATION
from palier.modules.estate import public as estate


class PreviewOutdated(DomainError):
    code = "continuity.preview-outdated"
    message = _("The numbers have changed since the preview. Read the new ones below, then confirm again.")
    status = 409

    def __init__(self, preview: Preview) -> None:
        super().__init__(fingerprint=preview.fingerprint)
        self.preview = preview


class AlreadyActive(DomainError):
    code = "continuity.already-active"
    message = _("“{plan}” is already active on {scope}, at level {level}. Change its level instead.")


class SameLevel(DomainError):
    code = "continuity.same-level"
    message = _("“{plan}” is already at level {level} there. Choose another level, or extend it.")


class ReasonMissing(DomainError):
    code = "continuity.reason-missing"
    message = _("Say why: the reason is part of the decision.")


class ReviewDatePassed(DomainError):
    code = "continuity.review-date-passed"
    message = _("The review date must come after {on}. Choose a later date.")


class ReviewNotLater(DomainError):
    code = "continuity.review-not-later"
    message = _("The review was already set for {on}. Extending means choosing a later date.")


class DecisionAhead(DomainError):
    code = "continuity.decision-ahead"
    message = _("A decision cannot have been taken after the moment it is recorded.")


@dataclass(frozen=True)
class Decision:
    """Who decided and why. `at`: when, if earlier than its recording; `key` names one click."""

    reason: str
    name: str = ""
    user_id: UUID | None = None
    capacity: str = ""
    at: datetime | None = None
    review_on: date | None = None
    legal_basis: str = ""
    key: str = ""


DECIDED_ANEW = ("decided_by_id", "decided_by_name", "decided_by_capacity", "decided_at")


@transaction.atomic
def activate(
    *,
    plan_code: str,
    level: str,
    scope: Place,
    decision: Decision,
    by: Actor,
    at: datetime,
    fingerprint: str = "",
    effective_at: datetime | None = None,
    exercise: bool = False,
    proposal_id: UUID | None = None,
) -> Activation:
    """Put a level in force on a scope. `fingerprint`: that of the preview that was confirmed.

    Raises: PreviewOutdated, AlreadyActive, ReasonMissing, ReviewDatePassed, DecisionAhead, PlanUnknown,
    NoPlanInForce, LevelUnknown, NotAllowed.
    Legal: SGDSN, Guide pour réaliser un plan de continuité d'activité (2013), activation of the plan.
    """
    by.must(Permission.ACTIVATION_DECIDE)
    take_turn()
    if done := _already_confirmed(decision.key):
        return done
    version = version_in_force(code=plan_code, actor=by)
    chosen = level_of(version, level)
    begins = max(effective_at or at, at)
    _check_decision(decision, at=at)
    review_on = _review_on(decision.review_on, begins, chosen.review_days)
    standing = _standing_at(version.plan_id, scope, exercise)
    if standing is not None:
        raise AlreadyActive(plan=version.plan.name, scope=str(scope), level=standing.level)
    shown = preview_level(version=version, level=chosen, scope=scope, at=begins)
    _check_fingerprint(fingerprint, shown)
    activation = _proposal(proposal_id, by) or Activation(state=ActivationState.PROPOSED)
    activation.plan, activation.plan_version = version.plan, version
    activation.level, activation.level_name, activation.level_since = chosen.code, chosen.name, begins
    activation.exercise, activation.legal_basis = exercise, decision.legal_basis
    activation.reference = activation.reference or _next_reference(at, exercise)
    _set_scope(activation, scope)
    for field, value in _decided(decision, by=by, at=at, effective_at=begins, review_on=review_on).items():
        setattr(activation, field, value)
    ACTIVATION.move(activation, ActivationAction.DECIDE, by=by, at=at, level=level, reason=decision.reason)
    if begins <= at:
        ACTIVATION.move(activation, ActivationAction.START, by=by, at=at)
    activation.save()
    step = _record_step(activation, StepKind.ACTIVATE, "", decision, shown, by=by, at=at, begins=begins)
    _ask_modes(activation, step, chosen.services)
    publish(_news(LevelActivated, activation, step))
    return activation


@transaction.atomic
def change_level(
    *,
    activation_id: UUID,
    level: str,
    decision: Decision,
    by: Actor,
    at: datetime,
    fingerprint: str = "",
    effective_at: datetime | None = None,
) -> Activation:
    """Move an activation to another level of its plan, as the plan stands today.

    Raises: PreviewOutdated, SameLevel, ReasonMissing, ReviewDatePassed, ActivationUnknown, LevelUnknown,
    TransitionRefused, NotAllowed.
    """
    by.must(Permission.ACTIVATION_DECIDE)
    take_turn()
    if done := _already_confirmed(decision.key):
        return done
    activation = _locked(activation_id, by=by, at=at)
    version = version_in_force(code=activation.plan.code, actor=by)
    chosen, former = level_of(version, level), activation.level
    if level == former:
        raise SameLevel(plan=activation.plan.name, level=level)
    begins = max(effective_at or at, at)
    _check_decision(decision, at=at)
    review_on = _review_on(decision.review_on, begins, chosen.review_days)
    shown = preview_level(
        version=version, level=chosen, scope=place_of(activation), at=begins, activation=activation
    )
    _check_fingerprint(fingerprint, shown)
    ACTIVATION.move(
        activation, ActivationAction.CHANGE, by=by, at=at, former=former, level=level, reason=decision.reason
    )
    activation.plan_version, activation.level, activation.level_name = version, chosen.code, chosen.name
    activation.level_since, activation.review_on = begins, review_on
    # The activation names who decided the level in force; each step keeps who decided it.
    decided = _decided(decision, by=by, at=at, effective_at=begins, review_on=review_on)
    for field in DECIDED_ANEW:
        setattr(activation, field, decided[field])
    columns = ["state", "plan_version", "level", "level_name", "level_since", "review_on", *DECIDED_ANEW]
    activation.save(update_fields=columns)
    step = _record_step(activation, StepKind.CHANGE, former, decision, shown, by=by, at=at, begins=begins)
    _ask_modes(activation, step, chosen.services)
    publish(_news(LevelChanged, activation, step))
    return activation


@transaction.atomic
def extend(*, activation_id: UUID, decision: Decision, by: Actor, at: datetime) -> Activation:
    """Keep a level in force and set a later review.

    Raises: ReviewNotLater, ReviewDatePassed, ReasonMissing, ActivationUnknown, TransitionRefused, NotAllowed.
    """
    by.must(Permission.ACTIVATION_DECIDE)
    take_turn()
    if done := _already_confirmed(decision.key):
        return done
    activation = _locked(activation_id, by=by, at=at)
    _check_decision(decision, at=at)
    days = level_of(activation.plan_version, activation.level).review_days
    review_on = _review_on(decision.review_on, at, days)
    if activation.review_on and review_on <= activation.review_on:
        raise ReviewNotLater(on=activation.review_on)
    ACTIVATION.move(
        activation, ActivationAction.EXTEND, by=by, at=at, review_on=str(review_on), reason=decision.reason
    )
    activation.review_on = review_on
    activation.save(update_fields=["state", "review_on"])
    step = _record_step(
        activation, StepKind.EXTEND, activation.level, decision, None, by=by, at=at, begins=at
    )
    publish(_news(LevelExtended, activation, step))
    return activation


@transaction.atomic
def lift(
    *,
    activation_id: UUID,
    decision: Decision,
    by: Actor,
    at: datetime,
    fingerprint: str = "",
    effective_at: datetime | None = None,
) -> Activation:
    """End an activation: it asks nothing of any service any more; what was planned for later is cancelled.

    Raises: PreviewOutdated, ReasonMissing, ActivationUnknown, TransitionRefused, NotAllowed.
    """
    by.must(Permission.ACTIVATION_DECIDE)
    take_turn()
    if done := _already_confirmed(decision.key):
        return done
    activation = _locked(activation_id, by=by, at=at)
    begins = max(effective_at or at, at)
    _check_decision(decision, at=at)
    shown = preview_lift(activation=activation, scope=place_of(activation), at=begins)
    _check_fingerprint(fingerprint, shown)
    ACTIVATION.move(activation, ActivationAction.LIFT, by=by, at=at, reason=decision.reason)
    activation.lifted_at, activation.review_on = begins, None
    activation.save(update_fields=["state", "lifted_at", "review_on"])
    step = _record_step(
        activation, StepKind.LIFT, activation.level, decision, shown, by=by, at=at, begins=begins
    )
    _ask_modes(activation, step, {})
    publish(_news(LevelLifted, activation, step))
    return activation


# The way before and after.


@transaction.atomic
def propose(
    *,
    plan_code: str,
    level: str,
    scope: Place,
    decision: Decision,
    by: Actor,
    at: datetime,
    exercise: bool = False,
) -> Activation:
    """Ask those who decide to activate a level; nothing changes.

    Raises: PlanUnknown, NoPlanInForce, LevelUnknown, ReasonMissing, NotAllowed.
    """
    by.must(Permission.ACTIVATION_PROPOSE)
    take_turn()
    version = version_in_force(code=plan_code, actor=by)
    chosen = level_of(version, level)
    _check_decision(decision, at=at)
    activation = Activation(
        reference=_next_reference(at, exercise),
        plan=version.plan,
        plan_version=version,
        level=chosen.code,
        level_name=chosen.name,
        level_since=at,
        state=ActivationState.PROPOSED,
        legal_basis=decision.legal_basis,
        exercise=exercise,
        **_decided(decision, by=by, at=at, effective_at=at, review_on=decision.review_on),
    )
    _set_scope(activation, scope)
    activation.save()
    return activation


@transaction.atomic
def drop(*, activation_id: UUID, reason: str, by: Actor, at: datetime) -> Activation:
    """Put a proposal aside. Raises: ActivationUnknown, TransitionRefused, NotAllowed."""
    activation = _locked(activation_id, by=by, at=at)
    ACTIVATION.move(activation, ActivationAction.DROP, by=by, at=at, reason=reason)
    activation.save(update_fields=["state"])
    return activation


@transaction.atomic
def debrief(*, activation_id: UUID, lessons: str, by: Actor, at: datetime) -> Activation:
    """Keep what was learnt (RETEX). Raises: ActivationUnknown, TransitionRefused, NotAllowed."""
    activation = _locked(activation_id, by=by, at=at)
    ACTIVATION.move(activation, ActivationAction.DEBRIEF, by=by, at=at)
    activation.lessons = lessons
    activation.save(update_fields=["state", "lessons"])
    return activation


@transaction.atomic
def close(*, activation_id: UUID, by: Actor, at: datetime) -> Activation:
    """Close a debriefed activation. Raises: ActivationUnknown, TransitionRefused, NotAllowed."""
    activation = _locked(activation_id, by=by, at=at)
    ACTIVATION.move(activation, ActivationAction.CLOSE, by=by, at=at)
    activation.save(update_fields=["state"])
    return activation


@transaction.atomic
def start_due(*, by: Actor, at: datetime) -> int:
    """Mark as active what was decided for a time that has come; modes follow their dates without it."""
    due = Activation.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=ActivationState.DECIDED, effective_at__lte=at
    )
    begun = list(due)
    for activation in begun:
        _start_if_due(activation, by=by, at=at)
    return len(begun)


# What every decision shares.


def take_turn() -> None:
    """Wait for the organisation's turn to decide; held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' continuity.decide', 0))"
        )


def _already_confirmed(key: str) -> Activation | None:
    """A second click carries the key of the first: it finds what the first one did."""
    if not key:
        return None
    step = ActivationStep.objects.select_related("activation__plan").filter(key=key).first()
    return step.activation if step else None


def _check_decision(decision: Decision, *, at: datetime) -> None:
    if not decision.reason.strip():
        raise ReasonMissing()
    if decision.at is not None and decision.at > at:
        raise DecisionAhead()


def _check_fingerprint(fingerprint: str, shown: Preview) -> None:
    if fingerprint and fingerprint != shown.fingerprint:
        raise PreviewOutdated(shown)


def _review_on(asked: date | None, begins: datetime, days: int) -> date:
    """Return the review date, by default so many days after the beginning. Raises: ReviewDatePassed."""
    begins_on = timezone.localdate(begins)
    review_on = asked or begins_on + timedelta(days=days)
    if review_on <= begins_on:
        raise ReviewDatePassed(on=begins_on)
    return review_on


def _standing_at(plan_id: UUID, scope: Place, exercise: bool) -> Activation | None:
    return (
        Activation.objects.standing()
        .filter(plan_id=plan_id, scope_kind=scope.kind, scope_id=scope.id, exercise=exercise)
        .first()
    )


def _locked(activation_id: UUID, *, by: Actor, at: datetime) -> Activation:
    activation = (
        Activation.objects.visible_to(by)
        .select_related("plan", "plan_version__plan")
        .select_for_update(of=("self",))
        .filter(pk=activation_id)
        .first()
    )
    if activation is None:
        raise ActivationUnknown()
    _start_if_due(activation, by=by, at=at)
    return activation


def _start_if_due(activation: Activation, *, by: Actor, at: datetime) -> None:
    if activation.state == ActivationState.DECIDED and activation.effective_at <= at:
        ACTIVATION.move(activation, ActivationAction.START, by=by, at=at)
        activation.save(update_fields=["state"])


def _proposal(proposal_id: UUID | None, by: Actor) -> Activation | None:
    if proposal_id is None:
        return None
    found = Activation.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=proposal_id).first()
    if found is None:
        raise ActivationUnknown()
    return found


def standing_activation(*, plan_code: str, scope: Place, by: Actor, exercise: bool = False) -> Activation:
    """Return what is active of a plan on a scope. Raises: PlanUnknown, NothingActive."""
    version = version_in_force(code=plan_code, actor=by)
    found = _standing_at(version.plan_id, scope, exercise)
    if found is None:
        raise NothingActive(plan=version.plan.name, scope=str(scope))
    return found


def find_standing(*, plan_code: str, scope: Place, exercise: bool = False) -> Activation | None:
    """Return what is active of a plan on a scope, if anything is."""
    return (
        Activation.objects.standing()
        .select_related("plan", "plan_version")
        .filter(plan__code=plan_code, scope_kind=scope.kind, scope_id=scope.id, exercise=exercise)
        .first()
    )


def place_of(activation: Scoped) -> Place:
    """Return the scope as a place that knows what contains it; as it was named, if it has since gone."""
    try:
        return estate.place_of_id(activation.scope_kind, activation.scope_id)
    except estate.PlaceUnknown:
        return Place(
            activation.scope.kind, activation.scope_id, activation.scope_code, activation.scope_label
        )


def _set_scope(record: Any, scope: Place) -> None:
    record.scope_kind, record.scope_id = scope.kind.value, scope.id
    record.scope_code, record.scope_label = scope.code, str(scope)


def _decided(
    decision: Decision, *, by: Actor, at: datetime, effective_at: datetime, review_on: date | None
) -> dict[str, Any]:
    """The columns of `Decided`. Without a named decision-maker, whoever records decides."""
    return {
        "decided_by_id": decision.user_id if decision.name else by.user_id,
        "decided_by_name": decision.name or by.name,
        "decided_by_capacity": decision.capacity,
        "decided_at": decision.at or at,
        "recorded_at": at,
        "effective_at": effective_at,
        "reason": decision.reason.strip(),
        "review_on": review_on,
    }


def _next_reference(at: datetime, exercise: bool) -> str:
    """`2026-003`, or `EX-2026-001` for an exercise: the rank in the year. The caller holds the turn."""
    prefix = f"{'EX-' if exercise else ''}{timezone.localdate(at).year}-"
    return f"{prefix}{Activation.objects.filter(reference__startswith=prefix).count() + 1:03d}"


def _record_step(
    activation: Activation,
    kind: StepKind,
    former: str,
    decision: Decision,
    shown: Preview | None,
    *,
    by: Actor,
    at: datetime,
    begins: datetime,
) -> ActivationStep:
    return ActivationStep.objects.create(
        activation=activation,
        number=activation.steps.count() + 1,
        kind=kind,
        plan_version=activation.plan_version,
        level=activation.level,
        former_level=former,
        via=by.via,
        recorded_by_name=by.name,
        fingerprint=shown.fingerprint if shown else "",
        key=decision.key or None,
        preview=shown.as_json() if shown else {},
        frozen=shown.frozen() if shown else {},
        **_decided(decision, by=by, at=at, effective_at=begins, review_on=activation.review_on),
    )


def _ask_modes(activation: Activation, step: ActivationStep, asked: Mapping[str, Mapping[str, str]]) -> None:
    """Write what the activation asks of each service from now on, and nothing of those it no longer names."""
    reach = decidable(activation.scope)
    wanted = {key: dict(values) for key, values in asked.items() if values and key in reach}
    former = {row.service: row for row in activation.mode_changes.order_by("sequence")}
    for key, row in former.items():
        if row.values:
            wanted.setdefault(key, {})
    first = next_sequence()
    ModeChange.objects.bulk_create(
        ModeChange(
            sequence=first + rank,
            service=key,
            scope_kind=activation.scope_kind,
            scope_id=activation.scope_id,
            activation=activation,
            step=step,
            values=values,
            since=_since(former.get(key), values, step),
            effective_at=step.effective_at,
            recorded_at=step.recorded_at,
            exercise=activation.exercise,
        )
        for rank, (key, values) in enumerate(wanted.items())
    )


def _since(former: ModeChange | None, values: Mapping[str, str], step: ActivationStep) -> datetime:
    """A change of level that keeps a service's mode keeps its clock."""
    return former.since if former is not None and former.values == values else step.effective_at


#: What an exercise says instead of each decision about a level.
_PLAYED: dict[type[LevelDecision], type[LevelDecision]] = {
    LevelActivated: ExerciseActivated,
    LevelChanged: ExerciseChanged,
    LevelExtended: ExerciseExtended,
    LevelLifted: ExerciseLifted,
}


def _news(kind: type[LevelDecision], activation: Activation, step: ActivationStep) -> LevelDecision:
    said = _PLAYED[kind] if activation.exercise else kind
    return said(
        activation_id=activation.pk,
        step_id=step.pk,
        reference=activation.reference,
        plan_code=activation.plan.code,
        plan_name=activation.plan.name,
        level=step.level,
        level_name=activation.level_name,
        former_level=step.former_level,
        scope_kind=activation.scope_kind,
        scope_id=activation.scope_id,
        scope_label=activation.scope_label,
        effective_at=step.effective_at,
        recorded_at=step.recorded_at,
        decided_at=step.decided_at,
        decided_by=step.decided_by_name,
        reason=step.reason,
        review_on=step.review_on,
        exercise=activation.exercise,
        via=step.via,
    )
