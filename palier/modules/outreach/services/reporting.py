"""What came of a ring: the attempt, the report, the needs, the alert, and what happens next, in one transaction."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate, localtime, make_aware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.parameters import value_of
from palier.kernel.wording import guard
from palier.modules.outreach.enums import (
    AlertLevel,
    AttemptResult,
    CallAction,
    CallState,
    Debrief,
    Direction,
    LineEnd,
    LineState,
)
from palier.modules.outreach.events import CallReported
from palier.modules.outreach.models import Attempt, Call, Draft, LineMember, Need, Report
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules import attempts
from palier.modules.outreach.rules import desk as rules
from palier.modules.outreach.rules.parameters import WEEKEND_CALLS
from palier.modules.outreach.rules.scheduling import calling_day
from palier.modules.outreach.rules.slots import slot_at
from palier.modules.outreach.services import desk
from palier.modules.outreach.services.alerts import raise_alert
from palier.modules.outreach.services.cadence import schedule_next
from palier.modules.outreach.services.stopping import end_lines_of_persons
from palier.modules.outreach.services.visits import no_longer_needed, open_visit
from palier.modules.outreach.workflow import CALL
from palier.modules.people import public as people
from palier.modules.referrals import public as referrals

HEARD = (
    AttemptResult.ANSWERED,
    AttemptResult.THIRD_PARTY,
    AttemptResult.CALLBACK_ASKED,
    AttemptResult.REFUSED,
)
SOURCE = "outreach.report"


class ConsentMissing(DomainError):
    code = "outreach.consent-missing"
    message = _("Say whether the person agrees that this is handed over: {needs}.")


class CallBackUntold(DomainError):
    code = "outreach.call-back-untold"
    message = _("Say when the person wishes to be called back.")


class NoLongerLawful(DomainError):
    code = "outreach.no-longer-lawful"
    message = _(
        "This household is now a protected contact: nothing of what was typed was kept. Ask the referent before "
        "any other call."
    )


class NotYours(DomainError):
    code = "outreach.not-your-call"
    message = _("Somebody else made this call: only they say whether they wish to talk about it.")


@dataclass(frozen=True)
class TickedNeed:
    """A need as the caller ticked it. `urgency` empty: as the need and the alert are worth."""

    kind: str
    urgency: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the caller says of one ring. `token` makes it once: sent twice, it is written once."""

    token: UUID
    result: str
    direction: str = Direction.OUTBOUND
    wellbeing: str = ""
    alert_level: str = AlertLevel.NONE
    note: str = ""
    wording_reason: str = ""
    needs: tuple[TickedNeed, ...] = ()
    consent: str = ""
    person_id: UUID | None = None
    next_call_on: date | None = None
    call_back_at: datetime | None = None
    is_hard: bool = False
    refusing: tuple[UUID, ...] = ()
    typed_back: bool = False
    rung_at: datetime | None = None


@dataclass(frozen=True)
class Saved:
    """What was written and what follows. `notices`: sentences that the caller must read."""

    attempt_id: UUID
    report_id: UUID | None = None
    notices: tuple[str, ...] = ()
    next_on: date | None = None
    visit_id: UUID | None = None
    stays_in_hand: bool = False
    was_known: bool = False
    referrals: int = 0


@transaction.atomic
def save(*, call_id: UUID, outcome: Outcome, by: Actor, at: datetime) -> Saved:
    """Write what came of a ring, and everything that follows from it, or nothing.

    A caller who no longer holds the household loses nothing: what was heard is kept as a report beside whatever
    happened meanwhile, and the notices say so.
    Raises: NotFound, NotAllowed, UnfitWording, ConsentMissing, CallBackUntold, NoLongerLawful.
    Legal: RGPD art. 21 (objection), art. 9 (no health data in notes); domain dossier § 2.4.
    """
    seat = desk.seat_of(by, at=at)
    call = desk.lock(call_id)
    known = Attempt.objects.filter(pk=outcome.token).first()
    if known is not None:
        return Saved(known.pk, was_known=True)
    if call.line.ended_because == LineEnd.PROTECTED:
        raise NoLongerLawful
    wording = guard(outcome.note, reason=outcome.wording_reason)
    _check(outcome)
    notices = _standing(call, seat, by=by, at=at)
    attempt = _write_attempt(call, outcome, seat, by=by, at=at)
    report, sent = _write_report(call, attempt, outcome, by=by, at=at)
    if report is not None:
        wording.record(by=by, at=at, subject=report)
    followed = _follow(call, outcome, attempt, seat, by=by, at=at)
    Draft.objects.filter(call=call, by_id=seat.user_id).delete()
    return dataclasses.replace(
        followed,
        report_id=report.pk if report else None,
        notices=(*notices, *followed.notices),
        referrals=sent,
    )


