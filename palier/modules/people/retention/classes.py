"""How long people keeps what it holds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import DateField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel.retention.enums import Action
from palier.kernel.retention.registry import Chunk, Holds, Rows, belongs_to, name_tables, retention_class
from palier.kernel.retention.removing import unreferenced
from palier.kernel.retention.tracing import purge_old
from palier.kernel.words import Text
from palier.modules.people.models import (
    Consent,
    ContactPoint,
    Household,
    Lease,
    LeaseParty,
    Merge,
    Person,
    SealedReading,
    VulnerabilityMarker,
)

HERS = ("people_contact_point", "people_consent", "people_marker", "people_lease_party")
"""Tables that go with a person."""


@belongs_to("people_person")
def leases_of(person_ids: Sequence[str]) -> Mapping[str, Iterable[Any]]:
    """The leases of a held person are held, with the household and the others who signed."""
    leases = Lease.objects.filter(parties__person__in=[UUID(one) for one in person_ids])
    return {
        "people_lease": leases.values_list("pk", flat=True).distinct(),
        "people_lease_party": LeaseParty.objects.filter(lease__in=leases).values_list("pk", flat=True),
        "people_person": Person.objects.filter(parties__lease__in=leases).values_list("pk", flat=True),
        "people_household": Household.objects.filter(
            Q(members__in=person_ids) | Q(leases__in=leases)
        ).values_list("pk", flat=True),
    }


@belongs_to("people_lease")
def parties_of(lease_ids: Sequence[str]) -> Mapping[str, Iterable[Any]]:
    """The people of a held lease are held."""
    held = [UUID(one) for one in lease_ids]
    return {"people_person": Person.objects.filter(parties__lease__in=held).values_list("pk", flat=True)}


@retention_class(
    key="people.tenant-file",
    label=_("Tenant file: lease, holders, occupants, contact details"),
    trigger=_("Exit from the dwelling"),
    months=36,
    least=36,
    most=60,
    source=_("Law n° 89-462 of 6 July 1989, art. 7-1 (three years); Civil code, art. 2224 (five years)"),
    purpose=_("Management of the lease, then proof until actions are time-barred"),
    order=10,
)
class TenantFiles(Rows):
    """Leases that ended, then the persons and households on whom nothing else stands."""

    model = Lease
    since = "left_on"
    chunk_rows = 500

    def rows(self) -> QuerySet[Lease]:
        return Lease.objects.in_clear()

    def due(self, *, before: datetime) -> QuerySet[Lease]:
        ended = self.rows().filter(left_on__lt=localdate(before))
        return unreferenced(ended, but=HERS)

    def kept(self, *, before: datetime) -> Mapping[Text, int]:
        ended = self.rows().filter(left_on__lt=localdate(before))
        free = unreferenced(ended, but=HERS)
        return {_("Leases on which another file still stands"): ended.count() - free.count()}

    def describe(self, row: Lease) -> str:
        return row.reference

    def apply(self, chunk: Chunk) -> None:
        leases = Lease.objects.filter(pk__in=chunk.ids)
        persons = list(
            LeaseParty.objects.filter(lease__in=chunk.ids).values_list("person_id", flat=True).distinct()
        )
        homes = list(leases.exclude(household=None).values_list("household_id", flat=True))
        homes += list(
            Person.objects.filter(pk__in=persons, household__isnull=False).values_list(
                "household_id", flat=True
            )
        )
        chunk.delete(leases)
        chunk.delete(without_lease(Person.objects.in_clear().filter(pk__in=persons)))
        chunk.delete(Household.objects.filter(pk__in=homes, members=None, leases=None))


def without_lease(persons: QuerySet[Person]) -> QuerySet[Person]:
    """Keep the persons whom no lease names and on whom no other record stands."""
    parties = LeaseParty.objects.filter(person=OuterRef("pk"))
    return unreferenced(persons.exclude(Exists(parties)), but=HERS)


@retention_class(
    key="people.person-alone",
    label=_("Persons without any lease"),
    trigger=_("Day on which the person was recorded"),
    months=36,
    least=1,
    most=60,
    source=_("Domain usage, by analogy with the tenant file"),
    purpose=_("Contacts of persons who never became tenants"),
    order=11,
)
class PersonsAlone(Rows):
    """The key of a row says when it was made (UUIDv7): no other column does."""

    model = Person
    since = "recorded_on"

    def due(self, *, before: datetime) -> QuerySet[Person]:
        made = without_lease(Person.objects.in_clear().filter(pk__lt=first_id_of(before)))
        return made.annotate(recorded_on=MadeOn("pk"))


class MadeOn(Cast):
    """The day, on our clocks, that a UUIDv7 was made, read from its first 48 bits of milliseconds."""

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, DateField())

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, Any]:  # type: ignore[override]
        inner, params = compiler.compile(self.source_expressions[0])
        hexa = f"replace(({inner})::text, '-', '')"
        moment = f"to_timestamp(('x' || substr({hexa}, 1, 12))::bit(48)::bigint / 1000.0)"
        return f"({moment} AT TIME ZONE %s)::date", (*params, settings.TIME_ZONE)

    as_postgresql = as_sql


def first_id_of(at: datetime) -> UUID:
    """Return the least UUIDv7 of an instant: every key made before it is smaller."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62)


