"""One line a fact: who, when, on what, with which data. Rights: INSERT and SELECT only."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from palier.kernel.models import Record


class JournalEntry(Record):
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    kind = models.TextField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    via = models.TextField()
    subject_table = models.TextField(blank=True)
    subject_id = models.TextField(blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "journal_entry"
        indexes = [
            models.Index(fields=["subject_table", "subject_id", "at"], name="journal_subject_idx"),
            models.Index(fields=["kind", "at"], name="journal_kind_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.actor_name}"