def _check(outcome: Outcome) -> None:
    AttemptResult(outcome.result)
    if outcome.result == AttemptResult.CALLBACK_ASKED and outcome.call_back_at is None:
        raise CallBackUntold
    lacking = rules.lacks_consent((need.kind for need in outcome.needs), asked=outcome.consent)
    if lacking:
        raise ConsentMissing(needs=", ".join(str(referrals.NeedKind(kind).label) for kind in lacking))


def _standing(call: Call, seat: desk.Seat, *, by: Actor, at: datetime) -> list[str]:
    """Put the household in the caller's hand when it can be; say what happened to it meanwhile otherwise."""
    if call.state == CallState.IN_CALL and call.leased_by_id == seat.user_id:
        return _news_of_line(call)
    if call.state == CallState.WAITING:
        try:
            desk.take_into(call, seat, by=by, at=at)
        except desk.InOtherHands as other:
            call.state = CallState.WAITING
            return [gettext("{who} now rings this number. What you heard is kept as a report.").format(
                who=other.fields["who"])]  # fmt: skip
        return _news_of_line(call)
    if call.state == CallState.IN_CALL:
        return [gettext("{who} took this household meanwhile. What you heard is kept: tell them.").format(
            who=call.leased_by_name)]  # fmt: skip
    return [
        gettext("This call was over already ({state}). What you heard is kept as a report.").format(
            state=call.get_state_display()
        )
    ]


def _news_of_line(call: Call) -> list[str]:
    if call.line.state != LineState.ENDED:
        return []
    return [
        gettext("Meanwhile this household left the list: {why}. No other call is planned.").format(
            why=call.line.get_ended_because_display()
        )
    ]


def _write_attempt(call: Call, outcome: Outcome, seat: desk.Seat, *, by: Actor, at: datetime) -> Attempt:
    rung = outcome.rung_at or at
    attempt = Attempt(
        pk=outcome.token,
        call=call,
        at=rung,
        direction=Direction(outcome.direction),
        result=AttemptResult(outcome.result),
        slot=slot_at(localtime(rung).hour),
        by_id=by.user_id,
        by_name=by.name,
        agent_id=seat.agent_id,
        typed_back=outcome.typed_back,
    )
    attempt.save(force_insert=True)
    call.attempts_made += 1
    call.first_attempt_at = call.first_attempt_at or rung
    call.last_attempt_at, call.last_result = rung, attempt.result
    call.save(update_fields=["attempts_made", "first_attempt_at", "last_attempt_at", "last_result"])
    return attempt


def _write_report(
    call: Call, attempt: Attempt, outcome: Outcome, *, by: Actor, at: datetime
) -> tuple[Report | None, int]:
    said = (
        outcome.note.strip() or outcome.needs or outcome.wellbeing or outcome.alert_level != AlertLevel.NONE
    )
    if attempt.result not in HEARD and not said:
        return None, 0
    is_hard = rules.is_hard(level=outcome.alert_level, wellbeing=outcome.wellbeing, ticked=outcome.is_hard)
    report = Report.objects.create(
        call=call,
        attempt=attempt,
        at=attempt.at,
        by_id=by.user_id,
        by_name=by.name,
        wellbeing=outcome.wellbeing,
        alert_level=AlertLevel(outcome.alert_level),
        note=outcome.note.strip(),
        next_call_on=outcome.next_call_on,
        is_hard=is_hard,
        debrief=Debrief.NOT_ASKED,
    )
    if report.alert_level != AlertLevel.NONE:
        raise_alert(report, at=at)
    sent = sum(_write_need(report, need, call, outcome, by=by, at=at) for need in outcome.needs)
    persons = [str(one) for one in _members(call)]
    publish(
        CallReported(
            report_id=str(report.pk),
            call_id=str(call.pk),
            person_ids=tuple(persons),
            alert_level=str(report.alert_level),
            at=at,
        )
    )
    return report, sent


def _members(call: Call) -> list[UUID]:
    return list(LineMember.objects.filter(line=call.line_id).values_list("person_id", flat=True))


