"""Prepare what tenants are told, print the posters, draw the recipient files."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents import services as documents
from palier.kernel.documents.models import Document
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.jobs import start_run
from palier.kernel.jobs.models import JobRun, RunState
from palier.modules.continuity.enums import LogCategory, NoticeAction, NoticeChannel, NoticeState
from palier.modules.continuity.models import ActivationStep, Notice
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.notices import message
from palier.modules.continuity.selectors import notices as selectors
from palier.modules.continuity.services.telling import in_house_language, say_in_log
from palier.modules.continuity.workflow.crisis import NOTICE
from palier.modules.estate import public as estate
from palier.modules.people import public as people

MAKE_POSTERS = "continuity.make-posters"
POSTER_KIND = "poster"
CHUNK = 20
PURPOSE = {
    "fr": "vous informer des services de votre résidence",
    "en": "telling you about the services of your residence",
}


class NotAPoster(DomainError):
    code = "continuity.notice-not-a-poster"
    message = _("This notice is not a poster.")


class NoRecipientFile(DomainError):
    code = "continuity.notice-has-no-recipients"
    message = _("Only text messages and e-mails have a recipient file.")


class ExerciseReachesNobody(DomainError):
    code = "continuity.notice-of-an-exercise"
    message = _("This is an exercise: nothing is printed, published or sent. Read the text here.")


class NobodyToTell(DomainError):
    code = "continuity.notice-reaches-nobody"
    message = _(
        "Nobody in this place can be reached by this channel. The page says who is left out, and why."
    )


@transaction.atomic
def prepare_notices(*, step_id: UUID, by: Actor, at: datetime) -> int:
    """Make the notices of the level that a step puts in force; what was ready and not issued is withdrawn.

    Returns: how many notices were made.
    """
    step = ActivationStep.objects.select_related("activation", "plan_version").get(pk=step_id)
    withdraw_prepared(activation_id=step.activation_id, by=by, at=at, except_step=step_id)
    level = step.plan_version.document.levels.get(step.level)
    made = 0
    for language, text in level.notices.items() if level else ():
        for channel, title, body in _by_channel(text):
            _notice, is_new = Notice.objects.get_or_create(
                step=step,
                channel=channel,
                language=language,
                defaults={
                    "activation": step.activation,
                    "title": title,
                    "text": body,
                    "created_at": at,
                    "exercise": step.activation.exercise,
                },
            )
            made += is_new
    return made


@transaction.atomic
def withdraw_prepared(
    *, activation_id: UUID, by: Actor, at: datetime, except_step: UUID | None = None
) -> int:
    """Withdraw the notices of an activation that nobody issued: their level is no longer in force."""
    rows = Notice.objects.filter(activation_id=activation_id, state=NoticeState.PREPARED).exclude(
        step_id=except_step
    )
    withdrawn = rows.update(state=NoticeState.WITHDRAWN)
    if withdrawn:
        journal.record("continuity.notice.withdraw-prepared", by=by, at=at, count=withdrawn)
    return withdrawn


@transaction.atomic
def issue(*, notice_id: UUID, by: Actor, at: datetime) -> Notice:
    """Say that a notice was put up, published or sent; the log keeps it.

    Raises: NotAllowed, NotFound, ExerciseReachesNobody, TransitionRefused.
    """
    by.must(Permission.NOTICE_ISSUE)
    notice = _locked(notice_id)
    _refuse_exercise(notice)
    NOTICE.move(notice, NoticeAction.ISSUE, by=by, at=at)
    notice.issued_at, notice.issued_by_name = at, by.name
    notice.save(update_fields=["state", "issued_at", "issued_by_name"])
    with in_house_language():
        text = gettext("Tenants informed, {channel} ({language}): {title}").format(
            channel=notice.get_channel_display(),
            language=selectors.language_label(notice.language),
            title=notice.title or notice.text[:80],
        )
    say_in_log(
        f"notice:{notice.pk}",
        text,
        by=by,
        at=at,
        category=LogCategory.INFORMATION,
        about=notice,
        activation_id=notice.activation_id,
        exercise=notice.exercise,
        place_label=notice.activation.scope_label,
    )
    return notice


@transaction.atomic
def withdraw(*, notice_id: UUID, by: Actor, at: datetime) -> Notice:
    """Raises: NotAllowed, NotFound, TransitionRefused."""
    notice = _locked(notice_id)
    NOTICE.move(notice, NoticeAction.WITHDRAW, by=by, at=at)
    notice.save(update_fields=["state"])
    return notice


# Posters.


@transaction.atomic
def start_posters(*, notice_id: UUID, by: Actor, at: datetime) -> JobRun:
    """Have the posters of a notice made, with a progress that people watch.

    Raises: NotAllowed, NotFound, NotAPoster.
    """
    by.must(Permission.NOTICE_READ)
    notice = _locked(notice_id)
    if notice.channel != NoticeChannel.POSTER:
        raise NotAPoster
    _refuse_exercise(notice)
    title = gettext("Posters: {title}").format(title=notice.title or notice.activation.level_name)
    return start_run(MAKE_POSTERS, kind=MAKE_POSTERS, title=title, by=by, at=at, notice_id=notice.pk)


def make_posters(*, run: JobRun, notice_id: UUID, by: Actor, at: datetime) -> dict[str, int]:
    """Make one poster a residence, then one file an agency; what an earlier try made is not made again.

    Each document is kept under a key of its own, so that a try cut at any point goes on where it stopped.
    Call it outside any transaction.
    """
    notice = Notice.objects.select_related("activation__plan", "step").get(pk=notice_id)
    ids = selectors.residence_ids(notice)
    run.begin(len(ids))
    made = 0
    for agency, batch in _by_agency(ids):
        for chunk in (batch[start : start + CHUNK] for start in range(0, len(batch), CHUNK)):
            if run.cancelled():
                run.finish(result={"posters": made}, state=RunState.CANCELLED)
                return {"posters": made}
            _posters_of(notice, chunk, by=by, at=at)
            made += len(chunk)
            run.advance(made, checkpoint={"done": made})
        _agency_file(notice, agency, batch, by=by, at=at)
    return {"posters": made}


@transaction.atomic
def poster_of(*, notice_id: UUID, residence_id: UUID, by: Actor, at: datetime) -> Document:
    """Give the poster of one residence, making it if it is not made yet.

    Raises: NotAllowed, NotFound, NotAPoster.
    """
    by.must(Permission.NOTICE_READ)
    notice = Notice.objects.select_related("activation__plan", "step").filter(pk=notice_id).first()
    if notice is None or residence_id not in estate.residence_ids_in(selectors.scope_of(notice.activation)):
        raise NotFound
    if notice.channel != NoticeChannel.POSTER:
        raise NotAPoster
    _refuse_exercise(notice)
    return _posters_of(notice, [residence_id], by=by, at=at)[0]


def _by_agency(ids: list[UUID]) -> Iterator[tuple[Any, list[UUID]]]:
    rows = {row.id: row for row in estate.residences(ids)}
    for agency, batch in groupby(ids, key=lambda one: (rows[one].agency_id, rows[one].agency_name)):
        yield agency, list(batch)


def _posters_of(notice: Notice, ids: list[UUID], *, by: Actor, at: datetime) -> list[Document]:
    keys = {residence_id: f"poster:{notice.pk}:{residence_id}" for residence_id in ids}
    made = {one.key: one for one in Document.objects.filter(key__in=keys.values())}
    missing = [residence_id for residence_id in ids if keys[residence_id] not in made]
    sheets = selectors.poster_sheets(notice, missing, at=at)
    for residence_id in missing:
        sheet = sheets[residence_id]
        made[keys[residence_id]] = _print(
            notice,
            [sheet],
            title=f"{sheet['title']} – {sheet['residence']}",
            key=keys[residence_id],
            by=by,
            at=at,
        )
    return [made[keys[residence_id]] for residence_id in ids]


def _agency_file(
    notice: Notice, agency: tuple[UUID | None, str], ids: list[UUID], *, by: Actor, at: datetime
) -> Document:
    agency_id, name = agency
    key = f"posters:{notice.pk}:{agency_id or selectors.NO_AGENCY}"
    kept = Document.objects.filter(key=key).first()
    if kept:
        return kept
    sheets = selectors.poster_sheets(notice, ids, at=at)
    with translation.override(notice.language):
        title = gettext("Posters: {title}").format(title=name or gettext("Without agency"))
    return _print(notice, [sheets[one] for one in ids], title=title, key=key, by=by, at=at)


def _print(
    notice: Notice, sheets: list[dict[str, Any]], *, title: str, key: str, by: Actor, at: datetime
) -> Document:
    with translation.override(notice.language):
        words = {
            "header": gettext("Information for tenants"),
            "what_changes": gettext("What changes"),
            "reach_us": gettext("Where to find us"),
            "exercise": gettext("Exercise: nothing changes."),
        }
    return documents.produce(
        template="continuity/poster.typ",
        data={"posters": sheets, "words": words},
        title=title,
        by=by,
        at=at,
        kind=POSTER_KIND,
        about=notice,
        language=notice.language,
        permission=Permission.NOTICE_READ,
        key=key,
        retention_class="notice",
        purpose=PURPOSE.get(notice.language, PURPOSE["fr"]),
    )


# Recipient files.


@transaction.atomic
def draw_recipients(*, notice_id: UUID, by: Actor, at: datetime) -> Document:
    """Write the file that the landlord's usual provider sends from, with the counts that go with it.

    Sealed, unsafe, opted-out, deceased and gone people are left out by `people`; the file is kept with its
    hash.
    Raises: NotAllowed, NotFound, NoRecipientFile, NobodyToTell.
    """
    by.must(Permission.NOTICE_ISSUE)
    notice = _locked(notice_id)
    if notice.channel not in (NoticeChannel.SMS, NoticeChannel.EMAIL):
        raise NoRecipientFile
    _refuse_exercise(notice)
    place = selectors.scope_of(notice.activation)
    content, lines = _recipient_file(notice, people.contact_file_rows(place, at=at, channel=notice.channel))
    if not lines:
        raise NobodyToTell
    with in_house_language():
        title = gettext("Recipients, {channel}, decision {reference}").format(
            channel=notice.get_channel_display(), reference=notice.activation.reference
        )
    document = documents.keep(
        content=content,
        title=title,
        kind="recipients",
        by=by,
        at=at,
        media_type="text/csv",
        about=notice,
        permission=Permission.NOTICE_ISSUE,
        retention_class="campaign",
    )
    counted = people.notice_recipients(place, at=at, channel=notice.channel)
    notice.document_id = document.pk
    notice.counts = {
        "lines": lines,
        "people": counted.people,
        "messages": counted.messages,
        "exclusions": [[one.label, one.count] for one in counted.exclusions],
    }
    notice.save(update_fields=["document_id", "counts"])
    journal.record("continuity.notice.draw-recipients", by=by, at=at, subject=notice, lines=lines)
    return document


def _recipient_file(notice: Notice, rows: Iterator[people.ContactRow]) -> tuple[bytes, int]:
    """CSV as French software opens it: UTF-8 with its mark, semicolons, one line for each number or
    address.
    """
    values = selectors.common_values(notice.activation, notice.language)
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    head = "Téléphone" if notice.channel == NoticeChannel.SMS else "Courriel"
    writer.writerow([head, "Nom", "Civilité", "Langue", "Résidence", "Lot", "Objet", "Message"])
    names = {row.code: row.name for row in estate.residences()}
    lines = 0
    for row in rows:
        mine = {**values, "residence": names.get(row.residence_code, row.residence_code)}
        said = message(notice.channel, notice.text, mine)
        cells = [
            row.value,
            row.name,
            row.civility,
            row.language,
            row.residence_code,
            row.lot_code,
            notice.title,
            said,
        ]
        writer.writerow([safe_cell(cell) for cell in cells])
        lines += 1
    return "\ufeff".encode() + target.getvalue().encode(), lines


def safe_cell(text: str) -> str:
    """Keep a spreadsheet from reading a text as a formula; a telephone's leading plus is harmless and
    stays.
    """
    if text[:1] in ("=", "@", "\t", "\r") or (text[:1] in "+-" and not text[1:].replace(" ", "").isdigit()):
        return f"'{text}"
    return text


def _by_channel(text: Any) -> list[tuple[str, str, str]]:
    """(channel, title, text) for each channel by which a level says something in one language."""
    said = [
        (NoticeChannel.POSTER, text.poster_title, text.poster),
        (NoticeChannel.WEBSITE, text.poster_title, text.website),
        (NoticeChannel.SMS, "", text.sms),
        (NoticeChannel.EMAIL, text.email_subject, text.email),
    ]
    return [(str(channel), title, body) for channel, title, body in said if body]


def _refuse_exercise(notice: Notice) -> None:
    """Nothing of an exercise reaches a tenant, a wall or a provider: the text is read on its page, no further."""
    if notice.exercise:
        raise ExerciseReachesNobody()


def _locked(notice_id: UUID) -> Notice:
    notice = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("activation__plan", "step")
        .filter(pk=notice_id)
        .first()
    )
    if notice is None:
        raise NotFound
    return notice
