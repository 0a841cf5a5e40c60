"""Who must forget a person when she is sealed: each owner of a table or of files declares its scrubber.

    @scrubs("continuity_logentry")
    def forget_in_log(subject: SealedSubject) -> int:
        ...  # erase in place, in the same transaction; return how many rows or files were changed

A scrubber runs inside the sealing's transaction, under the organisation's role. It must find every trace by the ids
in `subject.records` and by the texts in `subject.words`, erase them in place, and keep the row. Files are
re-encrypted under `subject.key` and the old ones handed to `subject.erase_file(path)`: they are deleted after the
transaction is committed, and again by a job if the machine stopped in between.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from palier.kernel.keys.box import DataKey
from palier.kernel.search.keys import search_key

Scrubber = Callable[["SealedSubject"], int]
_scrubbers: dict[str, Scrubber] = {}

ERASED = "█"
"""What stands where a text was erased: a sign, so that a reader knows that nothing is lost by accident."""


@dataclass(frozen=True)
class SealedSubject:
    """Whom to forget. Lives for the time of a sealing, in memory alone."""

    person_id: UUID
    records: tuple[tuple[str, str], ...]
    """(table, id) of every row that was hers: person, contact points, lease parties, consents, markers."""
    words: tuple[str, ...]
    """Every text that identifies her: names, references, phones in their usual writings, e-mails, address
    lines.
    """
    key: DataKey
    by: Any
    at: datetime
    files_to_erase: list[str] = field(default_factory=list)

    def ids_of(self, table: str) -> tuple[str, ...]:
        """Return the ids of her rows in one table."""
        return tuple(record_id for name, record_id in self.records if name == table)

    @property
    def record_ids(self) -> tuple[str, ...]:
        """Return the ids of all her rows, whatever the table."""
        return tuple(record_id for _, record_id in self.records)

    @property
    def pattern(self) -> str:
        """Return a regular expression for `public.search_key(text) ~ pattern`; it matches nothing if there
        is no word.

        Words are compared without case nor accents, and whole: « Roy » is not found in « royal ».
        """
        keys = sorted({search_key(word) for word in self.words} - {""}, key=len, reverse=True)
        return f"(^| )({'|'.join(map(re.escape, keys))})($| )" if keys else "$^"

    def mentions(self, text: str) -> bool:
        """Say whether a text names her, as `pattern` does in the database."""
        return bool(text) and re.search(self.pattern, search_key(text)) is not None

    def erase_file(self, path: str) -> None:
        """Hand over a file in clear, to delete once the transaction is committed."""
        self.files_to_erase.append(str(path))


def scrubs(name: str) -> Callable[[Scrubber], Scrubber]:
    """Declare the function that makes one table, or one store of files, forget a sealed person."""

    def declare(scrubber: Scrubber) -> Scrubber:
        known = _scrubbers.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (
            scrubber.__module__,
            scrubber.__qualname__,
        ):
            raise ValueError(f"two scrubbers are declared for {name}")
        _scrubbers[name] = scrubber
        return scrubber

    return declare


# What the others do leaves traces in these: they come after everybody else.
LAST = ("journal_entry", "outbox_entry", "job_run", "audit_entry")


def declared_scrubbers() -> tuple[str, ...]:
    """Return the names declared, in the order in which they run."""
    return tuple(sorted(_scrubbers, key=lambda name: (LAST.index(name) + 1 if name in LAST else 0, name)))


def forget_everywhere(subject: SealedSubject, *, only: Iterable[str] | None = None) -> dict[str, int]:
    """Run every scrubber and return how much each changed. An exception undoes the whole sealing: half is
    worse.
    """
    chosen = (
        declared_scrubbers() if only is None else [one for one in declared_scrubbers() if one in set(only)]
    )
    return {name: _scrubbers[name](subject) for name in chosen}


def erase_texts(subject: SealedSubject, table: str, *columns: str) -> int:
    """Replace, in free-text columns of a table, each text that names the person; return how many rows changed.

    The whole text goes: what stands around a name often says as much as the name.
    """
    names = [sql.Identifier(column) for column in columns]
    hers = [
        sql.SQL("public.search_key({}) ~ {}").format(name, sql.Literal(subject.pattern)) for name in names
    ]
    changes = [
        sql.SQL("{} = CASE WHEN {} THEN {} ELSE {} END").format(name, one, sql.Literal(ERASED), name)
        for name, one in zip(names, hers, strict=True)
    ]
    statement = sql.SQL("UPDATE {} SET {} WHERE {}").format(
        sql.Identifier(table), sql.SQL(", ").join(changes), sql.SQL(" OR ").join(hers)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)
