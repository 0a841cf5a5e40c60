"""The crisis log (main courante): one gapless chain for the organisation. Rights: INSERT and SELECT."""

from django.db import models
from django.db.models import Q

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.modules.continuity.enums import LogCategory, LogSource, PlaceKindLabel, Severity
from palier.modules.continuity.models.activations import Activation
from palier.modules.continuity.permissions import Permission


class LogQuerySet(models.QuerySet["LogEntry"]):
    def visible_to(self, actor: Actor) -> "LogQuerySet":
        return self if actor.may(Permission.LOG_READ) else self.none()


class LogEntry(Record):
    """One line of the log. Never changed: a correction is a new entry that supersedes it.

    What was typed (`texts`) and its `salt` alone may be erased, by `redact_log_text`, once an entry says so
    (`redacts_seq`); the chain covers `text_digest` and not the texts. `key` makes the entries that come from
    events written once.
    """

    seq = models.BigIntegerField(unique=True)
    event_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    author_id = models.UUIDField(null=True)
    author_name = models.TextField()
    via = models.TextField()
    kind = models.TextField(default="manual")
    category = models.TextField(choices=LogCategory)
    source = models.TextField(choices=LogSource, default=LogSource.CELL)
    severity = models.TextField(choices=Severity, default=Severity.ROUTINE)
    place_kind = models.TextField(choices=PlaceKindLabel, blank=True)
    place_id = models.TextField(blank=True)
    place_label = models.TextField(blank=True)
    text = models.TextField(null=True)
    salt = models.TextField(null=True)
    text_digest = models.TextField()
    decision_maker = models.TextField(blank=True)
    action_owner = models.TextField(blank=True)
    action_due_at = models.DateTimeField(null=True)
    activation = models.ForeignKey(Activation, models.PROTECT, null=True, related_name="+")
    exercise = models.BooleanField(default=False)
    about_table = models.TextField(blank=True)
    about_id = models.TextField(blank=True)
    supersedes_seq = models.BigIntegerField(null=True)
    redacts_seq = models.BigIntegerField(null=True)
    previous_hash = models.TextField()
    hash = models.TextField()
    key = models.TextField(null=True, unique=True)

    objects = LogQuerySet.as_manager()

    class Meta:
        db_table = "continuity_log_entry"
        ordering = ["-seq"]
        indexes = [
            models.Index(fields=["category", "-seq"], name="continuity_log_category"),
            models.Index(
                fields=["redacts_seq"], name="continuity_log_redacts", condition=Q(redacts_seq__isnull=False)
            ),
            models.Index(
                fields=["supersedes_seq"],
                name="continuity_log_supersedes",
                condition=Q(supersedes_seq__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(seq__gte=1), name="continuity_log_begins_at_one"),
            models.CheckConstraint(
                condition=Q(supersedes_seq__isnull=True) | Q(supersedes_seq__lt=models.F("seq")),
                name="continuity_log_supersedes_earlier",
            ),
            models.CheckConstraint(
                condition=Q(redacts_seq__isnull=True) | Q(redacts_seq__lt=models.F("seq")),
                name="continuity_log_redacts_earlier",
            ),
            models.CheckConstraint(
                condition=Q(text__isnull=True, salt__isnull=True) | Q(text__isnull=False, salt__isnull=False),
                name="continuity_log_text_with_salt",
            ),
            models.CheckConstraint(
                condition=Q(category__in=LogCategory.values), name="continuity_log_category_known"
            ),
            models.CheckConstraint(condition=~Q(author_name=""), name="continuity_log_has_author"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.category}"

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that a person may have typed: what the digest covers and what a redaction erases."""
        return self.text or "", self.place_label, self.decision_maker, self.action_owner

    @property
    def facts(self) -> dict:
        """What the hash covers beside the sequence number, the digest of the texts and the redaction."""
        return {
            "event_at": self.event_at,
            "recorded_at": self.recorded_at,
            "author_id": str(self.author_id or ""),
            "author_name": self.author_name,
            "via": self.via,
            "kind": self.kind,
            "category": self.category,
            "source": self.source,
            "severity": self.severity,
            "place": [self.place_kind, self.place_id],
            "action_due_at": self.action_due_at,
            "activation": str(self.activation_id or ""),
            "exercise": self.exercise,
            "about": [self.about_table, self.about_id],
            "supersedes_seq": self.supersedes_seq,
        }
