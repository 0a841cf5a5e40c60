"""What changed, row by row, written by trigger only. Rights of the organisation's role: SELECT."""

from django.db import models

from palier.kernel.models import Record


class AuditEntry(Record):
    at = models.DateTimeField()
    table_name = models.TextField()
    row_id = models.TextField()
    operation = models.TextField()
    # By column: the value before, the value after.
    changes = models.JSONField()
    actor = models.TextField(blank=True)

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["table_name", "row_id", "at"], name="audit_row_idx")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.operation} {self.table_name}"
