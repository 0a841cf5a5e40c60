"""Reads of the crisis log, and the check of its chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.modules.continuity.enums import ChainBreak, LogCategory, Severity
from palier.modules.continuity.models import Activation, LogEntry, Task
from palier.modules.continuity.rules.log import GENESIS, ChainedEntry, ChainReport, check_chain

#: What an entry may be part of: the real situation, or an exercise.
PARTS = ("real", "exercise")
REDACTED: Promise = _("Text erased")  # type: ignore[assignment]
TONES = {
    Severity.ROUTINE: "",
    Severity.NOTABLE: "info",
    Severity.SERIOUS: "warn",
    Severity.CRITICAL: "bad",
}


@dataclass(frozen=True)
class LogLine:
    """An entry as screens and exports show it."""

    seq: int
    event_at: datetime
    recorded_at: datetime
    author: str
    via: str
    category: str
    category_label: str
    source_label: str
    severity: str
    severity_label: str
    tone: str
    place: str
    text: str
    redacted: bool
    decision_maker: str
    action_owner: str
    action_due_at: datetime | None
    exercise: bool
    supersedes_seq: int | None
    superseded_by: int | None
    redacts_seq: int | None
    activation_id: UUID | None
    hash: str
    task_id: UUID | None = None
    task_state_label: str = ""

    @property
    def is_corrected(self) -> bool:
        return self.superseded_by is not None


@dataclass(frozen=True)
class LogFilter:
    """What a reader asked for. Empty values filter nothing."""

    words: str = ""
    category: str = ""
    severity: str = ""
    source: str = ""
    activation_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    from_seq: int | None = None
    to_seq: int | None = None
    #: "real" leaves exercises out, "exercise" keeps them alone.
    part: str = ""

    @property
    def is_empty(self) -> bool:
        return self == LogFilter()


@dataclass(frozen=True)
class BreakLine:
    """A place where the chain does not hold, in words."""

    seq: int
    sentence: str


def entries(*, asked: LogFilter, actor: Actor) -> QuerySet[LogEntry]:
    """Entries that answer the filters, newest first."""
    rows = LogEntry.objects.visible_to(actor).order_by("-seq")
    exact = {
        "category": asked.category,
        "severity": asked.severity,
        "source": asked.source,
        "activation_id": asked.activation_id,
        "event_at__gte": asked.since,
        "event_at__lt": asked.until,
        "seq__gte": asked.from_seq,
        "seq__lte": asked.to_seq,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if asked.part in PARTS:
        rows = rows.filter(exercise=asked.part == "exercise")
    for word in asked.words.split():
        rows = rows.filter(text__icontains=word)
    return rows


def lines(rows: list[LogEntry]) -> list[LogLine]:
    """Entries as lines; two queries more, whatever their number."""
    seqs = [row.seq for row in rows]
    corrected = dict(
        LogEntry.objects.filter(supersedes_seq__in=seqs)
        .order_by()
        .values_list("supersedes_seq")
        .annotate(Max("seq"))
    )
    tasks = {task.log_seq: task for task in Task.objects.filter(log_seq__in=seqs)}
    return [_line(row, corrected.get(row.seq), tasks.get(row.seq)) for row in rows]


def line_of_seq(seq: int, *, actor: Actor) -> LogLine | None:
    rows = list(LogEntry.objects.visible_to(actor).filter(seq=seq))
    return lines(rows)[0] if rows else None


def latest_lines(*, actor: Actor, limit: int = 10) -> list[LogLine]:
    """The last entries, for the board."""
    return lines(list(LogEntry.objects.visible_to(actor).order_by("-seq")[:limit]))


def chain_report() -> ChainReport:
    """Follow the whole chain from its first entry."""
    return check_chain(_chained())


def head() -> tuple[int, str]:
    """Number and hash of the last entry; zero and the hash before the first one when the log is empty."""
    return LogEntry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, GENESIS)


def entry_count() -> int:
    return LogEntry.objects.count()


def break_lines(report: ChainReport) -> list[BreakLine]:
    return [BreakLine(one.seq, str(ChainBreak(one.code).label)) for one in report.breaks]


def activation_choices() -> list[tuple[UUID, str]]:
    """The activations that an entry may be about, the latest first."""
    return [
        (one.pk, f"{one.reference} – {one.level_name} – {one.scope_label}")
        for one in Activation.objects.order_by("-recorded_at")[:50]
    ]


def standing_activation_id() -> UUID | None:
    """The activation in force to which a new entry most likely belongs: the only one, or the highest
    level.
    """
    return (
        Activation.objects.standing()
        .real()
        .order_by("-level", "-recorded_at")
        .values_list("pk", flat=True)
        .first()
    )


def redactable(words: str) -> list[int]:
    """Sequence numbers whose text still holds these words (PostgreSQL regular expression over the search
    key).
    """
    rows = LogEntry.objects.filter(text__isnull=False).extra(
        where=["public.search_key(text) ~ %s"], params=[words]
    )
    return list(rows.order_by("seq").values_list("seq", flat=True))


def _chained() -> Iterator[ChainedEntry]:
    for row in LogEntry.objects.order_by("seq").iterator(chunk_size=1000):
        yield ChainedEntry(
            row.seq,
            row.previous_hash,
            row.hash,
            row.facts,
            row.text_digest,
            row.texts,
            row.salt,
            row.redacts_seq,
        )


def _line(row: LogEntry, superseded_by: int | None, task: Task | None) -> LogLine:
    return LogLine(
        seq=row.seq,
        event_at=row.event_at,
        recorded_at=row.recorded_at,
        author=row.author_name,
        via=row.via,
        category=row.category,
        category_label=str(LogCategory(row.category).label),
        source_label=row.get_source_display(),
        severity=row.severity,
        severity_label=row.get_severity_display(),
        tone=TONES[Severity(row.severity)],
        place=row.place_label,
        text=str(REDACTED) if row.text is None else row.text,
        redacted=row.text is None,
        decision_maker=row.decision_maker,
        action_owner=row.action_owner,
        action_due_at=row.action_due_at,
        exercise=row.exercise,
        supersedes_seq=row.supersedes_seq,
        superseded_by=superseded_by,
        redacts_seq=row.redacts_seq,
        activation_id=row.activation_id,
        hash=row.hash,
        task_id=task.pk if task else None,
        task_state_label=task.get_state_display() if task else "",
    )
