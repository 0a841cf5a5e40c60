"""Reading a received file into text cells, whatever its encoding, separator or container.

Nothing is interpreted here: every cell stays text, with the line number that the person sees in the file. A character
that was written in another encoding than the rest of the file is decoded as Windows-1252 and preceded
by `MIXED`, so that the check can name its line and column.
"""

import codecs
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO
from xml.parsers.expat import ExpatError

import fastexcel
import polars as pl
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palier.kernel.errors import DomainError
from palier.kernel.imports.opendocument import RepeatedTooOften, measure

MIXED = "\ue000"
MAX_LINE_BYTES = 1_000_000
MAX_UNPACKED_BYTES = 1_500_000_000
MAX_CELLS = 60_000_000
SPARE_CELLS = 8
SEPARATORS = (";", "\t", "|", ",")


class FileRefused(DomainError):
    code = "imports.file-refused"
    message = _("This file cannot be read.")


class FileEmpty(FileRefused):
    code = "imports.file-empty"
    message = _(
        "The file is empty. Export it again from your software, and check its size before sending it."
    )


class FileBinary(FileRefused):
    code = "imports.file-binary"
    message = _("This is not a table but {what}. Send a CSV, XLSX or ODS file.")


class FileTooLarge(FileRefused):
    code = "imports.file-too-large"
    message = _(
        "The file weighs {size} MB; at most {limit} MB are accepted. "
        "Split it, or load it with the “palier load” command."
    )


class LineTooLong(FileRefused):
    code = "imports.line-too-long"
    message = _(
        "Line {line} holds {size} MB without an end of line. Export the file again with one record a line."
    )


class WorkbookTooLarge(FileRefused):
    code = "imports.workbook-too-large"
    message = _(
        "Once opened, this workbook would hold {size} MB: it is refused for safety. "
        "Delete the empty rows and columns around the table, or save the sheet as CSV."
    )


class WorkbookUnreadable(FileRefused):
    code = "imports.workbook-unreadable"
    message = _(
        "This workbook is damaged or protected by a password. "
        "Open it, save it as XLSX or CSV without password, and send it again."
    )


class SheetMissing(FileRefused):
    code = "imports.sheet-missing"
    message = _("The workbook has no sheet called “{sheet}”. Its sheets: {sheets}.")


@dataclass(frozen=True)
class RawTable:
    """The cells of a file: columns `c0`, `c1`… of text, and `line`. `remarks`: what was odd about the whole file."""

    frame: pl.DataFrame
    encoding: str
    separator: str
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    remarks: tuple[str, ...] = field(default=())

    @property
    def width(self) -> int:
        return len(self.frame.columns) - 1

    def row(self, index: int) -> list[str]:
        """The cells of one row, null as an empty text."""
        return [cell or "" for cell in self.frame.drop("line").row(index)]


def read_table(data: bytes, *, sheet: str = "", separator: str = "") -> RawTable:
    """Read the bytes of a CSV, XLSX, XLS or ODS file.

    Raises: FileEmpty, FileBinary, LineTooLong, WorkbookTooLarge, WorkbookUnreadable, SheetMissing.
    """
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise FileEmpty
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06") or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _read_workbook(data, sheet=sheet)
    _refuse_other_formats(data)
    return _read_text(data, separator=separator)


# -- Text ---------------------------------------------------------------------------------------------------------


OTHER_FORMATS: tuple[tuple[bytes, str | Promise], ...] = (
    (b"%PDF", _("a PDF")),
    (b"\x89PNG", _("an image")),
    (b"\xff\xd8\xff", _("an image")),
    (b"GIF8", _("an image")),
    (b"\x1f\x8b", _("a compressed archive")),
    (b"7z\xbc\xaf", _("a compressed archive")),
    (b"Rar!", _("a compressed archive")),
    (b"{\\rtf", _("a text document")),
)


def _refuse_other_formats(data: bytes) -> None:
    for signature, what in OTHER_FORMATS:
        if data.startswith(signature):
            raise FileBinary(what=what)
    if data[:2000].lstrip().lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise FileBinary(
            what=_(
                "a web page or XML, perhaps under the name of a spreadsheet: open it in one and save it as XLSX"
            )
        )


def _read_text(data: bytes, *, separator: str) -> RawTable:
    utf8, encoding, remarks = to_utf8(data)
    if b"\r" in utf8 and b"\n" not in utf8:
        utf8 = utf8.replace(b"\r", b"\n")
    _refuse_long_lines(utf8)
    sample = _first_lines(utf8, 400)
    separator = separator or guess_separator(sample)
    width = max((line.count(separator) for line in sample), default=0) + 1 + SPARE_CELLS
    frame, quoting = _parse_csv(utf8, separator, width)
    return RawTable(_without_spare(frame), encoding, separator, remarks=remarks + quoting)


