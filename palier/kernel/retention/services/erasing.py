"""Erase a person: what must stay is said before, what goes goes everywhere, and it is final."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents import store
from palier.kernel.documents.models import Document
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.jobs import start_run
from palier.kernel.jobs.models import JobRun
from palier.kernel.keys import DataKey, SealedSubject, forget_everywhere, new_data_key
from palier.kernel.organisations.current import switching
from palier.kernel.retention.enums import RequestKind, RequestState
from palier.kernel.retention.models import DataRequest, DestructionProof, LegalHold
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.persons import (
    DeclaredEraser,
    DeclaredSubject,
    Kept,
    Subject,
    erasers_of,
)
from palier.kernel.retention.reflection import count_undeclared, erase_undeclared, record_ids_of
from palier.kernel.retention.registry import name_of_table
from palier.kernel.retention.rules import fingerprint
from palier.kernel.retention.selectors.answers import subject_named
from palier.kernel.retention.selectors.holds import holds_on
from palier.kernel.retention.services.answers import NoSubject, NotIdentified, erase_packages
from palier.kernel.retention.services.engine import erase_files_later
from palier.kernel.retention.services.holds import take_the_lock
from palier.kernel.retention.services.proofs import prove_erasure
from palier.kernel.retention.tracing import exists_here, model_of, without_audit

THROWN_AWAY = b"thrown away"
"""Stands where the key of a withdrawn file would be: what was erased can be opened by nobody."""


class NotAnErasure(DomainError):
    code = "retention.not-an-erasure"
    message = _("The person did not ask to be erased. Record a request of erasure.")


class ErasedAlready(DomainError):
    code = "retention.erased-already"
    message = _("This was done already. Answer the person and close the request.")


class NothingToErase(DomainError):
    code = "retention.nothing-to-erase"
    message = _("Everything must be kept for now: the reasons are on the page. Tell them to the person.")


class ErasureStale(DomainError):
    code = "retention.erasure-stale"
    message = _("The file has changed since this page was drawn. Read it again before you confirm.")


@dataclass(frozen=True)
class ErasurePreview:
    """What would go and what would stay. `whole`: nothing stays, so she is forgotten everywhere."""

    parts: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    kept: tuple[Kept, ...]
    whole: bool
    fingerprint: str

    @property
    def rows(self) -> int:
        return sum(count for _label, counts in self.parts for _table, count in counts)


def preview(*, request_id: UUID, by: Actor, at: datetime) -> ErasurePreview:
    """Say what an erasure would do today; nothing is written.

    Raises: NotAllowed, NotFound, NotAnErasure, NotIdentified, NoSubject, ErasedAlready, SubjectSealed.
    """
    request = _ready(request_id, by)
    declared, subject = subject_named(request.subject_kind, request.subject_id)
    return _previewed(declared, subject, on=localdate(at))


def _previewed(declared: DeclaredSubject, subject: Subject, *, on: date) -> ErasurePreview:
    going, kept = _sorted_out(declared, subject, on=on)
    parts = [(str(one.label), _said(one.handler.count(subject))) for one in going]
    if not kept and (others := count_undeclared(declared, subject)):
        parts.append((str(_("Elsewhere")), _said(others)))
    facts = {
        "subject": subject.id,
        "parts": parts,
        "kept": [(str(one.what), str(one.why), one.until) for one in kept],
    }
    return ErasurePreview(tuple(parts), tuple(kept), not kept, fingerprint(facts))


def _sorted_out(
    declared: DeclaredSubject, subject: Subject, *, on: date
) -> tuple[list[DeclaredEraser], list[Kept]]:
    """Part what may go from what must stay. A hold keeps everything."""
    if held := holds_of_subject(declared, subject, on=on):
        return [], held
    going, kept = [], []
    for one in erasers_of(declared.kind):
        reasons = one.handler.kept(subject, on=on)
        kept += reasons
        if not reasons:
            going.append(one)
    return going, kept


def holds_of_subject(declared: DeclaredSubject, subject: Subject, *, on: date) -> list[Kept]:
    """Say which holds keep a person, or something of hers, on a day."""
    held = holds_on(on)
    ids = {one for _table, one in subject.record_ids}
    if str(subject.id) not in held.ids(declared.table) and not ids & set(held.every_id):
        return []
    named = LegalHold.objects.in_force(on).filter(about_table=declared.table, about_id=subject.id).first()
    why = (
        str(named.get_nature_display())
        if named
        else str(_("Somebody or something tied to this file is held"))
    )
    return [Kept(_("The whole file"), why, named.until if named else None)]


def _said(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    named: Counter[str] = Counter()
    for table, count in counts.items():
        named[name_of_table(table)] += count
    return tuple(sorted((name, count) for name, count in named.items() if count))


@transaction.atomic
def ask_for_erasure(*, request_id: UUID, seen: str, by: Actor, at: datetime) -> JobRun:
    """Confirm an erasure that was previewed; a job does it, and goes on if the machine stops.

    Raises: NotAllowed, NotFound, ErasureStale, NothingToErase, and as `preview`.
    """
    by.must(Permission.PERSON_ERASE)
    now = preview(request_id=request_id, by=by, at=at)
    if seen != now.fingerprint:
        raise ErasureStale
    if not now.parts:
        raise NothingToErase
    number = DataRequest.objects.values_list("number", flat=True).get(pk=request_id)
    return start_run(
        "retention.erase-person",
        kind="retention.erasure",
        title=str(_("Erasure of request {number}")).format(number=number),
        by=by,
        at=at,
        request_id=request_id,
        seen=seen,
    )


@transaction.atomic
def erase(*, request_id: UUID, seen: str, by: Actor, at: datetime) -> DestructionProof | None:
    """Erase a person, all or nothing: killed on the way, it has done nothing and can be done again.

    Returns the proof; None when it was done already.
    Raises: NotAllowed, NotFound, ErasureStale, and as `preview`.
    Legal: règlement (UE) 2016/679, art. 17.
    """
    by.must(Permission.PERSON_ERASE)
    take_the_lock()
    request = DataRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if request is not None and request.erased_at is not None:
        return None
    request = _ready(request_id, by)
    declared, subject = subject_named(request.subject_kind, request.subject_id)
    now = _previewed(declared, subject, on=localdate(at))
    if seen != now.fingerprint:
        raise ErasureStale
    with without_audit():
        counts, files = _erase_parts(declared, subject, whole=now.whole, by=by, at=at)
    erase_packages(request, at=at)
    request.erased_at = at
    request.save(update_fields=["erased_at"])
    journal.record("retention.person.erase", by=by, at=at, subject=request, erased=sum(counts.values()))
    erase_files_later(files)
    kept = [f"{one.what} : {one.why}" for one in now.kept] if not now.whole else []
    return prove_erasure(source_id=request.pk, counts=dict(counts), kept=_anonymous(kept), by=by, at=at)


def _anonymous(kept: list[str]) -> list[str]:
    """Reasons without what identifies: a contract number has no place in a proof."""
    return sorted({one.partition(" : ")[2] for one in kept})


def _erase_parts(
    declared: DeclaredSubject, subject: Subject, *, whole: bool, by: Actor, at: datetime
) -> tuple[Counter[str], list[str]]:
    going, _kept = _sorted_out(declared, subject, on=localdate(at))
    counts: Counter[str] = Counter()
    records = record_ids_of(declared, subject)
    if whole:
        counts += erase_undeclared(declared, subject)
    files: list[str] = []
    for one in going:
        erased = one.handler.erase(subject, by=by, at=at)
        counts += erased.counts
        files += erased.files
    if whole:
        files += _forget(subject, records, counts, by=by, at=at)
    return counts, files


def _forget(
    subject: Subject,
    records: tuple[tuple[str, str], ...],
    counts: Counter[str],
    *,
    by: Actor,
    at: datetime,
) -> list[str]:
    """Scrub every table and every file, as for a sealed person, under a key that is thrown away."""
    key = DataKey(secret=new_data_key(about=f"erasure {subject.id}").secret, wrapped=THROWN_AWAY)
    whom = SealedSubject(person_id=subject.id, records=records, words=subject.words, key=key, by=by, at=at)
    for name, count in forget_everywhere(whom).items():
        counts[name] += count
    return [*whom.files_to_erase, *_unreadable_files()]


def _unreadable_files() -> list[str]:
    """Files withdrawn under a key that nobody has: their rows stay, with the hash of what they were."""
    schema = switching().schema_name
    paths = list(Document.objects.filter(withdrawn_key=THROWN_AWAY).values_list("path", flat=True))
    batches = model_of("import_batch")
    if batches is not None and exists_here(batches):
        withdrawn = batches._default_manager.filter(withdrawn_key=THROWN_AWAY)
        paths += list(withdrawn.values_list("file_path", flat=True))
    return [str(store.absolute(schema=schema, path=path)) for path in paths]


def _ready(request_id: UUID, by: Actor) -> DataRequest:
    by.must(Permission.REQUEST_HANDLE)
    request = DataRequest.objects.filter(pk=request_id).first()
    if request is None:
        raise NotFound
    if request.kind != RequestKind.ERASURE:
        raise NotAnErasure
    if request.erased_at is not None:
        raise ErasedAlready
    if request.state != RequestState.IDENTIFIED:
        raise NotIdentified
    if request.subject_id is None:
        raise NoSubject
    return request
