"""« Vos appels cette semaine »: what a caller did, and what became of what was heard."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from palier.kernel.access import Actor
from palier.modules.outreach.enums import AttemptResult
from palier.modules.outreach.models import Attempt, LineMember, Report
from palier.modules.outreach.permissions import Permission
from palier.modules.referrals import public as referrals


@dataclass(frozen=True)
class WeekLine:
    """One conversation, with what followed. `alert`: state and what was done, as whoever closed it says."""

    at: datetime
    names: tuple[str, ...]
    residence: str
    result_label: str
    wellbeing_label: str
    note: str
    alert_level: str
    alert_state: str
    alert_taken_by: str
    alert_note: str
    handed: tuple[referrals.ReferralLine, ...]

    @property
    def is_settled(self) -> bool:
        return all(line.is_closed for line in self.handed)

    @property
    def has_a_sequel(self) -> bool:
        """Something was handed over, raised or written down; the others are conversations that went well."""
        return bool(self.handed or self.alert_state or self.note)


@dataclass(frozen=True)
class Week:
    """A caller's week. `rings`: every ring made; `heard`: conversations; `settled`: needs that ended."""

    since: datetime
    rings: int
    heard: int
    needs: int
    settled: int
    lines: tuple[WeekLine, ...]

    @property
    def followed(self) -> list[WeekLine]:
        return [line for line in self.lines if line.has_a_sequel]

    @property
    def others(self) -> list[WeekLine]:
        return [line for line in self.lines if not line.has_a_sequel]


def my_week(*, actor: Actor, at: datetime) -> Week:
    """Return the calls of the last seven days of whoever asks, with their results. Five queries."""
    actor.must(Permission.CALL_MAKE)
    since = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=6)
    mine = Attempt.objects.filter(by_id=actor.user_id, at__gte=since)
    reports = list(
        Report.objects.filter(by_id=actor.user_id, at__gte=since)
        .select_related("call__line__residence", "attempt", "alert")
        .order_by("-at")[:300]
    )
    handed = referrals.lines_of_source("outreach.report", [row.pk for row in reports])
    names = _names([row.call.line_id for row in reports])
    lines = tuple(_line(row, handed.get(row.pk, []), names.get(row.call.line_id, ())) for row in reports)
    needs = [one for line in lines for one in line.handed]
    return Week(
        since=since,
        rings=mine.count(),
        heard=sum(row.attempt.result == AttemptResult.ANSWERED for row in reports),
        needs=len(needs),
        settled=sum(one.is_closed for one in needs),
        lines=lines,
    )


def _names(line_ids: list[UUID]) -> dict[UUID, tuple[str, ...]]:
    rows = LineMember.objects.filter(line__in=line_ids, person__sealed_at__isnull=True).select_related(
        "person"
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for row in rows:
        found[row.line_id] = (*found.get(row.line_id, ()), row.person.name)
    return found


def _line(row: Report, handed: list[referrals.ReferralLine], names: tuple[str, ...]) -> WeekLine:
    alert = getattr(row, "alert", None)
    return WeekLine(
        at=row.at,
        names=names,
        residence=row.call.line.residence.name,
        result_label=str(row.attempt.get_result_display()),
        wellbeing_label=str(row.get_wellbeing_display()) if row.wellbeing else "",
        note=row.note,
        alert_level=row.alert_level,
        alert_state=str(alert.get_state_display()) if alert else "",
        alert_taken_by=alert.taken_by_name if alert else "",
        alert_note=alert.closing_note if alert else "",
        handed=tuple(handed),
    )
