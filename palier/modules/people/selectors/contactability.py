"""Whether somebody may be reached, and who receives a notice for a place.

Everything that writes, calls or visits asks here first: a death, a departure, an objection, an unsafe number and a
seal stop it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate

from palier.kernel.places import Place
from palier.modules.estate import public as estate
from palier.modules.people.enums import Exclusion, Topic
from palier.modules.people.models import Consent, ContactPoint, Lease, Person
from palier.modules.people.rules.contacts import Candidate, Point, best_point, why_excluded

MIN_CELL = 11
"""The smallest count shown for what must not be guessed (CCH R411-5; domain dossier § 17.4)."""


@dataclass(frozen=True)
class Contactability:
    """Whether a person may be reached by a channel; `value` is the safe contact point to use."""

    is_allowed: bool
    why: str = ""
    value: str = ""


@dataclass(frozen=True)
class ExclusionCount:
    """How many people a notice leaves out for one reason; None when the number is too small to be shown."""

    reason: str
    label: str
    count: int | None


@dataclass(frozen=True)
class NoticeRecipients:
    """Whom a notice reaches in a place. `messages` counts each number or address once, however many share
    it.
    """

    channel: str
    people: int
    messages: int
    exclusions: tuple[ExclusionCount, ...]


@dataclass(frozen=True)
class ContactRow:
    """One line of a contact file for the landlord's usual provider."""

    value: str
    name: str
    civility: str
    language: str
    residence_code: str
    lot_code: str


def contactable(
    person_id: UUID, *, at: datetime, channel: str = "phone", topic: str = Topic.CRISIS_NEWS
) -> Contactability:
    """Say whether a person may be reached by a channel (sms, phone, email, postal) about a topic, at a
    moment.
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return Contactability(False, Exclusion.NO_CONTACT)
    points = [_point(row) for row in ContactPoint.objects.filter(person=person).order_by("pk")]
    on = localdate(at)
    candidate = Candidate(
        deceased_on=person.deceased_on,
        left_on=_last_exit(person_id),
        is_sealed=person.is_sealed,
        opted_out=_objections(person_id, topic, at),
        points=points,
    )
    why = why_excluded(candidate, channel=channel, on=on)
    chosen = best_point(points, channel=channel, on=on) if why is None else None
    return Contactability(why is None, why or "", chosen.value if chosen else "")


def gone_among(lease_ids: Iterable[UUID]) -> list[tuple[UUID, date]]:
    """Return who has no home here after these leases, with the day from which it is so."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.person_id, max(least(l.left_on, coalesce(p.until, l.left_on)))
            FROM people_lease_party p
            JOIN people_lease l ON l.id = p.lease_id
            JOIN people_person who ON who.id = p.person_id AND who.sealed_at IS NULL AND who.deceased_on IS
            NULL
            WHERE l.id = ANY (%s) AND l.left_on IS NOT NULL AND p.role <> 'guarantor'
              AND NOT EXISTS (
                SELECT FROM people_lease_party other JOIN people_lease o ON o.id = other.lease_id
                WHERE other.person_id = p.person_id AND o.id <> l.id AND other.role <> 'guarantor'
                  AND coalesce(least(o.left_on, other.until), 'infinity') > l.left_on)
            GROUP BY p.person_id ORDER BY p.person_id""",
            [list(lease_ids)],
        )
        return list(cursor.fetchall())


# One row for each resident of the residences: whether they may be reached by the channel, and where. Sealed persons
# are party to no lease in clear; the leases that hold them are counted apart.
_RESIDENTS = """
WITH residents AS (
    SELECT DISTINCT ON (party.person_id)
           party.person_id, lot.code AS lot_code, residence.code AS residence_code,
           coalesce(least(lease.left_on, party.until), 'infinity'::date) AS ends_on
    FROM people_lease lease
    JOIN estate_lot lot ON lot.id = lease.lot_id
    JOIN estate_residence residence ON residence.id = lot.residence_id
    JOIN people_lease_party party ON party.lease_id = lease.id AND party.role IN ('holder', 'co_holder')
    WHERE lot.residence_id = ANY (%(residences)s) AND lease.sealed_at IS NULL AND lease.entered_on <= %(on)s
      AND coalesce(least(lease.left_on, party.until), 'infinity'::date) > %(on)s::date - 366
    ORDER BY party.person_id, coalesce(least(lease.left_on, party.until), 'infinity'::date) DESC,
             (lot.kind = 'dwelling') DESC, lot.code
),
points AS (
    SELECT DISTINCT ON (point.person_id) point.person_id, point.value, point.is_unsafe
    FROM people_contact_point point JOIN residents USING (person_id)
    WHERE coalesce(point.ended_on, 'infinity'::date) > %(on)s
      AND CASE %(channel)s
          WHEN 'sms' THEN point.channel = 'phone' AND point.line_type = 'mobile'
          WHEN 'postal' THEN point.channel = 'postal'
          ELSE point.channel = %(channel)s END
    ORDER BY point.person_id, point.is_unsafe, point.is_preferred DESC, point.is_shared, point.id
),
judged AS (
    SELECT residents.*, person.civility, person.family_name, person.given_names, person.legal_name,
        person.language,
           points.value,
           CASE
               WHEN person.deceased_on <= %(on)s THEN 'deceased'
               WHEN residents.ends_on <= %(on)s THEN 'gone'
               WHEN EXISTS (
                   SELECT FROM people_consent objection
                   WHERE objection.person_id = person.id AND objection.kind = 'opt_out'
                     AND objection.topic = %(topic)s AND objection.channel IN ('any', %(channel)s)
                     AND objection.given_at <= %(at)s
                     AND coalesce(objection.withdrawn_at, 'infinity') > %(at)s) THEN 'opted_out'
               WHEN points.value IS NULL THEN CASE WHEN %(channel)s = 'postal' THEN NULL ELSE 'no_contact' END
               WHEN points.is_unsafe THEN 'protected'
           END AS why
    FROM residents
    JOIN people_person person ON person.id = residents.person_id AND person.sealed_at IS NULL
    LEFT JOIN points ON points.person_id = residents.person_id
)
"""


def notice_recipients(
    place: Place, *, at: datetime, channel: str, topic: str = Topic.CRISIS_NEWS
) -> NoticeRecipients:
    """Count whom a notice reaches in a place, and whom it leaves out and why. One query, whatever the size.

    Sealed persons and those whose only number is unsafe are one reason, shown from eleven on and counted in no
    total: nobody can tell by subtraction that somebody is hidden.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _RESIDENTS
            + """SELECT coalesce(why, ''), count(*), count(DISTINCT coalesce(value, lot_code)) FROM judged
                GROUP BY 1
            UNION ALL
            SELECT 'sealed', count(*), 0 FROM people_lease lease JOIN estate_lot lot ON lot.id = lease.lot_id
            WHERE lot.residence_id = ANY (%(residences)s) AND lease.sealed_at IS NOT NULL
              AND lease.entered_on <= %(on)s AND coalesce(lease.left_on, 'infinity'::date) > %(on)s""",
            _params(place, at, channel, topic),
        )
        counted = {why: (people, messages) for why, people, messages in cursor.fetchall()}
    people, messages = counted.get("", (0, 0))
    hidden = counted.get(Exclusion.PROTECTED.value, (0, 0))[0] + counted.get("sealed", (0, 0))[0]
    shown = [
        ExclusionCount(reason.value, str(reason.label), counted.get(reason.value, (0, 0))[0])
        for reason in Exclusion
        if reason != Exclusion.PROTECTED
    ]
    protected = ExclusionCount(
        Exclusion.PROTECTED.value, str(Exclusion.PROTECTED.label), hidden if hidden >= MIN_CELL else None
    )
    return NoticeRecipients(channel, people, messages, (*shown, protected))