def _write_need(
    report: Report, ticked: TickedNeed, call: Call, outcome: Outcome, *, by: Actor, at: datetime
) -> bool:
    """Keep a need, and hand it over unless the person refused. Returns: whether it was handed over."""
    kind = referrals.NeedKind(ticked.kind)
    consent = rules.consent_of(kind, asked=outcome.consent)
    urgency = rules.urgency_of(kind, level=outcome.alert_level, said=ticked.urgency)
    need = Need(
        report=report,
        person_id=_person(outcome, call),
        kind=kind.value,
        urgency=urgency,
        consent=consent,
        consent_how=_how(consent, report),
    )
    if rules.is_handed_over(kind, consent=consent):
        need.referral_id = _hand_over(need, report, call, outcome, by=by, at=at)
    need.save()
    return need.referral_id is not None


def _person(outcome: Outcome, call: Call) -> UUID | None:
    """For whom the need is: who was named among the members, else the only or the first of them still there."""
    members = _members(call)
    living = people.names(members)
    if outcome.person_id in living:
        return outcome.person_id
    return next((one for one in members if one in living), None)


def _how(consent: str, report: Report) -> str:
    if consent == "oral":
        return gettext("Said on the phone to {name}").format(name=report.by_name)
    if consent == "written":
        return gettext("Written agreement received by {name}").format(name=report.by_name)
    return ""


def _hand_over(need: Need, report: Report, call: Call, outcome: Outcome, *, by: Actor, at: datetime) -> UUID:
    # A note about violence stays in the report, where few read it: the referral says the kind and no more.
    summary = "" if need.kind == "violence" else outcome.note.strip()
    return referrals.open_referral(
        kind=need.kind,
        urgency=need.urgency,
        summary=summary,
        person_id=need.person_id,
        lot_id=call.line.lot_id,
        residence_id=call.line.residence_id,
        consent=need.consent,
        consent_how=need.consent_how,
        source_kind=SOURCE,
        source_id=report.pk,
        by=_with(by, "referrals:referral:open"),
        at=at,
        wording_reason=outcome.wording_reason,
    )


def _with(by: Actor, *permissions: str) -> Actor:
    """The caller, with what the right to call implies: noting an objection, a dead number, handing a need over."""
    return dataclasses.replace(by, permissions=by.permissions | set(permissions))


def _follow(
    call: Call, outcome: Outcome, attempt: Attempt, seat: desk.Seat, *, by: Actor, at: datetime
) -> Saved:
    """Move the call as the result says. A household in somebody else's hand, or over, stays as it is."""
    result = AttemptResult(outcome.result)
    if call.state != CallState.IN_CALL or call.leased_by_id != seat.user_id:
        if result == AttemptResult.REFUSED:
            _record_objection(call, outcome, by=by, at=at)
        return Saved(attempt.pk)
    if result == AttemptResult.REFUSED:
        _record_objection(call, outcome, by=by, at=at)
        return _reached(call, outcome, attempt, by=by, at=at)
    if result in (AttemptResult.ANSWERED, AttemptResult.THIRD_PARTY):
        return _reached(call, outcome, attempt, by=by, at=at)
    if result == AttemptResult.CALLBACK_ASKED:
        return _call_back(call, outcome, attempt, seat, by=by, at=at)
    if result == AttemptResult.WRONG_NUMBER:
        return _wrong_number(call, attempt, seat, by=by, at=at)
    return _missed(call, attempt, by=by, at=at)


def _reached(call: Call, outcome: Outcome, attempt: Attempt, *, by: Actor, at: datetime) -> Saved:
    _end(call, CallAction.REACH, by=by, at=at)
    no_longer_needed(line_id=call.line_id, by=by, at=at)
    call.line.refresh_from_db()
    asked = outcome.next_call_on
    if asked is None and outcome.alert_level != AlertLevel.NONE:
        asked = localdate(at) + timedelta(days=1)
    planned = schedule_next(call=call, reached_at=attempt.at, next_call_on=asked, by=by, at=at)
    return Saved(attempt.pk, next_on=planned.due_on if planned else None)


def _end(call: Call, action: CallAction, *, by: Actor, at: datetime) -> None:
    CALL.move(call, action, by=by, at=at)
    call.ended_at = at
    _let_go(call)


def _let_go(call: Call) -> None:
    call.leased_by_id, call.leased_by_name, call.leased_until = None, "", None
    call.save()


