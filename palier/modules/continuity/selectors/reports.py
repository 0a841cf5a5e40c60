"""What a situation report gathers, and the reports themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone, translation

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.figures import values
from palier.kernel.ui import states, typography
from palier.modules.continuity.enums import LogCategory, ReportState, Severity
from palier.modules.continuity.models import LogEntry, SituationReport
from palier.modules.continuity.selectors import log, tasks
from palier.modules.continuity.selectors.activations import ActivationRow, activations_in_force
from palier.modules.continuity.selectors.modes import whole_history
from palier.modules.continuity.selectors.service_lines import ServiceLine, service_lines
from palier.modules.staff import public as staff

LANGUAGE = "fr"
DEFAULT_PERIOD = timedelta(days=1)
WORTH_TELLING = Q(severity__in=[Severity.NOTABLE, Severity.SERIOUS, Severity.CRITICAL]) | Q(
    category__in=[LogCategory.DECISION, LogCategory.INCIDENT]
)


@dataclass(frozen=True)
class ReportLine:
    """A situation report as the list shows it."""

    id: UUID
    number: int
    state: str
    state_label: str
    period_from: datetime
    period_to: datetime | None
    author: str
    frozen_at: datetime | None
    sent_at: datetime | None
    document_id: UUID | None


@dataclass(frozen=True)
class ReportCard(ReportLine):
    """A report whole: what people wrote, and the figures, live for a draft, frozen afterwards."""

    highlights: str
    decisions: str
    needs: str
    next_steps: str
    next_at: datetime | None
    chosen: tuple[int, ...]
    candidates: tuple[log.LogLine, ...]
    content: dict[str, Any]
    chain_seq: int | None
    chain_head: str


def reports(*, actor: Actor, limit: int = 100) -> list[ReportLine]:
    return [
        ReportLine(**_line(row))
        for row in SituationReport.objects.visible_to(actor).order_by("-number")[:limit]
    ]


def latest_report(*, actor: Actor) -> ReportLine | None:
    row = (
        SituationReport.objects.visible_to(actor).filter(state=ReportState.FROZEN).order_by("-number").first()
    )
    return ReportLine(**_line(row)) if row else None


def report_card(report_id: UUID, *, actor: Actor, at: datetime) -> ReportCard:
    """Raises: NotFound."""
    row = SituationReport.objects.visible_to(actor).filter(pk=report_id).first()
    if row is None:
        raise NotFound
    draft = row.state == ReportState.DRAFT
    candidates = entries_worth_telling(since=row.period_from, until=at) if draft else []
    return ReportCard(
        **_line(row),
        highlights=row.highlights,
        decisions=row.decisions,
        needs=row.needs,
        next_steps=row.next_steps,
        next_at=row.next_at,
        chosen=tuple(row.chosen_entries),
        candidates=tuple(log.lines(candidates)),
        content=content_of(row, at=at) if draft else row.frozen,
        chain_seq=row.chain_seq,
        chain_head=row.chain_head,
    )


def entries_worth_telling(*, since: datetime, until: datetime) -> list[LogEntry]:
    """Entries of a period that a report may quote, oldest first: serious ones, decisions, incidents; no
    exercise.
    """
    rows = LogEntry.objects.filter(
        WORTH_TELLING, event_at__gte=since, event_at__lte=until, exercise=False, text__isnull=False
    )
    corrected = LogEntry.objects.filter(supersedes_seq__isnull=False).values("supersedes_seq")
    return list(rows.exclude(seq__in=corrected).order_by("seq")[:200])


def content_of(row: SituationReport, *, at: datetime) -> dict[str, Any]:
    """Everything that the report says, in French, as templates and screens read it: plain texts and
    numbers.
    """
    with translation.override(LANGUAGE):
        services = service_lines(whole_history(at=at), at=at)
        seq, head = log.head()
        counts = tasks.counts_in_force(at=at, since=row.period_from)
        former = (
            SituationReport.objects.filter(number__lt=row.number, state=ReportState.FROZEN)
            .order_by("-number")
            .first()
        )
        return {
            "draft": row.state == ReportState.DRAFT,
            "period": _period(row.period_from, at),
            "frozen_at": typography.moment(timezone.localtime(at), language=LANGUAGE),
            "author": row.created_by_name,
            "next_on": typography.moment(timezone.localtime(row.next_at), language=LANGUAGE)
            if row.next_at
            else "",
            "activations": _activations(activations_in_force(at=at)),
            "highlights": row.highlights,
            "decisions": row.decisions,
            "needs": row.needs,
            "next_steps": row.next_steps,
            "services": [_service(one) for one in _worst_first(services)],
            "presence": _presence(at),
            "figures": _figures(at, former.frozen.get("figures", []) if former else []),
            "task_counts": {
                "open": str(counts.open),
                "in_progress": str(counts.in_progress),
                "done": str(counts.done),
                "overdue": str(counts.overdue),
            },
            "tasks": _late_and_next(at),
            "entries": _quoted(row),
            "chain": {"entries": str(seq), "seq": str(seq), "head": head},
        }


def _line(row: SituationReport) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "state": row.state,
        "state_label": row.get_state_display(),
        "period_from": row.period_from,
        "period_to": row.period_to,
        "author": row.created_by_name,
        "frozen_at": row.frozen_at,
        "sent_at": row.sent_at,
        "document_id": row.document_id,
    }


def _period(since: datetime, until: datetime) -> str:
    start, end = timezone.localtime(since), timezone.localtime(until)
    return f"du {typography.moment(start, language=LANGUAGE)} au {typography.moment(end, language=LANGUAGE)}"


def _activations(rows: Iterable[ActivationRow]) -> list[dict[str, str]]:
    return [
        {
            "level": f"{one.plan_name} – {one.level} {one.level_name}",
            "scope": one.scope_label,
            "since": typography.short_moment(timezone.localtime(one.level_since), language=LANGUAGE),
            "review_on": typography.short_day(one.review_on) if one.review_on else "",
        }
        for one in rows
    ]


def _worst_first(services: Iterable[ServiceLine]) -> list[ServiceLine]:
    return sorted(services, key=lambda one: -one.worst.rank)


def _service(one: ServiceLine) -> dict[str, str]:
    said = [f"{field.label}\u00a0: {field.value}" for field in one.fields]
    said += [f"{local.label}\u00a0: {states.look(local.state).label}" for local in one.local]
    return {
        "key": one.key,
        "service": one.name,
        "state": one.state,
        "state_label": str(states.look(one.state).label),
        "detail": " ; ".join(said),
    }


def _presence(at: datetime) -> list[dict[str, str]]:
    numbers = staff.presence_numbers(at=at)
    return [
        {
            "label": "Ensemble des agents",
            "present": str(numbers.present),
            "absent": str(numbers.absent),
            "unknown": str(numbers.unknown),
        }
    ]


def _figures(at: datetime, former: list[dict[str, str]]) -> list[dict[str, str]]:
    before = {one["key"]: one["value"] for one in former}
    return [
        {
            "key": one.figure.key,
            "label": str(one.figure.label),
            "value": number_words(one.value),
            # A first report has nothing to compare with: saying so on every line says nothing.
            "before": before.get(one.figure.key, "–" if before else ""),
        }
        for one in values(at=at)
        if one.value is not None
    ]


def number_words(value: int | Decimal | None) -> str:
    if value is None:
        return "–"
    return typography.number(value, places=0 if value == int(value) else 1, language=LANGUAGE)


def _late_and_next(at: datetime) -> list[dict[str, str]]:
    from palier.kernel.access import system_actor

    lines = tasks.task_lines(actor=system_actor("report"), at=at, limit=40)
    return [
        {
            "title": one.title,
            "owner": one.owner or one.role_label,
            "state": f"{one.state_label}{' (en retard)' if one.overdue else ''}",
            "due": typography.short_moment(timezone.localtime(one.due_at), language=LANGUAGE)
            if one.due_at
            else "",
        }
        for one in lines
        if not one.exercise
    ]


def _quoted(row: SituationReport) -> list[dict[str, str]]:
    entries = LogEntry.objects.filter(seq__in=row.chosen_entries, text__isnull=False).order_by("seq")
    return [
        {
            "seq": str(one.seq),
            "at": typography.short_moment(timezone.localtime(one.event_at), language=LANGUAGE),
            "text": one.text or "",
        }
        for one in entries
    ]
