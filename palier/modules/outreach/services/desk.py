"""The next-call desk: one household in one hand. Taking, keeping, giving back. What was heard: reporting.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.parameters import value_of
from palier.modules.outreach.enums import CallAction, CallState, LineState, SkipReason
from palier.modules.outreach.models import Call, CampaignCaller, Draft, Line
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.desk import LEASE, QUIET_HOURS, SKIP_AGAIN
from palier.modules.outreach.rules.slots import later_slots, slot_at
from palier.modules.outreach.workflow import CALL
from palier.modules.staff import public as staff

TRIES = 5
"""How often a household whose number has just gone to somebody else is replaced by the next one."""
LEAVING_SECONDS = 60
"""What is left of a lease when its page closes: enough to come back from a reload, no more."""


class InOtherHands(DomainError):
    code = "outreach.in-other-hands"
    message = _("{who} is calling this household now. Nothing was taken from them.")


class LeaseLost(DomainError):
    code = "outreach.lease-lost"
    message = _(
        "You no longer have this household: {who} took it. Save what you heard: it is kept as a report."
    )


class NotInHand(DomainError):
    code = "outreach.not-in-hand"
    message = _("You are not calling this household any more. Take the next one.")


class NotCalledAnyMore(DomainError):
    code = "outreach.not-called-any-more"
    message = _(
        "This household may not be called any more: a death, a departure, an objection or a number ended."
    )


class AlreadyOver(DomainError):
    code = "outreach.call-over"
    message = _("This call is over: {state}.")


@dataclass(frozen=True)
class Seat:
    """Who sits at the desk: the account, and the member of staff whom it stands for, if any."""

    user_id: UUID
    name: str
    agent_id: UUID | None


def seat_of(by: Actor, *, at: datetime) -> Seat:
    """Return the caller's seat. An account that is no member of staff calls what nobody was given. One query.

    Raises: NotAllowed.
    """
    by.must(Permission.CALL_MAKE)
    agent = staff.agent_of_user(email=by.email, on=localdate(at))
    user_id = by.user_id or (agent.id if agent else None)
    if user_id is None:
        raise NotInHand
    return Seat(user_id, by.name, agent.id if agent else None)


# Somebody on the line may be called: not sealed, not dead, still living there, without objection; and the number is
# theirs or their household's, neither ended nor unsafe. Asked again here because news of a death travels by jobs.
MAY_BE_CALLED = """
    EXISTS (
        SELECT FROM outreach_line_member member JOIN people_person person ON person.id = member.person_id
        WHERE member.line_id = line.id AND person.sealed_at IS NULL
          AND coalesce(person.deceased_on, 'infinity'::date) > %(today)s
          AND NOT EXISTS (
              SELECT FROM people_consent objection
              WHERE objection.person_id = person.id AND objection.kind = 'opt_out'
                AND objection.topic = 'courtesy_calls' AND objection.channel IN ('any', 'phone')
                AND objection.given_at <= %(now)s AND coalesce(objection.withdrawn_at, 'infinity') > %(now)s)
          AND (NOT EXISTS (SELECT FROM people_lease_party party
                           WHERE party.person_id = person.id AND party.role <> 'guarantor')
               OR EXISTS (
                   SELECT FROM people_lease_party party JOIN people_lease lease ON lease.id = party.lease_id
                   WHERE party.person_id = person.id AND party.role <> 'guarantor'
                     AND coalesce(least(lease.left_on, party.until), 'infinity'::date) > %(today)s)))
    AND EXISTS (
        SELECT FROM people_contact_point point JOIN people_person owner ON owner.id = point.person_id
        WHERE point.channel = 'phone' AND point.value = call.phone AND NOT point.is_unsafe
          AND coalesce(point.ended_on, 'infinity'::date) > %(today)s AND owner.sealed_at IS NULL)
    AND NOT EXISTS (
        SELECT FROM people_contact_point unsafe JOIN people_person owner ON owner.id = unsafe.person_id
        WHERE unsafe.channel = 'phone' AND unsafe.value = call.phone AND unsafe.is_unsafe
          AND (owner.household_id = line.household_id
               OR owner.id IN (SELECT person_id FROM outreach_line_member one WHERE one.line_id = line.id)))"""

# Mine, or nobody's, or of somebody who is away or calls no more.
MAY_BE_MINE = """
    (call.caller_id IS NOT DISTINCT FROM %(agent)s OR call.caller_id IS NULL
     OR EXISTS (SELECT FROM staff_presence presence WHERE presence.agent_id = call.caller_id
                AND presence.day = %(today)s AND presence.state IN ('absent', 'planned_leave'))
     OR NOT EXISTS (SELECT FROM outreach_campaign_caller active
                    WHERE active.campaign_id = call.campaign_id AND active.agent_id = call.caller_id
                      AND active.is_active))"""

NUMBER_IS_FREE = """
    NOT EXISTS (
        SELECT FROM outreach_call other
        WHERE other.phone = call.phone AND other.id <> call.id
          AND (other.state = 'in_call'
               OR (other.campaign_id <> call.campaign_id AND other.last_attempt_at > %(quiet_since)s)))"""

_TAKE = f"""
WITH picked AS (
    SELECT call.id FROM outreach_call call
    JOIN outreach_line line ON line.id = call.line_id AND line.state = 'active'
    JOIN outreach_campaign campaign ON campaign.id = call.campaign_id AND campaign.state = 'open'
    WHERE call.state = 'waiting' AND call.phone <> '' AND call.due_on <= %(today)s
      AND coalesce(call.not_before, '-infinity') <= %(now)s
      AND (%(early)s OR call.not_before IS NOT NULL OR NOT call.slot = ANY (%(later)s))
      AND {MAY_BE_MINE} AND {NUMBER_IS_FREE} AND {MAY_BE_CALLED}
    ORDER BY
        (call.caller_id IS NOT DISTINCT FROM %(agent)s AND call.caller_id IS NOT NULL) DESC,
        (call.last_result = 'callback_asked') DESC,
        EXISTS (SELECT FROM outreach_alert alert JOIN outreach_report report ON report.id = alert.report_id
                JOIN outreach_call past ON past.id = report.call_id
                WHERE past.line_id = call.line_id AND alert.state <> 'closed') DESC,
        (call.language = 'fr' OR call.language = ANY (%(languages)s)) DESC,
        (call.slot = %(slot)s) DESC, call.due_on, call.score DESC, call.id
    LIMIT 1 FOR UPDATE OF call SKIP LOCKED
)
UPDATE outreach_call call
SET state = 'in_call', leased_by_id = %(user)s, leased_by_name = %(name)s, leased_until = %(until)s
FROM picked WHERE call.id = picked.id RETURNING call.id
"""

# A household that left the list while somebody had it in hand is given to nobody again.
_SWEEP = """
UPDATE outreach_call call SET
    state = CASE line.state WHEN 'active' THEN 'waiting' ELSE 'cancelled' END,
    ended_at = CASE line.state WHEN 'active' THEN NULL ELSE %(at)s END,
    ended_because = CASE line.state WHEN 'active' THEN '' ELSE line.ended_because END,
    leased_by_id = NULL, leased_by_name = '', leased_until = NULL
