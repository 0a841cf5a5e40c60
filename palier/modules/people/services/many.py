"""Use cases on many persons or markers at once: one statement each, whatever the number."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.events import publish_many
from palier.modules.people.enums import Language
from palier.modules.people.events import MarkerRecorded
from palier.modules.people.models import Person, VulnerabilityMarker
from palier.modules.people.permissions import Permission
from palier.modules.people.services.markers import refuse_review


@transaction.atomic
def set_languages(*, languages: Mapping[UUID, str], by: Actor, at: datetime) -> int:
    """Say in which language persons are addressed. Raises: NotAllowed."""
    by.must(Permission.PERSON_EDIT)
    ids = list(Person.objects.visible_to(by).filter(pk__in=languages).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE people_person AS person SET language = wanted.language
            FROM unnest(%s::uuid[], %s::text[]) AS wanted (id, language) WHERE person.id = wanted.id""",
            [ids, [Language(languages[one]).value for one in ids]],
        )
    journal.record_many("people.person.language", by=by, at=at, table="people_person", ids=ids, in_bulk=True)
    return len(ids)


def _open_markers(marker_ids: Sequence[UUID], by: Actor) -> list[VulnerabilityMarker]:
    people = Person.objects.visible_to(by)
    return list(
        VulnerabilityMarker.objects.filter(pk__in=marker_ids, person__in=people, closed_at__isnull=True)
    )


@transaction.atomic
def prolong_markers(*, marker_ids: Sequence[UUID], review_on: date, by: Actor, at: datetime) -> int:
    """Say that markers are still true, until their next review. Their notes do not change.

    Raises: ReviewTooFar, NotAllowed. Legal: RGPD art. 5 (limited storage).
    """
    by.must(Permission.MARKER_EDIT)
    refuse_review(note="", review_on=review_on, from_on=localdate(at))
    rows = _open_markers(marker_ids, by)
    VulnerabilityMarker.objects.filter(pk__in=[row.pk for row in rows]).update(
        review_on=review_on, reviewed_on=localdate(at), reviewed_by=by.name
    )
    _record("people.marker.review", rows, by, at)
    publish_many(
        MarkerRecorded(person_id=str(row.person_id), marker_id=str(row.pk), nature=row.nature, at=at)
        for row in rows
    )
    return len(rows)


@transaction.atomic
def close_markers(*, marker_ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Say that markers are no longer true. Raises: NotAllowed."""
    by.must(Permission.MARKER_EDIT)
    rows = _open_markers(marker_ids, by)
    VulnerabilityMarker.objects.filter(pk__in=[row.pk for row in rows]).update(
        closed_at=at, closed_by=by.name
    )
    _record("people.marker.close", rows, by, at)
    return len(rows)


@transaction.atomic
def put_markers_back(*, reviews: Mapping[UUID, Mapping[str, Any]], by: Actor, at: datetime) -> set[UUID]:
    """Give markers back the review that they had, open: `review`, `reviewed`, `reviewer` of each.

    Returns: those that could be; one recorded anew in the meantime takes the place of the old one.
    Raises: NotAllowed.
    """
    by.must(Permission.MARKER_EDIT)
    people = Person.objects.visible_to(by)
    ids = list(
        VulnerabilityMarker.objects.filter(pk__in=reviews, person__in=people).values_list("pk", flat=True)
    )
    was = [reviews[one] for one in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE people_marker AS marker SET review_on = was.review, reviewed_on = was.reviewed,
                reviewed_by = was.reviewer, closed_at = NULL, closed_by = ''
            FROM unnest(%s::uuid[], %s::date[], %s::date[], %s::text[]) AS was (id, review, reviewed, reviewer)
            WHERE marker.id = was.id AND NOT EXISTS (
                SELECT FROM people_marker AS other WHERE other.person_id = marker.person_id
                AND other.nature = marker.nature AND other.id <> marker.id AND other.closed_at IS NULL)
            RETURNING marker.id""",
            [
                ids,
                [one["review"] for one in was],
                [one["reviewed"] for one in was],
                [one["reviewer"] for one in was],
            ],
        )
        done = {row[0] for row in cursor.fetchall()}
    _record("people.marker.put-back", [row for row in _open_markers(ids, by) if row.pk in done], by, at)
    return done


def _record(kind: str, rows: Sequence[VulnerabilityMarker], by: Actor, at: datetime) -> None:
    """The history is the person's, as it is for one marker."""
    journal.record_many(
        kind,
        by=by,
        at=at,
        table="people_person",
        ids=list(dict.fromkeys(row.person_id for row in rows)),
        in_bulk=True,
    )
