"""What tenants are told: one notice by channel and language of each decision."""

from django.db import models
from django.db.models import Q

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.modules.continuity.enums import NoticeChannel, NoticeState
from palier.modules.continuity.models.activations import Activation, ActivationStep
from palier.modules.continuity.permissions import Permission


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: Actor) -> "NoticeQuerySet":
        return self if actor.may(Permission.NOTICE_READ) else self.none()


class Notice(Record):
    """A text of the plan, once decided. Variables such as {residence} are filled in when it is drawn."""

    activation = models.ForeignKey(Activation, models.PROTECT, related_name="notices")
    step = models.ForeignKey(ActivationStep, models.PROTECT, related_name="+")
    channel = models.TextField(choices=NoticeChannel)
    language = models.TextField()
    title = models.TextField(blank=True)
    text = models.TextField()
    state = models.TextField(choices=NoticeState, default=NoticeState.PREPARED)
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    issued_by_name = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    document_id = models.UUIDField(null=True)
    exercise = models.BooleanField(default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        db_table = "continuity_notice"
        ordering = ["-created_at", "channel", "language"]
        constraints = [
            models.UniqueConstraint(fields=["step", "channel", "language"], name="continuity_notice_once"),
            models.CheckConstraint(
                condition=Q(channel__in=NoticeChannel.values), name="continuity_notice_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=NoticeState.values), name="continuity_notice_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.ISSUED) | Q(issued_at__isnull=False),
                name="continuity_notice_issued_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.language}"
