"""Plans and their versions. The text of a version never changes once it is submitted."""

from functools import lru_cache

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.kernel.modes import services
from palier.modules.continuity.enums import ApprovalBody, Scenario, VersionState
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.plan_document import PlanDocument
from palier.modules.continuity.rules.plan_reading import read_plan


class PlanQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> "PlanQuerySet":
        return self if actor.may(Permission.PLAN_VIEW) else self.none()


class ContinuityPlan(Record):
    """A plan under one code, through its versions."""

    code = models.TextField(unique=True)
    name = models.TextField()
    scenario = models.TextField(choices=Scenario)
    created_at = models.DateTimeField()

    objects = PlanQuerySet.as_manager()

    class Meta:
        db_table = "continuity_plan"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]{0,39}$"), name="continuity_plan_code_shape"
            ),
            models.CheckConstraint(
                condition=Q(scenario__in=Scenario.values), name="continuity_plan_scenario_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VersionQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> "VersionQuerySet":
        return self if actor.may(Permission.PLAN_VIEW) else self.none()

    def in_force(self) -> "VersionQuerySet":
        return self.filter(state=VersionState.IN_FORCE)


class PlanVersion(Record):
    """One version: its text, as exported, and where it is on its way to being in force."""

    plan = models.ForeignKey(ContinuityPlan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.TextField(choices=VersionState, default=VersionState.DRAFT)
    text = models.TextField()
    sha256 = models.TextField()
    language = models.TextField()
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()
    submitted_at = models.DateTimeField(null=True)
    submitted_by_name = models.TextField(blank=True)
    approval_body = models.TextField(choices=ApprovalBody, blank=True)
    approved_on = models.DateField(null=True)
    approved_by_name = models.TextField(blank=True)
    next_review_on = models.DateField(null=True)
    archived_at = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        db_table = "continuity_plan_version"
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="continuity_version_number_once"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state=VersionState.IN_FORCE),
                name="continuity_one_version_in_force",
                violation_error_message=_("Another version of this plan has just come into force."),
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state__in=[VersionState.DRAFT, VersionState.IN_REVIEW]),
                name="continuity_one_version_being_written",
                violation_error_message=_("Another version of this plan is being written."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=VersionState.values), name="continuity_version_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.IN_FORCE)
                | Q(approved_on__isnull=False, next_review_on__isnull=False) & ~Q(approval_body=""),
                name="continuity_version_in_force_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(next_review_on__isnull=True) | Q(next_review_on__gt=models.F("approved_on")),
                name="continuity_version_review_after_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"

    @property
    def document(self) -> PlanDocument:
        return read_document(self.text)


@lru_cache(maxsize=64)
def read_document(text: str) -> PlanDocument:
    """Read a text that was checked when it was imported.

    Raises: ValueError if a service or a value has since been withdrawn from the declarations.
    """
    reading = read_plan(text, services())
    if reading.document is None:
        raise ValueError("; ".join(str(problem) for problem in reading.problems))
    return reading.document