FROM outreach_line line
WHERE line.id = call.line_id AND call.id IN (
    SELECT id FROM outreach_call WHERE state = 'in_call' AND leased_until < %(at)s FOR UPDATE SKIP LOCKED)
RETURNING call.id
"""


@transaction.atomic
def take_next(*, by: Actor, at: datetime, early: bool = False) -> UUID | None:
    """Give this caller the household to call now; the one already in hand, if there is one.

    `early`: also those who prefer a later part of the day. Returns: the call, None when nobody is left to call.
    Raises: NotAllowed.
    """
    seat = seat_of(by, at=at)
    _one_at_a_time(seat)
    held = call_in_hand(seat)
    if held is not None:
        return held
    release_expired(at=at)
    for _turn in range(TRIES):
        try:
            with transaction.atomic():
                taken = _take(seat, at=at, early=early)
        except IntegrityError:
            # The same number in another campaign went to somebody else in the same instant.
            continue
        if taken is not None:
            _journal(taken, CallAction.TAKE, by=by, at=at)
        return taken
    return None


def call_in_hand(seat: Seat) -> UUID | None:
    """Return the call that this caller holds, the one taken first when a caller was interrupted by another."""
    rows = Call.objects.filter(state=CallState.IN_CALL, leased_by_id=seat.user_id)
    return rows.order_by("leased_until", "pk").values_list("pk", flat=True).first()


def _one_at_a_time(seat: Seat) -> None:
    """Two tabs of one caller wait for each other, and get the same household."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"outreach.desk:{seat.user_id}"])


def _take(seat: Seat, *, at: datetime, early: bool) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {**wanted(seat, at=at), "early": early, "until": lease_until(at)})
        row = cursor.fetchone()
    return row[0] if row else None


