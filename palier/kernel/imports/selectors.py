"""What the pages, the command and the failed-lines file show of a batch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.apps import apps
from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from palier.kernel.access import Actor
from palier.kernel.audit.selectors import Change, readable_changes
from palier.kernel.errors import NotFound
from palier.kernel.imports import checking, files, staging
from palier.kernel.imports.enums import BatchState, Coverage
from palier.kernel.imports.kinds import ImportKind, all_kinds, kind_named
from palier.kernel.imports.messages import explain
from palier.kernel.imports.models import (
    ImportAbsent,
    ImportBatch,
    ImportChange,
    ImportCorrection,
    ImportProfile,
    ImportUndoRow,
)
from palier.kernel.imports.reading import read_table
from palier.kernel.imports.services.applying import asks_about_absent, too_many_absent
from palier.kernel.imports.services.checks import reading_of
from palier.kernel.imports.values import Choice
from palier.kernel.imports.workflow import BATCH

PAGE = 25
REPORTED_ERRORS = 10_000


@dataclass(frozen=True)
class BatchCard:
    """A batch as its page shows it. `applied` and `unchanged` are foreseen until it is applied."""

    id: UUID
    kind: str
    kind_label: str
    file_name: str
    state: str
    state_label: str
    coverage: str
    coverage_label: str
    is_full: bool
    all_or_nothing: bool
    accept_absent: bool
    read: int
    refused: int
    warned: int
    set_aside: int
    absent: int
    in_force: int
    asks_about_absent: bool
    unreadable: int
    applied: int
    unchanged: int
    is_foreseen: bool
    preview_is_stale: bool
    tables: dict[str, int]
    received_at: datetime
    received_by: str
    applied_at: datetime | None
    applied_by: str
    day: date
    encoding: str
    separator: str
    header_line: int
    profile: str
    remarks: tuple[str, ...]
    repeated: tuple[str, ...]
    run_id: UUID | None
    actions: tuple[str, ...]
    is_staged: bool = True

    @property
    def is_mendable(self) -> bool:
        return self.state in (BatchState.CHECKED, BatchState.APPLIED, BatchState.STOPPED)

    @property
    def has_report(self) -> bool:
        """Whether there is anything to show besides the progress of the check."""
        return self.state not in (BatchState.RECEIVED, BatchState.CHECKING)

    @property
    def good(self) -> int:
        return self.read - self.refused - self.set_aside


@dataclass(frozen=True)
class Issue:
    """One fault or doubt of one cell."""

    line: int
    column: str
    header: str
    code: str
    severity: str
    value: str
    proposal: str
    message: str
    remedy: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "column": self.header,
            "code": self.code,
            "severity": self.severity,
            "value": self.value,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class FaultyCell:
    """A cell to mend: what it holds, what is wrong with it, and the words it may hold if it is a closed list."""

    column: str
    header: str
    value: str
    proposal: str
    issues: tuple[Issue, ...]
    words: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        return any(issue.severity == "error" for issue in self.issues)


@dataclass(frozen=True)
class FaultyLine:
    """A line with its cells to mend and what tells people which record it is."""

    line: int
    key: str
    cells: tuple[FaultyCell, ...]
    can_realign: bool = False


@dataclass(frozen=True)
class Fault:
    """A kind of fault, with how many cells have it: the filter of the page."""

    code: str
    column: str
    header: str
    count: int
    proposals: int
    message: str


@dataclass(frozen=True)
class Page:
    rows: tuple[Any, ...]
    number: int
    pages: int
    total: int

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None


def batch_named(batch_id: UUID) -> ImportBatch:
    """Raises: NotFound."""
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise NotFound
    return batch


def batch_card(*, batch_id: UUID, actor: Actor) -> BatchCard:
    """Raises: NotFound."""
    return _card(batch_named(batch_id), actor, staged=True)


def recent_batches() -> Any:
    """The batches, newest first, as a queryset of `ImportBatch`."""
    return ImportBatch.objects.order_by("-received_at")


def kind_label(code: str) -> str:
    """The name of a kind of file; a kind that is no longer declared keeps its code."""
    try:
        return str(kind_named(code).label)
    except KeyError:
        return code


def _card(batch: ImportBatch, actor: Actor, *, staged: bool = False) -> BatchCard:
    is_over = batch.state in (
        BatchState.APPLIED,
        BatchState.APPLYING,
        BatchState.STOPPED,
        BatchState.ROLLING_BACK,
        BatchState.ROLLED_BACK,
    )
    numbers = (
        {"applied": batch.applied, "unchanged": batch.unchanged, "tables": batch.tables}
        if is_over
        else batch.preview
    )
    expected = batch.refused + batch.warned if is_over else batch.lines_read - batch.set_aside
    reading = batch.reading
    return BatchCard(
        id=batch.pk,
        kind=batch.kind,
        kind_label=kind_label(batch.kind),
        file_name=batch.file_name,
        state=batch.state,
        state_label=batch.get_state_display(),
        coverage=batch.coverage,
        coverage_label=batch.get_coverage_display(),
        is_full=batch.coverage == Coverage.FULL,
        all_or_nothing=batch.all_or_nothing,
        accept_absent=batch.accept_absent,
        read=batch.lines_read,
        refused=batch.refused,
        warned=batch.warned,
        set_aside=batch.set_aside,
        absent=batch.absent,
        in_force=batch.in_force,
        asks_about_absent=asks_about_absent(batch) and not batch.accept_absent,
        unreadable=0 if too_many_absent(batch) else batch.unreadable,
        applied=numbers.get("applied", 0),
        unchanged=numbers.get("unchanged", 0),
        is_foreseen=not is_over,
        preview_is_stale=batch.preview_is_stale,
        tables=numbers.get("tables", {}),
        received_at=batch.received_at,
        received_by=batch.received_by,
        applied_at=batch.applied_at,
        applied_by=batch.applied_by,
        day=batch.business_day,
        encoding=reading.get("encoding", ""),
        separator=reading.get("separator", ""),
        header_line=reading.get("header_line", 1),
        profile=reading.get("profile", ""),
        remarks=tuple(reading.get("remarks", ())),
        repeated=tuple(reading.get("repeated", ())),
        run_id=batch.run_id,
        actions=tuple(action.value for action in BATCH.open_to(batch, actor)),
        is_staged=not staged
        or not expected
        or batch.state == BatchState.RECEIVED
        or staging.is_staged(batch.pk),
    )


def faults(*, batch: ImportBatch, severity: str) -> list[Fault]:
    """How many cells have each fault, the most frequent first."""
    kind = kind_named(batch.kind)
    found = staging.rows(
        """SELECT i.code, i.column_name, count(*), count(i.proposal), min(i.value) FROM import_issue i
        WHERE i.batch_id = %s AND i.severity = %s GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2""",
        [batch.pk, severity],
    )
    return [
        Fault(
            code,
            column,
            header_of(batch, kind, column),
            count,
            proposals,
            explain(kind, code, column, value, {})[0],
        )
        for code, column, count, proposals, value in found
    ]


def header_of(batch: ImportBatch, kind: ImportKind, column: str) -> str:
    """The name that the person's file gives to a column."""
    if column in batch.mapping:
        return batch.mapping[column]
    return next((one.header for one in kind.columns if one.name == column), column)


