"""Who somebody might be: search before create, and the exact marks of sealed persons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from palier.kernel.access import Actor
from palier.kernel.keys import keyed_digest
from palier.kernel.organisations.current import current_organisation
from palier.kernel.search.keys import search_key
from palier.kernel.search.matching import resembling
from palier.modules.people.enums import AliasFact, Channel, SealedFact
from palier.modules.people.models import Person, PersonAlias, SealedDigest
from palier.modules.people.rules.contacts import normal_phone

MOST_CANDIDATES = 8


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the person about to be created, with what makes one think so."""

    id: UUID
    name: str
    reference: str
    birth_on: date | None
    same_reference: bool
    same_identity: bool
    same_phone: bool

    @property
    def is_exact(self) -> bool:
        return self.same_reference or self.same_identity


@dataclass(frozen=True)
class Recognition:
    """The answer of a search before creating: who resembles, and whether the referent must be asked."""

    candidates: tuple[Candidate, ...]
    ask_the_referent: bool

    @property
    def is_empty(self) -> bool:
        return not self.candidates and not self.ask_the_referent


def recognise(
    *, actor: Actor, reference: str = "", family_name: str = "", given_names: str = "",
    birth_on: date | None = None, phone: str = "",
) -> Recognition:  # fmt: skip
    """Search by reference, by name and birth date, by phone, then by resemblance of the name."""
    sealed = is_sealed_identity(
        reference=reference, names=(family_name,), given_names=given_names, birth_on=birth_on
    )
    if sealed:
        # Nothing beside it: a namesake shown here would tell by difference what the answer hides.
        return Recognition(candidates=(), ask_the_referent=True)
    number = normal_phone(phone) if phone.strip() else None
    people = Person.objects.visible_to(actor)
    exact = Q(pk__in=())
    if reference.strip():
        exact |= Q(reference=reference.strip())
        exact |= Q(aliases__fact=AliasFact.REFERENCE, aliases__value=reference.strip())
    if number:
        exact |= Q(contact_points__channel=Channel.PHONE, contact_points__value=number)
    found = {person.pk: person for person in people.filter(exact).distinct()[:MOST_CANDIDATES]}
    wanted = f"{family_name} {given_names}".strip()
    if len(search_key(wanted)) >= 2:
        for person in resembling(people, wanted)[:MOST_CANDIDATES]:
            found.setdefault(person.pk, person)
    phones, former = _with_phone(found, number), _formerly(found, reference.strip())
    candidates = [_candidate(p, reference, wanted, birth_on, phones, former) for p in found.values()]
    candidates.sort(key=lambda one: not one.is_exact)
    return Recognition(candidates=tuple(candidates[:MOST_CANDIDATES]), ask_the_referent=False)


def _with_phone(found: dict[UUID, Person], number: str | None) -> set[UUID]:
    if not number:
        return set()
    rows = Person.objects.filter(pk__in=found, contact_points__value=number)
    return set(rows.values_list("pk", flat=True))


def _formerly(found: dict[UUID, Person], reference: str) -> set[UUID]:
    """Those who bore this code before two records of them were made one."""
    if not reference:
        return set()
    aliases = PersonAlias.objects.filter(person__in=found, fact=AliasFact.REFERENCE, value=reference)
    return set(aliases.values_list("person_id", flat=True))


def _candidate(
    person: Person,
    reference: str,
    wanted: str,
    birth_on: date | None,
    phones: set[UUID],
    former: set[UUID],
) -> Candidate:
    named = (person.family_name, person.birth_name) if person.birth_name else (person.family_name,)
    same_name = bool(wanted) and any(
        search_key(wanted) in search_key(f"{name} {person.given_names}") for name in named
    )
    return Candidate(
        id=person.pk,
        name=person.name,
        reference=person.reference,
        birth_on=person.birth_on,
        same_reference=person.pk in former
        or (bool(reference.strip()) and person.reference == reference.strip()),
        same_identity=same_name and birth_on is not None and person.birth_on == birth_on,
        same_phone=person.pk in phones,
    )


def is_sealed_identity(
    *,
    reference: str = "",
    names: Iterable[str] = (),
    given_names: str = "",
    birth_on: date | None = None,
) -> bool:
    """Say whether these exact marks are a sealed person's. Resemblance does not count: it would tell too
    much.
    """
    wanted = [digest_of(SealedFact.REFERENCE, reference)] if reference.strip() else []
    if birth_on is not None:
        wanted += [
            digest_of(SealedFact.IDENTITY, identity_mark(name, given, birth_on))
            for name in names
            if name
            for given in given_variants(given_names)
        ]
    return bool(wanted) and SealedDigest.objects.filter(digest__in=wanted).exists()


def digest_of(fact: str, value: str) -> str:
    """Return the keyed digest under which one exact mark of a sealed person is found in this organisation."""
    return keyed_digest(search_key(value), about=f"{current_organisation().schema_name}:{fact}")


def identity_mark(family_name: str, given_names: str, birth_on: date) -> str:
    """Return a name and a birth date as one text, to compare it exactly."""
    return f"{search_key(family_name)} {search_key(given_names)} {birth_on.isoformat()}"


def given_variants(given_names: str) -> list[str]:
    """Return the ways in which given names are written: all of them, or the first."""
    words = search_key(given_names).split()
    return list(dict.fromkeys([" ".join(words), words[0]])) if words else [""]
