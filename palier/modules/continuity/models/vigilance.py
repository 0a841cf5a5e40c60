"""The vigilance map of Météo-France as it was received, and what each organisation makes of it."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.modules.continuity.enums import Colour, Phenomenon, VigilanceAct
from palier.modules.continuity.models.activations import Activation
from palier.modules.continuity.models.tasks import Task
from palier.modules.continuity.permissions import Permission


class VigilanceQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> "VigilanceQuerySet":
        return self if actor.may(Permission.ACTIVATION_VIEW) else self.none()


class VigilanceBulletin(Record):
    """One map, for the departments of the organisation. `applied_at` empty: received, looked at, not in force."""

    issued_at = models.DateTimeField(unique=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    sha256 = models.TextField()
    departments = ArrayField(models.TextField(), default=list, blank=True)
    source = models.TextField(blank=True)
    loaded_at = models.DateTimeField()
    loaded_by_name = models.TextField()
    applied_at = models.DateTimeField(null=True)

    objects = VigilanceQuerySet.as_manager()

    class Meta:
        db_table = "continuity_vigilance_bulletin"
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="continuity_bulletin_has_span"
            ),
        ]

    def __str__(self) -> str:
        return self.issued_at.isoformat()


class VigilanceStretch(Record):
    """One colour above green, of one phenomenon in one department, `[since, until)`."""

    bulletin = models.ForeignKey(VigilanceBulletin, models.CASCADE, related_name="stretches")
    department = models.TextField()
    phenomenon = models.TextField(choices=Phenomenon)
    colour = models.TextField(choices=Colour)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "continuity_vigilance_stretch"
        ordering = ["department", "phenomenon", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "department", "phenomenon", "colour", "since"],
                name="continuity_stretch_once",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="continuity_stretch_has_span"),
            models.CheckConstraint(
                condition=Q(colour__in=[one for one in Colour.values if one != Colour.GREEN]),
                name="continuity_stretch_above_green",
            ),
            models.CheckConstraint(
                condition=Q(phenomenon__in=Phenomenon.values), name="continuity_stretch_phenomenon_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.phenomenon} {self.colour}"

    def holds_at(self, at: datetime) -> bool:
        return self.since <= at < self.until


class VigilanceRule(Record):
    """What the organisation wants proposed when a colour is reached. `departments` empty: wherever it has dwellings."""

    phenomenon = models.TextField(choices=Phenomenon)
    colour = models.TextField(choices=Colour)
    act = models.TextField(choices=VigilanceAct)
    plan_code = models.TextField(blank=True)
    level = models.TextField(blank=True)
    departments = ArrayField(models.TextField(), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()

    objects = VigilanceQuerySet.as_manager()

    class Meta:
        db_table = "continuity_vigilance_rule"
        ordering = ["phenomenon", "colour", "act"]
        constraints = [
            models.UniqueConstraint(
                fields=["phenomenon", "colour", "act", "plan_code"],
                name="continuity_vigilance_rule_once",
                violation_error_message=_("This rule exists already. Change it instead."),
            ),
            models.CheckConstraint(
                condition=Q(act=VigilanceAct.CALLS) | ~Q(plan_code="") & ~Q(level=""),
                name="continuity_vigilance_rule_names_level",
            ),
            models.CheckConstraint(
                condition=Q(act__in=VigilanceAct.values, colour__in=Colour.values),
                name="continuity_vigilance_rule_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phenomenon} {self.colour} {self.act}"


class VigilanceProposal(Record):
    """What a rule proposed, once for one spell of weather: a proposed level, or a task."""

    rule = models.ForeignKey(VigilanceRule, models.PROTECT, related_name="proposals")
    bulletin = models.ForeignKey(VigilanceBulletin, models.PROTECT, related_name="+")
    department = models.TextField()
    colour = models.TextField(choices=Colour)
    since = models.DateTimeField()
    until = models.DateTimeField()
    made_at = models.DateTimeField()
    activation = models.ForeignKey(Activation, models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="+")
    refusal = models.TextField(blank=True)

    objects = VigilanceQuerySet.as_manager()

    class Meta:
        db_table = "continuity_vigilance_proposal"
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "department", "since"], name="continuity_vigilance_proposal_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.colour}"
