"""Somebody calls us: the conversation goes on the household's line, as any other."""

import dataclasses
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.outreach.enums import CallState, LineEnd, LineState
from palier.modules.outreach.models import Call, Line
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.services.campaigns import add_household
from palier.modules.outreach.services.desk import InOtherHands, seat_of, take_into


class CallsNoMore(DomainError):
    code = "outreach.calls-no-more"
    message = _("This household left the list: {why}. Nothing can be written on it.")


@transaction.atomic
def begin(*, line_id: UUID, by: Actor, at: datetime) -> UUID:
    """Put the household that is calling into the caller's hand: its waiting call, or one more made for the occasion.

    What the caller was doing stays in hand behind it. Returns: the call.
    Raises: NotFound, InOtherHands, CallsNoMore, NotAllowed.
    """
    seat = seat_of(by, at=at)
    line = Line.objects.select_for_update(of=("self",)).filter(pk=line_id).first()
    if line is None or line.ended_because == LineEnd.PROTECTED:
        raise NotFound
    if not line.members.filter(person__sealed_at__isnull=True).exists():
        # She was sealed a moment ago, and the news has not travelled yet.
        raise NotFound
    call = line.calls.unfinished().select_for_update(of=("self",)).first()
    if call is not None and call.state == CallState.IN_CALL:
        if call.leased_by_id == seat.user_id:
            return call.pk
        raise InOtherHands(who=call.leased_by_name)
    if call is None:
        call = _one_more(line, at=at)
    take_into(call, seat, by=by, at=at)
    return call.pk


@transaction.atomic
def add_and_begin(*, campaign_id: UUID, person_id: UUID, why: str, by: Actor, at: datetime) -> UUID:
    """Put somebody who called on a campaign's list, and their household in the caller's hand.

    Whoever may answer the phone may do this, for the person on the line alone. Returns: the call.
    Raises: NotAllowed, and what `campaigns.add_household` and `begin` raise.
    """
    by.must(Permission.CALL_MAKE)
    adding = dataclasses.replace(by, permissions=by.permissions | {str(Permission.CAMPAIGN_MANAGE)})
    line = add_household(campaign_id=campaign_id, person_id=person_id, why=why, by=adding, at=at)
    return begin(line_id=line.pk, by=by, at=at)


def _one_more(line: Line, *, at: datetime) -> Call:
    """A round that nobody planned: the household called before its turn came."""
    if line.state == LineState.ENDED and line.ended_because in (LineEnd.DECEASED, LineEnd.GONE):
        raise CallsNoMore(why=line.get_ended_because_display())
    last = line.calls.order_by("-round").values_list("round", flat=True).first() or 0
    try:
        with transaction.atomic():
            return Call.objects.create(
                line=line,
                campaign_id=line.campaign_id,
                phone=line.phone,
                round=last + 1,
                due_on=localdate(at),
                language=line.language,
                score=line.score,
                caller_id=line.caller_id,
            )
    except IntegrityError:
        raise NotFound from None
