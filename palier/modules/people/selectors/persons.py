"""The list of tenants and the page of one person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.search.keys import words_of
from palier.kernel.search.matching import best_matches
from palier.modules.people.enums import Channel, ConsentKind, LeaseStatus, PartyRole
from palier.modules.people.models import (
    Consent,
    ContactPoint,
    Lease,
    LeaseParty,
    Person,
    VulnerabilityMarker,
)
from palier.modules.people.permissions import Permission
from palier.modules.people.rules.contacts import shown_phone
from palier.modules.people.rules.leases import age_on, is_in_arrears

LIVES_THERE = (PartyRole.HOLDER, PartyRole.CO_HOLDER, PartyRole.OCCUPANT)


@dataclass(frozen=True)
class LeaseLine:
    """A lease as a person's page shows it."""

    id: UUID
    reference: str
    nature: str
    role: str
    status: str
    status_label: str
    entered_on: date
    left_on: date | None
    lot_id: UUID
    lot_code: str
    residence_id: UUID
    residence_name: str
    city: str


@dataclass(frozen=True)
class HouseholdLine:
    """Somebody of the same household."""

    id: UUID
    name: str
    role: str
    relation: str
    age: int | None


@dataclass(frozen=True)
class ContactLine:
    """A contact point, with what must be known before using it."""

    id: UUID
    channel: str
    value: str
    shown: str
    line_type: str
    line_label: str
    is_preferred: bool
    is_unsafe: bool
    is_shared: bool
    shared_with: str
    shared_with_id: UUID | None
    slot: str
    slot_label: str
    source: str
    verified_at: datetime | None
    ended_on: date | None

    @property
    def takes_no_text(self) -> bool:
        """A landline is dialled, never texted."""
        return self.channel == Channel.PHONE and self.line_type == "landline"


@dataclass(frozen=True)
class ConsentLine:
    id: UUID
    kind: str
    kind_label: str
    topic: str
    channel: str
    text_version: str
    proof: str
    given_at: datetime
    recorded_by: str
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class MarkerLine:
    id: UUID
    nature: str
    label: str
    origin: str
    note: str
    has_consent: bool
    recorded_by: str
    recorded_on: date
    review_on: date
    expires_on: date | None
    is_due: bool


@dataclass(frozen=True)
class PersonCard:
    """Everything that the page of a person shows of this module. Markers are None for whoever may not see
    them.
    """

    id: UUID
    name: str
    kind: str
    civility: str
    family_name: str
    given_names: str
    birth_name: str
    legal_name: str
    reference: str
    birth_on: date | None
    age: int | None
    deceased_on: date | None
    language: str
    language_label: str
    leases: tuple[LeaseLine, ...]
    household: tuple[HouseholdLine, ...]
    household_size: int | None
    points: tuple[ContactLine, ...]
    former_points: tuple[ContactLine, ...]
    consents: tuple[ConsentLine, ...]
    markers: tuple[MarkerLine, ...] | None

    @property
    def current(self) -> LeaseLine | None:
        """The lease under which the person lives, or the latest one."""
        order = {LeaseStatus.CURRENT: 0, LeaseStatus.LEAVING: 0, LeaseStatus.COMING: 1, LeaseStatus.ENDED: 2}
        return min(self.leases, key=lambda one: order[LeaseStatus(one.status)], default=None)

    @property
    def is_gone(self) -> bool:
        return bool(self.leases) and all(one.status == LeaseStatus.ENDED for one in self.leases)


