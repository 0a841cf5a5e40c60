"""Markers to review: the list that keeps them few and true."""

from datetime import date

from django.db.models import F, QuerySet

from palier.kernel.access import Actor
from palier.modules.people.models import Person, VulnerabilityMarker
from palier.modules.people.permissions import Permission


def markers_to_review(*, actor: Actor, until: date) -> QuerySet[VulnerabilityMarker]:
    """Return the markers in force whose review is due by a day, the oldest first, with the person's name."""
    if not actor.may(Permission.MARKER_VIEW):
        return VulnerabilityMarker.objects.none()
    people = Person.objects.visible_to(actor)
    return (
        VulnerabilityMarker.objects.to_review(until)
        .filter(person__in=people)
        .select_related("person")
        .annotate(person_key=F("person__search_key"))
        .order_by("review_on", "person_key", "pk")
    )


def count_to_review(*, actor: Actor, on: date) -> int:
    """Return how many reviews are due."""
    return markers_to_review(actor=actor, until=on).count()