def wanted(seat: Seat, *, at: datetime) -> dict[str, Any]:
    """Return what the statements of the desk need to know: who, when, which languages. One query."""
    today, slot = localdate(at), slot_at(localtime(at).hour)
    spoken = (
        CampaignCaller.objects.filter(agent=seat.agent_id, is_active=True).values_list("languages", flat=True)
        if seat.agent_id
        else []
    )
    return {
        "agent": seat.agent_id,
        "user": seat.user_id,
        "name": seat.name,
        "today": today,
        "now": at,
        "slot": slot,
        "later": list(later_slots(slot)),
        "languages": sorted({language for languages in spoken for language in languages}),
        "quiet_since": at - timedelta(hours=int(value_of(QUIET_HOURS.key, on=today))),
    }


def lease_until(at: datetime) -> datetime:
    """Return until when a household is kept for a caller who gives no sign from now on."""
    return at + timedelta(minutes=int(value_of(LEASE.key, on=localdate(at))))


def release_expired(*, at: datetime) -> int:
    """Give back the households whose callers gave no sign; what they had typed stays. Returns: how many."""
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, {"at": at})
        return len(cursor.fetchall())


@transaction.atomic
def take_call(*, call_id: UUID, by: Actor, at: datetime) -> Call:
    """Take one household by name: they have just called, or somebody asks for it.

    Raises: NotFound, InOtherHands, AlreadyOver, NotCalledAnyMore, NotAllowed.
    """
    seat = seat_of(by, at=at)
    release_expired(at=at)
    call = lock(call_id)
    if call.state == CallState.IN_CALL and call.leased_by_id == seat.user_id:
        return call
    if call.state == CallState.IN_CALL:
        raise InOtherHands(who=call.leased_by_name)
    if call.state != CallState.WAITING:
        raise AlreadyOver(state=call.get_state_display())
    if not _may_be_called(call, at=at):
        raise NotCalledAnyMore
    take_into(call, seat, by=by, at=at)
    return call


