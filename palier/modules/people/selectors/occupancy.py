"""Who lives in lots and residences: counts, and what the estate's pages say of a lot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from palier.kernel.access import Actor
from palier.kernel.places import Place
from palier.modules.estate import public as estate
from palier.modules.people.permissions import Permission


@dataclass(frozen=True)
class PeopleIn:
    """How many live in a place. A sealed person counts as one in her dwelling."""

    persons: int
    households: int


# A household counts its named members, or the number that the rent roll declares if it is larger; a dwelling whose
# people are sealed counts one.
_IN_FORCE = """
    SELECT lease.id, lot.residence_id,
           greatest(coalesce(home.declared_size, 1), coalesce(alive.persons, 0), 1) AS persons
    FROM people_lease lease
    JOIN estate_lot lot ON lot.id = lease.lot_id AND lot.kind = 'dwelling'
    LEFT JOIN people_household home ON home.id = lease.household_id
    LEFT JOIN (
        SELECT party.lease_id, count(*) AS persons FROM people_lease_party party
        WHERE party.role <> 'guarantor' AND coalesce(party.until, 'infinity'::date) > %(on)s
          AND NOT EXISTS (
              SELECT FROM people_person person WHERE person.id = party.person_id AND person.deceased_on <= %(on)s)
          AND (%(everywhere)s OR party.lease_id IN (
              SELECT here.id FROM people_lease here JOIN estate_lot place ON place.id = here.lot_id
              WHERE place.residence_id = ANY (%(residences)s)))
        GROUP BY party.lease_id
    ) alive ON alive.lease_id = lease.id
    WHERE lease.entered_on <= %(on)s AND coalesce(lease.left_on, 'infinity'::date) > %(on)s
      AND (%(everywhere)s OR lot.residence_id = ANY (%(residences)s))
"""


def people_in(place: Place | None = None, *, on: date) -> PeopleIn:
    """Count the people and households of a place, or of the whole organisation. One query."""
    residences = [] if place is None else list(estate.residence_ids_in(place))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(persons), 0), count(*) FROM ({_IN_FORCE}) AS leases",
            {"on": on, "everywhere": place is None, "residences": residences},
        )
        persons, households = cursor.fetchone()
    return PeopleIn(int(persons), int(households))


@estate.register_people_counts
def people_by_residence(*, residence_ids: Iterable[UUID]) -> Mapping[UUID, estate.PeopleCounts]:
    """Count the people and households of each residence. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT residence_id, sum(persons), count(*) FROM ({_IN_FORCE}) AS leases GROUP BY residence_id",
            {"on": timezone.localdate(), "everywhere": False, "residences": list(residence_ids)},
        )
        rows = cursor.fetchall()
    return {residence: estate.PeopleCounts(int(persons), int(homes)) for residence, persons, homes in rows}


@estate.register_occupancy
def occupancy(*, lot_ids: Iterable[UUID], actor: Actor) -> dict[UUID, estate.Occupancy]:
    """Say who is in each lot today, as this actor may read it. One query.

    A sealed person's dwelling says to ask the referent, to everybody, the referent included: her file is the one
    place where her name stands.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT ON (lease.lot_id) lease.lot_id, lease.id, lease.sealed_at IS NOT NULL,
                   coalesce(nullif(person.legal_name, ''), trim(upper(person.family_name) || ' ' ||
                   person.given_names))
            FROM people_lease lease
            LEFT JOIN people_lease_party party ON party.lease_id = lease.id AND party.until IS NULL
                 AND party.role IN ('holder', 'co_holder')
            LEFT JOIN people_person person ON person.id = party.person_id
            WHERE lease.lot_id = ANY (%(lots)s) AND lease.entered_on <= %(on)s
              AND coalesce(lease.left_on, 'infinity'::date) > %(on)s
            ORDER BY lease.lot_id, lease.sealed_at DESC NULLS LAST, (party.role = 'holder') DESC NULLS LAST,
            lease.entered_on DESC""",
            {"lots": list(lot_ids), "on": timezone.localdate()},
        )
        rows = cursor.fetchall()
    return {lot: _label(lease, sealed, name, actor) for lot, lease, sealed, name in rows}


def _label(lease_id: UUID, is_sealed: bool, name: str | None, actor: Actor) -> estate.Occupancy:
    if is_sealed:
        return estate.Occupancy(label=_("Occupied – ask the referent"), sealed=True)
    if not actor.may(Permission.PERSON_VIEW):
        return estate.Occupancy(label=_("Occupied"))
    return estate.Occupancy(label=name or _("Occupied"), url=reverse("people:lease", args=[lease_id]))


def lot_statuses_after_undoing(*, batch_id: UUID, on: date) -> dict[UUID, str]:
    """Return what leases say of the lots of a file that was undone: some of its leases are no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT lot.id, bool_or(lease.entered_on <= %(on)s
                   AND coalesce(lease.left_on, 'infinity'::date) > %(on)s) IS TRUE
            FROM estate_lot lot LEFT JOIN people_lease lease ON lease.lot_id = lot.id
            WHERE lot.id IN (
                SELECT coalesce(touched.lot_id, (change.after->>'lot_id')::uuid) FROM import_change change
                LEFT JOIN people_lease touched ON touched.id = change.row_id
                WHERE change.batch_id = %(batch)s AND change.table_name = 'people_lease')
            GROUP BY lot.id""",
            {"batch": batch_id, "on": on},
        )
        return {lot: "occupied" if taken else "vacant" for lot, taken in cursor.fetchall()}


def lot_statuses_after_load(*, batch_id: UUID, on: date) -> dict[UUID, str]:
    """Return what leases say of the lots that a load touched: occupied or vacant."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT lease.lot_id, bool_or(lease.entered_on <= %(on)s AND coalesce(lease.left_on,
            'infinity'::date) > %(on)s)
            FROM people_lease lease
            WHERE lease.lot_id IN (
                SELECT touched.lot_id FROM people_lease touched
                JOIN import_change change ON change.row_id = touched.id AND change.table_name = 'people_lease'
                WHERE change.batch_id = %(batch)s)
            GROUP BY lease.lot_id""",
            {"batch": batch_id, "on": on},
        )
        return {lot: "occupied" if taken else "vacant" for lot, taken in cursor.fetchall()}
