"""Checking cells, a slice of the file at a time: values, faults by line and column, lines that slipped sideways."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from palier.kernel.imports.kinds import Column, ImportKind, Mapped
from palier.kernel.imports.reading import MIXED
from palier.kernel.imports.values import Choice, Code, Context, Parsed, tidy

SLICE_LINES = 50_000
SHIFT_SEARCH_LINES = 2_000
ISSUE_SCHEMA = {
    "line": pl.Int32,
    "column": pl.String,
    "code": pl.String,
    "severity": pl.String,
    "value": pl.String,
    "proposal": pl.String,
}


@dataclass(frozen=True)
class Reading:
    """How the cells of one file are to be understood: which position holds which column, and the reference tables."""

    kind: ImportKind
    headers: tuple[str, ...]
    mapping: Mapping[str, str]
    communes: pl.DataFrame | None = None
    decimal_codes: frozenset[str] = frozenset()
    chunks: int = 1
    century_pivot: int = 30

    @cached_property
    def positions(self) -> dict[str, int]:
        return {
            name: self.headers.index(header)
            for name, header in self.mapping.items()
            if header in self.headers
        }

    @cached_property
    def mapped(self) -> Mapped:
        return frozenset(self.positions)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the file has, in the order of the file."""
        present = [column for column in self.kind.columns if column.name in self.positions]
        return tuple(sorted(present, key=lambda column: self.positions[column.name]))

    @cached_property
    def layout(self) -> tuple[str, ...]:
        """Every staged value, in the order of the staging table's columns."""
        return tuple(column.name for column in self.kind.columns) + tuple(
            one.name for one in self.kind.derived
        )

    def context(self, cells: pl.DataFrame, column: str) -> Context:
        return Context(
            cells=cells,
            communes=self.communes,
            decimal_codes=self.decimal_codes,
            column=column,
            century_pivot=self.century_pivot,
        )


@dataclass(frozen=True)
class Checked:
    """One slice. `values`: line, chunk, verdict, cells, then the layout as text. `aside`: the referent's lines."""

    values: pl.DataFrame
    issues: pl.DataFrame
    aside: list[dict] = field(default_factory=list)


def slices(frame: pl.DataFrame, size: int = SLICE_LINES) -> Iterator[pl.DataFrame]:
    for start in range(0, len(frame), size):
        yield frame.slice(start, size)


def find_decimal_codes(frame: pl.DataFrame, reading: Reading) -> frozenset[str]:
    """Code columns that a program wrote as decimals from top to bottom: most of the cells end in `.0`."""
    found = set()
    for column in reading.columns:
        if isinstance(column.type, Code):
            cells = frame[f"c{reading.positions[column.name]}"].head(5000).drop_nulls()
            if len(cells) and cells.str.contains(r"^\d+[.,]0$").sum() > 0.8 * len(cells):
                found.add(column.name)
    return frozenset(found)


def check_slice(raw: pl.DataFrame, reading: Reading, *, corrections: pl.DataFrame | None = None) -> Checked:
    """Read and check rows as they came (`c0`…, `line`). `corrections`: line, column, value, laid over the cells."""
    cell_names = [name for name in raw.columns if name != "line"]
    raw = raw.filter(~pl.all_horizontal(pl.col(cell_names).is_null()))
    if raw.is_empty():
        return Checked(_no_values(reading), pl.DataFrame(schema=ISSUE_SCHEMA))
    raw, mixed = _without_marks(raw, reading)
    raw = _corrected(raw, reading, corrections)
    mixed = _still_mixed(mixed, corrections)
    cells = raw.select(tidy(pl.col(name)).alias(name) for name in cell_names)
    named = cells.select(pl.col(f"c{position}").alias(name) for name, position in reading.positions.items())
    parsed = {
        column.name: column.type.parse(named[column.name], reading.context(named, column.name))
        for column in reading.columns
    }
    issues = _issues(raw["line"], named, parsed, reading)
    shifted = _shifted(raw["line"], cells, issues, reading)
    issues = pl.concat(
        [issues.join(shifted, on="line", how="anti"), shifted, mixed.join(shifted, on="line", how="anti")]
    )
    values = _values(raw, parsed, reading, shifted, issues)
    values, aside = _set_aside(values, raw, cells, reading)
    if aside:
        gone = pl.DataFrame({"line": [row["line"] for row in aside]}, schema={"line": pl.Int32})
        issues = issues.join(gone, on="line", how="anti")
    return Checked(values, issues, aside)


