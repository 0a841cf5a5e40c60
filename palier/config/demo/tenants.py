"""What the staff know of some tenants: markers, objections, numbers to use with care, a sealed person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from palier.config.demo.cast import Cast
from palier.config.demo.draws import happens, pick, stream
from palier.kernel.access import Actor
from palier.modules.people.enums import MarkerNature, MarkerOrigin, PartyRole
from palier.modules.people.models import ContactPoint, LeaseParty, Person
from palier.modules.people.services.consents import record_consent
from palier.modules.people.services.contacts import mark_contact_point
from palier.modules.people.services.markers import record_marker
from palier.modules.people.services.sealing import seal_together

ORIGINS = (
    (MarkerOrigin.DECLARED, 45.0),
    (MarkerOrigin.AGENT, 30.0),
    (MarkerOrigin.CALL, 17.0),
    (MarkerOrigin.CCAS, 8.0),
)
NOTES = {
    MarkerNature.LIVES_ALONE: ("Appeler le matin.", "Sa fille passe le dimanche.", ""),
    MarkerNature.ISOLATED: ("Apprécie une conversation.", "Voisine du 2e prévenue en cas de besoin.", ""),
    MarkerNature.NEEDS_HELP_TO_LEAVE: (
        "Prévenir les secours en cas d’évacuation.",
        "Deux personnes nécessaires.",
    ),
    MarkerNature.STAYS_INDOORS: ("Livraison à la porte.", ""),
    MarkerNature.HOME_HELP: ("Aide à domicile le matin, du lundi au vendredi.", ""),
    MarkerNature.ALONE_WITH_CHILDREN: ("Rappeler après 17 h.", ""),
    MarkerNature.INCOME_LOSS: ("Étalement proposé.", ""),
    MarkerNature.HARD_TO_REACH: ("Passer par le gardien.",),
    MarkerNature.WRITTEN_FRENCH: ("Appeler plutôt qu’écrire.",),
    MarkerNature.ASKED_TO_BE_CALLED: ("Chaque semaine.", ""),
}


@dataclass(frozen=True)
class Tenant:
    """What decides which markers are plausible for somebody. `household`: how many live there."""

    id: UUID
    reference: str
    age: int
    household: int
    has_children: bool
    is_holder: bool
    can_be_called: bool


def know_tenants(cast: Cast, seed: int, at: datetime) -> None:
    """Record markers for about one tenant in fifteen, and a few objections."""
    by = cast.actor("social", "clientele")
    for tenant in _tenants(timezone.localdate(at)):
        random = stream(seed, cast.spec.slug, "marker", tenant.reference)
        for nature in _natures(random, tenant):
            record_marker(
                person_id=tenant.id,
                nature=nature,
                origin=pick(random, ORIGINS),
                has_consent=happens(random, 0.85),
                review_on=timezone.localdate(at) + timedelta(days=random.randint(20, 175)),
                by=by,
                at=at,
                note=random.choice(NOTES[nature]),
            )
        if tenant.is_holder and happens(random, 0.012):
            topic = random.choice(("surveys", "news", "courtesy_calls"))
            record_consent(person_id=tenant.id, kind="opt_out", topic=topic, by=by, at=at)


def _tenants(on: date) -> list[Tenant]:
    minor = Q(household__members__birth_on__gt=on.replace(year=on.year - 18))
    rows = (
        Person.objects.filter(sealed_at__isnull=True, household__isnull=False, birth_on__isnull=False)
        .annotate(
            size=Count("household__members", distinct=True),
            minors=Count("household__members", filter=minor, distinct=True),
            phones=Count("contact_points", filter=Q(contact_points__channel="phone"), distinct=True),
        )
        .order_by("reference")
    )
    holders = set(LeaseParty.objects.filter(role=PartyRole.HOLDER).values_list("person_id", flat=True))
    return [
        Tenant(
            row.pk,
            row.reference,
            _age(row, on),
            row.size,
            row.minors > 0,
            row.pk in holders,
            row.phones > 0,
        )
        for row in rows
    ]


def _age(person: Person, on: date) -> int:
    return (on - person.birth_on).days // 365 if person.birth_on else 0


def _natures(random: Random, tenant: Tenant) -> Iterator[MarkerNature]:
    """Draw what is known of somebody, from age and household: never from anything else."""
    is_old_alone = tenant.age >= 75 and tenant.household == 1
    rates = (
        (MarkerNature.LIVES_ALONE, 0.62 if is_old_alone else 0.0),
        (
            MarkerNature.ISOLATED,
            0.14 if is_old_alone else 0.03 if tenant.age >= 60 and tenant.household == 1 else 0.0,
        ),
        (MarkerNature.NEEDS_HELP_TO_LEAVE, 0.14 if tenant.age >= 80 else 0.012 if tenant.age >= 40 else 0.0),
        (MarkerNature.STAYS_INDOORS, 0.10 if tenant.age >= 80 else 0.0),
        (MarkerNature.HOME_HELP, 0.16 if tenant.age >= 80 else 0.0),
        (MarkerNature.ALONE_WITH_CHILDREN, 0.05 if tenant.is_holder and tenant.has_children else 0.0),
        (MarkerNature.INCOME_LOSS, 0.02 if tenant.is_holder and tenant.age < 62 else 0.0),
        (MarkerNature.HARD_TO_REACH, 0.5 if tenant.is_holder and not tenant.can_be_called else 0.0),
        (MarkerNature.WRITTEN_FRENCH, 0.012 if tenant.is_holder else 0.0),
        (MarkerNature.ASKED_TO_BE_CALLED, 0.05 if is_old_alone else 0.0),
    )
    yield from (nature for nature, rate in rates if happens(random, rate))


def _housemates(person: Person) -> QuerySet[Person]:
    rows = Person.objects.filter(household=person.household_id).exclude(pk=person.pk)
    return rows.order_by("reference")


def mark_contacts(cast: Cast, seed: int, at: datetime) -> None:
    """Some numbers are shared within a household; two are unsafe: nobody calls them."""
    by = cast.actor("social", "clientele")
    random = stream(seed, cast.spec.slug, "contacts")
    points = list(
        ContactPoint.objects.filter(
            channel="phone", person__household__isnull=False, person__sealed_at__isnull=True
        )
        .select_related("person")
        .order_by("person__reference", "value")
    )
    chosen = random.sample(points, min(9, len(points)))
    for rank, point in enumerate(chosen):
        other = _housemates(point.person).first()
        mark_contact_point(
            contact_id=point.pk,
            by=by,
            at=at,
            is_unsafe=rank < 2,
            is_shared=other is not None,
            shared_with_id=other.pk if other else None,
            is_preferred=rank >= 2,
            is_verified=rank >= 5,
            slot="morning" if rank % 2 else "afternoon",
        )


def seal_somebody(cast: Cast, seed: int, at: datetime) -> None:
    """Seal a mother and her two children; their dwelling stays served, without a name."""
    referent: Actor = cast.actor("referente", "social")
    family = _family(timezone.localdate(at), stream(seed, cast.spec.slug, "sealed"))
    if family:
        seal_together(
            person_id=family[0],
            together=family[1:],
            reason="Ordonnance de protection ; adresse à ne pas révéler.",
            by=referent,
            at=at,
        )


def _family(on: date, random: Random) -> list[UUID]:
    """A woman of 25 to 50, holder, alone with two minors."""
    for tenant in sorted(_tenants(on), key=lambda _tenant: random.random()):
        if tenant.is_holder and tenant.has_children and tenant.household == 3 and 25 <= tenant.age <= 50:
            person = Person.objects.get(pk=tenant.id)
            others = list(_housemates(person))
            if person.civility == "ms" and all(
                other.birth_on and (on - other.birth_on).days < 6_570 for other in others
            ):
                return [person.pk, *(other.pk for other in others)]
    return []
