"""Files that imports give: the lines left to mend with their reasons, and templates to fill in."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter
from django.db import connection
from django.http import HttpResponse
from django.utils.translation import gettext as _

from palier.kernel.imports.kinds import Column, ImportKind, kind_named
from palier.kernel.imports.messages import explain
from palier.kernel.imports.models import ImportBatch, ImportCorrection
from palier.kernel.imports.values import Choice
from palier.kernel.ui import opendocument

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": opendocument.MEDIA_TYPE,
}
FETCHED = 2_000


def answer(body: bytes, stem: str, extension: str) -> HttpResponse:
    response = HttpResponse(body, content_type=CONTENT_TYPES[extension])
    safe = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in stem)
    response["Content-Disposition"] = (
        f'attachment; filename="{safe.encode("ascii", "ignore").decode()}.{extension}"'
    )
    return response


def failed_lines(batch: ImportBatch, extension: str) -> bytes:
    """The lines left to mend: the columns of the received file, mended cells in place, then line and reasons."""
    headers = [*batch.reading["headers"], _("Line in the file"), _("What is to be mended")]
    return _write(headers, _failed(batch), extension)


def _failed(batch: ImportBatch) -> Iterator[list[str]]:
    """Read by blocks on a cursor of the server: memory does not grow with the number of lines."""
    kind, width = kind_named(batch.kind), len(batch.reading["headers"])
    mended = _mended(batch)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """SELECT s.line, s.cells, (SELECT jsonb_agg(jsonb_build_array(i.code, i.column_name, i.value, i.data))
                 FROM import_issue i WHERE i.batch_id = s.batch_id AND i.line = s.line AND i.severity = 'error')
            FROM import_stage s WHERE s.batch_id = %s AND s.verdict = 'wrong' ORDER BY s.line""",
            [batch.pk],
        )
        while rows := cursor.fetchmany(FETCHED):
            for line, cells, issues in rows:
                texts = _loaded(cells) or {}
                row = [_harmless(mended.get((line, str(i))) or texts.get(str(i)) or "") for i in range(width)]
                yield [*row, str(line), _reasons(kind, batch, _loaded(issues) or [])]


def _mended(batch: ImportBatch) -> dict[tuple[int, str], str]:
    """Corrections by line and position in the file: people see what they typed, not what they replaced."""
    headers = batch.reading["headers"]
    corrections = ImportCorrection.objects.filter(batch=batch).order_by("at", "id")
    places = {
        column: str(headers.index(header)) for column, header in batch.mapping.items() if header in headers
    }
    return {
        (one.line, places[one.column]): one.value for one in corrections.iterator() if one.column in places
    }


def _reasons(kind: ImportKind, batch: ImportBatch, issues: Sequence[Sequence[Any]]) -> str:
    sentences = []
    for code, column, value, data in issues:
        message, remedy = explain(kind, code, column, value, data)
        sentences.append(f"{batch.mapping.get(column, column)} : {message} {remedy}")
    return " | ".join(sentences)


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe, which the import takes off again."""
    return f"'{text}" if text[:1] in ("=", "@", "\t", "\r") else text


def template(kind: ImportKind, extension: str) -> bytes:
    """An empty file of this kind: the names, an example line, and in a workbook a sheet of notes."""
    headers = [column.header for column in kind.columns]
    example = [column.example for column in kind.columns]
    if extension != "xlsx":
        return _write(headers, iter([example]), extension)
    return _workbook(
        headers, iter([example]), notes=[_note(column) for column in kind.columns], bold=_required(kind)
    )


def _required(kind: ImportKind) -> set[str]:
    return {column.header for column in kind.columns if column.required}


def _note(column: Column) -> list[str]:
    words = ", ".join(column.type.words()) if isinstance(column.type, Choice) else ""
    needed = _("required") if column.required else ""
    return [
        column.header,
        str(column.label),
        needed,
        str(column.note),
        words,
        column.example,
        ", ".join(column.synonyms),
    ]


def _write(headers: Sequence[str], rows: Iterator[Sequence[str]], extension: str) -> bytes:
    if extension == "xlsx":
        return _workbook(headers, rows)
    if extension == "ods":
        return _open_document(headers, rows)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(rows)
    # The mark that Excel in French needs to read accents.
    return ("\ufeff" + text.getvalue()).encode()


def _open_document(headers: Sequence[str], rows: Iterator[Sequence[str]]) -> bytes:
    body = io.BytesIO()
    with opendocument.sheet(body, headers, str(_("Lines"))) as write_row:
        for row in rows:
            write_row([(text, "text") for text in row])
    return body.getvalue()


def _workbook(
    headers: Sequence[str],
    rows: Iterator[Sequence[str]],
    *,
    notes: Sequence[Sequence[str]] = (),
    bold: set[str] | None = None,
) -> bytes:
    body = io.BytesIO()
    book = xlsxwriter.Workbook(
        body, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    named, strong = (
        book.add_format({"bold": True, "bg_color": "#e8eef7"}),
        book.add_format({"bold": True, "bg_color": "#ffe9c7"}),
    )
    sheet = book.add_worksheet(_("Lines"))
    sheet.freeze_panes(1, 0)
    for position, header in enumerate(headers):
        sheet.set_column(position, position, max(12, min(40, len(header) + 3)))
        sheet.write_string(0, position, header, strong if bold and header in bold else named)
    for number, row in enumerate(rows, start=1):
        for position, text in enumerate(row):
            sheet.write_string(number, position, text)
    if notes:
        _notes_sheet(book, notes, named)
    book.close()
    return body.getvalue()


def _notes_sheet(book: xlsxwriter.Workbook, notes: Sequence[Sequence[str]], named: Any) -> None:
    sheet = book.add_worksheet(_("Notes"))
    titles = [
        _("Column"),
        _("Meaning"),
        _("Required?"),
        _("Note"),
        _("Possible values"),
        _("Example"),
        _("Other names understood"),
    ]
    for position, title in enumerate(titles):
        sheet.set_column(position, position, 24)
        sheet.write_string(0, position, title, named)
    for number, row in enumerate(notes, start=1):
        for position, text in enumerate(row):
            sheet.write_string(number, position, text)
