"""Files made from a list: CSV as French spreadsheets open it, XLSX and ODS with real dates and numbers."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any, Protocol

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from palier.kernel.ui import opendocument, states
from palier.kernel.words import Text

CHUNK = 2000
SPOOL_BYTES = 2_000_000
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


class ExportColumn(Protocol):
    """What a file needs to know of a column."""

    @property
    def label(self) -> Text: ...
    @property
    def kind(self) -> str: ...
    def of(self, row: Any) -> Any: ...


def export(kind: str, stem: str, columns: Sequence[ExportColumn], rows: Any) -> FileResponse:
    """Write every row to a temporary file and answer it.

    The file is complete before the answer begins: a body streamed later would be read after the
    organisation's schema has been left.
    """
    out = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115  closed by the response
    write = {"csv": write_csv, "xlsx": write_xlsx, "ods": write_ods}[kind]
    write(out, columns, _each(rows))
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{stem}.{kind}")


def _each(rows: Any) -> Iterable[Any]:
    return rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows


def write_csv(out: IO[bytes], columns: Sequence[ExportColumn], rows: Iterable[Any]) -> None:
    """Write semicolons and a byte-order mark, without which Excel in French reads neither columns nor accents."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    writer.writerow([str(column.label) for column in columns])
    for row in rows:
        writer.writerow([_as_text(_value(column, row)) for column in columns])
    text.flush()
    text.detach()


def write_xlsx(out: IO[bytes], columns: Sequence[ExportColumn], rows: Iterable[Any]) -> None:
    """Write one sheet, row by row, without keeping the rows in memory."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, {**options, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    formats = {
        "money": book.add_format({"num_format": "# ##0.00 €"}),
        "datetime": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
    }
    for index, column in enumerate(columns):
        sheet.write_string(0, index, str(column.label), bold)
        sheet.set_column(index, index, max(12, min(40, len(str(column.label)) + 4)))
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            _write_cell(sheet, line, index, _value(column, row), formats.get(column.kind))
    book.close()


def write_ods(out: IO[bytes], columns: Sequence[ExportColumn], rows: Iterable[Any]) -> None:
    """Write one sheet, row by row, without keeping the rows in memory."""
    with opendocument.sheet(out, [str(column.label) for column in columns]) as write_row:
        for row in rows:
            write_row([(_plain(_value(column, row)), column.kind) for column in columns])


def _plain(value: Any) -> Any:
    """Reduce a value to what a sheet holds: a number, a day, a moment of here, or a text."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return (timezone.localtime(value) if timezone.is_aware(value) else value).replace(tzinfo=None)
        case None | int() | float() | Decimal() | date():
            return value
        case _:
            return str(value)


def _value(column: ExportColumn, row: Any) -> Any:
    """Reduce what a cell draws to what a file holds: a badge to its word, a state to its name."""
    value = column.of(row)
    if column.kind == "badge" and isinstance(value, tuple):
        return str(value[0])
    if column.kind == "state" and value:
        return str(states.look(value).label)
    return value


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime(
                "%d/%m/%Y %H:%M"
            )
        case date():
            return value.strftime("%d/%m/%Y")
        case int() | float() | Decimal():
            return str(value).replace(".", ",")
        case _:
            return _harmless(str(value))


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running a cell that begins like a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _write_cell(sheet: Any, line: int, index: int, value: Any, style: Any) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_string(line, index, _("yes") if value else _("no"))
        case int() | float() | Decimal():
            sheet.write_number(line, index, float(value), style)
        case datetime():
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            sheet.write_datetime(line, index, local.replace(tzinfo=None), style)
        case date():
            sheet.write_datetime(line, index, datetime.combine(value, time.min), style)
        case _:
            sheet.write_string(line, index, str(value))
