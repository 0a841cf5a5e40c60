"""Who is called, as saved and explainable queries, and what callers say."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.modules.outreach.enums import ScriptContext


class Segment(Record):
    """A group of people called at one cadence, as a query over the allowed inputs (domain dossier § 2.1).

    `criteria` is the document that `rules.criteria` reads. `weight`: 0 to 100, the heavier is called first.
    `cadence_days`: days between two calls, None for a single call. A new `version` at each change of query.
    """

    code = models.TextField(unique=True, error_messages={"unique": _("Another segment has this code.")})
    name = models.TextField()
    criteria = models.JSONField()
    weight = models.SmallIntegerField()
    cadence_days = models.SmallIntegerField(null=True, blank=True)
    position = models.SmallIntegerField(default=0, db_default=0)
    is_active = models.BooleanField(default=True, db_default=True)
    version = models.IntegerField(default=1, db_default=1)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()

    class Meta:
        db_table = "outreach_segment"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__range=(0, 100)),
                name="outreach_segment_weight",
                violation_error_message=_("Write a weight from 0 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(cadence_days__isnull=True) | Q(cadence_days__range=(1, 90)),
                name="outreach_segment_cadence",
                violation_error_message=_(
                    "Write a number of days from 1 to 90, or leave it empty for one call."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Script(Record):
    """What a caller says, by context and language, and what is left on a voicemail; the newest version speaks.

    The anti-fraud sentence is not in the text: the desk always adds it (domain dossier § 2.4).
    """

    context = models.TextField(choices=ScriptContext)
    language = models.TextField()
    version = models.IntegerField(default=1)
    body = models.TextField()
    voicemail = text()
    written_at = models.DateTimeField()
    written_by = models.TextField()

    class Meta:
        db_table = "outreach_script"
        constraints = [
            known("context", ScriptContext, "outreach_script_context_known"),
            models.UniqueConstraint(
                fields=["context", "language", "version"],
                name="outreach_script_once",
                violation_error_message=_("Somebody else has just written this script. Read theirs first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.context} {self.language} {self.version}"