def _may_be_called(call: Call, *, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {MAY_BE_CALLED} FROM outreach_call call JOIN outreach_line line ON line.id = call.line_id
            WHERE call.id = %(call)s""",
            {"call": call.pk, "today": localdate(at), "now": at},
        )
        return bool(cursor.fetchone()[0])


def take_into(call: Call, seat: Seat, *, by: Actor, at: datetime) -> None:
    """Put a locked, waiting call into a caller's hand. Raises: InOtherHands, TransitionRefused."""
    CALL.move(call, CallAction.TAKE, by=by, at=at)
    call.leased_by_id, call.leased_by_name, call.leased_until = seat.user_id, seat.name, lease_until(at)
    try:
        with transaction.atomic():
            call.save(update_fields=["state", *LEASE_FIELDS])
    except IntegrityError:
        other = Call.objects.filter(phone=call.phone, state=CallState.IN_CALL).exclude(pk=call.pk).first()
        raise InOtherHands(who=other.leased_by_name if other else "") from None


LEASE_FIELDS = ("leased_by_id", "leased_by_name", "leased_until")


def lock(call_id: UUID) -> Call:
    """Lock a call with its line and campaign at hand: the line first, as everything that stops calls does.

    Raises: NotFound.
    """
    line_id = Call.objects.filter(pk=call_id).values_list("line_id", flat=True).first()
    if line_id is None:
        raise NotFound
    Line.objects.select_for_update(of=("self",)).get(pk=line_id)
    call = Call.objects.select_for_update(of=("self",)).select_related("line", "campaign").filter(pk=call_id)
    return call.get()


@transaction.atomic
def keep(*, call_id: UUID, typed: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Say that the caller is still there, and keep what is typed. A lease that ran out is taken again if it can be.

    Raises: LeaseLost, NotFound, NotAllowed.
    """
    seat = seat_of(by, at=at)
    call = Call.objects.select_for_update(of=("self",)).filter(pk=call_id).first()
    if call is None:
        raise NotFound
    if call.state == CallState.WAITING:
        try:
            take_into(call, seat, by=by, at=at)
        except InOtherHands as other:
            raise LeaseLost(who=other.fields["who"]) from other
    if call.state != CallState.IN_CALL or call.leased_by_id != seat.user_id:
        raise LeaseLost(who=call.leased_by_name or str(_("somebody else")))
    _renew(call, at)
    if typed:
        Draft.objects.update_or_create(
            call=call, defaults={"by_id": seat.user_id, "content": dict(typed), "saved_at": at}
        )


def _renew(call: Call, at: datetime) -> None:
    """Write the lease only when it has lost two minutes: a caller's every sign is not a line of audit."""
    until = lease_until(at)
    if call.leased_until is None or until - call.leased_until > timedelta(minutes=2):
        call.leased_until = until
        call.save(update_fields=["leased_until"])


def leave(*, call_id: UUID, by: Actor, at: datetime) -> None:
    """The page closes: the household goes back in a minute, unless the same caller returns. Raises: NotFound."""
    seat = seat_of(by, at=at)
    if not Call.objects.filter(pk=call_id).exists():
        raise NotFound
    soon = at + timedelta(seconds=LEAVING_SECONDS)
    Call.objects.filter(
        pk=call_id, state=CallState.IN_CALL, leased_by_id=seat.user_id, leased_until__gt=soon
    ).update(leased_until=soon)


@transaction.atomic
def give_back(*, call_id: UUID, by: Actor, at: datetime) -> None:
    """Put a household back as it was: it stays the caller's, nothing is noted.

    Raises: NotFound, NotInHand, NotAllowed.
    """
    call = _mine(call_id, by=by, at=at)
    _put_back(call, by=by, at=at)


@transaction.atomic
def take_back(*, call_id: UUID, by: Actor, at: datetime) -> str:
    """Take a household back from a caller who does not answer: the team leader's act. Returns: from whom.

    Raises: NotFound, NotInHand, NotAllowed.
    """
    by.must(Permission.TEAM_LEAD)
    call = lock(call_id)
    if call.state != CallState.IN_CALL:
        raise NotInHand
    who = call.leased_by_name
    _put_back(call, by=by, at=at, keep_draft=True, taken_from=who)
    return who


@transaction.atomic
def skip(*, call_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Leave a household to later, or to a colleague when it is better that somebody else calls.

    Raises: NotFound, NotInHand, NotAllowed.
    """
    why = SkipReason(reason)
    call = _mine(call_id, by=by, at=at)
    later = at + timedelta(minutes=int(value_of(SKIP_AGAIN.key, on=localdate(at))))
    call.not_before = later
    if why != SkipReason.LATER:
        seat = seat_of(by, at=at)
        other = _colleague(call, seat, by_language=why == SkipReason.LANGUAGE, on=localdate(at))
        call.caller_id = other
        call.not_before = None if other else later
    call.save(update_fields=["not_before", "caller"])
    _put_back(call, by=by, at=at, why=why.value)


def _colleague(call: Call, seat: Seat, *, by_language: bool, on: date) -> UUID | None:
    """Return another caller of the campaign with the fewest calls of the day, who speaks the language if need be.

    Never whoever skips, though the household was somebody else's or nobody's, nor somebody who is away today.
    """
    rows = CampaignCaller.objects.filter(campaign_id=call.campaign_id, is_active=True).exclude(
        agent__in=[one for one in (call.caller_id, seat.agent_id) if one]
    )
    found = list(rows.values_list("agent_id", "languages"))
    states = staff.states_on([agent for agent, _languages in found], on=on)
    others = [row for row in found if not staff.is_away(states[row[0]])]
    speaking = [agent for agent, languages in others if call.language in languages]
    able = speaking if by_language else [agent for agent, _languages in others]
    if not able:
        return None
    waiting = Call.objects.filter(caller__in=able, state=CallState.WAITING, due_on__lte=call.due_on)
    loads: dict[UUID, int] = dict.fromkeys(able, 0)
    for caller in waiting.values_list("caller_id", flat=True):
        loads[caller] += 1
    return min(loads, key=lambda one: (loads[one], str(one)))


def _mine(call_id: UUID, *, by: Actor, at: datetime) -> Call:
    seat = seat_of(by, at=at)
    call = lock(call_id)
    if call.state != CallState.IN_CALL or call.leased_by_id != seat.user_id:
        raise NotInHand
    return call


def _put_back(call: Call, *, by: Actor, at: datetime, keep_draft: bool = False, **data: Any) -> None:
    over = call.line.state == LineState.ENDED
    CALL.move(call, CallAction.CANCEL if over else CallAction.GIVE_BACK, by=by, at=at, **data)
    if over:
        # The line ended while the call was in hand: nobody is to be given it again.
        call.ended_at, call.ended_because = at, call.line.ended_because
    call.leased_by_id, call.leased_by_name, call.leased_until = None, "", None
    call.save(update_fields=["state", "ended_at", "ended_because", *LEASE_FIELDS])
    if not keep_draft:
        Draft.objects.filter(call=call).delete()


def _journal(call_id: UUID, action: CallAction, *, by: Actor, at: datetime) -> None:
    call = Call(pk=call_id)
    journal.record(f"{CALL.name}.{action.value}", by=by, at=at, subject=call)


def drop_old_drafts(*, at: datetime) -> int:
    """Forget what was typed and never saved, after two days (RGPD art. 5). Returns: how many."""
    gone, _by_model = Draft.objects.filter(saved_at__lt=at - timedelta(days=2)).delete()
    return gone
