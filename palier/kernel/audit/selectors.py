"""The history of a record: what changed, when, by whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.kernel.audit.models import AuditEntry
from palier.kernel.journal.models import JournalEntry


@dataclass(frozen=True)
class HistoryLine:
    """One change. `changes` maps a column to (before, after); `step` is the journal's word, if any."""

    at: datetime
    actor: str
    operation: str
    changes: dict[str, tuple[Any, Any]]
    step: str = ""


def history_of(table: str, row_id: object, *, limit: int = 200) -> list[HistoryLine]:
    """The latest changes of one row, newest first: column changes from the trigger, steps from the journal."""
    entries = AuditEntry.objects.filter(table_name=table, row_id=str(row_id)).order_by("-at")[:limit]
    steps = JournalEntry.objects.filter(subject_table=table, subject_id=str(row_id)).order_by("-at")[:limit]
    lines = [HistoryLine(e.at, e.actor, e.operation, {k: (b, a) for k, (b, a) in e.changes.items()}) for e in entries]
    lines += [HistoryLine(s.at, s.actor_name, "step", {}, s.kind) for s in steps]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]