def contact_file_rows(
    place: Place, *, at: datetime, channel: str, topic: str = Topic.CRISIS_NEWS
) -> Iterator[ContactRow]:
    """Give the lines of a contact file, each number or address once. Read them inside the organisation."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RESIDENTS
            + """SELECT DISTINCT ON (coalesce(value, lot_code)) coalesce(value, ''),
                   CASE WHEN legal_name <> '' THEN legal_name ELSE trim(upper(family_name) || ' ' ||
                       given_names) END,
                   civility, language, residence_code, lot_code
            FROM judged WHERE why IS NULL ORDER BY coalesce(value, lot_code), lot_code""",
            _params(place, at, channel, topic),
        )
        while rows := cursor.fetchmany(2000):
            yield from (ContactRow(*row) for row in rows)


def _params(place: Place, at: datetime, channel: str, topic: str) -> dict[str, Any]:
    return {
        "residences": list(estate.residence_ids_in(place)),
        "on": localdate(at),
        "at": at,
        "channel": channel,
        "topic": str(topic),
    }


def _last_exit(person_id: UUID) -> date | None:
    """Return the day from which the person lives nowhere here; None when they do, or never did."""
    rows = Lease.objects.filter(parties__person_id=person_id).exclude(parties__role="guarantor")
    ends: list[date] = []
    for left_on, until in rows.values_list("left_on", "parties__until"):
        end = min((day for day in (left_on, until) if day), default=None)
        if end is None:
            return None
        ends.append(end)
    return max(ends, default=None)


def _objections(person_id: UUID, topic: str, at: datetime) -> frozenset[str]:
    rows = Consent.objects.filter(person_id=person_id, kind="opt_out", topic=topic, given_at__lte=at)
    return frozenset(
        channel
        for channel, withdrawn_at in rows.values_list("channel", "withdrawn_at")
        if withdrawn_at is None or withdrawn_at > at
    )


def objected_at(person_id: UUID, *, topic: str, at: datetime) -> datetime | None:
    """Return since when a person objects to a topic, or took a consent back without another; None otherwise.

    Whatever the channel. One query. Legal: RGPD art. 7.3 and 21.
    """
    rows = Consent.objects.filter(person_id=person_id, topic=topic, given_at__lte=at)
    said = list(rows.values_list("kind", "given_at", "withdrawn_at"))
    is_open = [withdrawn is None or withdrawn > at for _kind, _given, withdrawn in said]
    objections = [
        given for (kind, given, _), still in zip(said, is_open, strict=True) if still and kind == "opt_out"
    ]
    if objections:
        return max(objections)
    if any(still and kind == "consent" for (kind, _, _), still in zip(said, is_open, strict=True)):
        return None
    return max((withdrawn for kind, _, withdrawn in said if kind == "consent" and withdrawn), default=None)


def _point(row: ContactPoint) -> Point:
    return Point(
        channel=row.channel,
        value=row.value,
        line_type=row.line_type,
        is_unsafe=row.is_unsafe,
        is_preferred=row.is_preferred,
        is_shared=row.is_shared,
        ended_on=row.ended_on,
    )
