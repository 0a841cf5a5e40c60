"""Use cases that open, lead and close an accompaniment. Reads live in selectors."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.parameters.values import value_of
from palier.kernel.wording import guard
from palier.modules.people import public as people
from palier.modules.support.enums import (
    Access,
    AimState,
    AppointmentState,
    FileAction,
    FileState,
    Origin,
    Result,
    StepState,
)
from palier.modules.support.events import FileClosed, FileDeclined, FileOpened
from palier.modules.support.models import FileReader, SupportFile
from palier.modules.support.models.files import UNFINISHED
from palier.modules.support.permissions import Permission
from palier.modules.support.rules.follow_up import AGREEMENT_VERSION, latest_review
from palier.modules.support.rules.parameters import REVIEW_MONTHS
from palier.modules.support.selectors.access import NotAReader, may_read, readers_of
from palier.modules.support.workflow import FILE


class AlreadyAccompanied(DomainError):
    code = "support.already-accompanied"
    message = _("This person already has a file, {reference}, with {worker}. Write in it instead.")


class PersonUnknown(DomainError):
    code = "support.person-unknown"
    message = _("This person is not on file here, or may not be accompanied this way. Ask the referent.")


class ReviewTooFar(DomainError):
    code = "support.review-too-far"
    message = _("The next review must be held by {latest}.")


class ReviewInThePast(DomainError):
    code = "support.review-in-the-past"
    message = _("The next review must be after {today}.")


class AgreementInTheFuture(DomainError):
    code = "support.agreement-in-the-future"
    message = _("The person cannot have agreed after today. Correct the date.")


class StillToSettle(DomainError):
    code = "support.still-to-settle"
    message = _(
        "{steps} steps and {appointments} appointments are still planned. Confirm that they are given up."
    )


class ReasonMissing(DomainError):
    code = "support.reason-missing"
    message = _("Say why, in a few words.")


def propose(
    *,
    person_id: UUID,
    origin: str,
    situation: str,
    worker_id: UUID,
    worker_name: str,
    worker_phone: str = "",
    access: str = Access.TEAM,
    source_kind: str = "",
    source_id: str = "",
    referral_id: UUID | None = None,
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> SupportFile:
    """Open a file that waits for the person's agreement; the same source never opens two.

    Raises: PersonUnknown, AlreadyAccompanied, UnfitWording, NotAllowed.
    """
    by.must(Permission.FILE_WORK)
    wording = guard(situation, reason=wording_reason)
    with transaction.atomic():
        _one_at_a_time(person_id)
        known = _opened_from(source_kind, source_id)
        if known is not None:
            return known
        if person_id not in people.names([person_id]):
            raise PersonUnknown
        other = SupportFile.objects.in_clear().filter(person_id=person_id, state__in=UNFINISHED).first()
        if other is not None:
            raise AlreadyAccompanied(reference=other.reference, worker=other.worker_name)
        file = SupportFile.objects.create(
            reference=_next_reference(localdate(at).year),
            person_id=person_id,
            origin=Origin(origin),
            source_kind=source_kind,
            source_id=source_id,
            referral_id=referral_id,
            access=Access(access),
            worker_id=worker_id,
            worker_name=worker_name,
            worker_phone=worker_phone,
            situation=situation.strip(),
            proposed_at=at,
            proposed_by=by.name,
        )
        journal.record("support.file.propose", by=by, at=at, subject=file, origin=file.origin)
        wording.record(by=by, at=at, subject=file)
    return file


def _one_at_a_time(person_id: UUID) -> None:
    """Hold back, until this transaction ends, whoever opens a file for the same person, or numbers one."""
    with connection.cursor() as cursor:
        for key in ("support_file_reference", str(person_id)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || %s, 0))", [key])


def _opened_from(source_kind: str, source_id: str) -> SupportFile | None:
    if not source_kind:
        return None
    return SupportFile.objects.filter(source_kind=source_kind, source_id=source_id).first()


def _next_reference(year: int) -> str:
    """AS-2026-0001: the year's next number. Called under the lock."""
    prefix = f"AS-{year}-"
    last = (
        SupportFile.objects.filter(reference__startswith=prefix)
        .order_by("-reference")
        .values_list("reference", flat=True)
        .first()
    )
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def locked_file(file_id: UUID, *, by: Actor) -> SupportFile:
    """Return a file that this person may work on, locked until the transaction ends.

    Raises: NotFound, NotAReader, NotAllowed.
    """
    by.must(Permission.FILE_WORK)
    file = SupportFile.objects.in_clear().select_for_update(of=("self",)).filter(pk=file_id).first()
    if file is None:
        raise NotFound
    if not may_read(file, by):
        raise NotAReader(readers=readers_of(file))
    return file


