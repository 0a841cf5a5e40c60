"""Tasks: the action cards of a level once it is active, and what the log or the cell added."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.modules.continuity.enums import CellRole, Escalation, TaskOrigin, TaskState
from palier.modules.continuity.models.activations import Activation, ActivationStep
from palier.modules.continuity.permissions import Permission

UNFINISHED = (TaskState.OPEN, TaskState.IN_PROGRESS)


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, actor: Actor) -> "TaskQuerySet":
        return self if actor.may(Permission.TASK_READ) else self.none()

    def unfinished(self) -> "TaskQuerySet":
        return self.filter(state__in=UNFINISHED)

    def overdue(self, at: datetime) -> "TaskQuerySet":
        return self.unfinished().filter(due_at__lt=at)


class Task(Record):
    """Something to do by a time, by a role of the cell or by a named person.

    `owner_*` is who was named; without it the task falls to whoever is on duty for `role`.
    """

    activation = models.ForeignKey(Activation, models.PROTECT, null=True, related_name="tasks")
    step = models.ForeignKey(ActivationStep, models.PROTECT, null=True, related_name="+")
    origin = models.TextField(choices=TaskOrigin)
    code = models.TextField(blank=True)
    level = models.TextField(blank=True)
    title = models.TextField()
    instructions = models.TextField(blank=True)
    services = ArrayField(models.TextField(), default=list, blank=True)
    scope_label = models.TextField(blank=True)
    role = models.TextField(choices=CellRole, blank=True)
    deputy_role = models.TextField(choices=CellRole, blank=True)
    owner_name = models.TextField(blank=True)
    owner_email = models.TextField(blank=True)
    delay = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    waits_for = ArrayField(models.TextField(), default=list, blank=True)
    state = models.TextField(choices=TaskState, default=TaskState.OPEN)
    started_at = models.DateTimeField(null=True)
    started_by_name = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    escalation = models.TextField(choices=Escalation, default=Escalation.NONE)
    log_seq = models.BigIntegerField(null=True)
    exercise = models.BooleanField(default=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        db_table = "continuity_task"
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="continuity_task_due"),
            models.Index(fields=["activation", "state"], name="continuity_task_activation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["activation", "code"],
                condition=~Q(code=""),
                name="continuity_task_once_by_activation",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TaskState.values), name="continuity_task_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, ended_at__isnull=True)
                | Q(state__in=[TaskState.DONE, TaskState.ABANDONED], ended_at__isnull=False),
                name="continuity_task_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=TaskState.ABANDONED) | ~Q(outcome=""),
                name="continuity_task_abandoned_has_reason",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="continuity_task_has_title"),
        ]

    def __str__(self) -> str:
        return self.title
