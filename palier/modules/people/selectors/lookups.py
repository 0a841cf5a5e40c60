"""Small answers for other modules: a name for an id, the household of a lot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.modules.people.models import LeaseParty, Person
from palier.modules.people.rules.leases import age_on


@dataclass(frozen=True)
class PersonName:
    """How a person is named and addressed."""

    id: UUID
    name: str
    civility: str
    language: str


@dataclass(frozen=True)
class HouseholdMember:
    """Somebody who lives in a lot. Sealed persons are left out: « Occupied – ask the referent » is the
    estate's word.
    """

    person_id: UUID
    name: str
    role: str
    age: int | None


@dataclass(frozen=True)
class Home:
    """Where a person lives on a day, as their lease says."""

    lot_id: UUID
    lot_code: str
    residence_id: UUID
    residence_name: str


def homes_of(person_ids: Iterable[UUID], *, on: date) -> dict[UUID, Home]:
    """Return where these persons live on a day, by the latest lease that houses them; guarantors are not housed.

    Sealed persons are left out. One query.
    """
    parties = (
        LeaseParty.objects.filter(
            person_id__in=list(person_ids), person__sealed_at__isnull=True, lease__entered_on__lte=on
        )
        .exclude(role="guarantor")
        .exclude(lease__left_on__lte=on)
        .exclude(until__lte=on)
        .order_by("lease__entered_on", "pk")
        .select_related("lease__lot__residence")
    )
    return {
        one.person_id: Home(
            one.lease.lot_id, one.lease.lot.code, one.lease.lot.residence_id, one.lease.lot.residence.name
        )
        for one in parties
    }


def names(person_ids: Iterable[UUID]) -> dict[UUID, PersonName]:
    """Return who these persons are; sealed and unknown ids are left out. One query."""
    people = Person.objects.in_clear().filter(pk__in=list(person_ids))
    return {one.pk: PersonName(one.pk, one.name, one.civility, one.language) for one in people}


def persons_in_lot(lot_id: UUID, *, on: date) -> tuple[UUID, ...]:
    """Return who lives in a lot on a day, holders first. One query."""
    return tuple(member.person_id for member in household_of_lot(lot_id, on=on))


def household_of_lot(lot_id: UUID, *, on: date) -> tuple[HouseholdMember, ...]:
    """Return the people who live in a lot on a day, holders first. One query."""
    order = {"holder": 0, "co_holder": 1, "occupant": 2}
    parties = LeaseParty.objects.filter(
        lease__lot_id=lot_id, lease__entered_on__lte=on, role__in=order, person__sealed_at__isnull=True
    ).select_related("lease", "person")
    there = [
        party
        for party in parties
        if (party.lease.left_on is None or party.lease.left_on > on)
        and (party.until is None or party.until > on)
    ]
    there.sort(key=lambda party: (order[party.role], party.person.search_key))
    return tuple(
        HouseholdMember(party.person_id, party.person.name, party.role, age_on(party.person.birth_on, on))
        for party in there
    )