@retention_class(
    key="people.marker",
    label=_("Closed vulnerability markers"),
    trigger=_("Closing or expiry of the marker"),
    days=30,
    least=0,
    most=184,
    source=_("GDPR, art. 5.1 e (limited storage); domain usage"),
    purpose=_("Care for the frail in a crisis"),
    order=12,
)
class ClosedMarkers(Rows):
    model = VulnerabilityMarker
    since = "closed_at"

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("people_marker")) | Q(person__in=holds.ids("people_person"))


@retention_class(
    key="people.consent",
    label=_("Consents and objections withdrawn"),
    trigger=_("Withdrawal"),
    months=36,
    least=12,
    most=60,
    source=_("CNIL: proof of consent kept three years after its withdrawal"),
    purpose=_("Proof of what the person had agreed to"),
    order=13,
)
class WithdrawnConsents(Rows):
    model = Consent
    since = "withdrawn_at"

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("people_consent")) | Q(person__in=holds.ids("people_person"))


@retention_class(
    key="people.former-contact",
    label=_("Former phone numbers and addresses"),
    trigger=_("Day on which the number or address ended"),
    months=12,
    least=0,
    most=36,
    source=_("GDPR, art. 5.1 d (accuracy) and e (limited storage); domain usage"),
    purpose=_("Find somebody again after a mistake"),
    order=14,
)
class FormerContacts(Rows):
    model = ContactPoint
    since = "ended_on"

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("people_contact_point")) | Q(person__in=holds.ids("people_person"))


@retention_class(
    key="people.sealed-reading",
    label=_("Readings of sealed files"),
    trigger=_("Day of the reading"),
    months=36,
    least=36,
    most=72,
    action=Action.DELETE,
    source=_("CNIL, deliberation n° 2021-122 of 14 October 2021 (logging); three years for sealed files"),
    purpose=_("Know who opened the file of a protected person"),
    order=15,
)
class SealedReadings(Rows):
    model = SealedReading
    since = "at"
    lockable = False

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("people_sealed_reading")) | Q(
            file_id__in=holds.ids("people_sealed_identity")
        )

    def apply(self, chunk: Chunk) -> None:
        chunk.counts["people_sealed_reading"] += purge_old("people_sealed_reading", chunk.ids)


@retention_class(
    key="people.merge",
    label=_("Merges of persons"),
    trigger=_("Day of the merge"),
    months=12,
    least=1,
    most=36,
    source=_("GDPR, art. 5.1 e (limited storage); domain usage"),
    purpose=_("Undo a merge made by mistake"),
    order=16,
)
class Merges(Rows):
    """What a merge changed goes with it, and with it the way back; the former codes stay with the person."""

    model = Merge
    since = "merged_at"

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("people_merge")) | Q(kept_id__in=holds.ids("people_person"))


name_tables(
    {
        "people_merge": _("merges of persons"),
        "people_merge_change": _("changes made by merges"),
        "people_duplicate_pair": _("pairs of possible duplicates"),
        "people_person_alias": _("former codes of persons"),
        "people_person": _("persons"),
        "people_household": _("households"),
        "people_lease": _("leases"),
        "people_lease_party": _("roles in a lease"),
        "people_contact_point": _("phone numbers and addresses"),
        "people_consent": _("consents and objections"),
        "people_marker": _("vulnerability markers"),
        "people_sealed_reading": _("readings of sealed files"),
    }
)
