"""A spreadsheet in the open format (ODS, ISO 26300), written as it comes: four small files in an archive.

Texts are written as texts: a cell that begins like a formula stays what it says, for only an attribute makes a formula.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
STYLES = """<office:automatic-styles>
<number:date-style style:name="day"><number:day number:style="long"/><number:text>/</number:text>\
<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:date-style style:name="moment"><number:day number:style="long"/><number:text>/</number:text>\
<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>\
<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>\
<number:minutes number:style="long"/></number:date-style>
<number:number-style style:name="euros"><number:number number:decimal-places="2" number:min-decimal-places="2" \
number:min-integer-digits="1" number:grouping="true"/><number:text> €</number:text></number:number-style>
<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="day"/>
<style:style style:name="datetime" style:family="table-cell" style:data-style-name="moment"/>
<style:style style:name="money" style:family="table-cell" style:data-style-name="euros"/>
<style:style style:name="wide" style:family="table-column"><style:table-column-properties style:column-width="4cm"/>\
</style:style>
</office:automatic-styles>"""
# What XML cannot hold at all, escaped or not.
_UNWRITABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))

Row = Sequence[tuple[Any, str]]


@contextmanager
def sheet(out: IO[bytes], headers: Sequence[str], name: str = "Palier") -> Iterator[Callable[[Row], None]]:
    """Give the function that writes one row of (value, kind of column). On the way out the file is whole."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and not compressed: this is how programs tell the format.
        archive.writestr(zipfile.ZipInfo("mimetype"), MEDIA_TYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _manifest())
        with archive.open("content.xml", "w", force_zip64=True) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", write_through=False)
            text.write(_opening(name, len(headers)))
            text.write(_row([(header, "head") for header in headers]))
            yield lambda cells: _put(text, cells)
            text.write("</table:table></office:spreadsheet></office:body></office:document-content>")
            text.flush()
            text.detach()


def _put(text: io.TextIOWrapper, cells: Row) -> None:
    text.write(_row(cells))


def _names(*prefixes: str) -> str:
    return " ".join(f'xmlns:{prefix}="{NAMES[prefix]}"' for prefix in prefixes)


def _manifest() -> str:
    entry = '<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
    entries = entry.format(path="/", kind=MEDIA_TYPE) + entry.format(path="content.xml", kind="text/xml")
    return (
        f'{HEAD}<manifest:manifest {_names("manifest")} manifest:version="1.3">{entries}</manifest:manifest>'
    )


def _opening(name: str, width: int) -> str:
    spaces = _names("office", "style", "table", "text", "fo", "number")
    return (
        f'{HEAD}<office:document-content {spaces} office:version="1.3">{STYLES}<office:body><office:spreadsheet>'
        f"<table:table table:name={quoteattr(name)}>"
        f'<table:table-column table:style-name="wide" table:number-columns-repeated="{max(1, width)}"/>'
    )


def _row(cells: Row) -> str:
    return f"<table:table-row>{''.join(_cell(value, kind) for value, kind in cells)}</table:table-row>"


def _cell(value: Any, kind: str) -> str:
    match value:
        case None | "":
            return "<table:table-cell/>"
        case datetime():
            told = f'office:date-value="{value.isoformat(timespec="seconds")}"'
            return _typed("date", told, "datetime")
        case date():
            return _typed("date", f'office:date-value="{value.isoformat()}"', "date")
        case int() | float() | Decimal():
            return _typed("float", f'office:value="{value}"', "money" if kind == "money" else "")
    style = ' table:style-name="head"' if kind == "head" else ""
    lines = "".join(
        f"<text:p>{escape(line)}</text:p>" for line in str(value).translate(_UNWRITABLE).split("\n")
    )
    return f'<table:table-cell office:value-type="string"{style}>{lines}</table:table-cell>'


def _typed(kind: str, value: str, style: str) -> str:
    named = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell office:value-type="{kind}" {value}{named}/>'