def _no_values(reading: Reading) -> pl.DataFrame:
    schema = {"line": pl.Int32, "chunk": pl.Int32, "verdict": pl.String, "cells": pl.String}
    return pl.DataFrame(schema={**schema, **dict.fromkeys(reading.layout, pl.String)})


def _without_marks(raw: pl.DataFrame, reading: Reading) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take the marks of foreign encodings out of the cells, and say which cells had one."""
    found = []
    for column in reading.columns:
        name = f"c{reading.positions[column.name]}"
        cell = pl.col(name)
        marked = raw.filter(cell.str.contains(f"{MIXED}|\ufffd"))
        if len(marked):
            clean = cell.str.replace_all(MIXED, "", literal=True)
            lost = clean.str.contains("\ufffd", literal=True)
            found.append(
                marked.select(
                    "line",
                    pl.lit(column.name).alias("column"),
                    pl.when(lost)
                    .then(pl.lit("value.accent-lost"))
                    .otherwise(pl.lit("value.mixed-encoding"))
                    .alias("code"),
                    pl.lit("error").alias("severity"),
                    clean.alias("value"),
                    pl.when(lost).then(None).otherwise(clean.str.strip_chars()).alias("proposal"),
                )
            )
    cells = pl.selectors.string().str.replace_all(MIXED, "", literal=True)
    issues = pl.concat(found) if found else pl.DataFrame(schema=ISSUE_SCHEMA)
    return raw.with_columns(cells), issues.cast(pl.Schema(ISSUE_SCHEMA))


def _still_mixed(mixed: pl.DataFrame, corrections: pl.DataFrame | None) -> pl.DataFrame:
    """A cell that somebody rewrote is no longer in a foreign encoding."""
    if corrections is None or mixed.is_empty():
        return mixed
    return mixed.join(corrections.select("line", "column"), on=["line", "column"], how="anti")


def _corrected(raw: pl.DataFrame, reading: Reading, corrections: pl.DataFrame | None) -> pl.DataFrame:
    if corrections is None or corrections.is_empty():
        return raw
    for (column,), rows in corrections.group_by("column"):
        position = reading.positions.get(str(column))
        if position is not None:
            over = rows.select("line", pl.col("value").alias("over"))
            name = f"c{position}"
            raw = raw.join(over, on="line", how="left", maintain_order="left")
            replaced = pl.when(pl.col("over").is_not_null()).then(pl.col("over")).otherwise(pl.col(name))
            raw = raw.with_columns(replaced.alias(name)).drop("over")
    spare = [f"c{i}" for i in range(len(reading.headers), len(raw.columns) - 1)]
    touched = pl.col("line").is_in(corrections["line"].unique().implode())
    # Whoever mends a cell of a line has looked at the line: cells to the right of the last name are forgotten.
    return raw.with_columns(pl.when(touched).then(None).otherwise(pl.col(name)).alias(name) for name in spare)


def _issues(
    lines: pl.Series, named: pl.DataFrame, parsed: Mapping[str, Parsed], reading: Reading
) -> pl.DataFrame:
    key = reading.kind.key_of(reading.mapped)
    found = []
    for column in reading.columns:
        one = parsed[column.name]
        empty = "line.key-empty" if column.name in key else "value.required"
        needed = column.required or column.name in key
        frame = pl.DataFrame(
            {
                "line": lines,
                "value": named[column.name],
                "read": one.value,
                "fault": one.fault,
                "doubt": one.doubt,
            }
        )
        missing = pl.col("read").is_null() & pl.col("fault").is_null() & pl.lit(needed)
        frame = frame.with_columns(
            pl.when(missing).then(pl.lit(empty)).otherwise(pl.col("fault")).alias("fault")
        )
        frame = frame.filter(pl.col("fault").is_not_null() | pl.col("doubt").is_not_null())
        if len(frame):
            found.append(_rows(frame, column))
    return pl.concat(found) if found else pl.DataFrame(schema=ISSUE_SCHEMA)


def _rows(frame: pl.DataFrame, column: Column) -> pl.DataFrame:
    severity = pl.when(pl.col("fault").is_not_null()).then(pl.lit("error")).otherwise(pl.lit("warning"))
    frame = frame.select(
        "line",
        pl.lit(column.name).alias("column"),
        pl.coalesce("fault", "doubt").alias("code"),
        severity.alias("severity"),
        "value",
        _proposal(column).alias("proposal"),
    )
    if isinstance(column.type, Choice):
        frame = _nearest_words(frame, column.type)
    return frame.cast(pl.Schema(ISSUE_SCHEMA))


def _proposal(column: Column) -> pl.Expr:
    damaged = pl.col("fault") == "value.damaged-code"
    bare = pl.col("value").str.extract(r"^(\d+)[.,]0+$", 1)
    return pl.when(damaged).then(bare).otherwise(pl.lit(None, dtype=pl.String))


def _nearest_words(frame: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    """Propose the nearest word known; of the words that mean the same, the one that the list on screen shows."""
    known = [synonyms or (code,) for code, synonyms in choice.options.items()]
    shown = {word: words[0] for words in known for word in words}
    written = frame["value"].drop_nulls().unique().head(200).to_list()
    close = {text: difflib.get_close_matches(text, shown, 1, 0.6) for text in written}
    nearest = {text: shown[found[0]] if found else None for text, found in close.items()}
    proposal = pl.col("value").replace_strict(nearest, default=None, return_dtype=pl.String)
    return frame.with_columns(pl.coalesce("proposal", proposal).alias("proposal"))


# -- Lines that slipped sideways ----------------------------------------------------------------------------------


def _shifted(lines: pl.Series, cells: pl.DataFrame, issues: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Find the lines where one cell too many, or one too few, explains every fault.

    A line is a suspect when it has two faults or more, or cells to the right of the last name. Each suspect is
    read again one cell to the left and one to the right; if moving everything from some column on leaves no
    fault, that is it.
    """
    width = len(reading.headers)
    spare = [f"c{i}" for i in range(width, cells.width)]
    overflowing = cells.select(
        pl.any_horizontal([pl.col(name).is_not_null() for name in spare] or [pl.lit(False)])
    ).to_series()
    if len(overflowing) != len(lines):
        overflowing = pl.Series([False] * len(lines))
    faults = issues.filter(pl.col("severity") == "error").group_by("line").len()
    table = cells.with_columns(lines.alias("line"), overflowing.alias("overflowing")).join(
        faults, on="line", how="left"
    )
    suspects = table.filter(pl.col("overflowing") | (pl.col("len").fill_null(0) >= 2)).head(
        SHIFT_SEARCH_LINES
    )
    if suspects.is_empty():
        return pl.DataFrame(schema=ISSUE_SCHEMA)
    return _explained(suspects, reading, width)


