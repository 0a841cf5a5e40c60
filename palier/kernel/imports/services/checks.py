"""Checking a received file: staged, checked line by line, between lines and against the tables, then previewed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction

from palier.kernel.access import Actor
from palier.kernel.imports import checking, files, references, staging
from palier.kernel.imports.enums import BatchAction, BatchState, Coverage
from palier.kernel.imports.kinds import ImportKind, kind_named
from palier.kernel.imports.merging import (
    Outcome,
    bulk_load,
    discard_pending_constraints,
    end_absent,
    find_absent,
    merge_chunk,
)
from palier.kernel.imports.models import ImportBatch, ImportCorrection
from palier.kernel.imports.reading import RawTable, read_table
from palier.kernel.imports.services.receiving import find_kind, refuse_missing_columns
from palier.kernel.imports.values import Commune
from palier.kernel.imports.workflow import BATCH

CHUNK_LINES = 20_000
Progress = Callable[[int, int, str], None]


def _silent(done: int, total: int, note: str) -> None:
    return None


def given_of(batch: ImportBatch, at: datetime) -> dict[str, Any]:
    return staging.parameters(batch_id=batch.pk, at=at, day=batch.business_day)


def reading_of(batch: ImportBatch) -> checking.Reading:
    """How the cells of this batch are understood, the same now as when it was checked."""
    kind = kind_named(batch.kind)
    needs_places = any(isinstance(column.type, Commune) for column in kind.columns)
    return checking.Reading(
        kind=kind,
        headers=tuple(batch.reading["headers"]),
        mapping=batch.mapping,
        communes=references.communes() if needs_places else None,
        decimal_codes=frozenset(batch.reading.get("decimal_codes", ())),
        chunks=max(1, batch.chunks),
        century_pivot=batch.business_day.year % 100,
    )


def check_batch(
    *, batch_id: UUID, by: Actor, at: datetime, progress: Progress = _silent, preview: bool = True
) -> ImportBatch:
    """Check a file and work out what applying it would do. Killed anywhere, it is begun again.

    Raises: ColumnsMissing, FileRefused, TransitionRefused, NotAllowed.
    """
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        refuse_missing_columns(find_kind(batch.kind), batch.mapping)
        BATCH.move(batch, BatchAction.CHECK, by=by, at=at)
        batch.save(update_fields=["state"])
    stage(batch=batch, at=at, progress=progress)
    if preview:
        progress(0, 1, "preview")
        with transaction.atomic():
            preview_batch(batch=batch, at=at)
    with transaction.atomic():
        BATCH.move(batch, BatchAction.SHOW, by=by, at=at)
        batch.save(update_fields=["state"])
    return batch


def stage(*, batch: ImportBatch, at: datetime, progress: Progress = _silent) -> None:
    """Fill the checking area from the received file and the corrections, and count."""
    table = read_table(files.read(batch), sheet=batch.reading["sheet"], separator=batch.reading["separator"])
    body = _body(table, batch)
    with transaction.atomic():
        staging.prepare(batch.pk)
    batch.chunks = max(1, -(-len(body) // CHUNK_LINES))
    batch.reading["decimal_codes"] = sorted(checking.find_decimal_codes(body, reading_of(batch)))
    batch.reading["layout"] = list(reading_of(batch).layout)
    aside = _stage_body(batch, body, at, progress)
    with transaction.atomic():
        staging.analyse()
        _check_between_lines(batch, body, at)
        count(batch=batch, set_aside=aside)
        propose_absent(batch=batch, at=at)
        batch.save()
        if batch.state in (BatchState.APPLIED, BatchState.STOPPED):
            staging.forget_good_lines(batch.pk)


def _body(table: RawTable, batch: ImportBatch) -> pl.DataFrame:
    width = max(len(batch.reading["headers"]), table.width)
    missing = [pl.lit(None, dtype=pl.String).alias(f"c{i}") for i in range(table.width, width)]
    frame = table.frame.slice(batch.reading["header_index"] + 1).with_columns(missing)
    return frame.select([f"c{i}" for i in range(width)] + ["line"])


def _stage_body(batch: ImportBatch, body: pl.DataFrame, at: datetime, progress: Progress) -> int:
    reading, corrections, aside = reading_of(batch), corrections_of(batch), 0
    total = len(body)
    for number, part in enumerate(checking.slices(body)):
        checked = checking.check_slice(part, reading, corrections=corrections)
        with transaction.atomic():
            aside += hand_over(batch, reading.kind, checked, at)
            staging.copy_slice(batch.pk, checked, reading.layout)
        progress(min(total, (number + 1) * checking.SLICE_LINES), total, "lines")
    return aside


def hand_over(batch: ImportBatch, kind: ImportKind, checked: checking.Checked, at: datetime) -> int:
    """Give the lines of sealed persons to the referent's tray; return how many."""
    if checked.aside and kind.set_aside is not None:
        kind.set_aside.hand_over(batch_id=batch.pk, rows=checked.aside, at=at)
    return len(checked.aside)