def to_utf8(data: bytes) -> tuple[bytes, str, tuple[str, ...]]:
    """Return the text as UTF-8, the encoding it came in, and remarks. Raises: FileBinary."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark) and name == "utf-16":
            return data.decode("utf-16", errors="replace").encode(), "utf-16", ()
        if data.startswith(mark):
            data = data[len(mark) :]
    if (wide := _wide_without_mark(data)) is not None:
        return data.decode(wide, errors="replace").encode(), wide, ()
    if b"\x00" in data:
        raise FileBinary(what=_("a binary file"))
    if _is_utf8(data):
        return data, "utf-8", ()
    return _eight_bits(data)


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), 1 << 22):
            decoder.decode(data[start : start + (1 << 22)])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 without its mark shows as a zero in every other byte of plain French text."""
    head = data[:2000]
    if len(head) < 4 or head.count(0) < len(head) * 0.3:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 4 * (even + 1):
        return "utf-16-le"
    return "utf-16-be" if even > 4 * (odd + 1) else None


def _eight_bits(data: bytes) -> tuple[bytes, str, tuple[str, ...]]:
    """Decide between one eight-bit encoding throughout and UTF-8 with stray lines of Windows-1252."""
    strays = 0

    def stray(error: UnicodeError) -> tuple[str, int]:
        nonlocal strays
        assert isinstance(error, UnicodeDecodeError)
        strays += 1
        return MIXED + error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end

    codecs.register_error("palier-mixed", stray)
    head = data[: 1 << 24]
    text = head.decode("utf-8", errors="palier-mixed")
    good = sum(1 for _match in re.finditer(r"[\u0080-\ud7ff\uf000-\U0010ffff]", text)) - strays
    if good > strays:
        strays = 0
        whole = data.decode("utf-8", errors="palier-mixed")
        return whole.encode("utf-8", errors="replace"), "utf-8", ("mixed-encoding",)
    name = "cp850" if _looks_like_dos(head) else "cp1252"
    if name == "cp1252" and any(byte in data for byte in b"\x81\x8d\x8f\x90\x9d"):
        name = "latin-1"
    return _mark_utf8_inside(data.decode(name)).encode(), name, ()


def _looks_like_dos(head: bytes) -> bool:
    """In cp850 é è à ê ç sit on bytes that Windows-1252 gives to rare punctuation."""
    dos = sum(head.count(byte) for byte in (b"\x82", b"\x8a", b"\x85", b"\x88", b"\x87"))
    windows = sum(head.count(byte) for byte in (b"\xe9", b"\xe8", b"\xe0", b"\xea", b"\xe7", b"\xc9"))
    return dos > 2 * windows and dos > 0


def _mark_utf8_inside(text: str) -> str:
    """In a file of one-byte characters, `Ã©` is a UTF-8 letter read askew: mend it and mark it."""
    if "Ã" not in text and "Â" not in text:
        return text

    def mend(match: re.Match[str]) -> str:
        try:
            return MIXED + match.group().encode("cp1252").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            return match.group()

    return re.sub(r"[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]", mend, text)


def _refuse_long_lines(data: bytes) -> None:
    start, number = 0, 1
    while len(data) - start > MAX_LINE_BYTES:
        end = data.rfind(b"\n", start, start + MAX_LINE_BYTES)
        if end < 0:
            after = data.find(b"\n", start)
            length = (after if after >= 0 else len(data)) - start
            raise LineTooLong(line=number + data.count(b"\n", 0, start), size=round(length / 1e6, 1))
        start = end + 1


def _first_lines(data: bytes, count: int) -> list[str]:
    head = data[: min(len(data), MAX_LINE_BYTES)].decode("utf-8", errors="replace")
    outside_quotes = re.sub(r'(?<=[;,\t|\n])"(?:[^"]|"")*"|^"(?:[^"]|"")*"', "x", head)
    return [line for line in outside_quotes.splitlines()[:count] if line.strip()]


def guess_separator(lines: list[str]) -> str:
    """The separator that cuts most lines into the same number of cells; the most cells decide between equals."""

    def steadiness(separator: str) -> tuple[float, int]:
        counts = [line.count(separator) for line in lines]
        usual = max(set(counts), key=lambda count: (counts.count(count) * (count > 0), count), default=0)
        return (counts.count(usual) / len(counts) if usual else 0.0, usual)

    if not lines:
        return ";"
    ranked = {separator: steadiness(separator) for separator in SEPARATORS}
    best = max(
        SEPARATORS, key=lambda separator: round(ranked[separator][0], 1) * (1 + ranked[separator][1] ** 0.5)
    )
    return best if ranked[best][1] else ";"


