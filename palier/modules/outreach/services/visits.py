"""Visits at the door of those whom no call reached: one metre away, without entering (domain dossier § 2.4)."""

import dataclasses
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.parameters import value_of
from palier.kernel.wording import guard
from palier.modules.outreach.enums import (
    CallAction,
    CallState,
    LineEnd,
    VisitAction,
    VisitAnswer,
    VisitState,
)
from palier.modules.outreach.events import HouseholdUnreached
from palier.modules.outreach.models import Call, LineMember, Visit
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.desk import VISIT_DAYS
from palier.modules.outreach.services.cadence import schedule_next
from palier.modules.outreach.services.stopping import cancel_plans
from palier.modules.outreach.workflow import CALL, VISIT
from palier.modules.referrals import public as referrals
from palier.modules.staff import public as staff

OPEN = (VisitState.TO_VISIT, VisitState.NOBODY)
KNOCKS = 2
"""How often nobody opens before the visit goes to the team leader: emergency contact, then the CCAS."""
NEED_OF_ANSWER = {VisitAnswer.NEEDS_HELP: "other", VisitAnswer.WORRYING: "social_support"}


class NeedUntold(DomainError):
    code = "outreach.visit-need-untold"
    message = _("Say in a few words what is needed or what worries you.")


class KnockedJustNow(DomainError):
    code = "outreach.knocked-just-now"
    message = _("This was noted less than ten minutes ago. Come back at another time of the day.")


def open_visit(call: Call, *, by: Actor, at: datetime) -> Visit:
    """Ask whoever covers the residence to go to the door; one open visit a household, however many calls failed."""
    line, today = call.line, localdate(at)
    known = Visit.objects.filter(line=line, state__in=OPEN).first()
    if known is not None:
        return known
    visit = Visit.objects.create(
        line=line,
        call=None if Visit.objects.filter(call=call).exists() else call,
        residence_id=line.residence_id,
        lot_id=line.lot_id,
        agent_id=agent_for(line.residence_id, at=at),
        opened_at=at,
        due_on=today + timedelta(days=int(value_of(VISIT_DAYS.key, on=today))),
    )
    publish(
        HouseholdUnreached(
            call_id=str(call.pk), visit_id=str(visit.pk), residence_id=str(line.residence_id), at=at
        )
    )
    return visit


def agent_for(residence_id: UUID, *, at: datetime) -> UUID | None:
    """Return who goes to the door: a caretaker at work, else anybody at work who covers the place, else its holder.

    None: nobody covers the residence, and the visit is the team leader's to give.
    """
    covering = staff.who_covers(residence_ids=[residence_id], on=localdate(at)).get(residence_id, ())
    ordered = sorted(covering, key=lambda one: (not one.is_present, one.state in ("absent", "planned_leave")))
    return ordered[0].agent_id if ordered else None


@transaction.atomic
def meet(
    *, visit_id: UUID, answer: str, by: Actor, at: datetime, note: str = "", wording_reason: str = ""
) -> Visit:
    """Say what was seen at the door. What is needed becomes a referral; the calls go on at their cadence.

    Two taps on the same button make one answer. Raises: NeedUntold, UnfitWording, NotFound, NotAllowed,
    TransitionRefused.
    """
    said = VisitAnswer(answer)
    visit = _lock(visit_id)
    if visit.state == VisitState.MET and visit.answer == said:
        return visit
    if said in NEED_OF_ANSWER and not note.strip():
        raise NeedUntold
    wording = guard(note, reason=wording_reason)
    VISIT.move(visit, VisitAction.MEET, by=by, at=at, answer=said.value)
    visit.answer, visit.note, visit.ended_at, visit.ended_by_name = said, note.strip(), at, by.name
    visit.referral_id = _refer(visit, said, by=by, at=at, wording_reason=wording_reason)
    visit.save(update_fields=["state", "answer", "note", "ended_at", "ended_by_name", "referral_id"])
    wording.record(by=by, at=at, subject=visit)
    _settle_call(visit, said, by=by, at=at)
    return visit


def _refer(visit: Visit, said: VisitAnswer, *, by: Actor, at: datetime, wording_reason: str) -> UUID | None:
    """Hand over what was seen. A place is named, and the person only when the household is one person."""
    kind = NEED_OF_ANSWER.get(said)
    if kind is None:
        return None
    members = list(LineMember.objects.filter(line=visit.line_id).values_list("person_id", flat=True)[:2])
    return referrals.open_referral(
        kind=kind,
        urgency="urgent" if said == VisitAnswer.WORRYING else "normal",
        summary=visit.note,
        person_id=members[0] if len(members) == 1 else None,
        lot_id=visit.lot_id,
        residence_id=visit.residence_id,
        consent="not_needed",
        consent_how=gettext("Seen at the door; nothing leaves the house without asking"),
        source_kind="outreach.visit",
        source_id=visit.pk,
        by=by,
        at=at,
        wording_reason=wording_reason,
    )


