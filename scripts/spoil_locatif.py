"""Spoil a copy of the demonstration's rent roll with 25 known errors, to see that the import finds these and no other.

    python scripts/spoil_locatif.py FOLDER TARGET.csv

FOLDER holds `patrimoine.csv` and `locatif.csv` as `palier demo` writes them. TARGET is the spoiled copy; beside it,
TARGET with the suffix `.errors.json` lists the line, the column and the code of each error. The copy also carries the
postcode and the commune of each lot, as many exports do.
"""

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ENCODING = "cp1252"
Line = dict[str, str]


@dataclass(frozen=True)
class KnownError:
    """Where an error was put, and the code under which the import must report it."""

    line: int
    column: str
    code: str
    mending: str = ""
    """What to write in the cell to mend it; empty for the errors that are left in the file."""


def put(column: str, value: str, code: str, mending: str = "") -> tuple[str, str, Callable[[Line], str], str]:
    """An error made by writing one value in one cell."""
    return column, code, lambda line: value, mending


def _as_it_was(column: str) -> Callable[[Line], str]:
    return lambda line: line[column]


# Column, code, value, mending. `=` as mending stands for what the cell held before.
CELLS = (
    put("Code tiers", "1184,0", "value.damaged-code", "="),
    put("Solde", "12O,50", "value.not-number", "120,50"),
    put("Date d'entrée", "31/02/2021", "value.no-such-day", "28/02/2021"),
    put("Date de naissance", "29/02/1983", "value.no-such-day", "28/02/1983"),
    put("Commune", "Narbonne-les-Ormes", "value.commune-unknown", "="),
    put("Code postal", "59999", "value.commune-not-this-postcode", "="),
    put("Date de naissance", "9999", "value.unknown-marker", "="),
    put("Date d'entrée", "01/01/1900", "value.unknown-marker", "="),
    put("Courriel", "jean.dupont@@courriel.example", "value.email-invalid", "jean.dupont@courriel.example"),
    put("Tél portable", "06 39 98", "value.phone-invalid", "06 39 98 12 34"),
    put("Tél fixe", "voir dossier", "value.phone-invalid"),
    put("Qualité", "Titulair", "value.not-choice"),
    put("Nature du bail", "Bail rural", "value.not-choice"),
    put("Langue", "klingon", "value.not-choice"),
    put("Date d'entrée", "avant-hier", "value.not-date"),
    put("Code ESI", "9-ZZZ-99", "people.lot-unknown"),
    put("Date de naissance", "12/05/2048", "people.born-tomorrow"),
    put("Date de sortie", "01/01/1951", "people.exit-before-entry"),
    put("N° contrat", "", "line.key-empty"),
    put("Code ESI", "", "value.required"),
)
REPORTED_AT = {"value.commune-not-this-postcode": "Commune"}


def spoil(folder: Path, target: Path) -> list[KnownError]:
    """Write the spoiled copy and return its 25 errors, in the order of the file."""
    headers, lines = _rent_roll(folder)
    alone = Counter(line["N° contrat"] for line in lines)
    fit = [
        i
        for i, line in enumerate(lines)
        if alone[line["N° contrat"]] == 1 and line["Tél portable"] and line["Courriel"]
    ]
    places = [fit[round(n * (len(fit) - 1) / 24)] for n in range(25)]
    if len(set(places)) < 25:
        raise ValueError("The file is too small to hold 25 errors on different lines.")
    errors = [_spoil_cell(lines[place], place + 2, *cell) for place, cell in zip(places, CELLS, strict=False)]
    raw = [_encoded([line[name] for name in headers]) for line in lines]
    errors += _spoil_bytes(raw, lines, headers, places[len(CELLS) :])
    target.write_bytes(b"\r\n".join([_encoded(headers), *raw, b""]))
    errors.sort(key=lambda error: error.line)
    listed = json.dumps([asdict(error) for error in errors], ensure_ascii=False, indent=2)
    target.with_suffix(".errors.json").write_text(listed + "\n", encoding="utf-8")
    return errors


def _rent_roll(folder: Path) -> tuple[list[str], list[Line]]:
    """The lines of the rent roll, with the place of each lot."""
    places = {one["Code ESI"]: (one["Code postal"], one["Ville"]) for one in _read(folder / "patrimoine.csv")}
    lines = _read(folder / "locatif.csv")
    for line in lines:
        line["Code postal"], line["Commune"] = places[line["Code ESI"]]
    return list(lines[0]), lines


def _read(path: Path) -> list[Line]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding=ENCODING)), delimiter=";"))


def _encoded(cells: list[str], encoding: str = ENCODING) -> bytes:
    body = io.StringIO()
    csv.writer(body, delimiter=";", lineterminator="").writerow(cells)
    return body.getvalue().encode(encoding)


def _spoil_cell(
    line: Line, number: int, column: str, code: str, value: Callable[[Line], str], mending: str
) -> KnownError:
    before = line[column]
    line[column] = value(line)
    reported = REPORTED_AT.get(code, column)
    if reported != column:
        # The commune is what does not answer to the postcode: writing its code mends it.
        before = line[reported] = "Limoux"
        line[column], mending = "59999", "11206"
    return KnownError(number, reported, code, before if mending == "=" else mending)


def _spoil_bytes(
    raw: list[bytes], lines: list[Line], headers: list[str], places: list[int]
) -> list[KnownError]:
    """What cannot be done cell by cell: foreign encodings, a line twice, cells that slip."""
    first, second, twice, extra, short = places
    lines[first]["Nom"], lines[second]["Prénom"] = "BÉRANGER", "Anaïs"
    for place, column in ((first, "Nom"), (second, "Prénom")):
        # One cell alone in another encoding, as when a line was pasted from elsewhere.
        cells = [_encoded([lines[place][name]], "utf-8" if name == column else ENCODING) for name in headers]
        raw[place] = b";".join(cells)
    raw.append(raw[twice])
    cells = [lines[extra][name] for name in headers]
    at = headers.index("Code tiers")
    raw[extra] = _encoded([*cells[:at], "", *cells[at:]])
    cells = [lines[short][name] for name in headers]
    out = headers.index("Date de sortie")
    raw[short] = _encoded([*cells[:out], *cells[out + 1 :]])
    return [
        KnownError(first + 2, "Nom", "value.mixed-encoding"),
        KnownError(second + 2, "Prénom", "value.mixed-encoding"),
        KnownError(len(raw) + 1, "N° contrat", "line.duplicate"),
        KnownError(extra + 2, "Code tiers", "line.shifted"),
        KnownError(short + 2, "Date de sortie", "line.shifted"),
    ]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    known = spoil(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{len(known)} errors: {Path(sys.argv[2]).with_suffix('.errors.json')}")
