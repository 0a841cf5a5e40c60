"""ODS files: read as XLSX files are, and never longer than what they say."""

import io
import zipfile

import pytest

from palier.kernel.imports.reading import (
    FileBinary,
    FileEmpty,
    SheetMissing,
    WorkbookTooLarge,
    WorkbookUnreadable,
    read_table,
)
from palier.kernel.ui.opendocument import MEDIA_TYPE, NAMES

SPACES = " ".join(f'xmlns:{name}="{NAMES[name]}"' for name in ("office", "table", "text"))


def cell(text, **attributes):
    extra = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<table:table-cell office:value-type="string"{extra}><text:p>{text}</text:p></table:table-cell>'


def row(*cells, times=1):
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def sheet(*rows, name="Baux"):
    return f'<table:table table:name="{name}">{"".join(rows)}</table:table>'


def ods(*sheets, head="", content=None):
    """The bytes of a workbook, as a spreadsheet program writes it."""
    body = "".join(sheets)
    text = content or (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<office:document-content {SPACES} office:version="1.2">'
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), MEDIA_TYPE)
        archive.writestr("content.xml", text)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA_TYPE}"/></manifest:manifest>',
        )
    return out.getvalue()


def cells(data, **options):
    table = read_table(data, **options)
    return [table.row(index) for index in range(len(table.frame))]


class TestReading:
    def test_keeps_leading_zeros_days_and_numbers(self):
        day = '<table:table-cell office:value-type="date" office:date-value="2024-03-01"/>'
        amount = '<table:table-cell office:value-type="float" office:value="1184.5"/>'

        found = cells(
            ods(sheet(row(cell("Code"), cell("Le"), cell("Solde")), row(cell("0012"), day, amount)))
        )

        assert found == [["Code", "Le", "Solde"], ["0012", "2024-03-01", "1184.5"]]

    def test_leaves_the_cells_covered_by_a_merged_one_empty(self):
        merged = cell("Marie", number_columns_spanned="2") + "<table:covered-table-cell/>"

        assert cells(ods(sheet(row(cell("a"), cell("b"), cell("c")), row(merged, cell("fin")))))[1] == [
            "Marie",
            "",
            "fin",
        ]

    def test_writes_out_what_is_repeated(self):
        data = ods(sheet(row(cell("a"), cell("b")), row(cell("x", number_columns_repeated="2"), times=2)))

        assert cells(data) == [["a", "b"], ["x", "x"], ["x", "x"]]

    def test_numbers_lines_as_the_person_sees_them(self):
        empty = row('<table:table-cell table:number-columns-repeated="3"/>', times=2)

        table = read_table(ods(sheet(row(cell("a")), empty, row(cell("b")))))

        assert table.frame["line"].to_list()[-1] == 4

    def test_reads_the_sheet_asked_for(self):
        data = ods(sheet(row(cell("a")), name="Un"), sheet(row(cell("b")), name="Deux"))

        assert cells(data, sheet="Deux") == [["b"]]
        with pytest.raises(SheetMissing) as refusal:
            read_table(data, sheet="Trois")
        assert "Un, Deux" in str(refusal.value)

    def test_minds_no_row_repeated_to_the_end_of_the_sheet(self):
        tail = row('<table:table-cell table:number-columns-repeated="1024"/>', times=1_040_000)

        assert cells(ods(sheet(row(cell("a")), tail))) == [["a"]]


class TestRefusals:
    def test_a_row_repeated_a_hundred_thousand_times(self):
        bomb = ods(sheet(row(cell("boum", number_columns_repeated="50"), times=200_000)))
        assert len(bomb) < 2_000

        with pytest.raises(WorkbookTooLarge):
            read_table(bomb)

    def test_a_cell_in_the_last_corner(self):
        gap = row("<table:table-cell/>", times=1_000_000)
        far = row('<table:table-cell table:number-columns-repeated="16000"/>' + cell("x"))

        with pytest.raises(WorkbookTooLarge):
            read_table(ods(sheet(row(cell("a")), gap, far)))

    def test_entities_within_entities(self):
        head = '<!DOCTYPE x [<!ENTITY a "boum"><!ENTITY b "&a;&a;&a;">]>'

        with pytest.raises(WorkbookTooLarge):
            read_table(ods(sheet(row(cell("&b;"))), head=head))

    @pytest.mark.parametrize(
        ("data", "refusal"),
        [
            (ods(content="<office:document-content"), WorkbookUnreadable),
            (ods(sheet()), FileEmpty),
            (ods(sheet(row(cell("a"))))[:200], WorkbookUnreadable),
        ],
    )
    def test_a_file_that_is_cut_or_empty(self, data, refusal):
        with pytest.raises(refusal):
            read_table(data)

    def test_an_archive_that_is_no_workbook(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("lisezmoi.txt", "rien")

        with pytest.raises(FileBinary):
            read_table(out.getvalue())
