"""Files as they come: encodings, separators, line numbers, and those that cannot be read."""

import io
import zipfile

import pytest
import xlsxwriter

from palier.kernel.imports import reading
from palier.kernel.imports.reading import MIXED, read_table

LINES = "N° contrat;Titulaire;Né le\r\nC1;DUPRÉ Zoé;01/02/1980\r\nC2;L'HÉRITIER;\r\n"


def cells(table):
    return [table.row(index) for index in range(len(table.frame))]


def workbook(rows, **options):
    body = io.BytesIO()
    book = xlsxwriter.Workbook(body, options)
    sheet = book.add_worksheet("Baux")
    for number, row in rows.items():
        for position, value in enumerate(row):
            sheet.write(number, position, value)
    book.close()
    return body.getvalue()


class TestEncodings:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "cp850"]
    )
    def test_are_recognised(self, encoding):
        table = read_table(LINES.encode(encoding))

        assert cells(table) == [
            ["N° contrat", "Titulaire", "Né le"],
            ["C1", "DUPRÉ Zoé", "01/02/1980"],
            ["C2", "L'HÉRITIER", ""],
        ]

    def test_are_marked_where_a_line_is_in_another_one(self):
        data = "a;b\nÉtienne;Zoé\nFrançois;x\n".encode() + "Jérôme;y\n".encode("cp1252")

        table = read_table(data)

        assert table.encoding == "utf-8"
        assert table.remarks == ("mixed-encoding",)
        assert table.row(3)[0] == f"J{MIXED}ér{MIXED}ôme"

    def test_are_marked_where_utf8_stands_in_a_windows_file(self):
        data = "a;b\nÉtienne;Zoé\nFrançois;x\n".encode("cp1252") + "Jérôme;y\n".encode()

        assert read_table(data).row(3)[0] == f"J{MIXED}ér{MIXED}ôme"


class TestSeparators:
    @pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
    def test_are_guessed(self, separator):
        data = "\n".join(
            separator.join(cells) for cells in (["a", "b", "c"], ["1", "x y", "3"], ["4", "5", "6"])
        )

        assert cells(read_table(data.encode()))[1] == ["1", "x y", "3"]

    def test_are_not_fooled_by_decimal_commas(self):
        assert read_table(b"code;loyer\nA;1184,50\nB;12,00\nC;1 000,10\n").separator == ";"


class TestLineNumbers:
    def test_are_those_that_the_person_sees(self):
        data = b'a;b\n1;"deux\nlignes"\n\n2;x\n'

        assert read_table(data).frame["line"].to_list() == [1, 2, 4, 5]

    def test_are_the_rows_of_a_sheet(self):
        table = read_table(workbook({2: ["code", "n"], 3: ["0012", 1184], 6: ["x", 1.5]}))

        assert table.frame["line"].to_list() == [1, 2, 3, 4, 5, 6, 7]
        assert (table.row(3), table.row(6)) == (["0012", "1184"], ["x", "1.5"])


class TestOddFiles:
    def test_with_a_quote_that_is_never_closed_are_read_all_the_same(self):
        table = read_table(b'a;b\n1;"ouvert\n2;x\n3;y\n')

        assert "stray-quote" in table.remarks or len(table.frame) < 4

    def test_of_old_macintoshes_are_read(self):
        assert cells(read_table(b"a;b\r1;2\r3;4"))[1] == ["1", "2"]

    def test_with_a_line_longer_than_the_others_keep_its_cells(self):
        assert read_table(b"a;b\n1;2;3;4\n").row(1) == ["1", "2", "3", "4"]


class TestRefusals:
    @pytest.mark.parametrize("data", [b"", b"   \r\n\r\n", b"\xef\xbb\xbf", b"\x00\x00"])
    def test_empty(self, data):
        with pytest.raises(reading.FileEmpty):
            read_table(data)

    @pytest.mark.parametrize(
        "data",
        [b"%PDF-1.7\n...", b"\x89PNG\r\n", b"\x1f\x8b\x08\x00", b"<html><table>", b"a;b\x00\x01\x02;c" * 50],
    )
    def test_binary_or_something_else(self, data):
        with pytest.raises(reading.FileBinary):
            read_table(data)

    def test_a_line_of_a_hundred_megabytes(self):
        with pytest.raises(reading.LineTooLong) as refusal:
            read_table(b"a;b\n1;2\n" + b"x" * 100_000_000)

        assert refusal.value.fields["line"] == 3

    def test_a_workbook_that_unpacks_without_end(self):
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 120_000_000)

        with pytest.raises(reading.WorkbookTooLarge):
            read_table(body.getvalue())

    def test_a_workbook_with_one_cell_at_the_end_of_the_world(self):
        with pytest.raises(reading.WorkbookTooLarge):
            read_table(workbook({0: ["a"], 1_048_575: ["x"] * 60 + ["y"] * 20}))

    def test_a_damaged_workbook(self):
        with pytest.raises(reading.WorkbookUnreadable):
            read_table(workbook({0: ["a", "b"]})[:-200])

    def test_an_archive_that_is_no_workbook(self):
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w") as archive:
            archive.writestr("lisez-moi.txt", "bonjour")

        with pytest.raises(reading.FileBinary):
            read_table(body.getvalue())

    def test_a_sheet_that_is_not_there(self):
        with pytest.raises(reading.SheetMissing):
            read_table(workbook({0: ["a", "b"]}), sheet="Feuille 9")