def faulty_lines(
    *,
    batch: ImportBatch,
    severity: str,
    page: int = 1,
    code: str = "",
    column: str = "",
    lines: Sequence[int] | None = None,
) -> Page:
    """Lines with their issues, in the order of the file. `lines`: these alone, whatever the severity."""
    given = {
        "batch": batch.pk,
        "severity": severity,
        "code": code,
        "column": column,
        "lines": list(lines) if lines is not None else None,
        "limit": PAGE,
        "offset": (max(1, page) - 1) * PAGE,
    }
    where = """i.batch_id = %(batch)s AND (%(lines)s::int[] IS NOT NULL OR i.severity = %(severity)s)
        AND (%(lines)s::int[] IS NULL OR i.line = ANY(%(lines)s))
        AND (%(code)s = '' OR i.code = %(code)s) AND (%(column)s = '' OR i.column_name = %(column)s)"""
    (total,) = staging.rows(f"SELECT count(DISTINCT i.line) FROM import_issue i WHERE {where}", given)[0]
    shown = [
        line
        for (line,) in staging.rows(
            f"""SELECT DISTINCT i.line FROM import_issue i WHERE {where}
            ORDER BY i.line LIMIT %(limit)s OFFSET %(offset)s""",
            given,
        )
    ]
    return Page(tuple(_lines(batch, shown)), max(1, page), max(1, -(-total // PAGE)), total)


def _lines(batch: ImportBatch, lines: Sequence[int]) -> list[FaultyLine]:
    kind = kind_named(batch.kind)
    key = next(
        (
            staged
            for name, staged, _sql in staging.layout_of(kind)
            if name in kind.key_of(frozenset(batch.mapping))[:1]
        ),
        "v01",
    )
    keys = dict(
        staging.rows(
            f"SELECT line, {key} FROM import_stage WHERE batch_id = %s AND line = ANY(%s)",
            [batch.pk, list(lines)],
        )
    )
    written = _written(batch, lines)
    found: dict[int, dict[str, list[Issue]]] = {line: {} for line in lines}
    for issue in issues_of(batch=batch, lines=lines):
        found[issue.line].setdefault(issue.column, []).append(issue)
    return [_faulty_line(kind, line, keys.get(line) or "", cells, written) for line, cells in found.items()]


def _written(batch: ImportBatch, lines: Sequence[int]) -> dict[tuple[int, str], str]:
    """What people wrote in each cell of these lines: their correction, else the cell as it came."""
    headers = batch.reading["headers"]
    places = {
        column: str(headers.index(header)) for column, header in batch.mapping.items() if header in headers
    }
    found = staging.rows(
        "SELECT line, cells FROM import_stage WHERE batch_id = %s AND line = ANY(%s)", [batch.pk, list(lines)]
    )
    texts: dict[tuple[int, str], str] = {}
    for line, cells in found:
        kept = (json.loads(cells) if isinstance(cells, str) else cells) or {}
        texts |= {(line, column): (kept.get(place) or "").strip() for column, place in places.items()}
    corrections = ImportCorrection.objects.filter(batch=batch, line__in=list(lines)).order_by("at", "id")
    return texts | {(one.line, one.column): one.value for one in corrections}


def _faulty_line(
    kind: ImportKind, line: int, key: str, cells: dict[str, list[Issue]], written: dict[tuple[int, str], str]
) -> FaultyLine:
    shifted = any(issue.code == "line.shifted" for issues in cells.values() for issue in issues)
    mixed = ("value.mixed-encoding", "value.accent-lost")
    shown = tuple(
        _faulty_cell(
            kind,
            column,
            issues,
            issues[0].value if issues[0].code in mixed else written.get((line, column), ""),
        )
        for column, issues in cells.items()
    )
    return FaultyLine(line, key, shown, shifted)


def _faulty_cell(kind: ImportKind, column: str, issues: list[Issue], written: str) -> FaultyCell:
    known = next((one.type for one in kind.columns if one.name == column), None)
    words = tuple(known.words()) if isinstance(known, Choice) else ()
    proposal = next((one.proposal for one in issues if one.proposal and one.code != "line.shifted"), "")
    return FaultyCell(column, issues[0].header, written, proposal, tuple(issues), words)


def one_line(*, batch: ImportBatch, line: int) -> FaultyLine | None:
    """A line after it was mended; None when it has nothing left to say, or went to the referent."""
    found = _lines(batch, [line])[0]
    return found if found.cells else None


def issues_of(
    *,
    batch: ImportBatch,
    lines: Sequence[int] | None = None,
    severity: str = "",
    limit: int = REPORTED_ERRORS,
) -> list[Issue]:
    """Issues in the order of the file, then of its columns."""
    kind = kind_named(batch.kind)
    order = {column.name: position for position, column in enumerate(kind.columns)}
    found = staging.rows(
        """SELECT line, column_name, code, severity, coalesce(value, ''), coalesce(proposal, ''), data FROM import_issue
        WHERE batch_id = %(batch)s AND (%(lines)s::int[] IS NULL OR line = ANY(%(lines)s))
          AND (%(severity)s = '' OR severity = %(severity)s) ORDER BY line LIMIT %(limit)s""",
        {
            "batch": batch.pk,
            "lines": list(lines) if lines is not None else None,
            "severity": severity,
            "limit": limit,
        },
    )
    issues = []
    for line, column, code, level, value, proposal, data in found:
        message, remedy = explain(
            kind, code, column, value, json.loads(data) if isinstance(data, str) else data
        )
        issues.append(
            Issue(line, column, header_of(batch, kind, column), code, level, value, proposal, message, remedy)
        )
    return sorted(issues, key=lambda issue: (issue.line, order.get(issue.column, 999), issue.code))


def report(batch: ImportBatch) -> dict[str, Any]:
    """What `palier load --json` prints. Before applying, `applied` and `unchanged` are those foreseen."""
    done = batch.state in (BatchState.APPLIED, BatchState.APPLYING, BatchState.STOPPED)
    numbers = {"applied": batch.applied, "unchanged": batch.unchanged} if done else batch.preview
    errors = [issue.as_dict() for issue in issues_of(batch=batch, severity="error")]
    return {
        "read": batch.lines_read,
        "applied": numbers.get("applied", 0),
        "unchanged": numbers.get("unchanged", 0),
        "refused": batch.refused,
        "set_aside": batch.set_aside,
        "absent": batch.absent,
        "errors": errors,
    }


def absents(*, batch: ImportBatch, page: int = 1) -> Page:
    found = ImportAbsent.objects.filter(batch=batch).order_by("reference")
    total = found.count()
    start = (max(1, page) - 1) * PAGE
    return Page(tuple(found[start : start + PAGE]), max(1, page), max(1, -(-total // PAGE)), total)


@dataclass(frozen=True)
class Difference:
    """One row that a batch writes: what differs, column by column."""

    table: str
    line: int | None
    is_new: bool
    columns: tuple[Change, ...]

    @property
    def label(self) -> str:
        return table_label(self.table)


def differences(*, batch: ImportBatch, page: int = 1) -> Page:
    """Rows that will change (a sample, as previewed) or that changed (all of them)."""
    if batch.applied_at is None and batch.state != BatchState.STOPPED:
        samples = tuple(
            _difference(one["table"], one["line"], one["before"], one["after"])
            for one in batch.preview.get("samples", ())
        )
        return Page(samples, 1, 1, len(samples))
    found = _told_changes(batch)
    total = found.count()
    start = (max(1, page) - 1) * PAGE
    shown = found.order_by("line", "step", "id")[start : start + PAGE]
    rows = tuple(_difference(one.table_name, one.line, one.before, one.after) for one in shown)
    return Page(rows, max(1, page), max(1, -(-total // PAGE)), total)


def _difference(table: str, line: int | None, before: dict | None, after: dict | None) -> Difference:
    old, new = before or {}, after or {}
    changes = {
        name: [old.get(name), value]
        for name, value in new.items()
        if before is None or old.get(name) != value
    }
    if before is None:
        # A new row says what it holds; what it leaves empty is not worth a word.
        changes = {name: pair for name, pair in changes.items() if pair[1] not in (None, "")}
    return Difference(table, line, before is None, readable_changes(table, changes))


def profiles(kind: str = "") -> list[ImportProfile]:
    found = ImportProfile.objects.order_by("kind", "name")
    return list(found.filter(kind=kind) if kind else found)


def kinds_offered() -> tuple[ImportKind, ...]:
    return all_kinds()


SAMPLE_BYTES = 200_000
SAMPLE_LINES = 3


def samples(*, batch: ImportBatch) -> dict[str, tuple[str, ...]]:
    """The first values of each column of the file, for the mapping page. Lines of sealed persons are left out."""
    data = files.read(batch)
    if batch.reading["encoding"] != "workbook" and len(data) > SAMPLE_BYTES:
        data = data[: data.rfind(b"\n", 0, SAMPLE_BYTES) + 1]
    table = read_table(data, sheet=batch.reading["sheet"], separator=batch.reading["separator"])
    headers = batch.reading["headers"]
    body = table.frame.slice(batch.reading["header_index"] + 1, 40)
    shown = checking.check_slice(body, reading_of(batch)).values["line"].head(SAMPLE_LINES)
    rows = body.filter(pl.col("line").is_in(shown.implode()))
    return {
        name: tuple((text or "")[:40] for text in rows[f"c{position}"].to_list())
        for position, name in enumerate(headers)
        if f"c{position}" in rows.columns
    }


@dataclass(frozen=True)
class TableCount:
    """How many rows of one table a batch inserts, updates or ends."""

    label: str
    inserted: int
    updated: int


def table_counts(batch: ImportBatch) -> list[TableCount]:
    """What a batch does or will do, table by table, in words that people know."""
    is_over = batch.applied_at is not None or batch.state == BatchState.STOPPED
    numbers = batch.tables if is_over else batch.preview.get("tables", {})
    tables = dict.fromkeys(name.rsplit(".", 1)[0] for name in numbers if name != "absent.ended")
    return [
        TableCount(
            table_label(table), numbers.get(f"{table}.inserted", 0), numbers.get(f"{table}.updated", 0)
        )
        for table in tables
    ]


def table_label(table: str) -> str:
    """The name that people give to the rows of a table."""
    for model in apps.get_models():
        if model._meta.db_table == table:
            return str(model._meta.verbose_name_plural)
    return table


@dataclass(frozen=True)
class UndoPlan:
    """What undoing a file will do, as last worked out; after it, what it did."""

    planned_at: datetime
    stamp: str
    restore: int
    remove: int
    changed: int
    later: int
    in_use: int
    missing: int
    restored: int
    removed: int
    left: int

    @property
    def goes_back(self) -> int:
        return self.restore + self.remove

    @property
    def stays(self) -> int:
        return self.changed + self.later + self.in_use + self.missing


def undo_plan(batch: ImportBatch) -> UndoPlan | None:
    """Return the plan of a batch; None if nobody asked for one."""
    kept = batch.undoing
    if not kept:
        return None
    names = (
        "restore", "remove", "changed", "later", "in_use", "missing", "restored", "removed", "left",
    )  # fmt: skip
    numbers = {name: int(kept.get(name, 0)) for name in names}
    return UndoPlan(datetime.fromisoformat(kept["planned_at"]), kept["planned_at"], **numbers)


def changed_rows(*, batch: ImportBatch) -> QuerySet[ImportChange]:
    """Return the rows that a batch wrote, in the order of the file. What was forgotten of somebody is left out."""
    return _told_changes(batch).order_by("line", "step", "id")


def _told_changes(batch: ImportBatch) -> QuerySet[ImportChange]:
    return ImportChange.objects.filter(batch=batch).exclude(after__has_key="█")


def undo_rows(*, batch: ImportBatch) -> QuerySet[ImportUndoRow]:
    """Return the rows of a batch's plan, each with what the file said of it and the file that wrote it since."""
    told = ImportChange.objects.filter(
        batch=batch, row_id=OuterRef("row_id"), table_name=OuterRef("table_name")
    ).order_by("step", "id")
    later = ImportBatch.objects.annotate(key=Cast("pk", TextField())).filter(key=OuterRef("because"))
    return ImportUndoRow.objects.filter(batch=batch).annotate(
        said=Subquery(told.values("after")[:1]),
        line=Subquery(told.values("line")[:1]),
        later_file=Subquery(later.values("file_name")[:1]),
    )


def tables_of(batch: ImportBatch) -> list[tuple[str, str]]:
    """Return the tables that a batch wrote, with their names, for a filter."""
    found = dict.fromkeys(name.rsplit(".", 1)[0] for name in batch.tables)
    if "absent.ended" in batch.tables:
        found.pop("absent", None)
        absent = kind_named(batch.kind).absent
        if absent is not None:
            found.setdefault(absent.table)
    return [(table, table_label(table)) for table in found]


NAMING_COLUMNS = ("code", "reference", "name", "family_name", "legal_name", "value", "external_key", "label")


def named_by(said: Any) -> str:
    """Name a row by the first of its columns that names it: a code, a reference, a name."""
    facts = json.loads(said) if isinstance(said, str) else said or {}
    return next((str(facts[name]) for name in NAMING_COLUMNS if facts.get(name)), "")


def difference_words(change: ImportChange) -> str:
    """Say in one line what a batch wrote in a row: for files, and for the list."""
    shown = _difference(change.table_name, change.line, change.before, change.after)
    if shown.is_new:
        return " · ".join(f"{one.label} : {one.after}" for one in shown.columns)
    return " · ".join(f"{one.label} : {one.before} → {one.after}" for one in shown.columns)
