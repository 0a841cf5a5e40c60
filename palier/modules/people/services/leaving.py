"""Departures and deaths: recorded once, and every contact planned beyond stops at once."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor, system_actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.modules.estate import public as estate
from palier.modules.people.enums import Exclusion
from palier.modules.people.events import ContactStopped
from palier.modules.people.models import Lease, Person
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.contactability import gone_among
from palier.modules.people.services.persons import lock

IN_ONE_EVENT = 500
"""How many persons one event names: a load that ends thousands of leases must not make one giant row."""


class LeaseEnded(DomainError):
    code = "people.lease-ended"
    message = _("This lease ended on {left_on}.")


class ExitBeforeEntry(DomainError):
    code = "people.exit-before-entry"
    message = _("The exit comes before the entry of {entered_on}. Correct the date.")


class DeathInFuture(DomainError):
    code = "people.death-in-future"
    message = _("The date of death is in the future. Correct it.")


class AlreadyDeceased(DomainError):
    code = "people.already-deceased"
    message = _("The death of this person is recorded already, on {deceased_on}.")


@transaction.atomic
def record_departure(*, lease_id: UUID, notice_on: date, left_on: date, by: Actor, at: datetime) -> Lease:
    """Record that the people of a lease leave. What is planned with them from the day of exit on stops now.

    Raises: LeaseEnded, ExitBeforeEntry, NotFound, NotAllowed.
    Legal: loi n° 89-462 du 6 juillet 1989, art. 15 (notice runs from its reception).
    """
    by.must(Permission.LEASE_END)
    lease = Lease.objects.in_clear().select_for_update(of=("self",)).filter(pk=lease_id).first()
    if lease is None:
        raise NotFound
    if lease.left_on is not None and lease.left_on <= localdate(at):
        raise LeaseEnded(left_on=lease.left_on.strftime("%d/%m/%Y"))
    if left_on < lease.entered_on:
        raise ExitBeforeEntry(entered_on=lease.entered_on.strftime("%d/%m/%Y"))
    lease.notice_on, lease.left_on, lease.is_left_by_absence = notice_on, left_on, False
    lease.save(update_fields=["notice_on", "left_on", "is_left_by_absence"])
    journal.record("people.lease.leave", by=by, at=at, subject=lease, left_on=left_on.isoformat())
    stop_contact_of_leases([lease.pk], at=at)
    if left_on <= localdate(at):
        # The right to end a lease is enough: the lot follows by itself, under the name of what does it.
        estate.set_statuses(
            statuses={lease.lot_id: "vacant"}, on=left_on, by=system_actor("people.departure"), at=at
        )
    return lease


@transaction.atomic
def record_death(*, person_id: UUID, deceased_on: date, by: Actor, at: datetime) -> Person:
    """Record a death. Nobody calls, writes to or visits this person any more; the household is untouched.

    Raises: DeathInFuture, AlreadyDeceased, NotFound, NotAllowed.
    Legal: loi n° 89-462 du 6 juillet 1989, art. 14 (the lease may pass to those who lived there).
    """
    by.must(Permission.LEASE_END)
    person = lock(person_id, by=by)
    if person.deceased_on is not None:
        raise AlreadyDeceased(deceased_on=person.deceased_on.strftime("%d/%m/%Y"))
    if deceased_on > localdate(at):
        raise DeathInFuture
    person.deceased_on = deceased_on
    person.save(update_fields=["deceased_on"])
    journal.record("people.person.decease", by=by, at=at, subject=person)
    stop_contact([person.pk], from_on=deceased_on, why=Exclusion.DECEASED, at=at)
    return person


def stop_contact_of_leases(lease_ids: Iterable[UUID], *, at: datetime) -> None:
    """Tell the other modules of the people whom these leases leave without any home here."""
    by_day: dict[date, list[UUID]] = {}
    for person_id, from_on in gone_among(lease_ids):
        by_day.setdefault(from_on, []).append(person_id)
    for from_on, person_ids in sorted(by_day.items()):
        stop_contact(person_ids, from_on=from_on, why=Exclusion.GONE, at=at)


def stop_contact(person_ids: Iterable[UUID], *, from_on: date, why: str, at: datetime) -> None:
    """Publish that nothing planned from a day on may reach these persons."""
    ids = sorted(str(person_id) for person_id in person_ids)
    for start in range(0, len(ids), IN_ONE_EVENT):
        publish(
            ContactStopped(
                person_ids=tuple(ids[start : start + IN_ONE_EVENT]), from_on=from_on, why=str(why), at=at
            )
        )


@transaction.atomic
def stop_contact_after_load(*, batch_id: UUID, at: datetime) -> tuple[int, int]:
    """Tell the other modules of the deaths and departures that a load brought.

    Returns: how many persons died, how many leases ended, according to the changes that the load logged.
    """
    deaths = _changed_rows(batch_id, "people_person", "deceased_on")
    for deceased_on, person_ids in _by_day(Person, deaths, "deceased_on").items():
        stop_contact(person_ids, from_on=deceased_on, why=Exclusion.DECEASED, at=at)
    ends = _changed_rows(batch_id, "people_lease", "left_on")
    if ends:
        stop_contact_of_leases(ends, at=at)
    return len(deaths), len(ends)


def _by_day(model: type[Person], ids: list[UUID], column: str) -> dict[date, list[UUID]]:
    days: dict[date, list[UUID]] = {}
    rows = model.objects.filter(pk__in=ids, sealed_at__isnull=True).exclude(**{column: None})
    for pk, day in rows.values_list("pk", column):
        days.setdefault(day, []).append(pk)
    return days


def _changed_rows(batch_id: UUID, table: str, column: str) -> list[UUID]:
    """Read the engine's log of changed rows: those of one table where one column received a value."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT row_id FROM import_change
            WHERE batch_id = %s AND table_name = %s AND after ->> %s IS NOT NULL
              AND (before ->> %s) IS DISTINCT FROM (after ->> %s)""",
            [batch_id, table, column, column, column],
        )
        return [UUID(str(row[0])) for row in cursor.fetchall()]
