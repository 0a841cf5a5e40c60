"""Open a sealed file. The reading is committed, on a connection of its own, before anything is decrypted."""

import json
from base64 import b64encode
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal, keys
from palier.kernel.access import Actor
from palier.kernel.deliveries.services import send_mail
from palier.kernel.errors import DomainError, NotAllowed, NotFound
from palier.kernel.events import publish
from palier.kernel.organisations.current import current_organisation
from palier.modules.people.enums import Channel, TrayAction
from palier.modules.people.events import SealedFileForced
from palier.modules.people.models import Lease, SealedIdentity, SealedReader, SealedReading, TrayLine
from palier.modules.people.permissions import Permission
from palier.modules.people.rules.contacts import shown_phone
from palier.modules.people.selectors.sealed import file_number, reason_about
from palier.modules.people.selectors.traces import Trace, traces_of
from palier.modules.people.services.sealing import ReasonMissing, as_bytes, key_about, payload_about, words_of
from palier.modules.people.workflow import TRAY

log = structlog.get_logger(__name__)
JOURNAL = "journal"


class ReadingNotLogged(DomainError):
    code = "people.reading-not-logged"
    message = _(
        "The reading could not be recorded, so nothing is shown. Try again; if it lasts, tell your "
        "administrator."
    )


class NotNamed(NotAllowed):
    code = "people.not-named"
    message = _(
        "You are not named on this file. Ask {readers}, or open it by force: the data protection officer "
        "is told."
    )


def open_file(
    *, file_id: UUID, reason: str, by: Actor, at: datetime, is_forced: bool = False
) -> tuple[SealedIdentity, dict[str, Any]]:
    """Return a sealed file and its content, after the reading is written where no rollback reaches it.

    Raises: ReasonMissing, NotNamed, ReadingNotLogged, CannotDecrypt, NotFound, NotAllowed.
    """
    by.must(Permission.SEALED_READ)
    if not reason.strip():
        raise ReasonMissing
    file = SealedIdentity.objects.filter(pk=file_id).first()
    if file is None:
        raise NotFound
    readers = list(file.readers.order_by("name"))
    is_named = by.user_id is not None and any(reader.user_id == by.user_id for reader in readers)
    if not is_named and not is_forced:
        raise NotNamed(readers=", ".join(reader.name for reader in readers) or _("the referent"))
    _log_reading(file, reason=reason, by=by, at=at, is_forced=not is_named)
    if not is_named:
        _tell_of_force(file, by=by, at=at)
    return file, json.loads(_data_key(file).decrypt(file.payload, about=payload_about(file)))


def amend_file(
    *,
    file: SealedIdentity,
    content: dict[str, Any],
    safe_channel: str,
    safe_how: str,
    by: Actor,
    at: datetime,
) -> None:
    """Write how the person may be reached safely. Called with what `open_file` gave, in the same request.

    Raises: NotAllowed.
    """
    by.must(Permission.SEALED_READ)
    safe = {"channel": safe_channel.strip(), "how": safe_how.strip()}
    write_content(file, {**content, "safe": safe}, by=by, at=at)


