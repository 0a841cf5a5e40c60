"""Add, review and close vulnerability markers."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.modules.people.enums import MarkerNature, MarkerOrigin
from palier.modules.people.events import MarkerRecorded
from palier.modules.people.models import Person, VulnerabilityMarker
from palier.modules.people.permissions import Permission
from palier.modules.people.rules.words import unfit_words
from palier.modules.people.services.persons import lock

LONGEST_REVIEW_DAYS = 184


class ReviewTooFar(DomainError):
    code = "people.review-too-far"
    message = _("Choose a review date within six months: no later than {latest}.")


class UnfitWords(DomainError):
    code = "people.unfit-words"
    message = _(
        "A note says what to do, never why in health, origin or belief. Take out: {words}. The person may "
        "read it."
    )


class MarkerOpen(DomainError):
    code = "people.marker-open"
    message = _("This marker is open already: review it instead of adding it again.")


class MarkerClosed(DomainError):
    code = "people.marker-closed"
    message = _("This marker is closed. Add a new one if it is true again.")


@transaction.atomic
def record_marker(
    *,
    person_id: UUID,
    nature: str,
    origin: str,
    review_on: date,
    has_consent: bool,
    by: Actor,
    at: datetime,
    note: str = "",
    expires_on: date | None = None,
) -> VulnerabilityMarker:
    """Record what to bear in mind for somebody, to be looked at again within six months.

    Raises: ReviewTooFar, UnfitWords, MarkerOpen, NotFound, NotAllowed.
    Legal: RGPD art. 5 and 9: no health data, limited time.
    """
    by.must(Permission.MARKER_EDIT)
    person = lock(person_id, by=by)
    refuse_review(note=note, review_on=review_on, from_on=localdate(at))
    if VulnerabilityMarker.objects.filter(person=person, nature=nature, closed_at__isnull=True).exists():
        raise MarkerOpen
    marker = VulnerabilityMarker(
        person=person,
        nature=MarkerNature(nature),
        origin=MarkerOrigin(origin),
        note=note.strip(),
        has_consent=has_consent,
        recorded_at=at,
        recorded_on=localdate(at),
        recorded_by=by.name,
        review_on=review_on,
        expires_on=expires_on,
    )
    marker.save(force_insert=True)
    journal.record("people.marker.record", by=by, at=at, subject=person, nature=marker.nature)
    _tell(marker, at=at)
    return marker


@transaction.atomic
def review_marker(
    *, marker_id: UUID, review_on: date, note: str, by: Actor, at: datetime
) -> VulnerabilityMarker:
    """Say that a marker is still true, until its next review.

    Raises: ReviewTooFar, UnfitWords, MarkerClosed, NotFound, NotAllowed.
    """
    by.must(Permission.MARKER_EDIT)
    marker = _lock_marker(marker_id, by=by)
    refuse_review(note=note, review_on=review_on, from_on=localdate(at))
    marker.review_on, marker.note = review_on, note.strip()
    marker.reviewed_on, marker.reviewed_by = localdate(at), by.name
    marker.save(update_fields=["review_on", "note", "reviewed_on", "reviewed_by"])
    journal.record("people.marker.review", by=by, at=at, subject=marker.person, nature=marker.nature)
    _tell(marker, at=at)
    return marker


@transaction.atomic
def close_marker(*, marker_id: UUID, by: Actor, at: datetime) -> VulnerabilityMarker:
    """Say that a marker is no longer true.

    Raises: MarkerClosed, NotFound, NotAllowed.
    """
    by.must(Permission.MARKER_EDIT)
    marker = _lock_marker(marker_id, by=by)
    marker.closed_at, marker.closed_by = at, by.name
    marker.save(update_fields=["closed_at", "closed_by"])
    journal.record("people.marker.close", by=by, at=at, subject=marker.person, nature=marker.nature)
    return marker


def close_expired_markers(*, by: Actor, at: datetime) -> int:
    """Close the markers past their expiry, and those that nobody reviewed for six months after the review
    was due.

    A marker that nobody looks at any more is kept without a reason (RGPD art. 5.1.e).
    """
    forgotten = VulnerabilityMarker.objects.filter(closed_at__isnull=True).exclude(
        pk__in=VulnerabilityMarker.objects.in_force(localdate(at))
        .filter(review_on__gt=localdate(at) - timedelta(days=LONGEST_REVIEW_DAYS))
        .values("pk")
    )
    return forgotten.update(closed_at=at, closed_by=by.name)


def refuse_review(*, note: str, review_on: date, from_on: date) -> None:
    """Raises: ReviewTooFar, UnfitWords."""
    latest = from_on + timedelta(days=LONGEST_REVIEW_DAYS)
    if not from_on <= review_on <= latest:
        raise ReviewTooFar(latest=latest.strftime("%d/%m/%Y"))
    if words := unfit_words(note):
        raise UnfitWords(words=", ".join(words))


def _lock_marker(marker_id: UUID, *, by: Actor) -> VulnerabilityMarker:
    marker = (
        VulnerabilityMarker.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(pk=marker_id, person__in=Person.objects.visible_to(by))
        .first()
    )
    if marker is None:
        raise NotFound
    if marker.closed_at is not None:
        raise MarkerClosed
    return marker


def _tell(marker: VulnerabilityMarker, *, at: datetime) -> None:
    publish(
        MarkerRecorded(person_id=str(marker.person_id), marker_id=str(marker.pk), nature=marker.nature, at=at)
    )