def person_rows(*, actor: Actor, on: date) -> QuerySet[Person]:
    """Return the persons whom the actor may see, with what a list shows: their lease, their phone, their
    markers.

    The subqueries are worked out for the rows of one page alone.
    """
    parties = _current_first(on).filter(person=OuterRef("pk"))
    points = ContactPoint.objects.filter(
        person=OuterRef("pk"), channel=Channel.PHONE, ended_on__isnull=True, is_unsafe=False
    ).order_by("-is_preferred", "-line_type", "pk")
    return (
        Person.objects.visible_to(actor)
        .annotate(
            lot_id=Subquery(parties.values("lease__lot_id")[:1]),
            lot_code=Subquery(parties.values("lease__lot__code")[:1]),
            residence_id=Subquery(parties.values("lease__lot__residence_id")[:1]),
            residence_name=Subquery(parties.values("lease__lot__residence__name")[:1]),
            city=Subquery(parties.values("lease__lot__residence__city")[:1]),
            party_role=Subquery(parties.values("role")[:1]),
            lease_status=Subquery(parties.values("status")[:1]),
            phone=Subquery(points.values("value")[:1]),
        )
        .order_by("search_key", "pk")
    )


def _current_first(on: date) -> Any:
    """Parties with their lease's status on a day, those in force first, a dwelling before a garage."""
    ends_on = Coalesce("lease__left_on", "until", Value(date.max), output_field=DateField())
    status = Case(
        When(lease__left_on__lte=on, then=Value(LeaseStatus.ENDED.value)),
        When(until__lte=on, then=Value(LeaseStatus.ENDED.value)),
        When(lease__entered_on__gt=on, then=Value(LeaseStatus.COMING.value)),
        When(
            Q(lease__left_on__isnull=False) | Q(lease__notice_on__lte=on),
            then=Value(LeaseStatus.LEAVING.value),
        ),
        default=Value(LeaseStatus.CURRENT.value),
        output_field=TextField(),
    )
    garage_last = Case(When(lease__nature="parking", then=1), default=0)
    return LeaseParty.objects.annotate(ends_on=ends_on, status=status, garage=garage_last).order_by(
        F("ends_on").desc(), "garage", "lease__entered_on", "pk"
    )


def in_force(on: date, **lease: Any) -> Exists:
    """Say whether a person of a list is party to a lease in force on a day, which has these properties."""
    wanted = {f"lease__{name}": value for name, value in lease.items()}
    parties = LeaseParty.objects.filter(
        Q(lease__left_on__isnull=True) | Q(lease__left_on__gt=on),
        Q(until__isnull=True) | Q(until__gt=on),
        person=OuterRef("pk"),
        lease__entered_on__lte=on,
        **wanted,
    )
    return Exists(parties)


def with_status(people: QuerySet[Person], status: str, on: date) -> QuerySet[Person]:
    """Keep the persons whose situation on a day is: current, leaving, coming, ended, or none (no lease
    ever).
    """
    match status:
        case LeaseStatus.CURRENT:
            return people.filter(in_force(on))
        case LeaseStatus.LEAVING:
            return people.filter(in_force(on, left_on__isnull=False))
        case LeaseStatus.COMING:
            coming = LeaseParty.objects.filter(person=OuterRef("pk"), lease__entered_on__gt=on)
            return people.filter(Exists(coming)).exclude(in_force(on))
        case LeaseStatus.ENDED:
            some = LeaseParty.objects.filter(person=OuterRef("pk"), lease__entered_on__lte=on)
            return people.filter(Exists(some)).exclude(in_force(on))
    return people.exclude(Exists(LeaseParty.objects.filter(person=OuterRef("pk"))))


def with_marker(people: QuerySet[Person], nature: str, on: date) -> QuerySet[Person]:
    """Keep the persons who have a marker in force, of one nature or of any."""
    markers = VulnerabilityMarker.objects.in_force(on).filter(person=OuterRef("pk"))
    return people.filter(Exists(markers.filter(nature=nature) if nature != "any" else markers))


def in_residence(people: QuerySet[Person], text: str, on: date) -> QuerySet[Person]:
    """Keep the persons who live, on a day, in residences that have this code or these words in their name
    or city.
    """
    parties = LeaseParty.objects.filter(
        Q(lease__left_on__isnull=True) | Q(lease__left_on__gt=on),
        person=OuterRef("pk"),
        lease__entered_on__lte=on,
    )
    for word in words_of(text):
        parties = parties.filter(lease__lot__residence__search_key__contains=word)
    return people.filter(Exists(parties))