@transaction.atomic
def write_content(file: SealedIdentity, content: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Encrypt what a file now holds, under its own key."""
    locked = SealedIdentity.objects.select_for_update().get(pk=file.pk)
    locked.payload = _data_key(locked).encrypt(as_bytes(content), about=payload_about(locked))
    locked.updated_at = at
    locked.save(update_fields=["payload", "updated_at"])
    journal.record("people.sealed-file.amend", by=by, at=at, subject=locked)


@transaction.atomic
def name_reader(*, file_id: UUID, user_id: UUID, name: str, by: Actor, at: datetime) -> SealedReader:
    """Name another referent on a file. Only somebody named on it may, or any referent where nobody is named yet.

    A file that a restore sealed again has nobody on it.
    Raises: NotNamed, NotFound, NotAllowed.
    """
    by.must(Permission.SEALED_READ)
    file = SealedIdentity.objects.filter(pk=file_id).first()
    if file is None:
        raise NotFound
    readers = list(file.readers.order_by("name"))
    if readers and not any(reader.user_id == by.user_id for reader in readers):
        raise NotNamed(readers=", ".join(reader.name for reader in readers))
    reader, is_new = SealedReader.objects.get_or_create(
        file=file, user_id=user_id, defaults={"name": name, "named_by": by.name, "named_at": at}
    )
    if is_new:
        journal.record("people.sealed-file.name-reader", by=by, at=at, subject=file)
    return reader


def readable(content: dict[str, Any]) -> dict[str, Any]:
    """Return a file's content as its page shows it: words for codes, numbers as people write them."""
    identity = content["identity"]
    points = content["rows"]["people_contact_point"]
    lots = _lots_of(content)
    return {
        "name": identity["legal_name"] or f"{identity['family_name']} {identity['given_names']}".strip(),
        "identity": identity,
        "birth_on": date.fromisoformat(identity["birth_on"]) if identity["birth_on"] else None,
        "points": [
            {
                **point,
                "shown": shown_phone(point["value"]) if point["channel"] == Channel.PHONE else point["value"],
            }
            for point in points
        ],
        "leases": lots,
        "reason": content["reason"],
        "sealed_by": content["sealed_by"],
        "safe": content["safe"],
    }


def safe_contact(content: dict[str, Any]) -> dict[str, str]:
    """Return how the person may be reached, as its form begins."""
    return {"safe_channel": content["safe"]["channel"], "safe_how": content["safe"]["how"]}


def traces_left(file: SealedIdentity, content: dict[str, Any], *, by: Actor, at: datetime) -> list[Trace]:
    """Search the whole organisation for what still names the person of a file that was just opened.

    It reads every text of every table: a minute for a large landlord, so it is asked for, never done by itself.
    """
    words = tuple(words_of(content))
    subject = keys.SealedSubject(
        person_id=file.person_id, records=(), words=words, key=_data_key(file), by=by, at=at
    )
    return traces_of(subject)


def _lots_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The leases of the person, alone or with others, with the lots that they occupy."""
    references = {lease["id"]: lease["reference"] for lease in content["leases"]}
    ids = [party["lease_id"] for party in content["rows"]["people_lease_party"]]
    leases = Lease.objects.filter(pk__in=ids).select_related("lot__residence").order_by("entered_on", "pk")
    return [
        {
            "id": str(lease.pk),
            "is_hers_alone": str(lease.pk) in references,
            "reference": references.get(str(lease.pk)) or lease.reference,
            "lot": lease.lot.code,
            "residence": lease.lot.residence.name,
            "city": lease.lot.residence.city,
            "entered_on": lease.entered_on,
            "left_on": lease.left_on,
        }
        for lease in leases
    ]


def tray_content(file: SealedIdentity) -> list[tuple[TrayLine, dict[str, str]]]:
    """Return the lines set aside for a file that was just opened: the same reading covers them."""
    key = _data_key(file)
    lines = file.tray_lines.order_by("-received_at", "-pk")
    return [(line, json.loads(key.decrypt(line.content, about=line_about(line)))["cells"]) for line in lines]


@transaction.atomic
def handle_tray_line(*, line_id: UUID, action: TrayAction, by: Actor, at: datetime) -> TrayLine:
    """Say what was done with a line set aside: taken in by hand, or put away.

    Raises: TransitionRefused, NotNamed, NotFound, NotAllowed.
    """
    line = TrayLine.objects.select_for_update(of=("self",)).select_related("file").filter(pk=line_id).first()
    if line is None:
        raise NotFound
    readers = list(line.file.readers.all())
    if not any(reader.user_id == by.user_id for reader in readers):
        raise NotNamed(readers=", ".join(reader.name for reader in readers))
    TRAY.move(line, action, by=by, at=at)
    line.handled_by, line.handled_at = by.name, at
    line.save(update_fields=["state", "handled_by", "handled_at"])
    return line


def line_about(line: TrayLine) -> str:
    """Return what a tray line's bytes are bound to."""
    return f"{current_organisation().schema_name}:people_tray_line:{line.pk}"


def _data_key(file: SealedIdentity) -> keys.DataKey:
    return keys.open_data_key(file.wrapped_key, about=key_about(file))


def _log_reading(file: SealedIdentity, *, reason: str, by: Actor, at: datetime, is_forced: bool) -> None:
    """Write the reading on the second connection, which commits at once. Whatever goes wrong there stops
    here.
    """
    hidden = b64encode(keys.encrypt(reason.strip().encode(), about=reason_about(file.pk))).decode()
    try:
        with transaction.atomic(using=JOURNAL, durable=False):
            SealedReading(
                file_id=file.pk,
                by_id=by.user_id,
                by_name=by.name,
                reason=hidden,
                is_forced=is_forced,
                at=at,
            ).save(using=JOURNAL, force_insert=True)
    except DatabaseError as failure:
        log.error("people.reading-not-logged", file_id=str(file.pk), error=type(failure).__name__)
        raise ReadingNotLogged from failure


def _tell_of_force(file: SealedIdentity, *, by: Actor, at: datetime) -> None:
    """A forced reading is told to the data protection officer; the journal keeps it with the rest."""
    with transaction.atomic():
        journal.record("people.sealed-file.force", by=by, at=at, subject=file)
        publish(SealedFileForced(file_id=str(file.pk), by_name=by.name, at=at))


def tell_officer(*, file_id: UUID, by_name: str, opened_at: datetime, by: Actor, at: datetime) -> None:
    """Write to the data protection officer that a file was opened by force; without an address the journal
    is all.
    """
    officer = current_organisation().dpo_contact
    if "@" not in officer:
        return
    words = _("{name} opened the sealed file {number}, on which they are not named, on {moment}. "
              "The reason is recorded with the file.")  # fmt: skip
    moment = localtime(opened_at).strftime("%d/%m/%Y %H:%M")
    send_mail(
        key=f"people.sealed-file-forced:{file_id}:{opened_at.isoformat()}",
        to=officer,
        subject=str(_("A sealed file was opened by force")),
        body=str(words).format(name=by_name, number=file_number(file_id), moment=moment),
        by=by,
        at=at,
    )
