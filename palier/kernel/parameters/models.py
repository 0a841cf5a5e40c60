"""An organisation's own value of an adjustable parameter, from a day on."""

from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from palier.kernel.models import Record


class OverrideQuerySet(models.QuerySet["ParameterOverride"]):
    def holding_on(self, on: date) -> "OverrideQuerySet":
        """Overrides in force on a day; the latest decided wins where two begin the same day."""
        still = Q(until__isnull=True) | Q(until__gt=on)
        return self.filter(still, since__lte=on).order_by("-since", "-decided_at")


class ParameterOverride(Record):
    """From `since` to the day before `until`, this organisation uses `value`; the reason says why."""

    key = models.TextField()
    value = models.JSONField(encoder=DjangoJSONEncoder)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.TextField()
    decided_by_name = models.TextField()
    decided_at = models.DateTimeField()

    objects = OverrideQuerySet.as_manager()

    class Meta:
        db_table = "parameter_override"
        indexes = [models.Index(fields=["key", "-since"], name="parameter_override_key_idx")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")),
                name="parameter_override_period",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="parameter_override_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
