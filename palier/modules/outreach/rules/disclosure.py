"""Counts of people that leave the house: no cell under the least one, nor any that could be found by subtraction.

Pure. A cell from 1 to the least minus one is hidden; then, in each row and column whose total is shown, others are
hidden, the smallest first, until at least two are and what they hide together reaches the least (domain dossier § 17.4
and appendix D). Zero says that there is nobody, and is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

TOTAL = ""
"""The key of a total, in rows and in columns."""


@dataclass(frozen=True)
class Protected:
    """A table that may be shown: `cell(row, column)` is None where it is hidden. `TOTAL` names the totals."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], int | None]

    def cell(self, row: str, column: str) -> int | None:
        return self.cells[row, column]

    @property
    def hidden(self) -> int:
        return sum(value is None for value in self.cells.values())


def protect(
    counts: Mapping[tuple[str, str], int], *, rows: Sequence[str], columns: Sequence[str], least: int
) -> Protected:
    """Return a table of people as it may be shown, with its totals, when each person stands in one cell alone."""
    full = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    for row in rows:
        full[row, TOTAL] = sum(full[row, column] for column in columns)
    for column in columns:
        full[TOTAL, column] = sum(full[row, column] for row in rows)
    full[TOTAL, TOTAL] = sum(full[row, TOTAL] for row in rows)
    hidden = {cell for cell, value in full.items() if 0 < value < least}
    lines = list(_lines(rows, columns))
    while any(_close(line, full, hidden, least) for line in lines):
        pass
    shown = {cell: None if cell in hidden else value for cell, value in full.items()}
    return Protected((*rows, TOTAL), (*columns, TOTAL), shown)


Line = tuple[tuple[tuple[str, str], ...], tuple[str, str]]


def _lines(rows: Sequence[str], columns: Sequence[str]) -> Iterator[Line]:
    """Each row and column: the cells that add up, and their total."""
    for row in (*rows, TOTAL):
        yield tuple((row, column) for column in columns), (row, TOTAL)
    for column in (*columns, TOTAL):
        yield tuple((row, column) for row in rows), (TOTAL, column)


def _close(line: Line, full: Mapping[tuple[str, str], int], hidden: set[tuple[str, str]], least: int) -> bool:
    """Hide one more cell of a line from which a hidden one could be found; say whether anything changed."""
    cells, total = line
    inside = [cell for cell in cells if cell in hidden]
    if total in hidden:
        if inside or not any(full[cell] for cell in cells):
            return False
        return _hide_smallest(cells, full, hidden)
    if not inside or (len(inside) > 1 and sum(full[cell] for cell in inside) >= least):
        return False
    if _hide_smallest(cells, full, hidden):
        return True
    hidden.add(total)
    return True


def _hide_smallest(
    cells: Sequence[tuple[str, str]], full: Mapping[tuple[str, str], int], hidden: set[tuple[str, str]]
) -> bool:
    open_ones = [cell for cell in cells if cell not in hidden and full[cell] > 0]
    if not open_ones:
        return False
    hidden.add(min(open_ones, key=lambda cell: (full[cell], cell)))
    return True
