"""What a module says of a kind of file: its columns, its checks, and how its lines become rows.

A module declares its kinds in `importers.py`, found at start-up. The engine does the rest: reading
any encoding and separator, guessing the mapping, checking, correcting on screen, previewing, merging
by chunks with a checkpoint, and logging each changed row. **README.md** beside this file holds a
complete example.

Two relations exist while the SQL of a kind runs. Both have one typed SQL column per `Column` and per
`Derived` of the kind, plus `line` (integer, as in the person's file), `chunk` and `verdict`
(`good`, `wrong`):

- checks (`CrossCheck`, `Known`, `Absent`) see `stage`: **all** the lines of the batch, an unreadable value being NULL;
- steps (`Merge`, `Run`) see `stage`: the **good lines of one chunk**. Lines that share the kind's `group`
  columns are always in the same chunk.

SQL parameters at hand everywhere: `%(batch)s` (uuid), `%(at)s` (timestamptz), `%(day)s` (local date of the load).
A literal percent sign is written `%%`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl
from django.utils.functional import Promise

from palier.kernel.imports.values import Text, ValueType

Words = str | Promise
Mapped = frozenset[str]


@dataclass(frozen=True)
class Column:
    """One value of a line.

    `name`: snake_case; the SQL column of `stage`. `header`: the French name used in templates and read in files.
    `label`: gettext_lazy, shown on screen. `synonyms`: other names met in ERPs (« Code ESI », « Groupe »);
    case, accents, spaces and punctuation do not matter. `required`: an empty cell is an error, and the
    file is refused if no column of it is mapped. `example`: the example line of the template. `note`: notes sheet.
    """

    name: str
    label: Words
    header: str
    type: ValueType = field(default_factory=Text)
    synonyms: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    note: Words = ""


@dataclass(frozen=True)
class Derived:
    """A value worked out from the others by a vectorised expression, staged beside them.

    `expression` receives the names of the columns that the file really has, and returns a polars expression over
    canonical text columns (dates ISO, decimals with a dot, null when empty; columns
    that the file does not have are there too, null). A derived value may use those declared before it.
    `sql_type`: text, integer, numeric, date, boolean, or an array of text as a PostgreSQL literal (`text[]`).
    """

    name: str
    expression: Callable[[Mapped], pl.Expr]
    sql_type: str = "text"


@dataclass(frozen=True)
class CrossCheck:
    """A rule between columns, between lines of one group, or between a line and the tables.

    `sql` selects `line, value` (the text at fault, may be NULL) of the lines that break it. A check between lines
    may only compare lines of the same group: it is run again on that group alone when a cell is corrected.
    `column`: where the error is shown. `code`: `people.exit-before-entry`. `message` says what is wrong,
    with `{value}`; `remedy` what to do. `severity`: `error` refuses the line, `warning` lets it pass.
    `needs`: run only when these columns are in the file.
    """

    code: str
    column: str
    sql: str
    message: Words
    remedy: Words
    severity: str = "error"
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """The value of `column` must exist in `sql`, a SELECT of one text column (`SELECT reference FROM estate_lot`)."""

    code: str
    column: str
    sql: str
    message: Words
    remedy: Words
    severity: str = "error"


@dataclass(frozen=True)
class Merge:
    """Rows of one table worked out from the lines: inserted when new, updated only where something differs.

    `source`: a SELECT over `stage` giving `line` (one line that carries the row: min(line)), the `key` columns and
    every column of `columns` and `insert_only`. Rows with a NULL key are left out; of two rows with one key the
    lower line wins. The table has a uuid primary key `id` with a database default.
    `columns`: target column → the stage column(s) it comes from. If none of them is in the file, an existing row keeps
    what it has. An empty cell of a column that *is* in the file erases, except for those in `keep_if_empty`.
    `insert_only`: written in a new row, never afterwards. `insert=False`: update existing rows only.
    `touch`: SQL expressions set on every new or changed row, not compared: `{"updated_at": "%(at)s"}`.
    `when`: skip the step unless one of these columns is in the file.
    """

    table: str
    key: tuple[str, ...]
    source: str
    columns: Mapping[str, str | tuple[str, ...]]
    insert_only: tuple[str, ...] = ()
    keep_if_empty: tuple[str, ...] = ()
    touch: Mapping[str, str] = field(default_factory=dict)
    insert: bool = True
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """A bare statement of the chunk, for what is not a merge. Not logged row by row: derived values only."""

    sql: str
    when: tuple[str, ...] = ()


Step = Merge | Run


@dataclass(frozen=True)
class Absent:
    """Rows that a *full* file no longer has, proposed as ended.

    `table`: where they live (uuid primary key `id`). `rows`: SELECT `id, reference, label` of the rows in force
    (never those of sealed persons). `column`: the stage column that holds the reference; a line with a
    fault still counts as present. `ending`: what is set when the proposal is applied, SQL expressions by column.
    `also`: further statements for what hangs on it, run after; they see `absent(id, reference)`.
    """

    table: str
    rows: str
    column: str
    ending: Mapping[str, str]
    label: Words
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class SetAside:
    """Lines that no screen may show and that are never staged: their reference belongs to a sealed person.

    `matches` receives a slice of the file as a polars frame (canonical text columns of the kind, `line`, and
    `cells`: a list of all the tidied cells of the line, because on a shifted line the reference sits in another
    column) and returns a boolean series. Answer at once when nobody is sealed. It is called for a corrected line too.
    `hand_over(*, batch_id, rows, at)` puts them in the referent's tray, in the staging transaction. Each row is
    `{"line": 12, "values": {"contract": "C1", …}, "cells": {"N° contrat": "C1", …}}`. The engine then forgets them,
    keeping their number alone. A file staged twice hands the same line over twice: keep one.
    """

    matches: Callable[[pl.DataFrame], pl.Series]
    hand_over: Callable[..., None]


@dataclass(frozen=True)
class ImportKind:
    """A kind of file that people load. See README.md for an example.

    `key`: the columns that identify a line; empty is an error, twice in a file too. `group`: the columns whose lines
    must be merged together (default: the first of `key`). Both may be functions of the columns present.
    `steps`: in order; may be a function of the columns present. `depends_on`: codes of kinds to load first.
    `one_of`: of each tuple of columns, at least one must be in the file.
    `recognise`: column names that only this kind of file has, to tell people which kind theirs looks like.
    `plan`/`apply` are not written by modules: the engine merges, and previews by merging and undoing.
    """

    code: str
    label: Words
    description: Words
    columns: tuple[Column, ...]
    key: tuple[str, ...] | Callable[[Mapped], tuple[str, ...]]
    steps: tuple[Step, ...] | Callable[[Mapped], tuple[Step, ...]]
    group: tuple[str, ...] | Callable[[Mapped], tuple[str, ...]] = ()
    derived: tuple[Derived, ...] = ()
    cross_checks: tuple[CrossCheck | Known, ...] = ()
    absent: Absent | None = None
    set_aside: SetAside | None = None
    depends_on: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    recognise: tuple[str, ...] = ()
    order: int = 50

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def key_of(self, mapped: Mapped) -> tuple[str, ...]:
        return self.key(mapped) if callable(self.key) else self.key

    def group_of(self, mapped: Mapped) -> tuple[str, ...]:
        group = self.group(mapped) if callable(self.group) else self.group
        return group or self.key_of(mapped)[:1]

    def steps_of(self, mapped: Mapped) -> tuple[Step, ...]:
        steps = self.steps(mapped) if callable(self.steps) else self.steps
        return tuple(step for step in steps if not step.when or mapped & set(step.when))


_KINDS: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> ImportKind:
    """Make a kind known to the screens and to `palier load`. Called at the bottom of `importers.py`."""
    _KINDS[kind.code] = kind
    return kind


def all_kinds() -> tuple[ImportKind, ...]:
    return tuple(sorted(_KINDS.values(), key=lambda kind: (kind.order, kind.code)))


def kind_named(code: str) -> ImportKind:
    """Raises: KeyError, for a code that nobody declared."""
    return _KINDS[code]
