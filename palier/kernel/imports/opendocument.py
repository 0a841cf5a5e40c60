"""How large an ODS sheet becomes once its repeated rows and cells are written out, found without writing them out."""

from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

MAX_CELLS = 20_000_000
"""Cells of a sheet, from the first to the last that holds something: a region's rent roll has 12 million."""
MAX_REPEATED = 2_000_000
"""Cells that may be there by repetition alone: a real table repeats empty cells, hardly full ones."""
BLOCK = 1 << 20
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


class RepeatedTooOften(Exception):
    """The sheet would hold far more cells than the file says one by one."""

    def __init__(self, cells: int) -> None:
        super().__init__(cells)
        self.cells = cells


@dataclass
class _Sheet:
    """What was met of one sheet. `rows` and `width`: up to the last cell that holds something."""

    rows: int = 0
    width: int = 0
    written: int = 0
    met: int = 0
    row_repeat: int = 1
    column: int = 0
    last_full: int = 0


def measure(stream: IO[bytes]) -> None:
    """Read the XML of a workbook once, keeping nothing. Raises: RepeatedTooOften, ExpatError."""
    parser = expat.ParserCreate(namespace_separator=" ")
    sheet = _Sheet()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal sheet
        if name == f"{TABLE} table":
            sheet = _Sheet()
        elif name == f"{TABLE} table-row":
            sheet.row_repeat = _times(attributes, "number-rows-repeated")
            sheet.column = sheet.last_full = 0
        elif name in (f"{TABLE} table-cell", f"{TABLE} covered-table-cell"):
            sheet.column += _times(attributes, "number-columns-repeated")
            if f"{OFFICE} value-type" in attributes:
                sheet.last_full, sheet.written = sheet.column, sheet.written + 1

    def end(name: str) -> None:
        if name != f"{TABLE} table-row":
            return
        sheet.met += sheet.row_repeat
        if sheet.last_full:
            sheet.rows, sheet.width = sheet.met, max(sheet.width, sheet.last_full)
            _refuse_bomb(sheet)

    def doctype(*_: object) -> None:
        # Entities could be nested a billion times; no spreadsheet program writes any.
        raise RepeatedTooOften(MAX_CELLS)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = doctype
    while block := stream.read(BLOCK):
        parser.Parse(block, False)
    parser.Parse(b"", True)


def _times(attributes: dict[str, str], name: str) -> int:
    said = attributes.get(f"{TABLE} {name}", "1")
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 12 else 1


def _refuse_bomb(sheet: _Sheet) -> None:
    cells = sheet.rows * sheet.width
    if cells > MAX_CELLS or (cells > MAX_REPEATED and cells > 100 * sheet.written):
        raise RepeatedTooOften(cells)
