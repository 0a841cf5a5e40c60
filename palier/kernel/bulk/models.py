"""Bulk runs: what was chosen, what was announced, what became of each row."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from palier.kernel.bulk.enums import Outcome, RunState
from palier.kernel.models import Record


class BulkRun(Record):
    """One bulk action asked by a person, from the selection to its result. `undoes`: the run that it undoes."""

    action = models.TextField()
    state = models.TextField(choices=RunState, default=RunState.DRAFT)
    # {"ids": […]}, or {"everything": true} with the list's address and its filters in `path`.
    selection = models.JSONField(default=dict)
    path = models.TextField(blank=True)
    params = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    # What the form said, in words: [[label, value], …], frozen when it was filled.
    words = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    undoes = models.ForeignKey("self", models.CASCADE, null=True, related_name="undoings")
    selected = models.PositiveIntegerField(default=0)
    announced = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    by_id = models.UUIDField(null=True)
    by_name = models.TextField()
    by_system = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    job_id = models.UUIDField(null=True)

    class Meta:
        db_table = "bulk_run"
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        indexes = [
            models.Index(fields=["by_id", "-confirmed_at"], name="bulk_run_mine_idx"),
            models.Index(fields=["-confirmed_at"], name="bulk_run_recent_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RunState.values),
                name="bulk_run_state_known",
                violation_error_message=_("This state does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.DRAFT) | Q(confirmed_at__isnull=False),
                name="bulk_run_confirmed_has_date",
                violation_error_message=_("A run that was confirmed has the time at which it was."),
            ),
            models.UniqueConstraint(
                fields=["undoes"],
                condition=~Q(state=RunState.DRAFT),
                name="bulk_run_undone_once",
                violation_error_message=_("This action was undone already."),
            ),
        ]

    def __str__(self) -> str:
        return self.action

    @property
    def is_ended(self) -> bool:
        return self.state in (RunState.DONE, RunState.STOPPED)

    @property
    def treated(self) -> int:
        return self.applied + self.unchanged + self.refused

    def get_absolute_url(self) -> str:
        return reverse("bulk:run", args=[self.pk])


class BulkItem(Record):
    """One row of a run, frozen at confirmation. Written by set-based statements only."""

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveIntegerField()
    subject_id = models.UUIDField()
    label = models.TextField(blank=True)
    outcome = models.TextField(choices=Outcome, default=Outcome.PENDING)
    reason = models.TextField(blank=True, default="", db_default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        db_table = "bulk_item"
        verbose_name = _("row of a bulk action")
        verbose_name_plural = _("rows of bulk actions")
        indexes = [
            models.Index(
                F("run"), F("position"), condition=Q(outcome="pending"), name="bulk_item_waiting_idx"
            ),
            models.Index(fields=["subject_id"], name="bulk_item_subject_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "subject_id"], name="bulk_item_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="bulk_item_outcome_known"),
        ]

    def __str__(self) -> str:
        return self.label
