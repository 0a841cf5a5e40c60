"""Who sits in the cells, who is on duty, who has answered, what was decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.parameters import value_of
from palier.modules.continuity.enums import CellKind, CellRole, DecisionState, MeetingState, Seat
from palier.modules.continuity.models import (
    CallOut,
    CallOutAnswer,
    Cell,
    CellDecision,
    CellMember,
    Meeting,
    PlanVersion,
)
from palier.modules.continuity.rules.parameters import CALL_OUT_DEPUTY_AFTER

CENTRAL = "central"


@dataclass(frozen=True)
class MemberLine:
    """A member as lists show it."""

    id: UUID
    cell_id: UUID
    cell_name: str
    role: str
    role_label: str
    seat: str
    seat_label: str
    name: str
    job: str
    organisation: str
    email: str
    phone: str
    on_duty: bool
    on_duty_since: datetime | None


@dataclass(frozen=True)
class RoleLine:
    """A role of the crisis cell: who is on duty, who stands by, what the plan asks of it."""

    role: str
    label: str
    mission: str
    on_duty: MemberLine | None
    others: tuple[MemberLine, ...]
    asked_by_plan: bool


@dataclass(frozen=True)
class AnswerLine:
    """Somebody called, with what to do about it. `to_call`: show the number now."""

    id: UUID
    role_label: str
    name: str
    email: str
    phone: str
    is_deputy: bool
    answered_at: datetime | None
    via_label: str
    to_call: bool
    waiting_minutes: int | None


@dataclass(frozen=True)
class CallOutCard:
    """A call-out and its answers."""

    id: UUID
    number: int
    reason: str
    called_at: datetime
    called_by: str
    expires_at: datetime
    exercise: bool
    answers: tuple[AnswerLine, ...]
    answered: int
    called: int
    roles_answered: int
    roles: int
    deputy_after: int


@dataclass(frozen=True)
class DecisionLine:
    """A line of the register of decisions."""

    id: UUID
    number: int
    cell_id: UUID
    cell_name: str
    text: str
    decided_by: str
    decided_at: datetime
    owner: str
    due_on: date | None
    state: str
    state_label: str
    overdue: bool
    outcome: str
    meeting_number: int | None


@dataclass(frozen=True)
class MeetingLine:
    """A meeting with its agenda and its minutes."""

    id: UUID
    cell_id: UUID
    cell_name: str
    number: int
    state: str
    state_label: str
    starts_at: datetime
    where: str
    agenda: str
    attendance: str
    minutes: str
    held_at: datetime | None
    exercise: bool


@dataclass(frozen=True)
class CellLine:
    """A cell as the list of cells shows it."""

    id: UUID
    kind: str
    code: str
    name: str
    departments: tuple[str, ...]
    rhythm: str
    members: int
    open_decisions: int
    overdue_decisions: int
    next_meeting_at: datetime | None
    last_meeting_at: datetime | None


def member_line(row: CellMember) -> MemberLine:
    return MemberLine(
        row.pk,
        row.cell_id,
        row.cell.name,
        row.role,
        row.get_role_display() if row.role else "",
        row.seat,
        row.get_seat_display(),
        row.name,
        row.job,
        row.organisation,
        row.email,
        row.phone,
        row.on_duty,
        row.on_duty_since,
    )


def members_of(cell_id: UUID) -> list[MemberLine]:
    """Members of a cell who sit today, in the order of roles then holder first."""
    rows = CellMember.objects.filter(cell_id=cell_id, until__isnull=True).select_related("cell")
    order = {role: rank for rank, role in enumerate(CellRole.values)}
    seats = {Seat.HOLDER: 0, Seat.DEPUTY: 1, Seat.GUEST: 2}
    return sorted(map(member_line, rows), key=lambda m: (order.get(m.role, 99), seats[Seat(m.seat)], m.name))


def central_cell() -> Cell | None:
    return Cell.objects.filter(kind=CellKind.CENTRAL).first()


def central_members() -> list[MemberLine]:
    cell = central_cell()
    return members_of(cell.pk) if cell else []


def on_duty_by_role() -> dict[str, MemberLine]:
    """Who answers for each role of the crisis cell now."""
    return {member.role: member for member in central_members() if member.on_duty}


def role_lines() -> list[RoleLine]:
    """Every role that has somebody, or that a plan in force asks for."""
    asked = _seats_of_plans()
    by_role: dict[str, list[MemberLine]] = {}
    for member in central_members():
        by_role.setdefault(member.role, []).append(member)
    lines = []
    for role in CellRole:
        members = by_role.get(role, [])
        if not members and role not in asked:
            continue
        duty = next((member for member in members if member.on_duty), None)
        others = tuple(member for member in members if member is not duty)
        lines.append(RoleLine(role.value, str(role.label), asked.get(role, ""), duty, others, role in asked))
    return lines


def roles_without_deputy() -> list[str]:
    """Roles whose holder nobody can replace."""
    return [line.label for line in role_lines() if line.on_duty and not line.others]


def _seats_of_plans() -> dict[str, str]:
    seats: dict[str, str] = {}
    for version in PlanVersion.objects.in_force():
        for seat in version.document.cell:
            seats.setdefault(seat.role, seat.mission)
    return seats


def latest_call_out(*, at: datetime) -> CallOutCard | None:
    call_out = CallOut.objects.order_by("-number").first()
    return call_out_card(call_out, at=at) if call_out else None


def call_outs(*, at: datetime, limit: int = 20) -> list[CallOutCard]:
    return [call_out_card(one, at=at) for one in CallOut.objects.order_by("-number")[:limit]]


def call_out_of_activation(activation_id: UUID, *, at: datetime) -> CallOutCard | None:
    """The last call-out that an activation caused."""
    call_out = CallOut.objects.filter(activation_id=activation_id).order_by("-number").first()
    return call_out_card(call_out, at=at) if call_out else None


def call_out_of(call_out_id: UUID, *, at: datetime) -> CallOutCard | None:
    call_out = CallOut.objects.filter(pk=call_out_id).first()
    return call_out_card(call_out, at=at) if call_out else None


def call_out_card(call_out: CallOut, *, at: datetime) -> CallOutCard:
    """A call-out at a time. A deputy shows only once the time to wait for the one on duty has passed."""
    after = int(value_of(CALL_OUT_DEPUTY_AFTER.key, on=timezone.localdate(call_out.called_at)))
    rows = list(CallOutAnswer.objects.filter(call_out=call_out))
    answered_roles = {row.role for row in rows if row.answered_at}
    waited = at - call_out.called_at
    order = {role: rank for rank, role in enumerate(CellRole.values)}
    shown = [
        row for row in rows if not row.is_deputy or row.answered_at or waited >= timedelta(minutes=after)
    ]
    shown.sort(key=lambda row: (order.get(row.role, 99), row.is_deputy, row.name))
    lines = tuple(_answer_line(row, answered_roles, waited) for row in shown)
    principals = [row for row in rows if not row.is_deputy]
    return CallOutCard(
        call_out.pk,
        call_out.number,
        call_out.reason,
        call_out.called_at,
        call_out.called_by_name,
        call_out.expires_at,
        call_out.exercise,
        lines,
        sum(1 for row in rows if row.answered_at),
        len(principals),
        len({row.role for row in principals} & answered_roles),
        len({row.role for row in principals}),
        after,
    )


def _answer_line(row: CallOutAnswer, answered_roles: set[str], waited: timedelta) -> AnswerLine:
    open_role = row.role not in answered_roles
    minutes = int(waited.total_seconds() // 60) if not row.answered_at and open_role else None
    return AnswerLine(
        row.pk,
        row.get_role_display() if row.role else "",
        row.name,
        row.email,
        row.phone,
        row.is_deputy,
        row.answered_at,
        row.get_answered_via_display() if row.answered_via else "",
        row.answered_at is None and open_role,
        minutes,
    )


def cells(*, actor: Actor, at: datetime) -> list[CellLine]:
    """Every cell in activity, the crisis cell first."""
    today = timezone.localdate(at)
    rows = list(
        Cell.objects.visible_to(actor)
        .filter(is_active=True)
        .prefetch_related("members", "meetings", "decisions")
    )
    return [
        _cell_line(row, today) for row in sorted(rows, key=lambda c: (c.kind != CellKind.CENTRAL, c.name))
    ]


def _cell_line(row: Cell, today: date) -> CellLine:
    open_ones = [d for d in row.decisions.all() if d.state == DecisionState.OPEN]
    planned = [m.starts_at for m in row.meetings.all() if m.state == MeetingState.PLANNED]
    held = [m.starts_at for m in row.meetings.all() if m.state == MeetingState.HELD]
    return CellLine(
        row.pk,
        row.kind,
        row.code,
        row.name,
        tuple(row.departments),
        row.rhythm,
        sum(1 for m in row.members.all() if m.until is None),
        len(open_ones),
        sum(1 for d in open_ones if d.due_on and d.due_on < today),
        min(planned, default=None),
        max(held, default=None),
    )


def decisions(
    *, actor: Actor, at: datetime, cell_id: UUID | None = None, state: str = "", limit: int = 200
) -> list[DecisionLine]:
    """The register of decisions, newest first."""
    rows = (
        CellDecision.objects.visible_to(actor)
        .select_related("cell", "meeting")
        .order_by("-decided_at", "-number")
    )
    if cell_id:
        rows = rows.filter(cell_id=cell_id)
    if state:
        rows = rows.filter(state=state)
    return [decision_line(row, timezone.localdate(at)) for row in rows[:limit]]


def decision_line(row: CellDecision, today: date) -> DecisionLine:
    overdue = row.state == DecisionState.OPEN and row.due_on is not None and row.due_on < today
    return DecisionLine(
        row.pk,
        row.number,
        row.cell_id,
        row.cell.name,
        row.text,
        row.decided_by_name,
        row.decided_at,
        row.owner_name,
        row.due_on,
        row.state,
        row.get_state_display(),
        overdue,
        row.outcome,
        row.meeting.number if row.meeting else None,
    )


def meetings(*, actor: Actor, cell_id: UUID | None = None, limit: int = 50) -> list[MeetingLine]:
    rows = Meeting.objects.visible_to(actor).select_related("cell").order_by("-starts_at")
    if cell_id:
        rows = rows.filter(cell_id=cell_id)
    return [meeting_line(row) for row in rows[:limit]]


def meeting_line(row: Meeting) -> MeetingLine:
    return MeetingLine(
        row.pk,
        row.cell_id,
        row.cell.name,
        row.number,
        row.state,
        row.get_state_display(),
        row.starts_at,
        row.where,
        row.agenda,
        row.attendance,
        row.minutes,
        row.held_at,
        row.exercise,
    )


def meeting_of(meeting_id: UUID, *, actor: Actor) -> MeetingLine | None:
    row = Meeting.objects.visible_to(actor).select_related("cell").filter(pk=meeting_id).first()
    return meeting_line(row) if row else None


def e_mails_of(members: Iterable[MemberLine]) -> list[tuple[str, str]]:
    """(name, e-mail) of each member that has one, each address once."""
    seen: dict[str, str] = {}
    for member in members:
        if member.email:
            seen.setdefault(member.email.lower(), member.name)
    return [(name, email) for email, name in seen.items()]
