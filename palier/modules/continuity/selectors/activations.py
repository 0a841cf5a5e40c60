"""What is active, what was decided about it, and what each service amounts to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.modes import Place, PlaceKind, Service, modes_of, services
from palier.modules.continuity.enums import ActivationState, OverrideState
from palier.modules.continuity.models import Activation, ActivationStep, ModeOverride
from palier.modules.continuity.rules.plan_document import ActionCard, Notice
from palier.modules.continuity.selectors.preview import minimums_of
from palier.modules.continuity.workflow.activations import ACTIVATION
from palier.modules.estate import public as estate
from palier.modules.staff import public as staff


class ActivationUnknown(NotFound):
    code = "continuity.activation-unknown"
    message = _("This activation does not exist.")


class NothingActive(NotFound):
    code = "continuity.nothing-active"
    message = _("“{plan}” is not active on {scope}. The page of levels in force says what is.")
    status = 422


class OverrideUnknown(NotFound):
    code = "continuity.override-unknown"
    message = _("This override does not exist or is already lifted.")


@dataclass(frozen=True)
class ActivationRow:
    """An activation as lists and the board show it."""

    id: UUID
    reference: str
    plan_code: str
    plan_name: str
    level: str
    level_name: str
    since: datetime
    level_since: datetime
    scope_kind: str
    scope_id: str
    scope_code: str
    scope_label: str
    state: str
    state_label: str
    decided_by: str
    decided_at: datetime
    reason: str
    review_on: date | None
    exercise: bool
    lifted_at: datetime | None

    def review_overdue(self, today: date) -> bool:
        return self.lifted_at is None and self.review_on is not None and self.review_on <= today


@dataclass(frozen=True)
class StepRow:
    """One decision about an activation, with the numbers that were announced."""

    id: UUID
    number: int
    kind: str
    kind_label: str
    level: str
    former_level: str
    decided_by: str
    capacity: str
    recorded_by: str
    via: str
    decided_at: datetime
    recorded_at: datetime
    effective_at: datetime
    reason: str
    review_on: date | None
    preview: Mapping[str, Any]


@dataclass(frozen=True)
class ActivationCard(ActivationRow):
    """An activation with its decisions and what may be done about it."""

    legal_basis: str
    lessons: str
    steps: tuple[StepRow, ...]
    actions: tuple[str, ...]
    levels: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OverrideRow:
    id: UUID
    service: Service
    values: tuple[tuple[str, str], ...]
    scope_kind: str
    scope_label: str
    reason: str
    review_on: date | None
    decided_by: str
    decided_at: datetime
    effective_at: datetime
    lifted_at: datetime | None

    def review_overdue(self, today: date) -> bool:
        return self.lifted_at is None and self.review_on is not None and self.review_on <= today


def _row_fields(one: Activation) -> dict[str, Any]:
    return {
        "id": one.pk,
        "reference": one.reference,
        "plan_code": one.plan.code,
        "plan_name": one.plan.name,
        "level": one.level,
        "level_name": one.level_name,
        "since": one.effective_at,
        "level_since": one.level_since,
        "scope_kind": one.scope_kind,
        "scope_id": one.scope_id,
        "scope_code": one.scope_code,
        "scope_label": one.scope_label,
        "state": one.state,
        "state_label": one.get_state_display(),
        "decided_by": one.decided_by_name,
        "decided_at": one.decided_at,
        "reason": one.reason,
        "review_on": one.review_on,
        "exercise": one.exercise,
        "lifted_at": one.lifted_at,
    }


def _rows(found: Iterable[Activation]) -> tuple[ActivationRow, ...]:
    return tuple(ActivationRow(**_row_fields(one)) for one in found)


def standing_activations(*, actor: Actor) -> tuple[ActivationRow, ...]:
    """Decided and not lifted, exercises too, the strongest first. One query."""
    found = Activation.objects.visible_to(actor).standing().select_related("plan")
    return _rows(found.order_by("exercise", "recorded_at"))


def past_activations(*, actor: Actor, limit: int = 50) -> tuple[ActivationRow, ...]:
    """Lifted, debriefed, closed or dropped, the latest first. One query."""
    found = Activation.objects.visible_to(actor).exclude(
        state__in=[
            ActivationState.PROPOSED,
            ActivationState.DECIDED,
            ActivationState.ACTIVE,
            ActivationState.CHANGED,
        ]
    )
    return _rows(found.select_related("plan").order_by("-lifted_at", "-recorded_at")[:limit])


def proposed_activations(*, actor: Actor) -> tuple[ActivationRow, ...]:
    found = Activation.objects.visible_to(actor).filter(state=ActivationState.PROPOSED)
    return _rows(found.select_related("plan").order_by("recorded_at"))


def activations_in_force(*, at: datetime, known_at: datetime | None = None) -> tuple[ActivationRow, ...]:
    """Levels in force at a time, exercises left out, with the level and review of that time. Two queries."""
    steps: dict[UUID, ActivationStep] = {}
    recorded = ActivationStep.objects.filter(
        activation__exercise=False, effective_at__lte=at, recorded_at__lte=known_at or at
    )
    for step in recorded.select_related("activation__plan", "plan_version").order_by("activation", "number"):
        steps[step.activation_id] = step
    rows = []
    for step in steps.values():
        if step.kind != "lift":
            fields = _row_fields(step.activation)
            level = step.plan_version.document.levels.get(step.level)
            fields |= {"level": step.level, "review_on": step.review_on, "lifted_at": None}
            fields |= {"level_name": level.name if level else step.level}
            rows.append(ActivationRow(**fields))
    return tuple(sorted(rows, key=lambda one: (one.since, one.reference)))


def activation_card(*, activation_id: UUID, actor: Actor) -> ActivationCard:
    """One activation with its decisions. Raises: ActivationUnknown."""
    one = (
        Activation.objects.visible_to(actor)
        .select_related("plan", "plan_version")
        .prefetch_related("steps")
        .filter(pk=activation_id)
        .first()
    )
    if one is None:
        raise ActivationUnknown()
    levels = [(level.code, level.name) for level in one.plan_version.document.ordered_levels()]
    return ActivationCard(
        **_row_fields(one),
        legal_basis=one.legal_basis,
        lessons=one.lessons,
        steps=tuple(_step_row(step) for step in one.steps.all()),
        actions=tuple(ACTIVATION.open_to(one, actor)),
        levels=tuple(levels),
    )


def _step_row(step: ActivationStep) -> StepRow:
    return StepRow(
        id=step.pk,
        number=step.number,
        kind=step.kind,
        kind_label=step.get_kind_display(),
        level=step.level,
        former_level=step.former_level,
        decided_by=step.decided_by_name,
        capacity=step.decided_by_capacity,
        recorded_by=step.recorded_by_name,
        via=step.via,
        decided_at=step.decided_at,
        recorded_at=step.recorded_at,
        effective_at=step.effective_at,
        reason=step.reason,
        review_on=step.review_on,
        preview=step.preview,
    )


def step_row(*, step_id: UUID) -> StepRow:
    """One decision. Raises: ActivationUnknown."""
    return _step_row(_step(step_id))


def _step(step_id: UUID) -> ActivationStep:
    step = ActivationStep.objects.select_related("plan_version", "activation").filter(pk=step_id).first()
    if step is None:
        raise ActivationUnknown()
    return step


def level_cards(*, step_id: UUID) -> tuple[ActionCard, ...]:
    """The action cards that begin with a decision: those that its preview counted, in the plan's order."""
    step = _step(step_id)
    level = step.plan_version.document.levels.get(step.level)
    frozen = set(step.frozen.get("tasks", ()))
    return tuple(card for card in (level.tasks if level else ()) if card.code in frozen)


