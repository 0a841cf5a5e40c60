"""What may be known of sealed files without opening one: that they exist, who is named, what waits."""

from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import polars as pl

from palier.kernel.access import Actor
from palier.kernel.keys import CannotDecrypt, decrypt
from palier.modules.people.enums import SealedFact, TrayState
from palier.modules.people.models import SealedDigest, SealedIdentity, SealedReading, TrayLine
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.recognition import digest_of, given_variants, identity_mark


@dataclass(frozen=True)
class SealedFileRow:
    """One sealed file in the referent's register: a number and dates, no name."""

    id: UUID
    person_id: UUID
    number: str
    sealed_at: datetime
    sealed_by: str
    readers: tuple[str, ...]
    is_named: bool
    waiting: int


@dataclass(frozen=True)
class ReadingRow:
    """One opening of a file, as the register shows it."""

    at: datetime
    by_name: str
    reason: str
    is_forced: bool


@dataclass(frozen=True)
class TrayRow:
    """One line set aside: when it came, from which load, for which file. Its words are read in the file."""

    id: UUID
    number: str
    file_id: UUID
    received_at: datetime
    state: str
    state_label: str
    is_named: bool


def file_number(file_id: UUID) -> str:
    """Return the short number by which referents speak of a file: nothing of the person is in it."""
    return file_id.hex[-6:].upper()


def sealed_files(actor: Actor) -> list[SealedFileRow]:
    """Return the register of sealed files; empty for whoever may not open any."""
    if not actor.may(Permission.SEALED_READ):
        return []
    files = SealedIdentity.objects.order_by("-sealed_at", "pk").prefetch_related("readers", "tray_lines")
    return [_file_row(one, actor) for one in files.defer("payload", "wrapped_key")]


def readings_of(file_id: UUID, *, limit: int = 50) -> list[ReadingRow]:
    """Return who opened a file and why, newest first."""
    rows = SealedReading.objects.filter(file_id=file_id).order_by("-at", "-pk")[:limit]
    return [ReadingRow(row.at, row.by_name, reason_of(row), row.is_forced) for row in rows]


def reason_of(reading: SealedReading) -> str:
    """Return why a file was opened: people write names there, so it is kept encrypted under the master key."""
    try:
        return decrypt(b64decode(reading.reason), about=reason_about(reading.file_id)).decode()
    except (CannotDecrypt, ValueError):
        return "…"


def reason_about(file_id: UUID) -> str:
    """Return what the reason of a reading is bound to."""
    return f"people_sealed_reading:{file_id}:reason"


def tray(actor: Actor) -> list[TrayRow]:
    """Return the lines set aside for the referent, those that wait first."""
    if not actor.may(Permission.TRAY_HANDLE):
        return []
    lines = TrayLine.objects.select_related("file").prefetch_related("file__readers").defer("content")
    rows = [
        TrayRow(
            id=line.pk,
            number=file_number(line.file_id),
            file_id=line.file_id,
            received_at=line.received_at,
            state=line.state,
            state_label=str(TrayState(line.state).label),
            is_named=any(reader.user_id == actor.user_id for reader in line.file.readers.all()),
        )
        for line in lines.order_by("-received_at", "-pk")
    ]
    return sorted(rows, key=lambda row: row.state != TrayState.WAITING)


def tray_count(actor: Actor) -> int:
    """Return how many lines wait for the referent."""
    if not actor.may(Permission.TRAY_HANDLE):
        return 0
    return TrayLine.objects.filter(state=TrayState.WAITING).count()


def lines_of_sealed_persons(frame: pl.DataFrame) -> pl.Series:
    """Say which lines of a file name a sealed person: by a code in any cell, or by name and birth date.

    Answers at once where nobody is sealed. Digests need the master key: they are made here, not in the
    database.
    """
    wanted = frozenset(SealedDigest.objects.values_list("digest", flat=True))
    if not wanted or frame.is_empty():
        return pl.Series("set_aside", [False] * len(frame), dtype=pl.Boolean)
    codes = _sealed_codes(frame, wanted)
    named = [bool(wanted.intersection(marks)) for marks in _identity_digests(frame)]
    by_code = frame["cells"].list.set_intersection(pl.Series(codes, dtype=pl.String).implode()).list.len() > 0
    return (by_code | pl.Series(named, dtype=pl.Boolean)).fill_null(False).alias("set_aside")


def files_named_by(values: dict[str, Any], cells: Iterable[str]) -> list[UUID]:
    """Return the sealed files that one line of a file names: several when it bears two sealed persons."""
    marks = {digest for cell in cells if cell for digest in _code_digests(cell)}
    for prefix in ("", "coholder_"):
        marks |= set(_identity_of(values, prefix))
    found = SealedDigest.objects.filter(digest__in=marks).order_by("file_id")
    return list(found.values_list("file_id", flat=True).distinct())


def _file_row(file: SealedIdentity, actor: Actor) -> SealedFileRow:
    readers = list(file.readers.all())
    return SealedFileRow(
        id=file.pk,
        person_id=file.person_id,
        number=file_number(file.pk),
        sealed_at=file.sealed_at,
        sealed_by=file.sealed_by,
        readers=tuple(reader.name for reader in readers),
        is_named=any(reader.user_id == actor.user_id for reader in readers),
        waiting=sum(1 for line in file.tray_lines.all() if line.state == TrayState.WAITING),
    )


def _code_digests(cell: str) -> list[str]:
    return [digest_of(SealedFact.REFERENCE, cell), digest_of(SealedFact.CONTRACT, cell)]


def _sealed_codes(frame: pl.DataFrame, wanted: frozenset[str]) -> list[str]:
    """Return the cells, each once, that are a sealed reference. Only what bears a digit can be one."""
    cells = frame["cells"].explode(empty_as_null=True).drop_nulls().unique()
    cells = cells.filter(cells.str.contains(r"\d") & (cells.str.len_chars() <= 60))
    return [cell for cell in cells.to_list() if wanted.intersection(_code_digests(cell))]


def _identity_digests(frame: pl.DataFrame) -> Iterable[list[str]]:
    names = [
        name for prefix in ("", "coholder_") for name in _identity_columns(prefix) if name in frame.columns
    ]
    columns = frame.select(names)
    for row in columns.iter_rows(named=True):
        yield [digest for prefix in ("", "coholder_") for digest in _identity_of(row, prefix)]


def _identity_columns(prefix: str) -> tuple[str, ...]:
    given = "given" if not prefix else "coholder_given"
    surname = "surname" if not prefix else "coholder_surname"
    return (
        surname,
        given,
        f"{prefix}name",
        f"{prefix}given_names",
        f"{prefix}birth_name",
        f"{prefix}birth_on",
    )


def _identity_of(row: dict[str, Any], prefix: str) -> list[str]:
    surname, given, name, given_names, birth_name, birth_on = (row.get(c) for c in _identity_columns(prefix))
    if not birth_on:
        return []
    born = birth_on if isinstance(birth_on, date) else date.fromisoformat(str(birth_on))
    families = {value for value in (surname, name, birth_name) if value}
    givens = {variant for value in (given, given_names) for variant in given_variants(value or "")}
    return [
        digest_of(SealedFact.IDENTITY, identity_mark(family, first, born))
        for family in families
        for first in givens
    ]
