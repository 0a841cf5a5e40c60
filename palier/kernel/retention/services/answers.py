"""Make the files of an access answer, hand them out, and erase them a few days later."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents import store
from palier.kernel.documents.house import house_of
from palier.kernel.documents.models import DocumentMentions
from palier.kernel.documents.render import render
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.jobs import start_run
from palier.kernel.jobs.models import JobRun
from palier.kernel.keys import decrypt, encrypt
from palier.kernel.models import new_id
from palier.kernel.organisations.current import current_organisation, switching
from palier.kernel.parameters import Dated, Parameter, declare, value_of
from palier.kernel.retention.enums import PackageFormat, RequestKind, RequestState
from palier.kernel.retention.models import AccessPackage, DataRequest
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.selectors.answers import answer_to, subject_named
from palier.kernel.ui.typography import day, short_day, short_moment

ACCESS_DAYS = declare(
    Parameter(
        key="retention.access-days",
        label=_("Days during which the files of an access answer can be downloaded"),  # type: ignore[arg-type]
        unit="days",
        values=(Dated(15, source=_("Domain usage")),),  # type: ignore[arg-type]
        adjustable=True,
        low=1,
        high=30,
    )
)


class NotIdentified(DomainError):
    code = "retention.not-identified"
    message = _("Check the identity of the person first: her data may not go to somebody else.")


class NoSubject(DomainError):
    code = "retention.no-subject"
    message = _("Say first whose data are asked for.")


class PackageGone(DomainError):
    code = "retention.package-gone"
    status = 410
    message = _("These files were erased after their delay. Make them again if the person asks.")


@transaction.atomic
def ask_for_files(*, request_id: UUID, by: Actor, at: datetime) -> JobRun:
    """Start the work that gathers everything known of a person.

    Raises: NotAllowed, NotFound, NotIdentified, NoSubject, SubjectSealed.
    """
    request = _ready(request_id, by)
    subject_named(request.subject_kind, request.subject_id)
    return start_run(
        "retention.make-answer",
        kind="retention.answer",
        title=str(_("Files of request {number}")).format(number=request.number),
        by=by,
        at=at,
        request_id=request.pk,
    )


def make_files(*, request_id: UUID, by: Actor, at: datetime) -> list[AccessPackage]:
    """Gather the answer and keep it as JSON and PDF, encrypted, for a few days. Run again, it makes them anew.

    Raises: NotFound, NotIdentified, NoSubject, SubjectSealed.
    """
    request = _ready(request_id, by)
    portable = request.kind == RequestKind.PORTABILITY
    with translation.override(settings.LANGUAGE_CODE):
        answer = answer_to(
            kind=request.subject_kind, subject_id=request.subject_id, reference=request.number, at=at,
            portable=portable,
        )  # fmt: skip
        contents = {PackageFormat.JSON: as_json(answer), PackageFormat.PDF: as_pdf(answer, at=at)}
    with transaction.atomic():
        for old in AccessPackage.objects.filter(request=request, erased_at=None):
            _erase(old, at=at)
        made = [keep_file(request, name, content, at=at) for name, content in contents.items()]
        journal.record("retention.answer.make", by=by, at=at, subject=request)
    return made


def as_json(answer: dict[str, Any]) -> bytes:
    """Return an answer as a file that programs read."""
    return json.dumps(answer, ensure_ascii=False, indent=2).encode()


def as_pdf(answer: dict[str, Any], *, at: datetime) -> bytes:
    """Return an answer as a document that people read. It is not kept among the organisation's documents."""
    with translation.override("fr"):
        data = {
            "answer": {**answer, "sections": [_printed_section(one) for one in answer["sections"]]},
            "house": house_of(current_organisation(), DocumentMentions.objects.first()),
            "paper": {
                "title": "Vos données personnelles",
                "subtitle": f"Réponse à la demande {answer['reference']}",
                "classification": "Personnel et confidentiel",
                "language": "fr",
            },
            "made_on": day(localdate(at), weekday=False),
        }
        return render(template="retention/access.typ", data=data, at=at).content


def _printed_section(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "records": [[[name, _printed(value)] for name, value in r.items()] for r in one["records"]],
    }


def _printed(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == value[7:8] == "-":
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return short_moment(moment) if "T" in value else short_day(moment.date())
    return str(value)


def keep_file(request: DataRequest, name: str, content: bytes, *, at: datetime) -> AccessPackage:
    """Keep one file of an answer, encrypted, until its day."""
    package_id = new_id()
    days = int(value_of(ACCESS_DAYS.key, on=localdate(at)))
    stored = store.write(
        schema=switching().schema_name,
        path=f"access/{package_id}",
        content=encrypt(content, about=_about(package_id)),
    )
    package = AccessPackage(
        id=package_id,
        request=request,
        format=name,
        path=stored.path,
        sha256=store.digest(content),
        size_bytes=len(content),
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    package.save(force_insert=True)
    return package


@transaction.atomic
def download(*, package_id: UUID, by: Actor, at: datetime) -> tuple[AccessPackage, bytes]:
    """Hand out one file of an answer; the journal says to whom.

    Raises: NotAllowed, NotFound, PackageGone, CannotDecrypt.
    """
    by.must(Permission.REQUEST_HANDLE)
    package = AccessPackage.objects.select_related("request").filter(pk=package_id).first()
    if package is None:
        raise NotFound
    sealed = None
    if package.erased_at is None and at < package.expires_at:
        sealed = store.read(schema=switching().schema_name, path=package.path)
    if sealed is None:
        raise PackageGone
    content = decrypt(sealed, about=_about(package.pk))
    journal.record("retention.answer.download", by=by, at=at, subject=package.request, format=package.format)
    return package, content


@transaction.atomic
def erase_expired(*, at: datetime) -> int:
    """Erase the files of answers past their days. Safe to run twice."""
    found = AccessPackage.objects.select_for_update(of=("self",)).filter(erased_at=None, expires_at__lte=at)
    for package in found:
        _erase(package, at=at)
    return len(found)


def erase_packages(request: DataRequest, *, at: datetime) -> None:
    """Erase the files of one request at once."""
    for package in AccessPackage.objects.filter(request=request, erased_at=None):
        _erase(package, at=at)


def _erase(package: AccessPackage, *, at: datetime) -> None:
    store.absolute(schema=switching().schema_name, path=package.path).unlink(missing_ok=True)
    AccessPackage.objects.filter(pk=package.pk).update(erased_at=at)


def _ready(request_id: UUID, by: Actor) -> DataRequest:
    by.must(Permission.REQUEST_HANDLE)
    request = DataRequest.objects.filter(pk=request_id).first()
    if request is None:
        raise NotFound
    if request.state != RequestState.IDENTIFIED:
        raise NotIdentified
    if request.subject_id is None:
        raise NoSubject
    return request


def _about(package_id: UUID) -> str:
    return f"{switching().schema_name}:retention_package:{package_id}"