def _parse_csv(data: bytes, separator: str, width: int) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """A header of our own gives every line the same width; blank lines stay, so that numbers are those of the file."""
    header = separator.join(f"c{i}" for i in range(width)).encode() + b"\n"
    remarks: tuple[str, ...] = ()
    try:
        frame = _polars_csv(header + data, separator, quote='"')
    except pl.exceptions.PolarsError:
        frame, remarks = _polars_csv(header + data, separator, quote=None), ("stray-quote",)
        frame = frame.with_columns(
            pl.all().str.replace(r'^"(.*)"$', "$1").str.replace_all('""', '"', literal=True)
        )
    breaks = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0))
    line = (breaks + 1).cum_sum().shift(1, fill_value=0) + 1
    return frame.with_columns(line.cast(pl.Int32).alias("line")), remarks


def _polars_csv(data: bytes, separator: str, quote: str | None) -> pl.DataFrame:
    return pl.read_csv(
        io.BytesIO(data),
        separator=separator,
        quote_char=quote,
        infer_schema=False,
        truncate_ragged_lines=True,
        encoding="utf8",
    )


def _without_spare(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop the last columns that hold nothing at all."""
    cells = [name for name in frame.columns if name != "line"]
    empty = frame.select(pl.col(cells).is_null().all()).row(0) if len(frame) else ()
    keep = len(cells)
    while keep > 1 and empty and empty[keep - 1]:
        keep -= 1
    return frame.select([*cells[:keep], "line"])


# -- Workbooks ----------------------------------------------------------------------------------------------------


def _read_workbook(data: bytes, *, sheet: str) -> RawTable:
    if data.startswith(b"PK"):
        _refuse_bombs(data)
    try:
        reader = fastexcel.read_excel(data)
        names = tuple(reader.sheet_names)
        if sheet and sheet not in names:
            raise SheetMissing(sheet=sheet, sheets=", ".join(names))
        frames = ((name, _sheet(reader, name)) for name in ([sheet] if sheet else names))
        name, frame = next(((name, frame) for name, frame in frames if frame is not None), ("", None))
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError) as error:
        raise WorkbookUnreadable from error
    if frame is None:
        raise FileEmpty
    return RawTable(frame, "workbook", "", sheets=names, sheet=name)


def _sheet(reader: fastexcel.ExcelReader, name: str) -> pl.DataFrame | None:
    """The first sheet that holds something; notes pages that we add to templates come after the table."""
    frame = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    if (
        frame.is_empty()
        or not frame.columns
        or frame.select(pl.all().is_null().all()).row(0) == (True,) * frame.width
    ):
        return None
    frame = frame.rename({old: f"c{i}" for i, old in enumerate(frame.columns)}).cast(pl.String)
    return _without_spare(frame.with_columns(pl.int_range(1, len(frame) + 1, dtype=pl.Int32).alias("line")))


def _refuse_bombs(data: bytes) -> None:
    """Unpack once without keeping: a few kilobytes may hold gigabytes, or a cell in the last row and column."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if not any(name.startswith(("xl/", "content.xml")) for name in archive.namelist()):
                raise FileBinary(what=_("a compressed archive"))
            total = sum(member.file_size for member in archive.infolist())
            if total > MAX_UNPACKED_BYTES or (total > 80_000_000 and total > 250 * len(data)):
                raise WorkbookTooLarge(size=round(total / 1e6))
            for member in archive.infolist():
                if member.filename.startswith("xl/worksheets/sheet"):
                    _refuse_sparse_sheet(archive, member)
                elif member.filename == "content.xml":
                    with archive.open(member) as stream:
                        refuse_repeated_cells(stream)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, ExpatError) as error:
        raise WorkbookUnreadable from error


def refuse_repeated_cells(stream: IO[bytes]) -> None:
    """An ODS file says « this row, 200,000 times » in a few bytes. Raises: WorkbookTooLarge."""
    try:
        measure(stream)
    except RepeatedTooOften as bomb:
        raise WorkbookTooLarge(size=round(bomb.cells * 190 / 1e6)) from bomb


def _refuse_sparse_sheet(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    rows, letters, tail = 1, b"Z", b""
    with archive.open(member) as stream:
        while block := stream.read(1 << 20):
            text = tail + block
            rows = max([rows, *(int(row) for row in re.findall(rb'<row[^>]*? r="(\d+)"', text))])
            wide = re.findall(rb'<c r="([A-Z]{2,3})\d', text)
            letters = max([letters, *wide], key=lambda name: (len(name), name))
            tail = text[-200:]
    columns = 0
    for letter in letters:
        columns = columns * 26 + letter - 64
    if rows * columns > MAX_CELLS:
        raise WorkbookTooLarge(size=round(rows * columns * 24 / 1e6))
