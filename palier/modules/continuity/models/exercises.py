"""Exercises: what is played, what was announced, what observers noted."""

from django.db import models
from django.db.models import Q

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.modules.continuity.enums import (
    ExerciseState,
    InjectClock,
    InjectState,
    LogSource,
    ObservationKind,
)
from palier.modules.continuity.models.activations import Activation, Scoped
from palier.modules.continuity.permissions import Permission


class ExerciseQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> "ExerciseQuerySet":
        return self if actor.may(Permission.ACTIVATION_VIEW) else self.none()


class Exercise(Record, Scoped):
    """One exercise, from its preparation to its assessment. `activation` is the level it plays, an exercise too."""

    number = models.PositiveIntegerField(unique=True)
    title = models.TextField()
    plan_code = models.TextField()
    level = models.TextField()
    objectives = models.TextField(blank=True)
    animator_name = models.TextField()
    planned_at = models.DateTimeField(null=True)
    clock = models.TextField(choices=InjectClock, default=InjectClock.HAND)
    state = models.TextField(choices=ExerciseState, default=ExerciseState.PREPARED)
    activation = models.OneToOneField(Activation, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_stopped_for_real = models.BooleanField(default=False)
    conclusion = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        db_table = "continuity_exercise"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=ExerciseState.RUNNING),
                name="continuity_one_exercise_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ExerciseState.values), name="continuity_exercise_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ExerciseState.RUNNING, ExerciseState.ENDED, ExerciseState.ASSESSED])
                | Q(activation__isnull=False, started_at__isnull=False),
                name="continuity_exercise_begun_has_activation",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ExerciseState.ENDED, ExerciseState.ASSESSED])
                | Q(ended_at__isnull=False),
                name="continuity_exercise_ended_has_time",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="continuity_exercise_has_title"),
        ]

    def __str__(self) -> str:
        return self.title


class Inject(Record):
    """An event announced at T+n. `answered_at`: when the cell did what was expected, as the animator saw it."""

    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="injects")
    rank = models.PositiveIntegerField()
    offset_minutes = models.PositiveIntegerField()
    text = models.TextField()
    source = models.TextField(choices=LogSource, default=LogSource.PHONE)
    expected = models.TextField(blank=True)
    within_minutes = models.PositiveIntegerField(null=True)
    state = models.TextField(choices=InjectState, default=InjectState.PLANNED)
    played_at = models.DateTimeField(null=True)
    played_by_name = models.TextField(blank=True)
    log_seq = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.TextField(blank=True)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        db_table = "continuity_inject"
        ordering = ["exercise", "offset_minutes", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "rank"], name="continuity_inject_rank_once"),
            models.CheckConstraint(
                condition=Q(state__in=InjectState.values), name="continuity_inject_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=InjectState.PLAYED) | Q(played_at__isnull=False, log_seq__isnull=False),
                name="continuity_inject_played_is_logged",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(state=InjectState.PLAYED),
                name="continuity_inject_answered_was_played",
            ),
        ]

    def __str__(self) -> str:
        return f"T+{self.offset_minutes} {self.text[:40]}"


class Observation(Record):
    """What an observer noted, at a moment of the exercise. Never changed: another note corrects it."""

    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="observations")
    kind = models.TextField(choices=ObservationKind)
    text = models.TextField()
    noted_at = models.DateTimeField()
    author_id = models.UUIDField(null=True)
    author_name = models.TextField()

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        db_table = "continuity_observation"
        ordering = ["noted_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="continuity_observation_has_text"),
        ]

    def __str__(self) -> str:
        return self.text[:40]
