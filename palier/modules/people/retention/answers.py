"""What a tenant is told of her own data. Other people in her household are not named to her by us."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from palier.kernel.errors import NotFound
from palier.kernel.retention import LegalBasis, Subject, SubjectSealed, personal_data, subject_kind
from palier.kernel.search.matching import matching
from palier.modules.people.enums import Channel
from palier.modules.people.models import (
    Consent,
    ContactPoint,
    LeaseParty,
    Person,
    PersonAlias,
    VulnerabilityMarker,
)
from palier.modules.people.rules.contacts import shown_phone
from palier.modules.people.selectors.merging import former_identities
from palier.modules.people.services.sealing import words_of

AGENT = _("an agent")


@subject_kind("people", label=_("Tenant"), table="people_person")
class Tenants:
    """How the kernel finds and names the people of this module."""

    def find(self, words: str, *, limit: int) -> list[tuple[UUID, str]]:
        found = matching(Person.objects.in_clear(), words).order_by("search_key", "pk")[:limit]
        return [(one.pk, _title(one)) for one in found]

    def subject(self, subject_id: UUID) -> Subject:
        person = Person.objects.filter(pk=subject_id).first()
        if person is None:
            raise NotFound
        if person.is_sealed:
            raise SubjectSealed
        return subject_of(person)

    def url(self, subject_id: UUID) -> str:
        return reverse("people:person", args=[subject_id])


def subject_of(person: Person) -> Subject:
    """Return everything that names a person, under whatever code or spelling, and those around her."""
    former = former_identities(person.pk)
    aliases = list(PersonAlias.objects.filter(person=person).values("fact", "value"))
    parties = list(LeaseParty.objects.filter(person=person).select_related("lease"))
    points = list(ContactPoint.objects.filter(person=person))
    records = [("people_person", str(person.pk))]
    records += [("people_contact_point", str(one.pk)) for one in points]
    records += [("people_lease_party", str(one.pk)) for one in parties]
    for model in (Consent, VulnerabilityMarker):
        ids = model._default_manager.filter(person=person).values_list("pk", flat=True)
        records += [(model._meta.db_table, str(pk)) for pk in ids]
    # Records that were merged into hers: what the audit and the loads kept of them is hers too.
    records += [("people_person", one["id"]) for one in former]
    content = {
        "identity": person.identity(),
        "former": former,
        "rows": {
            "people_contact_point": [{"channel": p.channel, "value": p.value} for p in points],
            "people_person_alias": aliases,
        },
        "leases": [{"reference": one.lease.reference} for one in parties],
    }
    around = Person.objects.in_clear().exclude(pk=person.pk)
    around = around.filter(
        Q(parties__lease__in=[one.lease_id for one in parties])
        | Q(household__isnull=False, household=person.household_id)
    ).distinct()
    return Subject(
        kind="people",
        id=person.pk,
        title=person.name,
        hers=tuple(filter(None, (*_names(person), *(one[name] for one in former for name in NAMES)))),
        others=tuple(name for other in around for name in _names(other) if name),
        record_ids=tuple(records),
        words=tuple(words_of(content)),
    )


NAMES = ("family_name", "given_names", "birth_name", "legal_name")


def _names(person: Person) -> tuple[str, ...]:
    return tuple(getattr(person, name) for name in NAMES)


def _title(person: Person) -> str:
    born = f" · {person.birth_on:%d/%m/%Y}" if person.birth_on else ""
    return f"{person.name}{born}" + (f" · {person.reference}" if person.reference else "")


@personal_data(
    "people",
    key="people.identity",
    label=_("Identity"),
    purpose=_("Management of the lease"),
    basis=LegalBasis.CONTRACT,
    retention="people.tenant-file",
    order=10,
    tables=("people_person", "people_household"),
)
def identity(subject: Subject) -> Sequence[dict[Any, Any]]:
    person = Person.objects.select_related("household").get(pk=subject.id)
    return [
        {
            _("Reference"): person.reference,
            _("Reference in your software"): person.external_key,
            _("Kind"): person.get_kind_display(),
            _("Civility"): person.get_civility_display(),
            _("Family name"): person.family_name,
            _("Given names"): person.given_names,
            _("Birth name"): person.birth_name,
            _("Name of the body"): person.legal_name,
            _("Birth date"): person.birth_on,
            _("Date of death"): person.deceased_on,
            _("Language"): person.get_language_display(),
            _("People declared in the household"): person.household.declared_size
            if person.household
            else None,
        }
    ]


@personal_data(
    "people",
    key="people.contact-points",
    label=_("Phone numbers and addresses"),
    purpose=_("Management of the lease; warning in a crisis"),
    basis=LegalBasis.CONTRACT,
    retention="people.former-contact",
    order=11,
    tables=("people_contact_point",),
)
def contact_points(subject: Subject) -> Sequence[dict[Any, Any]]:
    rows = ContactPoint.objects.filter(person=subject.id).order_by("channel", "pk")
    return [
        {
            _("Channel"): one.get_channel_display(),
            _("Value"): shown_phone(one.value) if one.channel == Channel.PHONE else one.value,
            _("Preferred"): one.is_preferred,
            _("Not safe: nothing is sent there"): one.is_unsafe,
            _("Shared with somebody else"): one.is_shared,
            _("Best time"): one.get_slot_display(),
            _("Learnt from"): one.get_source_display(),
            _("Checked on"): one.verified_at,
            _("Ended on"): one.ended_on,
        }
        for one in rows
    ]


@personal_data(
    "people",
    key="people.leases",
    label=_("Leases"),
    purpose=_("Management of the lease"),
    basis=LegalBasis.CONTRACT,
    retention="people.tenant-file",
    order=12,
    tables=("people_lease_party", "people_lease"),
)
def leases(subject: Subject) -> Sequence[dict[Any, Any]]:
    rows = LeaseParty.objects.filter(person=subject.id).select_related("lease__lot__residence")
    return [
        {
            _("Contract number"): one.lease.reference,
            _("Nature"): one.lease.get_nature_display(),
            _("Role"): one.get_role_display(),
            _("Relation to the holder"): one.get_relation_display(),
            _("Dwelling"): f"{one.lease.lot.code} · {one.lease.lot.residence.name}",
            _("Entered on"): one.lease.entered_on,
            _("Notice on"): one.lease.notice_on,
            _("Left on"): one.until or one.lease.left_on,
            _("Balance of the account (€)"): one.lease.balance,
            _("Balance on"): one.lease.balance_on,
        }
        for one in rows.order_by("lease__entered_on", "pk")
    ]


@personal_data(
    "people",
    key="people.consents",
    label=_("Consents and objections"),
    purpose=_("Respect what the person agreed to, and prove it"),
    basis=LegalBasis.CONSENT,
    retention="people.consent",
    order=13,
    tables=("people_consent",),
)
def consents(subject: Subject) -> Sequence[dict[Any, Any]]:
    rows = Consent.objects.filter(person=subject.id).order_by("given_at", "pk")
    return [
        {
            _("Kind"): one.get_kind_display(),
            _("About"): one.get_topic_display(),
            _("Channel"): one.get_channel_display(),
            _("Version of the text"): one.text_version,
            _("Given on"): one.given_at,
            _("Proof"): one.proof,
            _("Recorded by"): AGENT,
            _("Withdrawn on"): one.withdrawn_at,
        }
        for one in rows
    ]


@personal_data(
    "people",
    key="people.markers",
    label=_("Vulnerability markers"),
    purpose=_("Care for the frail in a crisis"),
    basis=LegalBasis.PUBLIC_TASK,
    retention="people.marker",
    order=14,
    tables=("people_marker",),
)
def markers(subject: Subject) -> Sequence[dict[Any, Any]]:
    rows = VulnerabilityMarker.objects.filter(person=subject.id).order_by("recorded_at", "pk")
    return [
        {
            _("Nature"): one.get_nature_display(),
            _("Origin"): one.get_origin_display(),
            _("Note"): one.note,
            _("With consent"): one.has_consent,
            _("Recorded on"): one.recorded_on,
            _("Recorded by"): AGENT,
            _("To review on"): one.review_on,
            _("Expires on"): one.expires_on,
            _("Closed on"): one.closed_at,
        }
        for one in rows
    ]
