"""What was decided, and what it asks of each service from when: the tables that `mode_of` answers from."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.kernel.places import PlaceKind, PlaceRef
from palier.modules.continuity.enums import ActivationState, OverrideState, PlaceKindLabel, StepKind
from palier.modules.continuity.models.plans import ContinuityPlan, PlanVersion
from palier.modules.continuity.permissions import Permission

STANDING = (ActivationState.DECIDED, ActivationState.ACTIVE, ActivationState.CHANGED)


class Scoped(models.Model):
    """Where a decision applies. The label is the one of the day of the decision."""

    scope_kind = models.TextField(choices=PlaceKindLabel)
    scope_id = models.TextField(blank=True)
    scope_code = models.TextField(blank=True)
    scope_label = models.TextField()

    class Meta:
        abstract = True

    @property
    def scope(self) -> PlaceRef:
        return PlaceRef(PlaceKind(self.scope_kind), self.scope_id)


class Decided(models.Model):
    """Who decided, in what capacity, when, and when it was recorded here."""

    decided_by_id = models.UUIDField(null=True)
    decided_by_name = models.TextField()
    decided_by_capacity = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    reason = models.TextField()
    review_on = models.DateField(null=True)

    class Meta:
        abstract = True


class ActivationQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> "ActivationQuerySet":
        return self if actor.may(Permission.ACTIVATION_VIEW) else self.none()

    def standing(self) -> "ActivationQuerySet":
        """Decided and not lifted, begun or not."""
        return self.filter(state__in=STANDING)

    def real(self) -> "ActivationQuerySet":
        return self.filter(exercise=False)


class Activation(Record, Scoped, Decided):
    """A level of a plan in force on a scope, from its proposal to its last lesson.

    The decision's fields are those of the first decision; each later one is a step.
    """

    reference = models.TextField(unique=True)
    plan = models.ForeignKey(ContinuityPlan, models.PROTECT, related_name="activations")
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    level = models.TextField()
    level_name = models.TextField()
    level_since = models.DateTimeField()
    state = models.TextField(choices=ActivationState)
    legal_basis = models.TextField(blank=True)
    exercise = models.BooleanField(default=False)
    lifted_at = models.DateTimeField(null=True)
    lessons = models.TextField(blank=True)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        db_table = "continuity_activation"
        ordering = ["-recorded_at"]
        indexes = [models.Index(fields=["state", "-recorded_at"], name="continuity_activation_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "scope_kind", "scope_id", "exercise"],
                condition=Q(state__in=STANDING),
                name="continuity_one_activation_by_scope",
                violation_error_message=_("This plan is already active there. Change its level instead."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ActivationState.values), name="continuity_activation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(effective_at__gte=F("recorded_at")),
                name="continuity_activation_not_before_recorded",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=STANDING) | Q(review_on__isnull=False),
                name="continuity_activation_has_review",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=[ActivationState.LIFTED, ActivationState.DEBRIEFED, ActivationState.CLOSED]
                )
                | Q(lifted_at__isnull=False),
                name="continuity_lifted_has_time",
            ),
            models.CheckConstraint(
                condition=Q(scope_kind__in=PlaceKindLabel.values), name="continuity_activation_scope_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="continuity_activation_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.plan.name} {self.level}"


class ActivationStep(Record, Decided):
    """One decision about an activation, with the numbers that were shown and the lists they counted.

    `preview` is what was announced; `frozen` holds, by kind of act, the list that its job acts on.
    """

    activation = models.ForeignKey(Activation, models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    kind = models.TextField(choices=StepKind)
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    level = models.TextField()
    former_level = models.TextField(blank=True)
    via = models.TextField()
    recorded_by_name = models.TextField()
    fingerprint = models.TextField(blank=True)
    key = models.TextField(null=True, unique=True)
    preview = models.JSONField(default=dict)
    frozen = models.JSONField(default=dict)

    class Meta:
        db_table = "continuity_activation_step"
        ordering = ["activation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["activation", "number"], name="continuity_step_number_once"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="continuity_step_kind_known"),
            models.CheckConstraint(
                condition=Q(effective_at__gte=F("recorded_at")), name="continuity_step_not_before_recorded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activation_id} {self.number} {self.kind}"


class ModeOverride(Record, Scoped, Decided):
    """What the crisis cell decides of one service somewhere, whatever the levels say, until it lifts it."""

    service = models.TextField()
    values = models.JSONField()
    state = models.TextField(choices=OverrideState, default=OverrideState.IN_FORCE)
    exercise = models.BooleanField(default=False)
    key = models.TextField(null=True, unique=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_name = models.TextField(blank=True)
    lifted_reason = models.TextField(blank=True)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        db_table = "continuity_mode_override"
        ordering = ["-recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_on__isnull=False) & ~Q(reason=""),
                name="continuity_override_has_reason_and_review",
                violation_error_message=_("An override needs a reason and a review date."),
            ),
            models.CheckConstraint(
                condition=Q(effective_at__gte=F("recorded_at")),
                name="continuity_override_not_before_recorded",
            ),
            models.CheckConstraint(
                condition=Q(state=OverrideState.IN_FORCE, lifted_at__isnull=True)
                | Q(state=OverrideState.LIFTED, lifted_at__isnull=False),
                name="continuity_override_lifted_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.scope_label}"


class ModeChange(Record):
    """From `effective_at`, what one source asks of one service on one scope. Written once, never changed.

    `values` is partial; empty, the source asks nothing of the service any more. `sequence` is the order of
    recording: what is recorded later replaces, from its beginning, what the same source recorded earlier.
    `since` is when the source began to ask for these values: a change of level that keeps them keeps it.
    """

    sequence = models.BigIntegerField(unique=True)
    service = models.TextField()
    scope_kind = models.TextField(choices=PlaceKindLabel)
    scope_id = models.TextField(blank=True)
    activation = models.ForeignKey(Activation, models.PROTECT, null=True, related_name="mode_changes")
    step = models.ForeignKey(ActivationStep, models.PROTECT, null=True, related_name="+")
    override = models.ForeignKey(ModeOverride, models.PROTECT, null=True, related_name="mode_changes")
    values = models.JSONField()
    since = models.DateTimeField()
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    exercise = models.BooleanField(default=False)

    class Meta:
        db_table = "continuity_mode_change"
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["scope_kind", "scope_id", "service"], name="continuity_change_scope"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_at__gte=F("recorded_at")), name="continuity_change_not_before_recorded"
            ),
            models.CheckConstraint(
                condition=Q(activation__isnull=False, override__isnull=True)
                | Q(activation__isnull=True, override__isnull=False),
                name="continuity_change_has_one_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.service} {self.values}"
