"""The numbers to call in an emergency: shown with the day on which they were checked, never dialled by itself."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import text
from palier.kernel.models import Record


class EmergencyNumber(Record):
    """One number, when to call it, and when it was last checked. `needs`: for which needs it is shown first."""

    number = models.TextField(
        unique=True, error_messages={"unique": _("This number is in the list already.")}
    )
    label = models.TextField()
    when_to_call = text()
    hours = text()
    needs = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    source = text()
    checked_on = models.DateField(null=True, blank=True)
    is_shown = models.BooleanField(default=True, db_default=True)
    position = models.PositiveSmallIntegerField(default=100, db_default=100)

    class Meta:
        db_table = "partners_emergency_number"
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9][0-9 ]{1,13}$"),
                name="partners_emergency_number_digits",
                violation_error_message=_("Write the number with digits, such as 112 or 0 800 05 95 95."),
            ),
            models.CheckConstraint(condition=~Q(label=""), name="partners_emergency_number_labelled"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