def _call_back(
    call: Call, outcome: Outcome, attempt: Attempt, seat: desk.Seat, *, by: Actor, at: datetime
) -> Saved:
    """The promise is the caller's own: the household comes back to the same voice, first, at that time."""
    when = outcome.call_back_at
    if when is None:
        raise CallBackUntold
    if call.line.state == LineState.ENDED:
        _end(call, CallAction.CANCEL, by=by, at=at)
        return Saved(attempt.pk)
    CALL.move(call, CallAction.MISS, by=by, at=at, because=attempt.result)
    call.not_before, call.due_on = when, localdate(when)
    if seat.agent_id:
        call.caller_id = seat.agent_id
    _let_go(call)
    return Saved(attempt.pk, next_on=call.due_on)


def _missed(call: Call, attempt: Attempt, *, by: Actor, at: datetime) -> Saved:
    if call.line.state == LineState.ENDED:
        _end(call, CallAction.CANCEL, by=by, at=at)
        return Saved(attempt.pk)
    again = _next_try(call, at=at)
    if again is None:
        return _exhausted(call, attempt, by=by, at=at)
    CALL.move(call, CallAction.MISS, by=by, at=at, because=attempt.result)
    call.due_on, call.slot, call.not_before = again.day, again.slot, make_aware(again.not_before)
    _let_go(call)
    return Saved(attempt.pk, next_on=call.due_on)


def _next_try(call: Call, *, at: datetime) -> attempts.NextTry | None:
    rings = Attempt.objects.filter(call=call, result__in=attempts.MISSES).order_by("at")
    weekends = bool(value_of(WEEKEND_CALLS.key, on=localdate(at)))
    return attempts.next_try(
        [attempts.Miss(localdate(one.at), one.slot) for one in rings],
        now=localtime(at).replace(tzinfo=None),
        result=call.last_result,
        max_attempts=call.campaign.max_attempts,
        attempt_days=call.campaign.attempt_days,
        busy_minutes=int(value_of(rules.BUSY_AGAIN.key, on=localdate(at))),
        preferred=call.line.slot,
        calling_day=lambda day: calling_day(day, weekends=weekends),
    )


def _exhausted(call: Call, attempt: Attempt, *, by: Actor, at: datetime) -> Saved:
    _end(call, CallAction.EXHAUST, by=by, at=at)
    visit = open_visit(call, by=by, at=at)
    return Saved(
        attempt.pk,
        visit_id=visit.pk,
        notices=(
            gettext(
                "Enough was tried: a visit at the door is asked for. No text message is sent by Palier yet."
            ),
        ),
    )


def _wrong_number(call: Call, attempt: Attempt, seat: desk.Seat, *, by: Actor, at: datetime) -> Saved:
    """End the number where it is written, and go on with another of the household, or to its door."""
    wrong = call.phone
    for point_id in _points_with(call, wrong):
        people.end_contact_point(
            contact_id=point_id, by=_with(by, "people:contact:edit", "people:person:view"), at=at
        )
    other = _other_number(call, wrong, at=at)
    call.line.phone = other
    call.line.save(update_fields=["phone"])
    if not other:
        call.phone = ""
        return _exhausted(call, attempt, by=by, at=at)
    call.phone, call.leased_until = other, desk.lease_until(at)
    try:
        with transaction.atomic():
            call.save(update_fields=["phone", "leased_until"])
    except IntegrityError:
        # Another campaign rings that other number right now: this household waits for its turn.
        CALL.move(call, CallAction.MISS, by=by, at=at, because=attempt.result)
        _let_go(call)
        return Saved(attempt.pk, next_on=call.due_on)
    return Saved(
        attempt.pk,
        stays_in_hand=True,
        notices=(gettext("The wrong number is taken off. Here is another one of this household."),),
    )


def _points_with(call: Call, number: str) -> list[UUID]:
    """Contact points of the household that hold a number, sealed persons left out. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT point.id FROM people_contact_point point
            JOIN people_person person ON person.id = point.person_id AND person.sealed_at IS NULL
            WHERE point.channel = 'phone' AND point.value = %s AND point.ended_on IS NULL
              AND (person.household_id = %s OR person.id IN (
                  SELECT person_id FROM outreach_line_member WHERE line_id = %s))""",
            [number, call.line.household_id, call.line_id],
        )
        return [row[0] for row in cursor.fetchall()]


