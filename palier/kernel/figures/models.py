"""What each figure was, one row a day."""

from django.db import models

from palier.kernel.models import Record


class FigureSnapshot(Record):
    """The value of a figure as it was last counted on a day; null where nothing could be said."""

    day = models.DateField()
    key = models.TextField()
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "figure_snapshot"
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="figure_snapshot_once_a_day")]

    def __str__(self) -> str:
        return f"{self.key} {self.day} {self.value}"