def _explained(suspects: pl.DataFrame, reading: Reading, width: int) -> pl.DataFrame:
    still, extra, short = (_faults_when_moved(suspects, reading, move) for move in (0, 1, -1))
    positions = [reading.positions[column.name] for column in reading.columns]
    rows: list[tuple[Any, ...]] = []
    for row in range(len(suspects)):
        cells = suspects.row(row)
        base, overflowing, line = sum(still[row]), suspects["overflowing"][row], suspects["line"][row]
        place, move = None, 0
        if base >= 2 or (base and overflowing):
            is_empty = [cells[position] is None for position in positions]
            place, move = _where(is_empty, still[row], extra[row], short[row], reading)
        if place is not None:
            position, column = positions[place], reading.columns[place].name
            rows.append((line, column, "line.shifted", "error", cells[position], f"{position}:{move}"))
        elif overflowing:
            # `line`, `overflowing` and the number of faults stand after the cells.
            beyond = next(text for text in cells[width : suspects.width - 3] if text is not None)
            severity = "error" if base else "warning"
            rows.append((line, reading.columns[-1].name, "line.extra-cells", severity, beyond, None))
    return pl.DataFrame(rows, schema=ISSUE_SCHEMA, orient="row")


def _faults_when_moved(suspects: pl.DataFrame, reading: Reading, move: int) -> list[tuple[int, ...]]:
    """For each suspect, 1 for each column that would be at fault if it were read `move` cells further right."""
    absent = pl.lit(None, dtype=pl.String)
    moved = suspects.select(
        (pl.col(f"c{p + move}") if f"c{p + move}" in suspects.columns else absent).alias(name)
        for name, p in reading.positions.items()
    )
    key = reading.kind.key_of(reading.mapped)
    flags = []
    for column in reading.columns:
        parsed = column.type.parse(moved[column.name], reading.context(moved, column.name))
        wrong = parsed.fault.is_not_null()
        if column.required or column.name in key:
            wrong = wrong | parsed.value.is_null()
        flags.append(wrong.cast(pl.Int8).alias(column.name))
    return pl.DataFrame(flags).rows()