def corrections_of(batch: ImportBatch, lines: list[int] | None = None) -> pl.DataFrame | None:
    """The latest correction of each cell. There are as many as people typed: few."""
    found = (
        ImportCorrection.objects.filter(batch=batch)
        .order_by("line", "column", "-at", "-id")
        .distinct("line", "column")
    )
    if lines is not None:
        found = found.filter(line__in=lines)
    rows = list(found.values_list("line", "column", "value"))
    return (
        pl.DataFrame(rows, schema={"line": pl.Int32, "column": pl.String, "value": pl.String}, orient="row")
        if rows
        else None
    )


def _check_between_lines(batch: ImportBatch, body: pl.DataFrame, at: datetime) -> None:
    reading = reading_of(batch)
    staging.cross_check(reading.kind, reading.mapped, given_of(batch, at))
    fill_cells(batch, body)


def fill_cells(batch: ImportBatch, body: pl.DataFrame | None = None) -> None:
    """Keep the cells of lines that a check between lines found at fault; read the file again if need be."""
    lines = staging.lines_without_cells(batch.pk)
    if not lines:
        return
    if body is None:
        body = _body(
            read_table(files.read(batch), sheet=batch.reading["sheet"], separator=batch.reading["separator"]),
            batch,
        )
    names = [name for name in body.columns if name != "line"]
    wanted = body.filter(pl.col("line").is_in(lines))
    texts = {
        row[-1]: {str(i): cell for i, cell in enumerate(row[:-1])}
        for row in wanted.select([*names, "line"]).iter_rows()
    }
    staging.keep_cells(batch.pk, texts)


def count(*, batch: ImportBatch, set_aside: int | None = None) -> None:
    """Refresh the numbers of a batch; the caller saves it."""
    counted = staging.counts(batch.pk)
    batch.refused, batch.warned = counted["refused"], counted["warned"]
    if set_aside is not None:
        batch.set_aside = set_aside
        batch.lines_read = counted["staged"] + set_aside


def propose_absent(*, batch: ImportBatch, at: datetime) -> None:
    """In a full file, propose as ended what it no longer has; the caller saves the batch."""
    kind = kind_named(batch.kind)
    if batch.coverage != Coverage.FULL or kind.absent is None:
        return
    if batch.state not in (BatchState.CHECKING, BatchState.CHECKED):
        return
    with staging.stage_view(kind, batch.pk):
        batch.absent, batch.in_force, batch.unreadable = find_absent(kind.absent, given_of(batch, at))


@transaction.atomic
def preview_again(*, batch_id: UUID, at: datetime) -> Outcome:
    """Work out anew what applying would do, once cells were mended."""
    return preview_batch(batch=ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id), at=at)


class _Undone(Exception):
    """Raised to take a preview back; never seen outside."""


def preview_batch(*, batch: ImportBatch, at: datetime) -> Outcome:
    """Apply everything and take it back: the numbers are exact because they are those of the real thing."""
    kind, outcome = kind_named(batch.kind), Outcome()
    mapped = reading_of(batch).mapped
    try:
        with transaction.atomic():
            with bulk_load():
                for chunk in range(batch.chunks):
                    outcome.add(merge_chunk(kind, mapped, chunk, given_of(batch, at), sample=True))
                if batch.coverage == Coverage.FULL and kind.absent is not None:
                    outcome.tables["absent.ended"] = end_absent(kind.absent, given_of(batch, at))
            discard_pending_constraints()
            raise _Undone
    except _Undone:
        pass
    batch.preview, batch.preview_is_stale = outcome.as_dict(), False
    batch.save(update_fields=["preview", "preview_is_stale"])
    return outcome
