"""Work that people watch: progress, result, cancel."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from palier.kernel.models import Record


class RunState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)


class JobRun(Record):
    """One visible piece of work. Its methods write at once: call them from jobs that are not atomic."""

    kind = models.TextField()
    title = models.TextField()
    state = models.TextField(choices=RunState, default=RunState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    note = models.TextField(blank=True)
    checkpoint = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    result_url = models.TextField(blank=True)
    error = models.TextField(blank=True)
    started_by = models.TextField()
    started_by_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)

    class Meta:
        db_table = "job_run"
        indexes = [models.Index(fields=["-created_at"], name="job_run_recent_idx")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="job_run_state_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def percent(self) -> int | None:
        return min(100, round(100 * self.done / self.total)) if self.total else None

    def begin(self, total: int | None = None) -> None:
        JobRun.objects.filter(pk=self.pk).update(
            state=RunState.RUNNING, total=total, started_at=models.functions.Coalesce("started_at", Now())
        )

    def advance(self, done: int, *, note: str = "", checkpoint: dict[str, Any] | None = None) -> None:
        """Say how far the work is; with `checkpoint`, what it needs to go on after a kill."""
        fields: dict[str, Any] = {"done": done, "note": note}
        if checkpoint is not None:
            fields["checkpoint"] = checkpoint
        JobRun.objects.filter(pk=self.pk).update(**fields)

    def cancelled(self) -> bool:
        """True when somebody asked to stop: the job leaves at its next chunk."""
        return JobRun.objects.filter(pk=self.pk, cancel_requested=True).exists()

    def finish(
        self, *, result: dict[str, Any] | None = None, url: str = "", state: str = RunState.DONE
    ) -> None:
        JobRun.objects.filter(pk=self.pk).update(
            state=state, result=result or {}, result_url=url, error="", finished_at=Now()
        )

    def fail(self, error: str) -> None:
        JobRun.objects.filter(pk=self.pk).update(state=RunState.FAILED, error=error, finished_at=Now())
