"""The call-out of the crisis cell: whom it calls, the link whose page has one button, who has answered."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.jobs import defer
from palier.kernel.organisations.current import current_organisation
from palier.kernel.parameters import value_of
from palier.modules.continuity.enums import AnswerVia, CellKind, LogCategory, Severity
from palier.modules.continuity.models import CallOut, CallOutAnswer, CellMember
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.parameters import CALL_OUT_DEPUTY_AFTER, CALL_OUT_LINK_VALID
from palier.modules.continuity.services.cell import ensure_central_cell
from palier.modules.continuity.services.telling import (
    exercise_marked,
    in_house_language,
    said_moment,
    say_in_log,
)

LINK_SALT = "continuity.call-out"
CALL_DEPUTIES = "continuity.call-deputies"


class NobodyToCall(DomainError):
    code = "continuity.cell-empty"
    message = _("The crisis cell has no member yet. Appoint its members before calling it out.")


class LinkRefused(DomainError):
    code = "continuity.call-out-link-refused"
    status = 410
    message = _("This link is not valid any more. Telephone the crisis cell to say that you are coming.")


@transaction.atomic
def call_out(
    *,
    reason: str,
    by: Actor,
    at: datetime,
    activation_id: UUID | None = None,
    step_id: UUID | None = None,
    exercise: bool = False,
) -> CallOut:
    """Call the crisis cell: an e-mail with a link to each one on duty; the page shows whom to telephone.

    One call for one decision: asking again for the same step gives back the call already made.
    Raises: NotAllowed, NobodyToCall.
    """
    by.must(Permission.CELL_MANAGE)
    made = CallOut.objects.filter(step_id=step_id).first() if step_id else None
    if made:
        return made
    members = list(
        CellMember.objects.filter(cell__kind=CellKind.CENTRAL, until__isnull=True).exclude(role="")
    )
    if not any(member.on_duty for member in members):
        raise NobodyToCall
    today = timezone.localdate(at)
    valid = timedelta(hours=int(value_of(CALL_OUT_LINK_VALID.key, on=today)))
    number = (CallOut.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    call = CallOut.objects.create(
        number=number,
        cell=ensure_central_cell(),
        activation_id=activation_id,
        step_id=step_id,
        reason=reason,
        called_at=at,
        called_by_name=by.name,
        expires_at=at + valid,
        exercise=exercise,
    )
    answers = CallOutAnswer.objects.bulk_create([_answer(call, member) for member in members])
    for answer in answers:
        if not answer.is_deputy:
            _send_call(call, answer, by=by, at=at)
    wait = timedelta(minutes=int(value_of(CALL_OUT_DEPUTY_AFTER.key, on=today)))
    defer(CALL_DEPUTIES, not_before=at + wait, call_out_id=call.pk)
    journal.record("continuity.cell.call-out", by=by, at=at, subject=call, number=number)
    _log_call(call, len([a for a in answers if not a.is_deputy]), by=by, at=at)
    return call


@transaction.atomic
def call_deputies(*, call_out_id: UUID, by: Actor, at: datetime) -> int:
    """Call the deputies of the roles from which nobody has answered. Returns: how many were called."""
    call = CallOut.objects.get(pk=call_out_id)
    answers = list(CallOutAnswer.objects.filter(call_out=call))
    answered = {answer.role for answer in answers if answer.answered_at}
    late = [answer for answer in answers if answer.is_deputy and answer.role not in answered]
    for answer in late:
        _send_call(call, answer, by=by, at=at)
    return len(late)


@transaction.atomic
def record_answer(*, answer_id: UUID, via: str, by: Actor, at: datetime) -> CallOutAnswer:
    """Write that somebody answered, told by telephone or here.

    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.CELL_MANAGE)
    answer = CallOutAnswer.objects.select_for_update(of=("self",)).filter(pk=answer_id).first()
    if answer is None:
        raise NotFound
    return _acknowledge(answer, via=via, by=by, at=at)


@transaction.atomic
def acknowledge_link(*, token: str, at: datetime) -> CallOutAnswer:
    """Write the answer of whoever pressed the button of the link; pressing twice changes nothing.

    Raises: LinkRefused.
    """
    answer = answer_of_link(token, at=at)
    locked = CallOutAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    who = Actor(user_id=None, name=answer.name, email=answer.email, organisation="", via="link")
    return _acknowledge(locked, via=AnswerVia.LINK, by=who, at=at)