def with_phone(people: QuerySet[Person], value: str) -> QuerySet[Person]:
    """Keep the persons who have exactly this phone number."""
    points = ContactPoint.objects.filter(person=OuterRef("pk"), channel=Channel.PHONE, value=value)
    return people.filter(Exists(points))


def person_card(*, person_id: UUID, actor: Actor, at: datetime, on: date) -> PersonCard:
    """Return the page of a person. At most seven queries.

    Raises: NotFound, for a sealed person as for one who does not exist.
    """
    person = Person.objects.visible_to(actor).select_related("household").filter(pk=person_id).first()
    if person is None:
        raise NotFound
    points = _points(person)
    return PersonCard(
        id=person.pk,
        name=person.name,
        kind=person.kind,
        civility=str(person.get_civility_display()) if person.civility else "",
        family_name=person.family_name,
        given_names=person.given_names,
        birth_name=person.birth_name,
        legal_name=person.legal_name,
        reference=person.reference,
        birth_on=person.birth_on,
        age=age_on(person.birth_on, person.deceased_on or on),
        deceased_on=person.deceased_on,
        language=person.language,
        language_label=str(person.get_language_display()),
        leases=_leases(person, on),
        household=_household(person, on),
        household_size=person.household.declared_size if person.household else None,
        points=tuple(point for point in points if point.ended_on is None),
        former_points=tuple(point for point in points if point.ended_on is not None),
        consents=_consents(person),
        markers=_markers(person, on) if actor.may(Permission.MARKER_VIEW) else None,
    )


def arrears_flag(*, person_id: UUID, actor: Actor, on: date) -> bool | None:
    """Say whether a current lease of the person owed money lately; None when unknown or not theirs to
    know.
    """
    if not actor.may(Permission.BALANCE_VIEW):
        return None
    leases = Lease.objects.in_clear().in_force(on).filter(parties__person_id=person_id)
    flags = [is_in_arrears(b, day, on) for b, day in leases.values_list("balance", "balance_on")]
    known = [flag for flag in flags if flag is not None]
    return any(known) if known else None


def sharers_of(*, person_id: UUID, actor: Actor) -> list[tuple[str, str]]:
    """Return the people with whom a contact point may be shared: the household and the other parties of the
    leases.
    """
    leases = LeaseParty.objects.filter(person_id=person_id).values("lease_id")
    person = Person.objects.filter(pk=person_id).first()
    home = Q(household_id=person.household_id) if person and person.household_id else Q(pk=None)
    people = (
        Person.objects.visible_to(actor).filter(home | Q(parties__lease_id__in=leases)).exclude(pk=person_id)
    )
    return [(str(one.pk), one.name) for one in people.distinct().order_by("search_key", "pk")]


def _leases(person: Person, on: date) -> tuple[LeaseLine, ...]:
    parties = _current_first(on).filter(person=person).select_related("lease__lot__residence")
    return tuple(
        LeaseLine(
            id=party.lease_id,
            reference=party.lease.reference,
            nature=str(party.lease.get_nature_display()),
            role=str(party.get_role_display()),
            status=party.status,
            status_label=str(LeaseStatus(party.status).label),
            entered_on=party.lease.entered_on,
            left_on=party.lease.left_on or party.until,
            lot_id=party.lease.lot_id,
            lot_code=party.lease.lot.code,
            residence_id=party.lease.lot.residence_id,
            residence_name=party.lease.lot.residence.name,
            city=party.lease.lot.residence.city,
        )
        for party in parties
        if party.lease.sealed_at is None
    )


