"""Vulnerability markers: what to bear in mind for somebody in a crisis, for a limited time."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.modules.people.enums import MarkerNature, MarkerOrigin
from palier.modules.people.models.persons import Person


def _six_months_after(column: str) -> models.ExpressionWrapper:
    """184 days is the longest that six months can be."""
    return models.ExpressionWrapper(
        F(column) + models.Value(timedelta(days=184)), output_field=models.DateTimeField()
    )


class MarkerQuerySet(models.QuerySet["VulnerabilityMarker"]):
    def in_force(self, on: date) -> "MarkerQuerySet":
        """Markers that count on a day: neither closed nor past their expiry."""
        return self.filter(Q(expires_on__isnull=True) | Q(expires_on__gt=on), closed_at__isnull=True)

    def to_review(self, on: date) -> "MarkerQuerySet":
        """Markers whose review is due on a day or was due before."""
        return self.in_force(on).filter(review_on__lte=on)


class VulnerabilityMarker(Record):
    """One nature of vulnerability of one person, with its origin, its review within six months and its
    expiry.

    Legal: RGPD art. 5 (minimisation, limited storage), art. 9 (no health data): domain dossier § 2.1.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="markers")
    nature = models.TextField(choices=MarkerNature)
    origin = models.TextField(choices=MarkerOrigin)
    note = text()
    has_consent = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_on = models.DateField()
    recorded_by = models.TextField()
    reviewed_on = models.DateField(null=True, blank=True)
    reviewed_by = text()
    review_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = text()

    objects = MarkerQuerySet.as_manager()

    class Meta:
        db_table = "people_marker"
        verbose_name = _("vulnerability marker")
        verbose_name_plural = _("vulnerability markers")
        constraints = [
            known("nature", MarkerNature, "people_marker_nature_known"),
            known("origin", MarkerOrigin, "people_marker_origin_known"),
            models.UniqueConstraint(
                fields=["person", "nature"],
                condition=Q(closed_at__isnull=True),
                name="people_marker_open_once",
                violation_error_message=_(
                    "This marker is open already: review it instead of adding it again."
                ),
            ),
            models.CheckConstraint(
                condition=Q(review_on__gte=F("recorded_on"))
                & (
                    Q(reviewed_on__isnull=True, review_on__lte=_six_months_after("recorded_on"))
                    | Q(reviewed_on__isnull=False, review_on__lte=_six_months_after("reviewed_on"))
                ),
                name="people_marker_review_within_six_months",
                violation_error_message=_("Choose a review date within six months."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_on"], condition=Q(closed_at__isnull=True), name="people_marker_review"
            ),
            models.Index(fields=["person"], name="people_marker_person"),
        ]

    def __str__(self) -> str:
        return self.nature
