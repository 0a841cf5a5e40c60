"""Mending cells on screen: the new value is kept, the line is checked again at once."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.imports import checking, staging
from palier.kernel.imports.enums import BatchState
from palier.kernel.imports.models import ImportBatch, ImportCorrection
from palier.kernel.imports.permissions import Permission
from palier.kernel.imports.services.checks import (
    corrections_of,
    count,
    fill_cells,
    given_of,
    hand_over,
    propose_absent,
    reading_of,
)

MENDABLE = (BatchState.CHECKED, BatchState.STOPPED, BatchState.APPLIED)
PROPOSALS_AT_ONCE = 5_000


class NotMendable(DomainError):
    code = "imports.not-mendable"
    message = _("Cells can be mended once the file is checked. This one is “{state}”.")


class NoSuchLine(DomainError):
    code = "imports.no-such-line"
    message = _("This line is no longer in the list. Reload the page.")


Cells = Mapping[tuple[int, str], str]


@transaction.atomic
def correct_cells(*, batch_id: UUID, cells: Cells, by: Actor, at: datetime) -> ImportBatch:
    """Write new values over cells, by (line, column), and check their lines again.

    Raises: NotMendable, NoSuchLine, NotAllowed.
    """
    by.must(Permission.BATCH_LOAD)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state not in MENDABLE:
        raise NotMendable(state=batch.get_state_display())
    reading = reading_of(batch)
    lines = sorted({line for line, _column in cells})
    _refuse_unknown(batch, reading, cells, lines)
    ImportCorrection.objects.bulk_create(
        ImportCorrection(
            batch=batch, line=line, column=column, value=value, at=at, by_name=by.name, by_id=by.user_id
        )
        for (line, column), value in cells.items()
    )
    _check_again(batch, reading, lines, at)
    absent = reading.kind.absent
    if absent is not None and absent.column in {column for _line, column in cells}:
        propose_absent(batch=batch, at=at)
    batch.preview_is_stale = True
    batch.save(
        update_fields=[
            "refused",
            "warned",
            "set_aside",
            "preview_is_stale",
            "absent",
            "in_force",
            "unreadable",
        ]
    )
    journal.record("imports.batch.correct", by=by, at=at, subject=batch, cells=len(cells))
    return batch


def _refuse_unknown(batch: ImportBatch, reading: checking.Reading, cells: Cells, lines: list[int]) -> None:
    (known,) = staging.rows(
        "SELECT count(*) FROM import_stage WHERE batch_id = %s AND line = ANY(%s) AND cells IS NOT NULL",
        [batch.pk, lines],
    )[0]
    if known != len(lines) or not {column for _line, column in cells} <= reading.mapped:
        raise NoSuchLine


def _check_again(batch: ImportBatch, reading: checking.Reading, lines: list[int], at: datetime) -> None:
    raw = _raw_lines(batch, reading, lines)
    before = _neighbours(batch, reading, lines)
    checked = checking.check_slice(raw, reading, corrections=corrections_of(batch, lines))
    staging.remove_lines(batch.pk, lines)
    batch.set_aside += hand_over(batch, reading.kind, checked, at)
    kept = _with_cells(checked, raw)
    staging.copy_slice(batch.pk, kept, reading.layout)
    around = sorted(before | _neighbours(batch, reading, lines) | set(kept.values["line"].to_list()))
    staging.cross_check(reading.kind, reading.mapped, given_of(batch, at), lines=around)
    fill_cells(batch)
    count(batch=batch)


def _raw_lines(batch: ImportBatch, reading: checking.Reading, lines: list[int]) -> pl.DataFrame:
    found = staging.rows(
        "SELECT line, cells FROM import_stage WHERE batch_id = %s AND line = ANY(%s) ORDER BY line",
        [batch.pk, lines],
    )
    texts = [(line, json.loads(cells) if isinstance(cells, str) else cells) for line, cells in found]
    width = max([len(reading.headers), *(len(cells) for _line, cells in texts)])
    rows = [[cells.get(str(i)) for i in range(width)] + [line] for line, cells in texts]
    schema: dict[str, Any] = {**{f"c{i}": pl.String for i in range(width)}, "line": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _with_cells(checked: checking.Checked, raw: pl.DataFrame) -> checking.Checked:
    """A mended line keeps its cells: somebody may want to mend it once more."""
    names = [name for name in raw.columns if name != "line"]
    numbered = pl.struct([pl.col(name).alias(str(i)) for i, name in enumerate(names)]).struct.json_encode()
    cells = raw.select("line", numbered.alias("cells"))
    values = checked.values.drop("cells").join(cells, on="line", how="left").select(checked.values.columns)
    return checking.Checked(values, checked.issues, checked.aside)


def _neighbours(batch: ImportBatch, reading: checking.Reading, lines: Sequence[int]) -> set[int]:
    """The lines whose verdict may change with these: same group, or same key."""
    places = {name: column for name, column, _type in staging.layout_of(reading.kind)}
    found: set[int] = set()
    for names in {reading.kind.group_of(reading.mapped), reading.kind.key_of(reading.mapped)} - {()}:
        same = " AND ".join(f"o.{places[name]} = m.{places[name]}" for name in names)
        found |= {
            line
            for (line,) in staging.rows(
                f"""SELECT o.line FROM import_stage m JOIN import_stage o ON o.batch_id = m.batch_id AND {same}
                WHERE m.batch_id = %s AND m.line = ANY(%s)""",
                [batch.pk, list(lines)],
            )
        }
    return found


def accept_proposals(
    *, batch_id: UUID, by: Actor, at: datetime, code: str = "", line: int | None = None
) -> int:
    """Write what the check proposes: of one line, or of every cell with the same fault. Returns how many lines."""
    batch = ImportBatch.objects.get(pk=batch_id)
    reading = reading_of(batch)
    found = staging.rows(
        """SELECT i.line, i.column_name, i.code, i.proposal, s.cells
          FROM import_issue i JOIN import_stage s USING (batch_id, line)
        WHERE i.batch_id = %(batch)s AND i.proposal IS NOT NULL AND (%(code)s = '' OR i.code = %(code)s)
          AND (%(line)s::int IS NULL OR i.line = %(line)s) ORDER BY i.line LIMIT %(limit)s""",
        {"batch": batch_id, "code": code, "line": line, "limit": PROPOSALS_AT_ONCE},
    )
    cells: dict[tuple[int, str], str] = {}
    for number, column, fault, proposal, texts in found:
        if fault == "line.shifted":
            kept = json.loads(texts) if isinstance(texts, str) else texts
            row = [kept.get(str(i)) for i in range(len(kept))]
            cells |= {
                (number, name): text for name, text in checking.realigned(row, proposal, reading).items()
            }
        else:
            cells[number, column] = proposal
    if cells:
        correct_cells(batch_id=batch_id, cells=cells, by=by, at=at)
    return len({number for number, *_rest in found})
