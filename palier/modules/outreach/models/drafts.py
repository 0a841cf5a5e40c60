"""What a caller has typed and not saved yet: it outlives a reload, a lost session and a dead browser."""

from django.db import models

from palier.kernel.models import Record
from palier.modules.outreach.models.calls import Call


class Draft(Record):
    """The unfinished form of a call, kept on the server so that nothing personal stays in a browser.

    `content`: the fields as typed. It goes when the call is saved, given back or left by its caller.
    """

    call = models.OneToOneField(Call, models.CASCADE, related_name="draft")
    by_id = models.UUIDField()
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "outreach_draft"
        indexes = [models.Index(fields=["saved_at"], name="outreach_draft_age")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.saved_at:%Y-%m-%d}"
