"""Create and correct persons."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.people.enums import AliasFact, Civility, Language, PersonKind
from palier.modules.people.models import Person
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.recognition import is_sealed_identity

NAMES = ("civility", "family_name", "given_names", "birth_name", "legal_name")


class AskTheReferent(DomainError):
    code = "people.ask-the-referent"
    message = _("This file is handled by the violence referent. Ask them; do not create it again.")


class ReferenceTaken(DomainError):
    code = "people.reference-taken"
    message = _("Another person has the reference “{reference}”. Open their page instead of creating one.")


class NameMissing(DomainError):
    code = "people.name-missing"
    message = _("Give a name.")


class BornTomorrow(DomainError):
    code = "people.born-tomorrow"
    message = _("The birth date is in the future. Correct it.")


@transaction.atomic
def create_person(
    *,
    by: Actor,
    at: datetime,
    kind: str = PersonKind.NATURAL,
    reference: str = "",
    civility: str = "",
    family_name: str = "",
    given_names: str = "",
    birth_name: str = "",
    legal_name: str = "",
    birth_on: date | None = None,
    language: str = Language.FRENCH,
) -> Person:
    """Create a person whom no search has found.

    Raises: AskTheReferent, ReferenceTaken, NameMissing, BornTomorrow, NotAllowed.
    """
    by.must(Permission.PERSON_EDIT)
    person = Person(
        kind=PersonKind(kind),
        reference=reference.strip(),
        civility=Civility(civility) if civility else "",
        family_name=family_name.strip(),
        given_names=given_names.strip(),
        birth_name=birth_name.strip(),
        legal_name=legal_name.strip(),
        birth_on=birth_on,
        language=Language(language),
    )
    _refuse_if_wrong(person, at=at)
    person.external_key = person.reference
    person.save(force_insert=True)
    journal.record("people.person.create", by=by, at=at, subject=person)
    return person


@transaction.atomic
def correct_person(
    *,
    person_id: UUID,
    by: Actor,
    at: datetime,
    reference: str,
    civility: str,
    family_name: str,
    given_names: str,
    birth_name: str,
    legal_name: str,
    birth_on: date | None,
    language: str,
) -> Person:
    """Correct who somebody is. The audit keeps what was written before.

    Raises: AskTheReferent, ReferenceTaken, NameMissing, BornTomorrow, NotFound, NotAllowed.
    """
    by.must(Permission.PERSON_EDIT)
    person = lock(person_id, by=by)
    before = person.reference
    person.reference, person.civility = reference.strip(), civility
    person.family_name, person.given_names = family_name.strip(), given_names.strip()
    person.birth_name, person.legal_name = birth_name.strip(), legal_name.strip()
    person.birth_on, person.language = birth_on, Language(language)
    if person.external_key in ("", before):
        person.external_key = person.reference
    _refuse_if_wrong(person, at=at)
    person.save(update_fields=["reference", "external_key", *NAMES, "birth_on", "language"])
    journal.record("people.person.correct", by=by, at=at, subject=person)
    return person


def _formerly(reference: str) -> Q:
    """Whoever was known under this code before two records of them were made one."""
    return Q(aliases__fact=AliasFact.REFERENCE, aliases__value=reference)


def lock(person_id: UUID, *, by: Actor) -> Person:
    """Lock a person whom the actor may see, for a change.

    Raises: NotFound.
    """
    person = Person.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


def _refuse_if_wrong(person: Person, *, at: datetime) -> None:
    if not (person.legal_name if person.kind == PersonKind.LEGAL else person.family_name):
        raise NameMissing
    if person.birth_on and person.birth_on > localdate(at):
        raise BornTomorrow
    if is_sealed_identity(
        reference=person.reference,
        names=(person.family_name, person.birth_name),
        given_names=person.given_names,
        birth_on=person.birth_on,
    ):
        raise AskTheReferent
    taken = Person.objects.filter(Q(reference=person.reference) | _formerly(person.reference))
    if person.reference and taken.exclude(pk=person.pk).exists():
        raise ReferenceTaken(reference=person.reference)
