"""Meetings of the cells and their register of decisions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.ui.typography import day
from palier.modules.continuity.enums import DecisionAction, LogCategory, MeetingAction, Severity
from palier.modules.continuity.models import Cell, CellDecision, Meeting
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.services.telling import (
    house_language,
    in_house_language,
    said_moment,
    say_in_log,
)
from palier.modules.continuity.workflow.crisis import DECISION, MEETING


class TextMissing(DomainError):
    code = "continuity.decision-text-missing"
    message = _("Write what is decided.")


class OwnerMissing(DomainError):
    code = "continuity.decision-owner-missing"
    message = _("A decision with a date needs somebody who carries it out.")


class ReasonMissing(DomainError):
    code = "continuity.decision-reason-missing"
    message = _("Say why the decision is dropped.")


@transaction.atomic
def plan_meeting(
    *,
    cell_id: UUID,
    starts_at: datetime,
    by: Actor,
    at: datetime,
    where: str = "",
    agenda: str = "",
    exercise: bool = False,
) -> Meeting:
    """Convene a cell, with its agenda.

    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.CELL_MANAGE)
    cell = _locked_cell(cell_id)
    meeting = Meeting.objects.create(
        cell=cell,
        number=_next(Meeting, cell),
        starts_at=starts_at,
        where=where.strip(),
        agenda=agenda.strip(),
        created_by_name=by.name,
        exercise=exercise,
    )
    journal.record("continuity.meeting.plan", by=by, at=at, subject=meeting)
    return meeting


@transaction.atomic
def hold_meeting(*, meeting_id: UUID, attendance: str, minutes: str, by: Actor, at: datetime) -> Meeting:
    """Close a meeting with who was there and what was said. The log says that it was held.

    Raises: NotAllowed, NotFound, TransitionRefused.
    """
    meeting = _locked_meeting(meeting_id)
    MEETING.move(meeting, MeetingAction.HOLD, by=by, at=at)
    meeting.attendance, meeting.minutes, meeting.held_at = attendance.strip(), minutes.strip(), at
    meeting.save(update_fields=["state", "attendance", "minutes", "held_at"])
    with in_house_language():
        text = gettext("Meeting {number} of {cell} ({when}) is closed.").format(
            number=meeting.number, cell=meeting.cell.name, when=said_moment(meeting.starts_at)
        )
    say_in_log(f"meeting:{meeting.pk}", text, by=by, at=at, about=meeting, exercise=meeting.exercise)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting_id: UUID, by: Actor, at: datetime) -> Meeting:
    """Raises: NotAllowed, NotFound, TransitionRefused."""
    meeting = _locked_meeting(meeting_id)
    MEETING.move(meeting, MeetingAction.CANCEL, by=by, at=at)
    meeting.save(update_fields=["state"])
    return meeting


@transaction.atomic
def record_decision(
    *,
    cell_id: UUID,
    text: str,
    by: Actor,
    at: datetime,
    decided_by_name: str = "",
    owner_name: str = "",
    due_on: date | None = None,
    meeting_id: UUID | None = None,
    exercise: bool = False,
) -> CellDecision:
    """Write a decision in the register of a cell, and in the crisis log.

    Raises: NotAllowed, NotFound, TextMissing, OwnerMissing.
    """
    by.must(Permission.CELL_MANAGE)
    if not text.strip():
        raise TextMissing
    if due_on and not owner_name.strip():
        raise OwnerMissing
    cell = _locked_cell(cell_id)
    decision = CellDecision.objects.create(
        cell=cell,
        meeting_id=meeting_id,
        number=_next(CellDecision, cell),
        text=text.strip(),
        decided_by_name=decided_by_name.strip() or by.name,
        decided_at=at,
        owner_name=owner_name.strip(),
        due_on=due_on,
        exercise=exercise,
    )
    journal.record("continuity.cell-decision.record", by=by, at=at, subject=decision)
    say_in_log(
        f"decision:{decision.pk}",
        _sentence(decision),
        by=by,
        at=at,
        category=LogCategory.DECISION,
        severity=Severity.NOTABLE,
        about=decision,
        decision_maker=decision.decided_by_name,
        exercise=exercise,
    )
    return decision


@transaction.atomic
def finish_decision(*, decision_id: UUID, outcome: str, by: Actor, at: datetime) -> CellDecision:
    """Raises: NotAllowed, NotFound, TransitionRefused."""
    return _end(decision_id, DecisionAction.FINISH, outcome, by, at)


@transaction.atomic
def drop_decision(*, decision_id: UUID, outcome: str, by: Actor, at: datetime) -> CellDecision:
    """Raises: NotAllowed, NotFound, ReasonMissing, TransitionRefused."""
    if not outcome.strip():
        raise ReasonMissing
    return _end(decision_id, DecisionAction.DROP, outcome, by, at)


def _end(decision_id: UUID, action: DecisionAction, outcome: str, by: Actor, at: datetime) -> CellDecision:
    decision = (
        CellDecision.objects.select_for_update(of=("self",))
        .select_related("cell")
        .filter(pk=decision_id)
        .first()
    )
    if decision is None:
        raise NotFound
    DECISION.move(decision, action, by=by, at=at)
    decision.ended_at, decision.outcome = at, outcome.strip()
    decision.save(update_fields=["state", "ended_at", "outcome"])
    with in_house_language():
        text = gettext("Decision {number} of {cell}: {state}. {outcome}").format(
            number=decision.number,
            cell=decision.cell.name,
            state=decision.get_state_display(),
            outcome=decision.outcome,
        )
    say_in_log(
        f"decision-end:{decision.pk}", text.strip(), by=by, at=at, about=decision, exercise=decision.exercise
    )
    return decision


def _sentence(decision: CellDecision) -> str:
    with in_house_language():
        text = gettext("{cell}, decision {number}: {text}").format(
            cell=decision.cell.name, number=decision.number, text=decision.text
        )
        if decision.due_on:
            due = day(decision.due_on, language=house_language())
            text += " " + gettext("({owner}, by {due})").format(owner=decision.owner_name, due=due)
    return text


def _locked_cell(cell_id: UUID) -> Cell:
    """Lock the cell: its meetings and decisions are numbered without a gap."""
    cell = Cell.objects.select_for_update(of=("self",)).filter(pk=cell_id).first()
    if cell is None:
        raise NotFound
    return cell


def _locked_meeting(meeting_id: UUID) -> Meeting:
    meeting = (
        Meeting.objects.select_for_update(of=("self",)).select_related("cell").filter(pk=meeting_id).first()
    )
    if meeting is None:
        raise NotFound
    return meeting


def _next(model: Any, cell: Cell) -> int:
    return (model.objects.filter(cell=cell).aggregate(last=Max("number"))["last"] or 0) + 1