def _where(
    is_empty: list[bool],
    still: tuple[int, ...],
    extra: tuple[int, ...],
    short: tuple[int, ...],
    reading: Reading,
) -> tuple[int | None, int]:
    """The last column from which moving right (a cell too many) or left (one too few) leaves no fault at all.

    Of several places for the cell too many, an empty cell is the likelier one: leaving it out loses nothing.
    """
    key = reading.kind.key_of(reading.mapped)
    needed = [column.required or column.name in key for column in reading.columns]
    found: list[tuple[bool, int, int]] = []
    for place in range(len(still)):
        if sum(still[:place]):
            break
        if not sum(extra[place:]):
            found.append((is_empty[place], place, 1))
        elif not needed[place] and not sum(short[place + 1 :]):
            found.append((False, place, -1))
    if not found:
        return None, 0
    _empty, place, move = max(found)
    return place, move


def realigned(cells: list[str | None], proposal: str, reading: Reading) -> dict[str, str]:
    """The cells of a shifted line put back in place: column → text. `proposal` is what the issue kept."""
    position, move = (int(part) for part in proposal.split(":"))
    back = cells[:position] + (cells[position + 1 :] if move > 0 else [None, *cells[position:]])
    return {name: (back[p] or "") if p < len(back) else "" for name, p in reading.positions.items()}


# -- What is staged -----------------------------------------------------------------------------------------------


def _values(
    raw: pl.DataFrame,
    parsed: Mapping[str, Parsed],
    reading: Reading,
    shifted: pl.DataFrame,
    issues: pl.DataFrame,
) -> pl.DataFrame:
    absent = pl.Series([None] * len(raw), dtype=pl.String)
    frame = pl.DataFrame({"line": raw["line"].cast(pl.Int32)}).with_columns(
        (parsed[column.name].value if column.name in parsed else absent).alias(column.name)
        for column in reading.kind.columns
    )
    slipped = shifted.filter(pl.col("code") == "line.shifted").select("line")
    if len(slipped):
        names = [column.name for column in reading.kind.columns]
        gone = pl.col("line").is_in(slipped["line"].implode())
        frame = frame.with_columns(
            pl.when(gone).then(None).otherwise(pl.col(name)).alias(name) for name in names
        )
    for derived in reading.kind.derived:
        frame = frame.with_columns(derived.expression(reading.mapped).cast(pl.String).alias(derived.name))
    wrong = issues.filter(pl.col("severity") == "error")["line"].unique()
    faulty = issues["line"].unique()
    return frame.with_columns(
        chunk_of(reading).alias("chunk"),
        pl.when(pl.col("line").is_in(wrong.implode()))
        .then(pl.lit("wrong"))
        .otherwise(pl.lit("good"))
        .alias("verdict"),
        _kept_cells(raw, faulty),
    ).select("line", "chunk", "verdict", "cells", *reading.layout)


def chunk_of(reading: Reading) -> pl.Expr:
    """Lines of one group fall into the same chunk, wherever they are in the file."""
    group = [pl.col(name).fill_null("") for name in reading.kind.group_of(reading.mapped)]
    return (pl.concat_str(group, separator="\x1f").hash(seed=11) % reading.chunks).cast(pl.Int32)


def _kept_cells(raw: pl.DataFrame, faulty: pl.Series) -> pl.Series:
    """The cells of lines that have something to show, as JSON by position; nothing for the others."""
    names = [name for name in raw.columns if name != "line"]
    numbered = pl.struct([pl.col(name).alias(str(i)) for i, name in enumerate(names)]).struct.json_encode()
    return raw.select(
        pl.when(pl.col("line").is_in(faulty.implode())).then(numbered).otherwise(None).alias("cells")
    ).to_series()


def _set_aside(
    values: pl.DataFrame, raw: pl.DataFrame, cells: pl.DataFrame, reading: Reading
) -> tuple[pl.DataFrame, list[dict]]:
    """Take the lines of sealed persons out, before anything of them is written."""
    rule = reading.kind.set_aside
    if rule is None:
        return values, []
    every_cell = cells.select(pl.concat_list(pl.all()).alias("cells")).to_series()
    matches = rule.matches(values.drop("chunk", "verdict", "cells").with_columns(every_cell))
    if not matches.any():
        return values, []
    rows = []
    names = list(reading.headers)
    for index in matches.arg_true().to_list():
        line = values.row(index, named=True)
        texts = raw.drop("line").row(index)
        rows.append(
            {
                "line": line["line"],
                "values": {name: line[name] for name in reading.layout if line[name] is not None},
                "cells": {name: text for name, text in zip(names, texts, strict=False) if text},
            }
        )
    return values.filter(~matches), rows
