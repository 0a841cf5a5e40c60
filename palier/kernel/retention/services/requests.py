"""Requests of persons about their data: received, identity checked, answered in time."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.keys import ERASED
from palier.kernel.organisations.current import current_organisation
from palier.kernel.retention.enums import (
    IdentityProof,
    RequestAction,
    RequestChannel,
    RequestKind,
    RequestState,
)
from palier.kernel.retention.models import DataRequest
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.persons import kind_named
from palier.kernel.retention.rules import answer_due_on
from palier.kernel.retention.tracing import without_audit
from palier.kernel.retention.workflow import REQUEST
from palier.kernel.ui.typography import day

OPEN = (RequestState.RECEIVED, RequestState.IDENTIFIED)


class ReceivedInFuture(DomainError):
    code = "retention.received-in-future"
    message = _("A request cannot be received after today. Correct the day.")


class ReasonMissing(DomainError):
    code = "retention.reason-missing"
    message = _("Write it: the person must be told, and it is the proof of the answer.")


class ExtendedAlready(DomainError):
    code = "retention.extended-already"
    message = _("The delay was extended already, once: the law allows no more.")


class TooLateToExtend(DomainError):
    code = "retention.too-late-to-extend"
    message = _("The person had to be told of the longer delay by {due_on}. Answer now.")


class SubjectUnknown(DomainError):
    code = "retention.subject-unknown"
    message = _("Choose the person in the list: nobody is found under this choice.")


@transaction.atomic
def record_request(
    *,
    kind: str,
    requester: str,
    channel: str,
    received_on: date,
    by: Actor,
    at: datetime,
    answer_to: str = "",
    asked: str = "",
    subject_kind: str = "",
    subject_id: UUID | None = None,
) -> DataRequest:
    """Write a request in the register, with the day by which it must be answered.

    Raises: NotAllowed, ReceivedInFuture, ReasonMissing, SubjectUnknown, SubjectSealed.
    Legal: règlement (UE) 2016/679, art. 12, par. 3.
    """
    by.must(Permission.REQUEST_HANDLE)
    if received_on > localdate(at):
        raise ReceivedInFuture
    if not requester.strip():
        raise ReasonMissing
    if subject_id is not None:
        _check_subject(subject_kind, subject_id)
    request = DataRequest.objects.create(
        number=_next_number(received_on.year),
        kind=RequestKind(kind),
        requester=requester.strip(),
        answer_to=answer_to.strip(),
        channel=RequestChannel(channel),
        received_on=received_on,
        asked=asked.strip(),
        subject_kind=subject_kind if subject_id else "",
        subject_id=subject_id,
        due_on=answer_due_on(received_on, department=_department()),
        recorded_by=by.name,
        recorded_at=at,
    )
    journal.record("retention.request.record", by=by, at=at, subject=request, right=str(kind))
    return request


@transaction.atomic
def choose_subject(
    *, request_id: UUID, subject_kind: str, subject_id: UUID, by: Actor, at: datetime
) -> DataRequest:
    """Say of whom an open request speaks.

    Raises: NotAllowed, NotFound, SubjectUnknown, SubjectSealed, TransitionRefused.
    """
    request = _lock(request_id, by)
    _check_subject(subject_kind, subject_id)
    request.subject_kind, request.subject_id = subject_kind, subject_id
    request.save(update_fields=["subject_kind", "subject_id"])
    journal.record("retention.request.choose", by=by, at=at, subject=request)
    return request


@transaction.atomic
def identify(*, request_id: UUID, proof: str, by: Actor, at: datetime) -> DataRequest:
    """Note how the identity of the requester was checked. What was seen is not kept.

    Raises: NotAllowed, NotFound, TransitionRefused.
    Legal: règlement (UE) 2016/679, art. 12, par. 6 (proportionate check).
    """
    request = _lock(request_id, by)
    REQUEST.move(request, RequestAction.IDENTIFY, by=by, at=at, proof=str(proof))
    request.identity_proof, request.identified_at, request.identified_by = IdentityProof(proof), at, by.name
    request.save(update_fields=["state", "identity_proof", "identified_at", "identified_by"])
    return request


@transaction.atomic
def extend(*, request_id: UUID, reason: str, by: Actor, at: datetime) -> DataRequest:
    """Give oneself two months more for a complex request, once, and say why to the person.

    Raises: NotAllowed, NotFound, ReasonMissing, ExtendedAlready, TooLateToExtend.
    Legal: règlement (UE) 2016/679, art. 12, par. 3: the person is told within the first month.
    """
    request = _lock(request_id, by)
    if request.extended_at is not None:
        raise ExtendedAlready
    if not reason.strip():
        raise ReasonMissing
    if localdate(at) > request.due_on:
        raise TooLateToExtend(due_on=day(request.due_on, weekday=False))
    request.extended_at, request.extension_reason = at, reason.strip()
    request.due_on = answer_due_on(request.received_on, extended=True, department=_department())
    request.save(update_fields=["extended_at", "extension_reason", "due_on"])
    journal.record("retention.request.extend", by=by, at=at, subject=request, due_on=request.due_on)
    return request


@transaction.atomic
def close(*, request_id: UUID, action: str, answer: str, by: Actor, at: datetime) -> DataRequest:
    """Answer a request, refuse it with its reason, or note that the person withdrew it.

    Raises: NotAllowed, NotFound, ReasonMissing, TransitionRefused.
    """
    request = _lock(request_id, by, only_open=False)
    wanted = RequestAction(action)
    REQUEST.move(request, wanted, by=by, at=at)
    if not answer.strip() and wanted != RequestAction.WITHDRAW:
        raise ReasonMissing
    request.answer, request.closed_at, request.closed_by = answer.strip(), at, by.name
    request.save(update_fields=["state", "answer", "closed_at", "closed_by"])
    if request.erased_at is not None:
        forget_requester(request)
    return request


def forget_requester(request: DataRequest) -> None:
    """Once the answer to an erasure has left, the register says what was asked and done, no longer by whom."""
    with without_audit():
        DataRequest.objects.filter(pk=request.pk).update(
            requester=ERASED, answer_to="", asked="", answer=ERASED, extension_reason="", subject_id=None,
            extended_at=None,
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.scrub_audit(%s, %s)", [[str(request.pk)], "$^"])


def _lock(request_id: UUID, by: Actor, *, only_open: bool = True) -> DataRequest:
    by.must(Permission.REQUEST_HANDLE)
    request = DataRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if request is None:
        raise NotFound
    if only_open and request.state not in OPEN:
        raise RequestClosed(state=request.get_state_display())
    return request


class RequestClosed(DomainError):
    code = "retention.request-closed"
    message = _("This request is closed ({state}). Record a new one.")


def _check_subject(kind: str, subject_id: Any) -> None:
    declared = kind_named(kind)
    if declared is None:
        raise SubjectUnknown
    try:
        declared.handler.subject(subject_id)
    except NotFound as missing:
        raise SubjectUnknown from missing


def _department() -> str:
    """The department whose holidays count: the organisation's first."""
    departments = current_organisation().departments
    return departments[0] if departments else ""


def _next_number(year: int) -> str:
    """2026-0001: gapless within a year, under the organisation's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' data requests', 0))"
        )
    last = DataRequest.objects.filter(number__startswith=f"{year}-").order_by("-number").first()
    return f"{year}-{int(last.number[5:]) + 1 if last else 1:04d}"
