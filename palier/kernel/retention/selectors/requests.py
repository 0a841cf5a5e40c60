"""The register of requests, and one request with what may be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.retention.enums import RequestState
from palier.kernel.retention.models import AccessPackage, DataRequest
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.persons import SubjectSealed, kind_named, subject_kinds
from palier.kernel.retention.workflow import REQUEST

OPEN = (RequestState.RECEIVED, RequestState.IDENTIFIED)
SOON_DAYS = 7
FOUND = 20


@dataclass(frozen=True)
class RequestLine:
    """One request as the register lists it."""

    id: UUID
    number: str
    kind: str
    kind_label: str
    requester: str
    received_on: date
    due_on: date
    state: str
    state_label: str
    is_open: bool
    is_late: bool
    is_soon: bool
    extended: bool

    @property
    def search_key(self) -> str:
        return f"{self.number} {self.requester}"


@dataclass(frozen=True)
class PackageLine:
    """One file of an answer."""

    id: UUID
    format: str
    size_bytes: int
    sha256: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class RequestCard:
    """A request with everything that its page shows."""

    line: RequestLine
    channel_label: str
    answer_to: str
    asked: str
    identity_label: str
    identified_at: datetime | None
    identified_by: str
    extension_reason: str
    answer: str
    closed_at: datetime | None
    closed_by: str
    recorded_by: str
    recorded_at: datetime
    erased_at: datetime | None
    subject_title: str
    subject_url: str
    subject_problem: str
    packages: tuple[PackageLine, ...]
    actions: frozenset[str]


def request_lines(*, actor: Actor, on: date, subject: tuple[str, UUID] | None = None) -> list[RequestLine]:
    """Every request, open ones first, the most urgent first. One query."""
    if not actor.may(Permission.REQUEST_HANDLE):
        return []
    rows = DataRequest.objects.order_by("-received_on", "-number")
    if subject:
        rows = rows.filter(subject_kind=subject[0], subject_id=subject[1])
    lines = [_line(row, on) for row in rows]
    return sorted(lines, key=lambda one: (not one.is_open, one.due_on if one.is_open else date.min))


def _line(row: DataRequest, on: date) -> RequestLine:
    is_open = row.state in OPEN
    left = (row.due_on - on).days
    return RequestLine(
        id=row.pk,
        number=row.number,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        requester=row.requester,
        received_on=row.received_on,
        due_on=row.due_on,
        state=row.state,
        state_label=row.get_state_display(),
        is_open=is_open,
        is_late=is_open and left < 0,
        is_soon=is_open and 0 <= left <= SOON_DAYS,
        extended=row.extended_at is not None,
    )


def request_card(*, request_id: UUID, actor: Actor, on: date) -> RequestCard:
    """Raises: NotFound."""
    row = DataRequest.objects.filter(pk=request_id).first()
    if row is None or not actor.may(Permission.REQUEST_HANDLE):
        raise NotFound
    title, url, problem = _subject(row)
    return RequestCard(
        line=_line(row, on),
        channel_label=row.get_channel_display(),
        answer_to=row.answer_to,
        asked=row.asked,
        identity_label=row.get_identity_proof_display() if row.identity_proof else "",
        identified_at=row.identified_at,
        identified_by=row.identified_by,
        extension_reason=row.extension_reason,
        answer=row.answer,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        erased_at=row.erased_at,
        subject_title=title,
        subject_url=url,
        subject_problem=problem,
        packages=_packages(row),
        actions=frozenset(REQUEST.open_to(row, actor)),
    )


def _subject(row: DataRequest) -> tuple[str, str, str]:
    """Name and address of the person, or why nothing is shown of her."""
    kind = kind_named(row.subject_kind)
    if kind is None or row.subject_id is None:
        return "", "", ""
    try:
        return kind.handler.subject(row.subject_id).title, kind.handler.url(row.subject_id), ""
    except SubjectSealed as sealed:
        return "", "", str(sealed)
    except DomainError:
        return "", "", ""


def _packages(row: DataRequest) -> tuple[PackageLine, ...]:
    found = AccessPackage.objects.filter(request=row, erased_at=None).order_by("format")
    return tuple(
        PackageLine(one.pk, one.get_format_display(), one.size_bytes, one.sha256, one.made_at, one.expires_at)
        for one in found
    )


@dataclass(frozen=True)
class FoundSubject:
    """Somebody whom the words typed name."""

    kind: str
    kind_label: str
    id: UUID
    title: str

    @property
    def value(self) -> str:
        return f"{self.kind}:{self.id}"


def find_subjects(words: str) -> Sequence[FoundSubject]:
    """People whom these words name, of every kind; sealed ones are in no answer."""
    if len(words.strip()) < 2:
        return []
    return [
        FoundSubject(kind.kind, str(kind.label), found_id, title)
        for kind in subject_kinds()
        for found_id, title in kind.handler.find(words.strip(), limit=FOUND)
    ]


def found_subject(value: str) -> FoundSubject | None:
    """Read back what a list of found people proposed ("people:…"), or None when it names nobody."""
    kind, _colon, raw = value.partition(":")
    declared = kind_named(kind)
    try:
        subject_id = UUID(raw)
    except ValueError:
        return None
    if declared is None:
        return None
    try:
        return FoundSubject(kind, str(declared.label), subject_id, declared.handler.subject(subject_id).title)
    except DomainError:
        return None
