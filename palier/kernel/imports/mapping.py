"""Which column of the file is which: guessed from names, corrected on screen, kept as a profile."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from palier.kernel.imports.kinds import Column, ImportKind, all_kinds
from palier.kernel.imports.plain import plain
from palier.kernel.imports.reading import MIXED, FileRefused, RawTable

SURE = 0.84
HEADER_SEARCH_ROWS = 30
EMPTY_WORDS = {
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "d",
    "l",
    "et",
    "a",
    "au",
    "en",
    "un",
    "une",
    "the",
    "of",
}


class HeaderNotFound(FileRefused):
    code = "imports.header-not-found"
    message = _(
        "No line of the file looks like column names. Put the names on one line above the data, as in the template."
    )


class WrongKind(FileRefused):
    code = "imports.wrong-kind"
    message = _(
        "This does not look like a “{expected}” file but like a “{looks_like}” one. Choose that kind, or another file."
    )


class NoLines(FileRefused):
    code = "imports.no-lines"
    message = _("The file has column names and no line under them. Check the filters of the export.")


class ColumnsMissing(FileRefused):
    code = "imports.columns-missing"
    message = _(
        "These required columns are not in the file: {columns}. Say on the mapping page which columns they are."
    )


@dataclass(frozen=True)
class Header:
    """The line of column names. `names` are unique: a repeated name gets its number, a blank one its position."""

    index: int
    line: int
    names: tuple[str, ...]
    repeated: tuple[str, ...] = ()

    def position(self, name: str) -> int | None:
        """Where a column is, by its exact name or by the same name written otherwise."""
        if name in self.names:
            return self.names.index(name)
        wanted = plain(name)
        return next((i for i, other in enumerate(self.names) if plain(other) == wanted), None)


def find_header(table: RawTable, kinds: Iterable[ImportKind]) -> Header:
    """Find the line of names: the one of the first lines that knows the most columns of any kind.

    Raises: HeaderNotFound, NoLines.
    """
    rows = min(HEADER_SEARCH_ROWS, len(table.frame))
    vocabulary = [names_of(kind) for kind in kinds]
    scores = [_known_names(table.row(i), vocabulary) for i in range(rows)]
    best = max(range(rows), key=lambda i: (scores[i], -i), default=0)
    if not scores or scores[best] < 2:
        best = next((i for i in range(rows) if _looks_like_names(table.row(i))), -1)
    if best < 0:
        raise HeaderNotFound
    header = header_at(table, best)
    if table.frame.slice(best + 1).drop("line").select(_all_null()).to_series().all():
        raise NoLines
    return header


def _all_null():  # type: ignore[no-untyped-def]
    import polars as pl

    return pl.all_horizontal(pl.all().is_null())


def header_at(table: RawTable, index: int) -> Header:
    """Take that row as names."""
    cells = [cell.replace(MIXED, "").replace("\n", " ").strip() for cell in table.row(index)]
    while cells and not cells[-1]:
        cells.pop()
    names: list[str] = []
    repeated: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = cell or f"Colonne {position}"
        count = sum(1 for other in cells[: position - 1] if plain(other) == plain(cell) and cell)
        if count:
            repeated.append(cell)
        names.append(f"{name} ({count + 1})" if count else name)
    return Header(index, int(table.frame["line"][index]), tuple(names), tuple(dict.fromkeys(repeated)))


def _known_names(cells: list[str], vocabulary: list[dict[str, str]]) -> int:
    keys = {plain(cell) for cell in cells if cell}
    return max((len({names[key] for key in keys if key in names}) for names in vocabulary), default=0)


def _looks_like_names(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) >= 2 and all(re.search(r"[A-Za-zÀ-ÿ]", cell) and len(cell) < 80 for cell in filled)


def names_of(kind: ImportKind) -> dict[str, str]:
    """Every plain name under which a column of this kind is known → the column."""
    names: dict[str, str] = {}
    for column in kind.columns:
        for name in written_names(column):
            names.setdefault(plain(name), column.name)
    names.pop("", None)
    return names


def written_names(column: Column) -> list[str]:
    """The names that a file may give to a column, the template's first."""
    labels = []
    for language in ("fr", "en"):
        with override(language):
            labels.append(str(column.label))
    return [column.header, column.name, *column.synonyms, *labels]


