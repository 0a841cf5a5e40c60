"""Write in the crisis log: one writer at a time, each entry laid on the hash of the one before."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.modules.continuity.enums import LogCategory, LogSource, Severity, TaskOrigin
from palier.modules.continuity.models import Activation, LogEntry, Task
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.log import GENESIS, entry_hash, text_digest

SALT_BYTES = 16


class TextMissing(DomainError):
    code = "continuity.log-text-missing"
    message = _("Write what happened: an entry without a text says nothing.")


class NotInTheFuture(DomainError):
    code = "continuity.log-in-the-future"
    message = _("An entry tells what has happened: its time cannot be later than now.")


class EntryUnknown(DomainError):
    code = "continuity.log-entry-unknown"
    message = _("There is no entry number {seq} in the log.")


class AlreadyRedacted(DomainError):
    code = "continuity.log-already-redacted"
    message = _("The text of entry {seq} is already erased.")


class ReasonMissing(DomainError):
    code = "continuity.log-reason-missing"
    message = _("Say by which right the text is erased: the entry that replaces it gives the reason.")


class OwnerMissing(DomainError):
    code = "continuity.log-owner-missing"
    message = _("Say who carries the action out.")


@transaction.atomic
def record_entry(
    *,
    text: str,
    category: str,
    by: Actor,
    at: datetime,
    event_at: datetime | None = None,
    source: str = LogSource.CELL,
    severity: str = Severity.ROUTINE,
    place_kind: str = "",
    place_id: str = "",
    place_label: str = "",
    decision_maker: str = "",
    action_owner: str = "",
    action_due_at: datetime | None = None,
    activation_id: UUID | None = None,
    supersedes_seq: int | None = None,
    exercise: bool = False,
) -> LogEntry:
    """Write what a person tells, at once; with an action, open the task that follows from it.

    A correction names the entry that it replaces (`supersedes_seq`), which stays.
    Raises: NotAllowed, TextMissing, NotInTheFuture, OwnerMissing, EntryUnknown.
    """
    by.must(Permission.LOG_WRITE)
    if not text.strip():
        raise TextMissing
    if event_at and event_at > at:
        raise NotInTheFuture
    if action_due_at and not action_owner.strip():
        raise OwnerMissing
    if supersedes_seq is not None and not LogEntry.objects.filter(seq=supersedes_seq).exists():
        raise EntryUnknown(seq=supersedes_seq)
    if activation_id is not None and not exercise:
        exercise = Activation.objects.filter(pk=activation_id, exercise=True).exists()
    entry = append(
        text=text.strip(),
        category=category,
        author=by,
        event_at=event_at or at,
        at=at,
        source=source,
        severity=severity,
        place_kind=place_kind,
        place_id=place_id,
        place_label=place_label.strip(),
        decision_maker=decision_maker.strip(),
        action_owner=action_owner.strip(),
        action_due_at=action_due_at,
        activation_id=activation_id,
        supersedes_seq=supersedes_seq,
        exercise=exercise,
    )
    if entry.action_owner:
        _open_task(entry, by=by, at=at)
    return entry


def append(
    *,
    text: str,
    category: str,
    author: Actor,
    event_at: datetime,
    at: datetime,
    key: str | None = None,
    **fields: object,
) -> LogEntry:
    """Add an entry to the chain; the caller has checked the right to it.

    The lock lasts until the transaction ends: the next writer reads a head that is certain. With a `key`
    already written, gives back the entry that has it.
    """
    with transaction.atomic():
        _lock_the_chain()
        if key:
            written = LogEntry.objects.filter(key=key).first()
            if written:
                return written
        head = LogEntry.objects.order_by("-seq").values_list("seq", "hash").first()
        seq, previous = (head[0] + 1, head[1]) if head else (1, GENESIS)
        salt = secrets.token_hex(SALT_BYTES)
        entry = LogEntry(
            seq=seq,
            previous_hash=previous,
            text=text,
            salt=salt,
            category=category,
            event_at=event_at,
            recorded_at=at,
            author_id=author.user_id,
            author_name=author.name,
            via=author.via,
            key=key,
            **fields,
        )
        entry.text_digest = text_digest(texts=entry.texts, salt=salt)
        facts = {
            **entry.facts,
            "seq": seq,
            "text_digest": entry.text_digest,
            "redacts_seq": entry.redacts_seq,
        }
        entry.hash = entry_hash(previous_hash=previous, facts=facts)
        entry.save(force_insert=True)
    return entry


@transaction.atomic
def redact_entry(*, seq: int, reason: str, by: Actor, at: datetime) -> LogEntry:
    """Erase what was typed in an entry because the law asks for it; the chain stays whole and says so.

    Legal: règlement (UE) 2016/679, art. 17 (erasure) and art. 5 (minimisation).
    Raises: NotAllowed, EntryUnknown, AlreadyRedacted, ReasonMissing.
    Returns: the entry that names the erased one.
    """
    by.must(Permission.LOG_REDACT)
    if not reason.strip():
        raise ReasonMissing
    erased = LogEntry.objects.filter(seq=seq).first()
    if erased is None:
        raise EntryUnknown(seq=seq)
    if erased.text is None:
        raise AlreadyRedacted(seq=seq)
    return erase_text(seq=seq, reason=reason.strip(), author=by, at=at)


def erase_text(*, seq: int, reason: str, author: Actor, at: datetime) -> LogEntry:
    """Write the entry of redaction, then erase text and salt; both or neither. The caller has checked the
    right.
    """
    with transaction.atomic():
        said = gettext("Text of entry {seq} erased: {reason}").format(seq=seq, reason=reason)
        entry = append(
            text=said,
            category=LogCategory.REDACTION,
            author=author,
            event_at=at,
            at=at,
            redacts_seq=seq,
            source=LogSource.PALIER,
            kind="redaction",
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT redact_log_text(%s)", [seq])
        journal.record("continuity.log.redact", by=author, at=at, subject=entry, seq=seq)
    return entry


@transaction.atomic
def write_event(*, event: dict, at: datetime, author: Actor) -> LogEntry:
    """Write the entry that an event asks for (`continuity.to-log`), once."""
    wanted = {
        name: event.get(name) for name in ("place_label", "decision_maker", "about_table", "about_id", "kind")
    }
    return append(
        text=event["text"],
        category=event["category"],
        author=author,
        key=event["key"],
        at=at,
        event_at=min(datetime.fromisoformat(event["event_at"]), at),
        source=event.get("source") or LogSource.PALIER,
        severity=event.get("severity") or Severity.ROUTINE,
        exercise=bool(event.get("exercise")),
        activation_id=UUID(event["activation_id"]) if event.get("activation_id") else None,
        **{name: value or "" for name, value in wanted.items()},
    )


def _lock_the_chain() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' crisis log', 0))")


def _open_task(entry: LogEntry, *, by: Actor, at: datetime) -> Task:
    text = entry.text or ""
    title = text.splitlines()[0][:160]
    task = Task.objects.create(
        activation_id=entry.activation_id,
        origin=TaskOrigin.LOG,
        title=title,
        owner_name=entry.action_owner,
        due_at=entry.action_due_at,
        opened_at=at,
        log_seq=entry.seq,
        scope_label=entry.place_label,
        exercise=entry.exercise,
        instructions=text if text != title else "",
    )
    journal.record("continuity.task.open", by=by, at=at, subject=task, log_seq=entry.seq)
    return task