def _household(person: Person, on: date) -> tuple[HouseholdLine, ...]:
    if person.household_id is None:
        return ()
    role = LeaseParty.objects.filter(person=OuterRef("pk"), until__isnull=True).order_by("-role")
    members = (
        Person.objects.in_clear()
        .filter(household_id=person.household_id)
        .exclude(pk=person.pk)
        .annotate(role=Subquery(role.values("role")[:1]), relation=Subquery(role.values("relation")[:1]))
        .order_by("birth_on", "search_key")
    )
    return tuple(
        HouseholdLine(
            id=one.pk,
            name=one.name,
            role=str(PartyRole(one.role).label) if one.role else "",
            relation=_relation_label(one.relation),
            age=age_on(one.birth_on, on),
        )
        for one in members
    )


def _relation_label(relation: str | None) -> str:
    return str(dict(LeaseParty._meta.get_field("relation").choices)[relation]) if relation else ""  # type: ignore[arg-type]


def _points(person: Person) -> list[ContactLine]:
    rows = ContactPoint.objects.filter(person=person).select_related("shared_with")
    order = {Channel.PHONE: 0, Channel.EMAIL: 1, Channel.POSTAL: 2}
    rows_sorted = sorted(
        rows, key=lambda row: (order[Channel(row.channel)], not row.is_preferred, str(row.pk))
    )
    return [
        ContactLine(
            id=row.pk,
            channel=row.channel,
            value=row.value,
            shown=shown_phone(row.value) if row.channel == Channel.PHONE else row.value,
            line_type=row.line_type,
            line_label=str(row.get_line_type_display()) if row.line_type else "",
            is_preferred=row.is_preferred,
            is_unsafe=row.is_unsafe,
            is_shared=row.is_shared,
            shared_with=row.shared_with.name if row.shared_with else "",
            shared_with_id=row.shared_with_id,
            slot=row.slot,
            slot_label=str(row.get_slot_display()),
            source=str(row.get_source_display()),
            verified_at=row.verified_at,
            ended_on=row.ended_on,
        )
        for row in rows_sorted
    ]


def _consents(person: Person) -> tuple[ConsentLine, ...]:
    rows = Consent.objects.filter(person=person).order_by("withdrawn_at", "-given_at", "pk")
    ordered = sorted(rows, key=lambda row: row.withdrawn_at is not None)
    return tuple(
        ConsentLine(
            id=row.pk,
            kind=ConsentKind(row.kind).value,
            kind_label=str(row.get_kind_display()),
            topic=str(row.get_topic_display()),
            channel=str(row.get_channel_display()),
            text_version=row.text_version,
            proof=row.proof,
            given_at=row.given_at,
            recorded_by=row.recorded_by,
            withdrawn_at=row.withdrawn_at,
        )
        for row in ordered
    )


def _markers(person: Person, on: date) -> tuple[MarkerLine, ...]:
    rows = VulnerabilityMarker.objects.in_force(on).filter(person=person).order_by("review_on", "pk")
    return tuple(marker_line(row, on) for row in rows)


def marker_line(row: VulnerabilityMarker, on: date) -> MarkerLine:
    """Turn a marker into what screens show."""
    return MarkerLine(
        id=row.pk,
        nature=row.nature,
        label=str(row.get_nature_display()),
        origin=str(row.get_origin_display()),
        note=row.note,
        has_consent=row.has_consent,
        recorded_by=row.recorded_by,
        recorded_on=row.recorded_on,
        review_on=row.review_on,
        expires_on=row.expires_on,
        is_due=row.review_on <= on,
    )


def name_of(*, person_id: UUID, actor: Actor) -> str | None:
    """Return a person's name, or None for whoever may not know of them."""
    person = Person.objects.visible_to(actor).filter(pk=person_id).first()
    return person.name if person else None


def leases_by_reference(*, text: str, actor: Actor, limit: int) -> list[Lease]:
    """Return the leases in clear whose contract number begins with or holds what was typed."""
    if not actor.may(Permission.PERSON_VIEW) or not any(sign.isdigit() for sign in text):
        return []
    return best_matches(Lease.objects.in_clear().select_related("lot"), text, limit=limit)