def guess(kind: ImportKind, headers: Iterable[str]) -> dict[str, str]:
    """Return column → name in the file. Exact names first, then the nearest ones, each taken once."""
    headers = list(headers)
    exact = names_of(kind)
    found: dict[str, str] = {}
    for header in headers:
        column = exact.get(plain(header))
        if column and column not in found:
            found[column] = header
    rest = [header for header in headers if header not in found.values() and len(plain(header)) > 3]
    open_columns = [column for column in kind.columns if column.name not in found]
    pairs = sorted(
        ((likeness(header, column), column.name, header) for header in rest for column in open_columns),
        key=lambda pair: -pair[0],
    )
    for score, name, header in pairs:
        if score >= SURE and name not in found and header not in found.values():
            found[name] = header
    return found


def likeness(header: str, column: Column) -> float:
    """How near a name is to the best of a column's names, 0 to 1."""
    return max((_near(header, name) for name in written_names(column) if len(plain(name)) > 3), default=0.0)


def _near(one: str, other: str) -> float:
    mine, theirs = _words(one), _words(other)
    letters = difflib.SequenceMatcher(None, plain(one), plain(other)).ratio()
    if mine and theirs and (theirs <= mine or mine <= theirs) and len(mine & theirs) >= 2:
        return max(letters, 0.86)
    return letters


def _words(name: str) -> frozenset[str]:
    spaced = re.sub(r"([a-zà-ÿ])([A-Z])", r"\1 \2", name)
    words = (plain(word) for word in re.split(r"[\W_]+", spaced))
    return frozenset(word for word in words if word and word not in EMPTY_WORDS)


def from_profile(kind: ImportKind, header: Header, kept: Mapping[str, str]) -> dict[str, str]:
    """Lay a kept mapping over a file: names are compared without accents nor case; the rest is guessed."""
    found: dict[str, str] = {}
    for name, written in kept.items():
        position = header.position(written) if written else None
        if position is not None and any(column.name == name for column in kind.columns):
            found[name] = header.names[position]
    ignored = {name for name, written in kept.items() if not written}
    for name, written in guess(kind, header.names).items():
        if name not in found and name not in ignored and written not in found.values():
            found[name] = written
    return found


def missing_columns(kind: ImportKind, mapping: Mapping[str, str]) -> list[Column]:
    """Required columns, and the first of each `one_of`, that nothing in the file gives."""
    missing = [column for column in kind.columns if column.required and column.name not in mapping]
    missing += [kind.column(names[0]) for names in kind.one_of if not set(names) & set(mapping)]
    return missing


def refuse_other_kind(kind: ImportKind, header: Header) -> None:
    """Say which kind a file looks like when it is plainly another one. Raises: WrongKind."""
    mine = _fit(kind, header)
    other = max(
        (candidate for candidate in all_kinds() if candidate.code != kind.code),
        key=lambda k: _fit(k, header),
        default=None,
    )
    if other is None or not missing_columns(kind, guess(kind, header.names)):
        return
    if _fit(other, header) > mine and not missing_columns(other, guess(other, header.names)):
        raise WrongKind(expected=kind.label, looks_like=other.label, kind=other.code)


def _fit(kind: ImportKind, header: Header) -> float:
    """Share of the file's columns that the kind knows, the telling ones counted twice."""
    found = {names_of(kind).get(plain(name)) for name in header.names} - {None}
    telling = len(found & set(kind.recognise))
    return (len(found) + telling) / (len(header.names) + len(kind.recognise) + 1)
