"""What would become of many tasks: the plans of bulk actions; and the decisions among what was just done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, TextField
from django.db.models.expressions import Value
from django.db.models.functions import Cast, Coalesce, NullIf

from palier.kernel.access import Actor
from palier.kernel.bulk import planned, with_state
from palier.modules.continuity.enums import StepKind
from palier.modules.continuity.models import ActivationStep, Task
from palier.modules.continuity.models.tasks import UNFINISHED

ENDED = "ended"
WAITS = "waits"
NOBODY = "nobody"


def assign_plan(*, owner_name: str, owner_email: str, by: Actor) -> QuerySet:
    """Tasks that would be given to somebody, or back to their role."""
    refused = {ENDED: ~Q(state__in=UNFINISHED)}
    if not owner_name:
        refused[NOBODY] = Q(role="")
    same = Q(owner_name=owner_name, owner_email=owner_email)
    return planned(
        Task.objects.visible_to(by), label="title", now="owner_name", refused=refused, unchanged=same
    )


def assign_states() -> QuerySet:
    return with_state(Task.objects.all(), name="owner_name", email="owner_email", state="state")


def end_plan(*, target: str, may_wait: bool, by: Actor) -> QuerySet:
    """Tasks that would end; one that waits for others ends only by being abandoned."""
    refused = {}
    if not may_wait:
        place = Func(OuterRef("waits_for"), F("code"), function="array_position", output_field=IntegerField())
        others = Task.objects.unfinished().filter(activation=OuterRef("activation_id")).exclude(code="")
        refused[WAITS] = Q(Exists(others.alias(place=place).filter(place__isnull=False)))
    refused[ENDED] = ~Q(state__in=[*UNFINISHED, target])
    return planned(
        Task.objects.visible_to(by), label="title", now=Coalesce(NullIf("owner_name", Value("")), Value("")),
        refused=refused, unchanged=Q(state=target),
    )  # fmt: skip


def end_states() -> QuerySet:
    return with_state(
        Task.objects.all(), state="state", outcome="outcome", ended_at=Cast("ended_at", TextField())
    )


@dataclass(frozen=True)
class DecisionDone:
    """One decision about a level, as « what I just did » shows it. `may_lift`: the activation is still in force."""

    activation_id: UUID
    at: datetime
    who: str
    kind_label: str
    level: str
    scope: str
    exercise: bool
    may_lift: bool


def decisions_done(*, by: Actor, everybody: bool, before: datetime, limit: int) -> list[DecisionDone]:
    """Decisions about levels, newest first. One query."""
    rows = ActivationStep.objects.filter(recorded_at__lt=before).select_related("activation")
    if not everybody:
        rows = rows.filter(decided_by_id=by.user_id)
    return [
        DecisionDone(
            row.activation_id, row.recorded_at, row.recorded_by_name, row.get_kind_display(),
            row.activation.level_name, row.activation.scope_label, row.activation.exercise,
            row.kind != StepKind.LIFT and row.activation.lifted_at is None,
        )
        for row in rows.order_by("-recorded_at")[:limit]
    ]  # fmt: skip