@transaction.atomic
def agree(
    *,
    file_id: UUID,
    agreed_on: date,
    agreement_means: str,
    agreement_note: str = "",
    may_share: bool,
    review_on: date,
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> SupportFile:
    """Record that the person agreed: the accompaniment begins. Legal: RGPD art. 7.

    Raises: AgreementInTheFuture, ReviewTooFar, ReviewInThePast, UnfitWording, TransitionRefused, NotAReader, NotFound.
    """
    file = locked_file(file_id, by=by)
    if agreed_on > localdate(at):
        raise AgreementInTheFuture
    check_review(review_on, at=at)
    wording = guard(agreement_note, reason=wording_reason)
    FILE.move(file, FileAction.AGREE, by=by, at=at, means=agreement_means)
    file.agreed_on, file.agreement_means, file.agreement_note = agreed_on, agreement_means, agreement_note
    file.agreement_version, file.may_share, file.review_on = AGREEMENT_VERSION, may_share, review_on
    file.save()
    wording.record(by=by, at=at, subject=file)
    publish(FileOpened(file_id=str(file.pk), person_id=str(file.person_id), at=at))
    return file


def check_review(review_on: date, *, at: datetime) -> None:
    """Refuse a next review that is past or too far. Raises: ReviewTooFar, ReviewInThePast."""
    today = localdate(at)
    latest = latest_review(today, months=int(value_of(REVIEW_MONTHS.key, on=today)))
    if review_on > latest:
        raise ReviewTooFar(latest=latest)
    if review_on <= today:
        raise ReviewInThePast(today=today)


@transaction.atomic
def decline(*, file_id: UUID, reason: str, wording_reason: str = "", by: Actor, at: datetime) -> SupportFile:
    """Record that the person does not wish to be accompanied; nothing is followed.

    Raises: UnfitWording, TransitionRefused, NotAReader, NotFound, NotAllowed.
    """
    file = _turn(file_id, FileAction.DECLINE, reason, wording_reason, by=by, at=at)
    _tell_of_the_refusal(file, "declined", at=at)
    return file


@transaction.atomic
def suspend(
    *, file_id: UUID, until: date | None, reason: str, wording_reason: str = "", by: Actor, at: datetime
) -> SupportFile:
    """Stop for a while, with a day to take it up again.

    Raises: ReasonMissing, UnfitWording, TransitionRefused, NotAReader, NotFound, NotAllowed.
    """
    if not reason.strip():
        raise ReasonMissing
    return _turn(file_id, FileAction.SUSPEND, reason, wording_reason, by=by, at=at, suspended_until=until)


@transaction.atomic
def resume(*, file_id: UUID, by: Actor, at: datetime) -> SupportFile:
    """Take a suspended accompaniment up again. Raises: TransitionRefused, NotAReader, NotFound, NotAllowed."""
    return _turn(file_id, FileAction.RESUME, "", "", by=by, at=at, suspended_until=None)


def _turn(
    file_id: UUID,
    action: FileAction,
    reason: str,
    wording_reason: str,
    *,
    by: Actor,
    at: datetime,
    **fields: Any,
) -> SupportFile:
    file = locked_file(file_id, by=by)
    wording = guard(reason, reason=wording_reason)
    FILE.move(file, action, by=by, at=at)
    file.state_reason = reason.strip()
    for name, value in fields.items():
        setattr(file, name, value)
    file.save()
    wording.record(by=by, at=at, subject=file)
    return file


@transaction.atomic
def close(
    *,
    file_id: UUID,
    result: str,
    closing_note: str,
    gives_up_the_rest: bool = False,
    wording_reason: str = "",
    by: Actor,
    at: datetime,
) -> SupportFile:
    """End an accompaniment with its result; what is still planned is given up only once confirmed.

    Raises: StillToSettle, ReasonMissing, UnfitWording, TransitionRefused, NotAReader, NotFound.
    """
    file = locked_file(file_id, by=by)
    if not closing_note.strip():
        raise ReasonMissing
    wording = guard(closing_note, reason=wording_reason)
    FILE.move(file, FileAction.CLOSE, by=by, at=at, result=result)
    _give_up_the_rest(file, confirmed=gives_up_the_rest, at=at)
    file.result, file.closing_note, file.closed_on = Result(result), closing_note.strip(), localdate(at)
    file.suspended_until, file.state_reason = None, ""
    file.save()
    wording.record(by=by, at=at, subject=file)
    _tell_of_the_end(file, at=at)
    return file


def _tell_of_the_end(file: SupportFile, *, at: datetime) -> None:
    publish(FileClosed(file_id=str(file.pk), person_id=str(file.person_id), result=file.result, at=at))


def _tell_of_the_refusal(file: SupportFile, why: str, *, at: datetime) -> None:
    publish(FileDeclined(file_id=str(file.pk), person_id=str(file.person_id), why=why, at=at))


def _give_up_the_rest(file: SupportFile, *, confirmed: bool, at: datetime) -> None:
    steps = file.steps.filter(state=StepState.TO_DO)
    appointments = file.appointments.filter(state=AppointmentState.PLANNED)
    left = steps.count(), appointments.count()
    if any(left) and not confirmed:
        raise StillToSettle(steps=left[0], appointments=left[1])
    steps.update(state=StepState.DROPPED, ended_on=localdate(at))
    appointments.update(state=AppointmentState.CANCELLED)
    file.aims.filter(state=AimState.OPEN).update(state=AimState.DROPPED, ended_on=localdate(at))


@transaction.atomic
def reopen(*, file_id: UUID, review_on: date, by: Actor, at: datetime) -> SupportFile:
    """Take up again a file closed too early. Another file opened since stands in the way.

    Raises: AlreadyAccompanied, ReviewTooFar, ReviewInThePast, TransitionRefused, NotAReader, NotFound.
    """
    file = locked_file(file_id, by=by)
    _one_at_a_time(file.person_id)
    other = (
        SupportFile.objects.in_clear()
        .filter(person_id=file.person_id, state__in=UNFINISHED)
        .exclude(pk=file.pk)
    ).first()
    if other is not None:
        raise AlreadyAccompanied(reference=other.reference, worker=other.worker_name)
    check_review(review_on, at=at)
    FILE.move(file, FileAction.REOPEN, by=by, at=at)
    file.closed_on, file.result, file.closing_note, file.review_on = None, "", "", review_on
    file.save()
    publish(FileOpened(file_id=str(file.pk), person_id=str(file.person_id), at=at))
    return file


@transaction.atomic
def hand_to(
    *, file_id: UUID, worker_id: UUID, worker_name: str, worker_phone: str = "", by: Actor, at: datetime
) -> SupportFile:
    """Give a file to another social worker; the former one reads it no more, unless named or by role.

    Raises: NotAReader, NotFound, NotAllowed.
    """
    file = locked_file(file_id, by=by)
    file.worker_id, file.worker_name, file.worker_phone = worker_id, worker_name, worker_phone
    file.save(update_fields=["worker_id", "worker_name", "worker_phone"])
    journal.record("support.file.hand-to", by=by, at=at, subject=file, worker=worker_name)
    return file


@transaction.atomic
def name_reader(*, file_id: UUID, user_id: UUID, name: str, by: Actor, at: datetime) -> FileReader:
    """Let somebody read a file by name. Naming them twice changes nothing.

    Raises: NotAReader, NotFound, NotAllowed.
    """
    file = locked_file(file_id, by=by)
    reader, is_new = FileReader.objects.get_or_create(
        file=file, user_id=user_id, defaults={"name": name, "named_by": by.name, "named_at": at}
    )
    if is_new:
        journal.record("support.file.name-reader", by=by, at=at, subject=file, reader=name)
    return reader


@transaction.atomic
def remove_reader(*, file_id: UUID, reader_id: UUID, by: Actor, at: datetime) -> None:
    """Take a name off a file. Raises: NotAReader, NotFound, NotAllowed."""
    file = locked_file(file_id, by=by)
    reader = file.readers.filter(pk=reader_id).first()
    if reader is None:
        raise NotFound
    journal.record("support.file.remove-reader", by=by, at=at, subject=file, reader=reader.name)
    reader.delete()


@transaction.atomic
def restrict(*, file_id: UUID, access: str, by: Actor, at: datetime) -> SupportFile:
    """Say who reads the file: every social worker, or those named alone. Raises: NotAReader, NotFound."""
    file = locked_file(file_id, by=by)
    file.access = Access(access)
    file.save(update_fields=["access"])
    journal.record("support.file.restrict", by=by, at=at, subject=file, access=file.access)
    return file


@transaction.atomic
def rewrite_situation(
    *, file_id: UUID, situation: str, wording_reason: str = "", by: Actor, at: datetime
) -> SupportFile:
    """Say the situation anew; the history keeps the former text. Raises: UnfitWording, NotAReader, NotFound."""
    file = locked_file(file_id, by=by)
    wording = guard(situation, reason=wording_reason)
    file.situation = situation.strip()
    file.save(update_fields=["situation"])
    wording.record(by=by, at=at, subject=file)
    return file


@transaction.atomic
def stop_for_persons(*, person_ids: list[UUID], why: str, by: Actor, at: datetime) -> int:
    """Close the files of those who died or left; appointments and steps are given up. Returns how many closed."""
    result = Result.DECEASED if why == "deceased" else Result.MOVED
    files = SupportFile.objects.in_clear().select_for_update(of=("self",)).filter(person_id__in=person_ids)
    closed = 0
    for file in files.filter(state__in=UNFINISHED):
        if file.state == FileState.PROPOSED:
            FILE.move(file, FileAction.DECLINE, by=by, at=at, why=why)
            _tell_of_the_refusal(file, why, at=at)
        else:
            FILE.move(file, FileAction.CLOSE, by=by, at=at, result=result.value)
            file.result, file.closed_on, file.suspended_until = result, localdate(at), None
            _tell_of_the_end(file, at=at)
        _give_up_the_rest(file, confirmed=True, at=at)
        file.save()
        closed += 1
    return closed
