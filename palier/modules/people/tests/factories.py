"""Invented people with good defaults: a test says only what differs."""

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from palier.kernel.access import Actor
from palier.modules.estate.models import Lot, Residence
from palier.modules.people.models import (
    ContactPoint,
    Household,
    Lease,
    LeaseParty,
    Person,
    VulnerabilityMarker,
)

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)
_numbers = itertools.count(1)


def a_residence(code: str = "R01", name: str = "Les Tilleuls", **fields: Any) -> Residence:
    known = Residence.objects.filter(code=code).first()
    return known or Residence.objects.create(
        code=code, name=name, **{"insee_code": "11262", "city": "Narbonne", **fields}
    )


def a_lot(code: str = "", residence: Residence | None = None, **fields: Any) -> Lot:
    code = code or f"R01-{next(_numbers):03d}"
    return Lot.objects.create(code=code, residence=residence or a_residence(), **fields)


def a_person(family_name: str = "Durand", given_names: str = "Marie", **fields: Any) -> Person:
    return Person.objects.create(family_name=family_name, given_names=given_names, **fields)


def a_lease(
    *parties: Person,
    lot: Lot | None = None,
    reference: str = "",
    entered_on: date = date(2020, 1, 1),
    **fields: Any,
) -> Lease:
    """A lease whose first party is the holder and whose others are co-holders, living together."""
    reference = reference or f"C{next(_numbers):06d}"
    home = Household.objects.create(external_key=reference)
    lease = Lease.objects.create(
        reference=reference, lot=lot or a_lot(), entered_on=entered_on, household=home, **fields
    )
    for index, person in enumerate(parties):
        LeaseParty.objects.create(
            lease=lease, person=person, role="holder" if index == 0 else "co_holder", since=entered_on
        )
        Person.objects.filter(pk=person.pk).update(household=home)
        person.household = home
    return lease


def a_phone(person: Person, value: str = "+33639980101", **fields: Any) -> ContactPoint:
    line = "mobile" if value.startswith(("+336", "+337")) else "landline"
    return ContactPoint.objects.create(person=person, channel="phone", value=value, line_type=line, **fields)


def an_email(person: Person, value: str = "marie.durand@courriel.example", **fields: Any) -> ContactPoint:
    return ContactPoint.objects.create(person=person, channel="email", value=value, **fields)


def a_marker(person: Person, nature: str = "lives_alone", **fields: Any) -> VulnerabilityMarker:
    defaults: dict[str, Any] = {
        "origin": "declared",
        "has_consent": True,
        "recorded_at": AT,
        "recorded_on": TODAY,
        "recorded_by": "Camille Ferrand",
        "review_on": date(2027, 2, 1),
    }
    return VulnerabilityMarker.objects.create(person=person, nature=nature, **{**defaults, **fields})


def an_actor(*permissions: str, name: str = "Camille Ferrand") -> Actor:
    """Somebody who works here, with these rights; persons may be seen."""
    rights = frozenset({*permissions, "people:person:view"})
    return Actor(uuid4(), name, "camille.ferrand@alpha.example", "alpha", rights)
