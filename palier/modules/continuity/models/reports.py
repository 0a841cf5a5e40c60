"""Situation reports (points de situation) and the offline pack."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.modules.continuity.enums import ReportState
from palier.modules.continuity.permissions import Permission


class ReportQuerySet(models.QuerySet["SituationReport"]):
    def visible_to(self, actor: Actor) -> "ReportQuerySet":
        return self if actor.may(Permission.REPORT_READ) else self.none()


class SituationReport(Record):
    """A numbered report. Frozen, it carries its figures as they were, and the head of the log's chain."""

    number = models.PositiveIntegerField(unique=True)
    state = models.TextField(choices=ReportState, default=ReportState.DRAFT)
    period_from = models.DateTimeField()
    period_to = models.DateTimeField(null=True)
    highlights = models.TextField(blank=True)
    decisions = models.TextField(blank=True)
    needs = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    next_at = models.DateTimeField(null=True)
    chosen_entries = ArrayField(models.BigIntegerField(), default=list, blank=True)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()
    frozen_at = models.DateTimeField(null=True)
    frozen_by_name = models.TextField(blank=True)
    frozen = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    chain_seq = models.BigIntegerField(null=True)
    chain_head = models.TextField(blank=True)
    document_id = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        db_table = "continuity_situation_report"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=ReportState.DRAFT),
                name="continuity_one_report_being_written",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ReportState.values), name="continuity_report_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.DRAFT)
                | Q(frozen_at__isnull=False, period_to__isnull=False, chain_seq__isnull=False),
                name="continuity_report_frozen_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class PackSettings(Record):
    """Where the offline pack goes and the password that opens it, encrypted under the master key. One row."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    addresses = ArrayField(models.TextField(), default=list, blank=True)
    sealed_password = models.BinaryField(null=True)
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()

    class Meta:
        db_table = "continuity_pack_settings"
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="continuity_pack_settings_only_one")
        ]

    def __str__(self) -> str:
        return ", ".join(self.addresses)


class OfflinePack(Record):
    """One pack made: which document, and where it was pushed."""

    key = models.TextField(unique=True)
    made_at = models.DateTimeField()
    made_by_name = models.TextField()
    document_id = models.UUIDField()
    delivery_keys = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        db_table = "continuity_offline_pack"
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.key
