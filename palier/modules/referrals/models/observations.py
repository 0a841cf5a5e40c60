"""What field teams observe in a district or a residence."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.modules.referrals.enums import ObservationKind, ObservationState
from palier.modules.referrals.permissions import Permission


class ObservationQuerySet(models.QuerySet["Observation"]):
    def visible_to(self, actor: Actor) -> Self:
        return self if actor.may(Permission.OBSERVATION_VIEW) else self.none()


class Observation(Record):
    """One observation: where, what kind, in words that name nobody, and how many people or families it is about.

    `district` is the priority district (QPV); an observation about a residence has its residence's, if any.
    """

    kind = models.TextField(choices=ObservationKind)
    state = models.TextField(choices=ObservationState, default=ObservationState.NOTED)
    observed_on = models.DateField()
    district = models.ForeignKey("estate.District", models.PROTECT, null=True, blank=True, related_name="+")
    residence = models.ForeignKey("estate.Residence", models.PROTECT, null=True, blank=True, related_name="+")
    partner = models.ForeignKey("partners.Partner", models.PROTECT, null=True, blank=True, related_name="+")
    people_count = models.PositiveIntegerField(null=True, blank=True)
    seen = models.TextField()
    close_note = text()
    noted_at = models.DateTimeField()
    noted_by_id = models.UUIDField(null=True, blank=True)
    noted_by_name = models.TextField()
    form_key = models.UUIDField(null=True, blank=True, unique=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        db_table = "referrals_observation"
        constraints = [
            known("kind", ObservationKind, "referrals_observation_kind_known"),
            known("state", ObservationState, "referrals_observation_state_known"),
            models.CheckConstraint(
                condition=Q(district__isnull=False) | Q(residence__isnull=False),
                name="referrals_observation_is_somewhere",
                violation_error_message=_("Choose a district or a residence."),
            ),
            models.CheckConstraint(
                condition=~Q(seen=""),
                name="referrals_observation_says_something",
                violation_error_message=_("Say what was seen."),
            ),
        ]
        indexes = [models.Index(fields=["observed_on", "id"], name="referrals_observation_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.observed_on}"
