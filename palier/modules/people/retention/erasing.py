"""How people erases a tenant: what stands against it, then rows, then what is left of her where others need the row."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.events import publish
from palier.kernel.keys import ERASED
from palier.kernel.retention import Erased, Kept, Subject, erases
from palier.kernel.retention.registry import class_named
from palier.kernel.retention.removing import remove, unreferenced
from palier.kernel.retention.tracing import forget_traces
from palier.modules.people.enums import Exclusion, Language, PartyRole, PersonKind
from palier.modules.people.events import ContactStopped
from palier.modules.people.models import (
    Consent,
    ContactPoint,
    Household,
    Lease,
    LeaseParty,
    Person,
    VulnerabilityMarker,
)
from palier.modules.people.models.persons import IDENTITY_COLUMNS
from palier.modules.people.retention.classes import HERS


def leases_in_the_way(subject: Subject, *, on: date) -> list[Kept]:
    """Say which contracts of hers are in force, or ended too lately for actions to be time-barred.

    Legal: règlement (UE) 2016/679, art. 17, par. 3 b) and e); loi n° 89-462 du 6 juillet 1989, art. 7-1.
    """
    file = class_named("people.tenant-file")
    term = file.term_on(on) if file else None
    found = []
    for party in LeaseParty.objects.filter(person=subject.id).select_related("lease"):
        left_on = party.until or party.lease.left_on
        what = _("Identity, contact details and lease {reference}").format(reference=party.lease.reference)
        if left_on is None or left_on > on:
            found.append(Kept(what, _("The contract is in force (art. 17.3 b)")))
        elif term is not None and term.end(left_on) > on:
            why = _("Actions about the contract are not time-barred (art. 17.3 e)")
            found.append(Kept(what, why, term.end(left_on)))
    return found


class OwnRows:
    """Rows that go alone, whatever the contract: they rest on consent or on care."""

    model: type[Any]

    def kept(self, subject: Subject, *, on: date) -> list[Kept]:
        return []

    def count(self, subject: Subject) -> dict[str, int]:
        return {self.model._meta.db_table: self.model.objects.filter(person=subject.id).count()}

    def erase(self, subject: Subject, *, by: Actor, at: datetime) -> Erased:
        return gone(self.model.objects.filter(person=subject.id))


def gone(*groups: Any) -> Erased:
    """Delete rows with their traces and count them."""
    erased = Erased()
    for rows in groups:
        for table, ids in remove(rows).items():
            erased.counts[table] += len(ids)
            forget_traces(table, ids)
    return erased


@erases("people", key="people.markers", label=_("Vulnerability markers"), order=10, tables=("people_marker",))
class Markers(OwnRows):
    model = VulnerabilityMarker


@erases(
    "people", key="people.consents", label=_("Consents and objections"), order=11, tables=("people_consent",)
)
class Consents(OwnRows):
    model = Consent

    def kept(self, subject: Subject, *, on: date) -> list[Kept]:
        """While a contract runs, an objection must still be honoured."""
        if leases_in_the_way(subject, on=on) and self.count(subject)["people_consent"]:
            why = _("Consents prove what was agreed to, and objections must still be honoured (art. 7.1, 21)")
            return [Kept(_("Consents and objections"), why)]
        return []


@erases(
    "people",
    key="people.tenant-file",
    label=_("Tenant file"),
    order=20,
    tables=(
        "people_person",
        "people_contact_point",
        "people_lease_party",
        "people_lease",
        "people_household",
    ),
)
class TenantFile:
    """Identity, contact details, leases: all of it or nothing."""

    def kept(self, subject: Subject, *, on: date) -> list[Kept]:
        return leases_in_the_way(subject, on=on)

    def count(self, subject: Subject) -> dict[str, int]:
        return {
            "people_person": 1,
            "people_contact_point": ContactPoint.objects.filter(person=subject.id).count(),
            "people_lease_party": LeaseParty.objects.filter(person=subject.id).count(),
            "people_lease": _alone(subject).count(),
        }

    def erase(self, subject: Subject, *, by: Actor, at: datetime) -> Erased:
        person = Person.objects.select_for_update(of=("self",)).get(pk=subject.id)
        homes = Household.objects.filter(Q(pk=person.household_id) | Q(leases__in=_alone(subject)))
        home_ids = list(homes.values_list("pk", flat=True))
        ContactPoint.objects.filter(shared_with=person).update(shared_with=None, is_shared=False)
        alone = list(_alone(subject).values_list("pk", flat=True))
        erased = gone(
            unreferenced(Lease.objects.filter(pk__in=alone), but=HERS),
            LeaseParty.objects.filter(person=person),
            ContactPoint.objects.filter(person=person),
        )
        for lease in Lease.objects.filter(pk__in=alone):
            _empty_lease(lease)
            erased.counts["people_lease"] += 1
        if unreferenced(Person.objects.filter(pk=person.pk), but=HERS).exists():
            erased.counts.update(gone(Person.objects.filter(pk=person.pk)).counts)
        else:
            _empty_person(person)
            erased.counts["people_person"] += 1
        erased.counts.update(
            gone(Household.objects.filter(pk__in=home_ids, members=None, leases=None)).counts
        )
        publish(
            ContactStopped(person_ids=(str(subject.id),), from_on=at.date(), why=Exclusion.GONE.value, at=at)
        )
        return erased


def _alone(subject: Subject) -> Any:
    """The leases that no other holder keeps alive."""
    holders = (PartyRole.HOLDER, PartyRole.CO_HOLDER)
    others = LeaseParty.objects.filter(role__in=holders).exclude(person=subject.id)
    mine = Lease.objects.filter(parties__person=subject.id, parties__role__in=holders)
    return mine.exclude(pk__in=others.values("lease")).distinct()


def _empty_lease(lease: Lease) -> None:
    """Another file stands on it: its number goes, its dates stay."""
    LeaseParty.objects.filter(lease=lease).delete()
    lease.reference, lease.household, lease.balance, lease.balance_on = (
        f"{ERASED} {lease.pk}",
        None,
        None,
        None,
    )
    lease.save(update_fields=["reference", "household", "balance", "balance_on"])


def _empty_person(person: Person) -> None:
    """Another file stands on her row: nothing of it says who she was."""
    for column in IDENTITY_COLUMNS:
        setattr(person, column, None if column in ("birth_on", "deceased_on", "household_id") else "")
    person.kind, person.language, person.family_name = PersonKind.NATURAL, Language.FRENCH, ERASED
    person.save()