def answer_of_link(token: str, *, at: datetime) -> CallOutAnswer:
    """Find whose link this is, in the organisation that is open; reading it answers nothing.

    Raises: LinkRefused.
    """
    sealed = read_link(token)
    answer = (
        CallOutAnswer.objects.select_related("call_out")
        .filter(pk=sealed["answer"], nonce=sealed["nonce"])
        .first()
    )
    if answer is None or at >= answer.call_out.expires_at:
        raise LinkRefused
    return answer


def read_link(token: str) -> dict[str, str]:
    """Open the signature of a link.

    Raises: LinkRefused.
    """
    try:
        return signing.loads(token, salt=LINK_SALT)
    except signing.BadSignature as wrong:
        raise LinkRefused from wrong


def link_of(answer: CallOutAnswer) -> str:
    """The address whose page has one button. The signature names organisation, answer and this call alone."""
    sealed = {"organisation": current_organisation().slug, "answer": str(answer.pk), "nonce": answer.nonce}
    return f"{settings.BASE_URL}/call-out/{signing.dumps(sealed, salt=LINK_SALT, compress=True)}/"


def _answer(call: CallOut, member: CellMember) -> CallOutAnswer:
    return CallOutAnswer(
        call_out=call,
        member=member,
        role=member.role,
        name=member.name,
        email=member.email,
        phone=member.phone,
        is_deputy=not member.on_duty,
        nonce=secrets.token_urlsafe(12),
    )


def _acknowledge(answer: CallOutAnswer, *, via: str, by: Actor, at: datetime) -> CallOutAnswer:
    if answer.answered_at:
        return answer
    answer.answered_at, answer.answered_via, answer.recorded_by_name = at, via, by.name
    answer.save(update_fields=["answered_at", "answered_via", "recorded_by_name"])
    journal.record("continuity.cell.answer", by=by, at=at, subject=answer, via=str(via))
    with in_house_language():
        text = gettext("{name} ({role}) answered call-out {number}: {via}.").format(
            name=answer.name,
            role=answer.get_role_display(),
            number=answer.call_out.number,
            via=answer.get_answered_via_display(),
        )
    say_in_log(
        f"call-out-answer:{answer.pk}",
        text,
        by=by,
        at=at,
        about=answer,
        activation_id=answer.call_out.activation_id,
        exercise=answer.call_out.exercise,
    )
    return answer


def _send_call(call: CallOut, answer: CallOutAnswer, *, by: Actor, at: datetime) -> None:
    if not answer.email:
        return
    with in_house_language():
        subject = gettext("Crisis cell: you are called out (call-out {number})").format(number=call.number)
        subject = exercise_marked(subject, call.exercise)
        body = gettext(
            "Hello {name},\n\n"
            "The crisis cell of {organisation} is called out.\n\n"
            "Reason: {reason}\n"
            "Called on: {when}\n"
            "Your role: {role}\n\n"
            "Open this page and press its button to say that you have seen this call:\n{link}\n\n"
            "No account is needed. The link is yours alone and is valid until {until}.\n"
        ).format(
            name=answer.name,
            organisation=current_organisation().name,
            reason=call.reason,
            when=said_moment(call.called_at),
            role=answer.get_role_display(),
            link=link_of(answer),
            until=said_moment(call.expires_at),
        )
        if call.exercise:
            body = gettext("THIS IS AN EXERCISE. No tenant is concerned.\n\n{body}").format(body=body)
    send_mail(
        key=f"call-out:{answer.pk}",
        to=answer.email,
        to_name=answer.name,
        subject=subject,
        body=body,
        by=by,
        at=at,
        about=call,
    )


def _log_call(call: CallOut, called: int, *, by: Actor, at: datetime) -> None:
    with in_house_language():
        text = gettext("Call-out {number} of the crisis cell, {called} people called: {reason}").format(
            number=call.number, called=called, reason=call.reason
        )
    say_in_log(
        f"call-out:{call.pk}",
        text,
        by=by,
        at=at,
        category=LogCategory.INSTRUCTION,
        severity=Severity.NOTABLE,
        about=call,
        activation_id=call.activation_id,
        exercise=call.exercise,
    )
