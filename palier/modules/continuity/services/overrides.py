"""The crisis cell decides of one service, whatever the levels say: with a reason and a review date."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.events import publish
from palier.kernel.modes import Place, UnknownField, UnknownService, UnknownValue
from palier.kernel.modes import service as declared_service
from palier.modules.continuity.enums import OverrideAction, OverrideState, PlaceKindLabel
from palier.modules.continuity.events import OverrideDecided, OverrideLifted
from palier.modules.continuity.models import ModeChange, ModeOverride
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors.activations import OverrideUnknown
from palier.modules.continuity.selectors.modes import next_sequence
from palier.modules.continuity.selectors.preview import Preview, decidable, preview_override
from palier.modules.continuity.services.activations import (
    Decision,
    PreviewOutdated,
    ReasonMissing,
    ReviewDatePassed,
    take_turn,
)
from palier.modules.continuity.workflow.activations import OVERRIDE


class NotAMode(DomainError):
    code = "continuity.not-a-mode"
    message = _("“{value}” is not possible for {service}. Possible: {known}.")


class NothingChosen(DomainError):
    code = "continuity.nothing-chosen"
    message = _("Choose at least one value to decide.")


class ReviewMissing(DomainError):
    code = "continuity.review-missing"
    message = _("Give a review date: an override is looked at again, it never lifts by itself.")


class ScopeTooNarrow(DomainError):
    code = "continuity.scope-too-narrow"
    message = _("{service} cannot be decided for this kind of place ({kind}). Choose a wider one.")


@transaction.atomic
def override(
    *,
    service: str,
    values: Mapping[str, str],
    scope: Place,
    decision: Decision,
    by: Actor,
    at: datetime,
    fingerprint: str = "",
    effective_at: datetime | None = None,
) -> ModeOverride:
    """Decide some fields of a service's mode on a scope; a former override of the same service there ends.

    Raises: PreviewOutdated, NotAMode, NothingChosen, ReasonMissing, ReviewMissing, ReviewDatePassed,
    ScopeTooNarrow, NotAllowed.
    """
    by.must(Permission.OVERRIDE_DECIDE)
    take_turn()
    if decision.key and (done := ModeOverride.objects.filter(key=decision.key).first()):
        return done
    chosen, begins = checked_values(service, values, scope), max(effective_at or at, at)
    review_on = _review_on(decision, at=begins)
    former = standing_override(service=service, scope=scope)
    _check_fingerprint(fingerprint, override_preview(service=service, values=chosen, scope=scope, at=begins))
    if former is not None:
        _end(former, reason=decision.reason, by=by, at=at, begins=begins)
    decided = ModeOverride.objects.create(
        service=service,
        values=chosen,
        key=decision.key or None,
        scope_kind=scope.kind.value,
        scope_id=scope.id,
        scope_code=scope.code,
        scope_label=str(scope),
        decided_by_id=decision.user_id if decision.name else by.user_id,
        decided_by_name=decision.name or by.name,
        decided_by_capacity=decision.capacity,
        decided_at=decision.at or at,
        recorded_at=at,
        effective_at=begins,
        reason=decision.reason.strip(),
        review_on=review_on,
    )
    _ask(decided, chosen, begins=begins, at=at)
    publish(_news(OverrideDecided, decided, chosen, by=by))
    return decided


@transaction.atomic
def lift_override(
    *, override_id: UUID, reason: str, by: Actor, at: datetime, effective_at: datetime | None = None
) -> ModeOverride:
    """End an override: the levels in force decide again.

    Raises: OverrideUnknown, ReasonMissing, NotAllowed.
    """
    by.must(Permission.OVERRIDE_DECIDE)
    take_turn()
    found = (
        ModeOverride.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(pk=override_id, state=OverrideState.IN_FORCE)
        .first()
    )
    if found is None:
        raise OverrideUnknown()
    if not reason.strip():
        raise ReasonMissing()
    _end(found, reason=reason, by=by, at=at, begins=max(effective_at or at, at))
    publish(_news(OverrideLifted, found, {}, by=by))
    return found


def override_preview(*, service: str, values: Mapping[str, str], scope: Place, at: datetime) -> Preview:
    """Count what an override will do. Raises: NotAMode, NothingChosen, ScopeTooNarrow."""
    chosen = checked_values(service, values, scope)
    former = standing_override(service=service, scope=scope)
    replaced = {"replaced": str(former.pk)} if former else {}
    return preview_override(service=declared_service(service), values=chosen, scope=scope, at=at, **replaced)


def checked_values(service: str, values: Mapping[str, str], scope: Place) -> dict[str, str]:
    """Return the values to decide. Raises: NotAMode, NothingChosen, ScopeTooNarrow."""
    try:
        declared = declared_service(service)
        chosen = declared.checked(values)
    except UnknownService as refused:
        raise NotAMode(value=service, service="palier", known="") from refused
    except UnknownField as refused:
        known = ", ".join(one.key for one in declared.fields)
        raise NotAMode(value=refused.name, service=str(declared.name), known=known) from refused
    except UnknownValue as refused:
        known = ", ".join(one.value for one in declared.field(refused.name).order)
        raise NotAMode(value=refused.value, service=str(declared.name), known=known) from refused
    if not chosen:
        raise NothingChosen()
    if service not in decidable(scope.ref):
        raise ScopeTooNarrow(service=str(declared.name), kind=str(PlaceKindLabel(scope.kind.value).label))
    return chosen


def standing_override(*, service: str, scope: Place) -> ModeOverride | None:
    return ModeOverride.objects.filter(
        service=service,
        scope_kind=scope.kind,
        scope_id=scope.id,
        state=OverrideState.IN_FORCE,
        exercise=False,
    ).first()


def _review_on(decision: Decision, *, at: datetime) -> date:
    if not decision.reason.strip():
        raise ReasonMissing()
    if decision.review_on is None:
        raise ReviewMissing()
    if decision.review_on <= timezone.localdate(at):
        raise ReviewDatePassed(on=timezone.localdate(at))
    return decision.review_on


def _check_fingerprint(fingerprint: str, shown: Preview) -> None:
    if fingerprint and fingerprint != shown.fingerprint:
        raise PreviewOutdated(shown)


def _end(found: ModeOverride, *, reason: str, by: Actor, at: datetime, begins: datetime) -> None:
    OVERRIDE.move(found, OverrideAction.LIFT, by=by, at=at, reason=reason)
    found.lifted_at, found.lifted_by_name, found.lifted_reason = begins, by.name, reason.strip()
    found.save(update_fields=["state", "lifted_at", "lifted_by_name", "lifted_reason"])
    _ask(found, {}, begins=begins, at=at)


def _ask(found: ModeOverride, values: Mapping[str, str], *, begins: datetime, at: datetime) -> None:
    ModeChange.objects.create(
        sequence=next_sequence(),
        service=found.service,
        scope_kind=found.scope_kind,
        scope_id=found.scope_id,
        override=found,
        values=dict(values),
        since=begins,
        effective_at=begins,
        recorded_at=at,
        exercise=found.exercise,
    )


def _news(kind: type, found: ModeOverride, values: Mapping[str, str], *, by: Actor) -> Any:
    return kind(
        override_id=found.pk,
        service=found.service,
        values=dict(values),
        scope_kind=found.scope_kind,
        scope_id=found.scope_id,
        scope_label=found.scope_label,
        effective_at=found.lifted_at or found.effective_at,
        recorded_at=found.recorded_at,
        decided_at=found.decided_at,
        decided_by=found.decided_by_name,
        reason=found.lifted_reason or found.reason,
        review_on=found.review_on,
        exercise=found.exercise,
        via=by.via,
    )