def level_notices(*, step_id: UUID) -> dict[str, Notice]:
    """What the level of a decision says to tenants, by language."""
    step = _step(step_id)
    level = step.plan_version.document.levels.get(step.level)
    return dict(level.notices) if level and step.kind != "lift" else {}


def frozen_list(*, step_id: UUID, key: str) -> tuple[Any, ...]:
    """The list of one kind of act, as it was when the decision was confirmed. Raises: ActivationUnknown."""
    return tuple(_step(step_id).frozen.get(key, ()))


def overrides_in_force(*, actor: Actor) -> tuple[OverrideRow, ...]:
    """What the crisis cell decided beside the levels, the latest first. One query."""
    found = ModeOverride.objects.visible_to(actor).filter(state=OverrideState.IN_FORCE, exercise=False)
    declared = {one.key: one for one in services()}
    return tuple(_override_row(one, declared[one.service]) for one in found if one.service in declared)


def override_row(*, override_id: UUID, actor: Actor) -> OverrideRow:
    """Raises: OverrideUnknown."""
    one = ModeOverride.objects.visible_to(actor).filter(pk=override_id).first()
    declared = {known.key: known for known in services()}
    if one is None or one.service not in declared:
        raise OverrideUnknown()
    return _override_row(one, declared[one.service])


def _override_row(one: ModeOverride, service: Service) -> OverrideRow:
    values = tuple(
        (str(field.label), str(field.label_of(one.values[field.key])))
        for field in service.fields
        if field.key in one.values
    )
    return OverrideRow(
        one.pk, service, values, one.scope_kind, one.scope_label, one.reason, one.review_on,
        one.decided_by_name, one.decided_at, one.effective_at, one.lifted_at,
    )  # fmt: skip


def status(*, at: datetime, place: Place | None = None, known_at: datetime | None = None) -> dict[str, Any]:
    """What `palier plan status` prints. Units: dates in ISO 8601."""
    shown = place or estate.organisation_place()
    answers = modes_of(None, [shown], at, known_at)
    active = [
        {
            "plan": one.plan_code,
            "level": one.level,
            "scope": scope_text(one),
            "since": one.since.isoformat(),
            "review_on": one.review_on.isoformat() if one.review_on else None,
        }
        for one in activations_in_force(at=at, known_at=known_at)
    ]
    modes = {
        key: {"state": answer.state.value, "fields": answer.mode.plain()}
        for (key, _ref), answer in answers.items()
    }
    return {"activations": active, "modes": modes}


def scope_text(row: ActivationRow) -> str:
    """`organisation`, or `agency:A01` as commands write it."""
    if row.scope_kind == PlaceKind.ORGANISATION:
        return PlaceKind.ORGANISATION.value
    return f"{row.scope_kind}:{row.scope_code or row.scope_id}"


def minimums_in_force(*, place: Place | None, at: datetime) -> tuple[staff.Minimum, ...]:
    """The least staff that the levels in force ask at a place: the most demanding level for each service.

    Registered with `staff`, which asks and imports nothing from here.
    """
    shown = place or estate.organisation_place()
    asked: dict[tuple[str, str], staff.Minimum] = {}
    rows = Activation.objects.standing().real().filter(effective_at__lte=at).select_related("plan_version")
    applying = [one for one in rows if one.scope in shown.scopes]
    dwellings = estate.counts(place=shown).dwellings if applying else 0
    for one in applying:
        level = one.plan_version.document.levels.get(one.level)
        for minimum in minimums_of(level, shown, dwellings):
            known = asked.get((minimum.service, minimum.skill))
            if known is None or minimum.needed > known.needed:
                asked[minimum.service, minimum.skill] = minimum
    return tuple(asked.values())