def _other_number(call: Call, wrong: str, *, at: datetime) -> str:
    """The best other number of the household that may be called and that no other line of the campaign has."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT point.value FROM people_contact_point point
            JOIN people_person person ON person.id = point.person_id AND person.sealed_at IS NULL
              AND person.deceased_on IS NULL
            LEFT JOIN outreach_line_member member ON member.person_id = person.id AND member.line_id = %(line)s
            WHERE point.channel = 'phone' AND point.value <> %(wrong)s AND NOT point.is_unsafe
              AND coalesce(point.ended_on, 'infinity'::date) > %(today)s
              AND (member.id IS NOT NULL OR person.household_id = %(household)s)
              AND NOT EXISTS (SELECT FROM people_contact_point same JOIN people_person owner
                              ON owner.id = same.person_id AND owner.household_id = %(household)s
                              WHERE same.value = point.value AND same.is_unsafe)
              AND NOT EXISTS (SELECT FROM outreach_line twin WHERE twin.campaign_id = %(campaign)s
                              AND twin.phone = point.value AND twin.id <> %(line)s)
            ORDER BY (member.id IS NULL), point.is_preferred DESC, point.is_shared, point.id LIMIT 1""",
            {
                "line": call.line_id,
                "wrong": wrong,
                "today": localdate(at),
                "household": call.line.household_id,
                "campaign": call.campaign_id,
            },
        )
        row = cursor.fetchone()
    return row[0] if row else ""


def _record_objection(call: Call, outcome: Outcome, *, by: Actor, at: datetime) -> None:
    """Whoever objects is called no more, in any campaign; the others of the household still are."""
    members = _members(call)
    objecting = [one for one in members if one in outcome.refusing] or members
    for person_id in objecting:
        try:
            people.record_consent(
                person_id=person_id,
                kind="opt_out",
                topic="courtesy_calls",
                by=_with(by, "people:consent:edit", "people:person:view"),
                at=at,
                proof=gettext("Said on the phone"),
            )
        except NotFound:
            continue
    end_lines_of_persons(objecting, LineEnd.OPTED_OUT, at, by)


@transaction.atomic
def answer_debrief(*, report_id: UUID, wanted: bool, by: Actor, at: datetime) -> Report:
    """Say whether one wishes to talk about a hard call. Raises: NotFound, NotYours, NotAllowed."""
    by.must(Permission.CALL_MAKE)
    report = Report.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if report is None:
        raise NotFound
    if report.by_id != by.user_id:
        raise NotYours
    report.debrief = Debrief.WANTED if wanted else Debrief.DECLINED
    report.save(update_fields=["debrief"])
    journal.record("outreach.report.debrief", by=by, at=at, subject=report, answer=report.debrief)
    return report


@transaction.atomic
def debrief_held(*, report_id: UUID, by: Actor, at: datetime) -> Report:
    """Say that the caller and their leader have talked; said twice, it is once. Raises: NotFound, NotAllowed."""
    by.must(Permission.TEAM_LEAD)
    report = Report.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if report is None:
        raise NotFound
    if report.debrief != Debrief.WANTED:
        return report
    report.debrief = Debrief.HELD
    report.save(update_fields=["debrief"])
    journal.record("outreach.report.debrief", by=by, at=at, subject=report, answer=report.debrief)
    return report


@transaction.atomic
def reassign(*, call_ids: Iterable[UUID], agent_id: UUID | None, by: Actor, at: datetime) -> int:
    """Give waiting calls to another caller, or to nobody; those in hand stay there. Returns: how many moved.

    Raises: NotAllowed.
    """
    by.must(Permission.TEAM_LEAD)
    moved = Call.objects.filter(pk__in=list(call_ids), state=CallState.WAITING).update(caller=agent_id)
    journal.record("outreach.call.reassign", by=by, at=at, calls=moved, to=str(agent_id or ""))
    return moved


@transaction.atomic
def give_calls_back(*, callers: Mapping[UUID, UUID | None], by: Actor, at: datetime) -> int:
    """Give each call back to the caller it had; those taken or ended meanwhile stay. Returns: how many moved.

    Raises: NotAllowed.
    """
    by.must(Permission.TEAM_LEAD)
    former: dict[UUID | None, list[UUID]] = {}
    for call_id, agent_id in callers.items():
        former.setdefault(agent_id, []).append(call_id)
    moved = 0
    for agent_id, calls in former.items():
        moved += Call.objects.filter(pk__in=calls, state=CallState.WAITING).update(caller=agent_id)
    journal.record("outreach.call.reassign", by=by, at=at, calls=moved, to="")
    return moved
