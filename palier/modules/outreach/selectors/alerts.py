"""Alerts to take in charge, the most pressing first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.outreach.enums import AlertState
from palier.modules.outreach.models import Alert, LineMember
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.workflow import ALERT

WAITING = (AlertState.OPEN, AlertState.TRANSMITTED)


@dataclass(frozen=True)
class AlertCard:
    """An alert as its page shows it; who the household is, for those who handle alerts."""

    id: UUID
    level: str
    level_label: str
    state: str
    state_label: str
    opened_at: datetime
    due_at: datetime
    is_overdue: bool
    climb: str
    climb_label: str
    transmitted_to: str
    taken_by_name: str
    taken_at: datetime | None
    closed_at: datetime | None
    closing_note: str
    caller: str
    note: str
    phone: str
    residence: str
    residence_id: UUID
    lot: str
    people: tuple[tuple[UUID, str], ...]
    campaign: str
    call_id: UUID
    actions: tuple[str, ...]


def alerts(*, actor: Actor, at: datetime, with_closed: bool = False) -> list[AlertCard]:
    """Return the alerts, those that wait first, by level then by due time. Two queries."""
    actor.must(Permission.ALERT_HANDLE)
    rows = Alert.objects.all() if with_closed else Alert.objects.exclude(state=AlertState.CLOSED)
    return _cards(rows.order_by(_order(), "-level", "due_at")[:200], actor, at)


def alert_card(*, alert_id: UUID, actor: Actor, at: datetime) -> AlertCard:
    """Return one alert. Two queries. Raises: NotFound."""
    actor.must(Permission.ALERT_HANDLE)
    found = _cards(Alert.objects.filter(pk=alert_id), actor, at)
    if not found:
        raise NotFound
    return found[0]


def _order() -> Any:
    ranks = {AlertState.OPEN: 0, AlertState.TRANSMITTED: 0, AlertState.TAKEN: 1, AlertState.CLOSED: 2}
    whens = [When(state=state, then=Value(rank)) for state, rank in ranks.items()]
    return Case(*whens, output_field=IntegerField())


def _cards(rows: Any, actor: Actor, at: datetime) -> list[AlertCard]:
    found = list(
        rows.select_related(
            "report__call__line__residence", "report__call__line__lot", "report__call__campaign"
        )
    )
    members: dict[UUID, list[tuple[UUID, str]]] = {}
    lines = [row.report.call.line_id for row in found]
    people = LineMember.objects.filter(line__in=lines, person__sealed_at__isnull=True).select_related(
        "person"
    )
    for one in people:
        members.setdefault(one.line_id, []).append((one.person_id, one.person.name))
    return [_card(row, members.get(row.report.call.line_id, []), actor, at) for row in found]


def _card(row: Alert, members: list[tuple[UUID, str]], actor: Actor, at: datetime) -> AlertCard:
    call, line = row.report.call, row.report.call.line
    return AlertCard(
        id=row.pk,
        level=row.level,
        level_label=str(row.get_level_display()),
        state=row.state,
        state_label=str(row.get_state_display()),
        opened_at=row.opened_at,
        due_at=row.due_at,
        is_overdue=row.state in WAITING and row.due_at < at,
        climb=row.climb,
        climb_label=str(row.get_climb_display()),
        transmitted_to=row.transmitted_to,
        taken_by_name=row.taken_by_name,
        taken_at=row.taken_at,
        closed_at=row.closed_at,
        closing_note=row.closing_note,
        caller=row.report.by_name,
        note=row.report.note,
        phone=call.phone,
        residence=line.residence.name,
        residence_id=line.residence_id,
        lot=line.lot.code if line.lot else "",
        people=tuple(members),
        campaign=call.campaign.name,
        call_id=call.pk,
        actions=tuple(action.value for action in ALERT.open_to(row, actor)),
    )
