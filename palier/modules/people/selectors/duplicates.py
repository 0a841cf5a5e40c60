"""The work list of possible duplicates."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from palier.kernel.access import Actor
from palier.kernel.search.keys import words_of
from palier.modules.people.enums import PairState
from palier.modules.people.models import DuplicatePair, Person
from palier.modules.people.permissions import Permission
from palier.modules.people.rules import duplicates as rules
from palier.modules.people.rules.duplicates import Evidence

SAID: dict[str, str | Promise] = {
    "same_birth": gettext_lazy("same birth date"),
    "same_phone": gettext_lazy("same phone"),
    "same_email": gettext_lazy("same e-mail"),
    "same_lot": gettext_lazy("same lot"),
    "crossed": gettext_lazy("surname and given name in each other's place"),
    "by_birth_name": gettext_lazy("one under the birth name of the other"),
    "birth_differs": gettext_lazy("two different birth dates"),
    "birth_is_close": gettext_lazy("two birth dates that one slip of the hand explains"),
    "same_lease": gettext_lazy("one lease names them both"),
    "two_codes": gettext_lazy("your software holds two codes in use"),
    "civility_differs": gettext_lazy("one is Mr, the other Ms"),
}


def why(evidence: Evidence) -> str:
    """Say what makes one think that two records are one person, in one phrase."""
    names = _("names {percent} % alike").format(percent=round(100 * evidence.alike))
    return ", ".join([*(str(SAID[name]) for name in rules.reasons_of(evidence)), names])


def doubts(evidence: Evidence) -> str:
    """Say what speaks against it, in one phrase; empty if nothing does."""
    return ", ".join(str(SAID[name]) for name in rules.warnings_of(evidence))


def pair_rows(*, actor: Actor) -> QuerySet[DuplicatePair]:
    """Return the pairs that the actor may judge, both persons with them. No sealed person is in any."""
    if not actor.may(Permission.PERSON_MERGE):
        return DuplicatePair.objects.none()
    pairs = DuplicatePair.objects.select_related("first", "second")
    return pairs.filter(first__sealed_at__isnull=True, second__sealed_at__isnull=True)


def with_closeness(pairs: QuerySet[DuplicatePair], closeness: str) -> QuerySet[DuplicatePair]:
    """Keep the pairs that are this sure."""
    match closeness:
        case "sure":
            return pairs.filter(score__gte=rules.SURE)
        case "likely":
            return pairs.filter(score__gte=rules.LIKELY, score__lt=rules.SURE)
    return pairs.filter(score__lt=rules.LIKELY)


def with_reason(pairs: QuerySet[DuplicatePair], reason: str) -> QuerySet[DuplicatePair]:
    """Keep the pairs that one thing speaks for, or against."""
    return pairs.filter(**{f"evidence__{reason}": True}) if reason in SAID else pairs


def naming(pairs: QuerySet[DuplicatePair], text: str) -> QuerySet[DuplicatePair]:
    """Keep the pairs in which one of the two has every word typed in the name or the reference."""
    first, second = Q(), Q()
    for word in words_of(text):
        first &= Q(first__search_key__contains=word)
        second &= Q(second__search_key__contains=word)
    return pairs.filter(first | second)


@dataclass(frozen=True)
class Resembling:
    """Somebody who may be the same as a person, as their page says it."""

    pair_id: UUID
    person_id: UUID
    name: str
    why: str
    closeness: str


def resembling_person(*, person_id: UUID, actor: Actor) -> tuple[Resembling, ...]:
    """Return who may be the same person, the surest first. One query."""
    proposed = pair_rows(actor=actor).filter(state=PairState.PROPOSED)
    pairs = proposed.filter(Q(first=person_id) | Q(second=person_id)).order_by("-score", "pk")[:5]
    return tuple(_resembling(pair, person_id) for pair in pairs)


def _resembling(pair: DuplicatePair, person_id: UUID) -> Resembling:
    other: Person = pair.second if pair.first_id == person_id else pair.first
    evidence = rules.from_facts(pair.evidence)
    return Resembling(pair.pk, other.pk, other.name, why(evidence), rules.closeness(pair.score))


def pair_between(first_id: UUID, second_id: UUID, *, actor: Actor) -> DuplicatePair | None:
    """Return what is known of two persons brought together; None if no search has proposed them."""
    low, high = sorted((first_id, second_id))
    return pair_rows(actor=actor).filter(first=low, second=high).first()


def reasons_offered() -> Iterable[tuple[str, Any]]:
    """Return what the list may be narrowed to, with its words."""
    return [(name, SAID[name]) for name in (*rules.REASONS, *rules.WARNINGS)]