def _settle_call(visit: Visit, said: VisitAnswer, *, by: Actor, at: datetime) -> None:
    call = visit.call
    if call is None:
        return
    if call.state == CallState.UNREACHED:
        CALL.move(call, CallAction.SETTLE, by=by, at=at, answer=said.value)
        call.ended_because = f"visit:{said.value}"
        call.save(update_fields=["state", "ended_because"])
    if said == VisitAnswer.MOVED:
        _stop_calling(visit, at=at)
        return
    schedule_next(call=call, reached_at=at, next_call_on=None, by=by, at=at)


def _stop_calling(visit: Visit, *, at: datetime) -> None:
    """A dwelling that looks empty is not called again; the lease is not touched: somebody checks first."""
    line = visit.line
    line.state, line.ended_because, line.ended_at = "ended", LineEnd.GONE, at
    line.save(update_fields=["state", "ended_because", "ended_at"])
    cancel_plans([line.pk], because=LineEnd.GONE.value, at=at)


@transaction.atomic
def find_nobody(*, visit_id: UUID, by: Actor, at: datetime) -> Visit:
    """Say that nobody opened. After two times the team leader proposes the emergency contact, then the CCAS.

    Raises: KnockedJustNow, NotFound, NotAllowed, TransitionRefused.
    """
    visit = _lock(visit_id)
    if visit.last_knock_at is not None and at - visit.last_knock_at < timedelta(minutes=10):
        raise KnockedJustNow
    VISIT.move(visit, VisitAction.FIND_NOBODY, by=by, at=at)
    visit.knocks, visit.last_knock_at = visit.knocks + 1, at
    if visit.knocks < KNOCKS:
        visit.due_on = localdate(at) + timedelta(days=1)
    visit.save(update_fields=["state", "knocks", "last_knock_at", "due_on"])
    return visit


@transaction.atomic
def hand_over(*, visit_id: UUID, note: str, by: Actor, at: datetime, wording_reason: str = "") -> Visit:
    """Pass a household that nobody found to the social service by a referral: the team leader's act.

    The social service is told of a dwelling where nobody answers, without a person's name (RGPD art. 6.1.f); the
    municipal register is never asked for (CASF L121-6-1).
    Raises: NeedUntold, UnfitWording, NotFound, NotAllowed, TransitionRefused.
    """
    by.must(Permission.TEAM_LEAD)
    if not note.strip():
        raise NeedUntold
    visit = _lock(visit_id)
    VISIT.move(visit, VisitAction.HAND_OVER, by=by, at=at)
    visit.referral_id = referrals.open_referral(
        kind="social_support",
        urgency="urgent",
        summary=note,
        lot_id=visit.lot_id,
        residence_id=visit.residence_id,
        consent="not_needed",
        consent_how=gettext("Nobody is named: calls and visits at the door found nobody"),
        source_kind="outreach.visit",
        source_id=visit.pk,
        by=by,
        at=at,
        wording_reason=wording_reason,
    )
    visit.note, visit.ended_at, visit.ended_by_name = note.strip(), at, by.name
    visit.save(update_fields=["state", "referral_id", "note", "ended_at", "ended_by_name"])
    return visit


@transaction.atomic
def cancel(*, visit_id: UUID, by: Actor, at: datetime) -> Visit:
    """Say that a visit is no longer needed. Raises: NotFound, NotAllowed, TransitionRefused."""
    visit = _lock(visit_id)
    VISIT.move(visit, VisitAction.CANCEL, by=by, at=at)
    visit.ended_at, visit.ended_by_name = at, by.name
    visit.save(update_fields=["state", "ended_at", "ended_by_name"])
    return visit


def no_longer_needed(*, line_id: UUID, by: Actor, at: datetime) -> None:
    """Cancel the visit of a household that was heard after all: it called, or somebody reached it meanwhile."""
    leading = dataclasses.replace(by, permissions=by.permissions | {str(Permission.TEAM_LEAD)})
    for visit in Visit.objects.select_for_update(of=("self",)).filter(line=line_id, state__in=OPEN):
        VISIT.move(visit, VisitAction.CANCEL, by=leading, at=at, because="heard")
        visit.ended_at, visit.ended_by_name = at, by.name
        visit.save(update_fields=["state", "ended_at", "ended_by_name"])


@transaction.atomic
def give_to(*, visit_id: UUID, agent_id: UUID, by: Actor, at: datetime) -> Visit:
    """Give a visit to somebody else. Raises: NotFound, NotAllowed."""
    by.must(Permission.TEAM_LEAD)
    visit = _lock(visit_id)
    if visit.state not in OPEN or agent_id not in staff.agents_named([agent_id]):
        raise NotFound
    visit.agent_id = agent_id
    visit.save(update_fields=["agent"])
    return visit


def _lock(visit_id: UUID) -> Visit:
    visit = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("line", "line__campaign", "call")
        .filter(pk=visit_id)
        .first()
    )
    if visit is None:
        raise NotFound
    return visit
