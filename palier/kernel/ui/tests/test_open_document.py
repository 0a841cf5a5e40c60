"""Lists taken out as ODS open with their numbers, their days and their words."""

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import fastexcel

from palier.kernel.ui.exports import write_ods
from palier.kernel.ui.opendocument import MEDIA_TYPE, NAMES


@dataclass(frozen=True)
class Column:
    label: str
    key: str
    kind: str = "text"

    def of(self, row: dict[str, Any]) -> Any:
        return row.get(self.key)


COLUMNS = [
    Column("Nom", "name"),
    Column("Né le", "born", "date"),
    Column("Solde", "due", "money"),
    Column("Oui", "yes"),
]


def written(*rows: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    write_ods(out, COLUMNS, rows)
    return out.getvalue()


def read(data: bytes) -> list[tuple[Any, ...]]:
    book = fastexcel.read_excel(data)
    return book.load_sheet(0, header_row=None, dtypes="string").to_polars().rows()


class TestTheFile:
    def test_gives_back_what_was_put_in(self):
        data = written(
            {"name": "DURAND & fils <SARL>", "born": date(1948, 5, 12), "due": Decimal("-12.50"), "yes": 3}
        )

        assert read(data) == [
            ("Nom", "Né le", "Solde", "Oui"),
            ("DURAND & fils <SARL>", "1948-05-12", "-12.5", "3"),
        ]

    def test_says_its_kind_first_and_not_compressed(self):
        with zipfile.ZipFile(io.BytesIO(written())) as archive:
            first = archive.infolist()[0]

            assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
            assert archive.read("mimetype").decode() == MEDIA_TYPE
            assert archive.testzip() is None

    def test_runs_no_formula(self):
        with zipfile.ZipFile(io.BytesIO(written({"name": "=HYPERLINK(1)"}, {"name": "@SUM(A1)"}))) as archive:
            content = ElementTree.fromstring(archive.read("content.xml"))
        cells = content.iter(f"{{{NAMES['table']}}}table-cell")

        formulas = [cell for cell in cells if f"{{{NAMES['table']}}}formula" in cell.attrib]

        assert formulas == []
        assert read(written({"name": "=HYPERLINK(1)"}))[1][0] == "=HYPERLINK(1)"

    def test_holds_what_xml_cannot(self):
        data = written({"name": "a\x00b\x0bc"}, {"name": "ligne 1\nligne 2"}, {"name": "𝄞 é \ud800"})

        assert read(data)[1][0] == "abc"
        assert read(data)[2][0] == "ligne 1\nligne 2"

    def test_tells_moments_as_they_are_here(self):
        data = written({"born": datetime(2026, 11, 20, 12, 30, tzinfo=UTC)})

        assert read(data)[1][1] == "2026-11-20T13:30:00"
