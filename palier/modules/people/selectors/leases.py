"""The page of one lease."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.people.enums import LeaseStatus
from palier.modules.people.models import Lease
from palier.modules.people.permissions import Permission
from palier.modules.people.rules.leases import age_on, is_in_arrears


@dataclass(frozen=True)
class PartyLine:
    """Somebody in a lease. Sealed persons are in none."""

    person_id: UUID
    name: str
    role: str
    relation: str
    age: int | None
    since: date | None
    until: date | None
    is_deceased: bool


@dataclass(frozen=True)
class LeaseCard:
    """A lease as its page shows it. The balance is None for whoever may not see it."""

    id: UUID
    reference: str
    nature: str
    status: str
    status_label: str
    entered_on: date
    notice_on: date | None
    left_on: date | None
    is_left_by_absence: bool
    lot_id: UUID
    lot_code: str
    residence_id: UUID
    residence_name: str
    city: str
    balance: Decimal | None
    balance_on: date | None
    is_in_arrears: bool | None
    household_size: int | None
    parties: tuple[PartyLine, ...]

    @property
    def is_open(self) -> bool:
        return self.status != LeaseStatus.ENDED


def lease_card(*, lease_id: UUID, actor: Actor, on: date) -> LeaseCard:
    """Return the page of a lease. Two queries.

    Raises: NotFound, for a sealed lease as for one that does not exist.
    """
    actor.must(Permission.PERSON_VIEW)
    lease = Lease.objects.in_clear().select_related("lot__residence", "household").filter(pk=lease_id).first()
    if lease is None:
        raise NotFound
    sees_money = actor.may(Permission.BALANCE_VIEW)
    status = lease.status(on)
    return LeaseCard(
        id=lease.pk,
        reference=lease.reference,
        nature=str(lease.get_nature_display()),
        status=status.value,
        status_label=str(status.label),
        entered_on=lease.entered_on,
        notice_on=lease.notice_on,
        left_on=lease.left_on,
        is_left_by_absence=lease.is_left_by_absence,
        lot_id=lease.lot_id,
        lot_code=lease.lot.code,
        residence_id=lease.lot.residence_id,
        residence_name=lease.lot.residence.name,
        city=lease.lot.residence.city,
        balance=lease.balance if sees_money else None,
        balance_on=lease.balance_on if sees_money else None,
        is_in_arrears=is_in_arrears(lease.balance, lease.balance_on, on) if sees_money else None,
        household_size=lease.household.declared_size if lease.household else None,
        parties=_parties(lease, on),
    )


def _parties(lease: Lease, on: date) -> tuple[PartyLine, ...]:
    order = {"holder": 0, "co_holder": 1, "occupant": 2, "guarantor": 3}
    rows = lease.parties.select_related("person").filter(person__sealed_at__isnull=True)
    rows_sorted = sorted(
        rows, key=lambda row: (row.until is not None, order[row.role], row.person.search_key)
    )
    return tuple(
        PartyLine(
            person_id=row.person_id,
            name=row.person.name,
            role=str(row.get_role_display()),
            relation=str(row.get_relation_display()) if row.relation else "",
            age=age_on(row.person.birth_on, on),
            since=row.since,
            until=row.until,
            is_deceased=row.person.deceased_on is not None,
        )
        for row in rows_sorted
    )
