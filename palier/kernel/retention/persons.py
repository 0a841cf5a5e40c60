"""What is known of a person, and how it is erased: declared by those who own the tables.

    @subject_kind("people", label=_("Tenant"), table="people_person")
    class Tenant: …                    # find, title, is_sealed, others

    @personal_data("people", key="people.identity", label=_("Identity"), purpose=…, basis=…, retention=…)
    def identity(subject: Subject) -> list[dict[str, object]]: …

    @erases("people", key="people.tenant-file", label=_("Tenant file"))
    class TenantFile: …                # kept, erase

What no module declares is not forgotten: tables with a foreign key to the person are told and erased by reflection
(`reflection.py`).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.retention.enums import LegalBasis
from palier.kernel.words import Text

Record = dict[str, Any]
Provider = Callable[["Subject"], Sequence[Record]]


class SubjectSealed(DomainError):
    code = "retention.subject-sealed"
    message = _("The file of this person is with the referent, who alone can answer. Ask the referent.")


@dataclass(frozen=True)
class Subject:
    """Somebody whose data are asked for. `hers`: texts that name her; `others`: texts that name those around her."""

    kind: str
    id: UUID
    title: str
    hers: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    record_ids: tuple[tuple[str, str], ...] = ()
    """(table, id) of every row that is hers."""
    words: tuple[str, ...] = ()
    """Texts that identify her wherever they stand, as the scrubbers of `kernel.keys` need them."""

    def ids_of(self, table: str) -> list[str]:
        return [one for name, one in self.record_ids if name == table]


@dataclass(frozen=True)
class Kept:
    """What an erasure must leave, and why: a legal obligation, a contract in force, a dispute."""

    what: Text
    why: Text
    until: date | None = None


@dataclass
class Erased:
    """What an erasure did: rows by table, and files to delete once it is committed."""

    counts: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)


class SubjectKind(Protocol):
    """How a module knows the people it holds data about."""

    def find(self, words: str, *, limit: int) -> list[tuple[UUID, str]]:
        """Return (id, title) of the people whom these words name, sealed ones excepted."""

    def subject(self, subject_id: UUID) -> Subject:
        """Return everything that names her. Raises: NotFound, SubjectSealed."""

    def url(self, subject_id: UUID) -> str:
        """Return the address of her page."""


class Eraser(Protocol):
    """How a module erases what it holds of a person."""

    def kept(self, subject: Subject, *, on: date) -> list[Kept]:
        """Say what must stay on a day, and why. Something kept here stops the erasure of this part."""

    def count(self, subject: Subject) -> dict[str, int]:
        """Count what would go, by table."""

    def erase(self, subject: Subject, *, by: Actor, at: datetime) -> Erased:
        """Erase it, in the caller's transaction."""


@dataclass(frozen=True)
class DeclaredSubject:
    kind: str
    label: Text
    table: str
    handler: SubjectKind


@dataclass(frozen=True)
class Section:
    """One part of an access answer. `retention`: key of the class that says how long it is kept."""

    subject: str
    key: str
    label: Text
    purpose: Text
    basis: LegalBasis
    retention: str
    order: int
    tables: tuple[str, ...]
    provide: Provider


@dataclass(frozen=True)
class DeclaredEraser:
    subject: str
    key: str
    label: Text
    order: int
    tables: tuple[str, ...]
    handler: Eraser


_kinds: dict[str, DeclaredSubject] = {}
_sections: dict[str, Section] = {}
_erasers: dict[str, DeclaredEraser] = {}


def subject_kind(kind: str, *, label: Text, table: str) -> Callable[[Any], Any]:
    """Declare a kind of people about whom the house holds data; `table` holds their rows."""

    def register(handler: Any) -> Any:
        _kinds[kind] = DeclaredSubject(kind, label, table, handler())
        return handler

    return register


def personal_data(
    subject: str,
    *,
    key: str,
    label: Text,
    purpose: Text,
    basis: LegalBasis,
    retention: str = "",
    order: int = 100,
    tables: Sequence[str] = (),
) -> Callable[[Provider], Provider]:
    """Declare what a module tells a person of a kind about herself: a list of records, label -> value.

    `tables`: those that it tells, so that reflection does not tell them again.
    """

    def register(provide: Provider) -> Provider:
        _sections[key] = Section(
            subject, key, label, purpose, basis, retention, order, tuple(tables), provide
        )
        return provide

    return register


def erases(
    subject: str, *, key: str, label: Text, order: int = 100, tables: Sequence[str] = ()
) -> Callable[[Any], Any]:
    """Declare how a module erases what it holds of a person of a kind. Lower orders run first."""

    def register(handler: Any) -> Any:
        _erasers[key] = DeclaredEraser(subject, key, label, order, tuple(tables), handler())
        return handler

    return register


def subject_kinds() -> tuple[DeclaredSubject, ...]:
    """Every declared kind whose table exists in the open organisation."""
    from palier.kernel.retention.tracing import exists_here, model_of

    return tuple(
        one for one in _kinds.values() if (model := model_of(one.table)) is not None and exists_here(model)
    )


def kind_named(kind: str) -> DeclaredSubject | None:
    return next((one for one in subject_kinds() if one.kind == kind), None)


def sections_of(kind: str) -> tuple[Section, ...]:
    """What is told to people of a kind, in order."""
    return tuple(sorted((s for s in _sections.values() if s.subject == kind), key=lambda s: (s.order, s.key)))


def erasers_of(kind: str) -> tuple[DeclaredEraser, ...]:
    """Who erases what of people of a kind, in order."""
    return tuple(sorted((e for e in _erasers.values() if e.subject == kind), key=lambda e: (e.order, e.key)))
