"""Receiving a file and saying how it is to be read."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.imports import files, mapping
from palier.kernel.imports.enums import BatchAction, BatchState, Coverage
from palier.kernel.imports.kinds import ImportKind, all_kinds, kind_named
from palier.kernel.imports.models import ImportBatch, ImportProfile
from palier.kernel.imports.permissions import Permission
from palier.kernel.imports.reading import RawTable, read_table
from palier.kernel.imports.workflow import BATCH
from palier.kernel.models import new_id


class ProfileMissing(DomainError):
    code = "imports.profile-missing"
    message = _("No profile of this kind is called “{name}”. The profiles kept: {known}.")


class KindUnknown(DomainError):
    code = "imports.kind-unknown"
    message = _("Files of the kind “{kind}” are not known here. Known kinds: {known}.")


def find_kind(code: str) -> ImportKind:
    """Raises: KindUnknown."""
    try:
        return kind_named(code)
    except KeyError:
        raise KindUnknown(kind=code, known=", ".join(kind.code for kind in all_kinds())) from None


@transaction.atomic
def receive(
    *,
    kind: str,
    data: bytes,
    file_name: str,
    coverage: str,
    by: Actor,
    at: datetime,
    day: date,
    profile: str = "",
    all_or_nothing: bool = False,
    accept_absent: bool = False,
    limited: bool = True,
) -> ImportBatch:
    """Keep a file, find its line of names and guess which column is which. Nothing is checked yet.

    `day`: the business day of the load, that of what a full file ends. `limited`: refuse beyond the upload limit.
    Raises: FileRefused and its kinds, KindUnknown, ProfileMissing, NotAllowed.
    """
    by.must(Permission.BATCH_LOAD)
    what = find_kind(kind)
    if limited:
        files.refuse_too_large(len(data))
    kept = _profile(kind, profile) if profile else None
    table = read_table(data, **_options(kept.reading if kept else {}))
    header = _header(table, what)
    mapped = mapping.from_profile(what, header, kept.mapping if kept else {})
    batch_id = new_id()
    path, digest = files.keep(batch_id=batch_id, data=data)
    batch = ImportBatch(
        pk=batch_id,
        kind=kind,
        coverage=Coverage(coverage),
        file_name=file_name[:200],
        file_path=path,
        sha256=digest,
        size_bytes=len(data),
        reading={**_reading(table, header, profile), "via": by.via},
        mapping=mapped,
        all_or_nothing=all_or_nothing,
        accept_absent=accept_absent,
        received_at=at,
        received_by=by.name,
        received_by_id=by.user_id,
        business_day=day,
    )
    batch.save(force_insert=True)
    journal.record(
        "imports.batch.receive", by=by, at=at, subject=batch, file_kind=kind, coverage=coverage, sha256=digest
    )
    return batch


def _profile(kind: str, name: str) -> ImportProfile:
    found = ImportProfile.objects.filter(kind=kind, name=name).first()
    if found is None:
        known = ImportProfile.objects.filter(kind=kind).order_by("name").values_list("name", flat=True)
        raise ProfileMissing(name=name, known=", ".join(known) or "–")
    return found


def _options(reading: Mapping[str, Any]) -> dict[str, str]:
    """What a profile says of the container; a sheet that is gone is not a reason to fail, the first one is read."""
    return {"separator": reading["separator"]} if reading.get("separator") else {}


def _header(table: RawTable, kind: ImportKind) -> mapping.Header:
    header = mapping.find_header(table, [kind, *all_kinds()])
    mapping.refuse_other_kind(kind, header)
    return header


def _reading(table: RawTable, header: mapping.Header, profile: str) -> dict[str, Any]:
    remarks = [*table.remarks, *(["repeated-names"] if header.repeated else [])]
    return {
        "encoding": table.encoding,
        "separator": table.separator,
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "header_index": header.index,
        "header_line": header.line,
        "headers": list(header.names),
        "repeated": list(header.repeated),
        "remarks": remarks,
        "profile": profile,
    }


@transaction.atomic
def choose_reading(
    *,
    batch_id: UUID,
    mapping_chosen: Mapping[str, str],
    by: Actor,
    at: datetime,
    sheet: str = "",
    header_line: int = 0,
) -> ImportBatch:
    """Keep which column is which, and if asked another sheet or another line of names.

    Raises: ColumnsMissing, FileRefused, NotAllowed.
    """
    by.must(Permission.BATCH_LOAD)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    kind = find_kind(batch.kind)
    if (sheet and sheet != batch.reading["sheet"]) or (
        header_line and header_line != batch.reading["header_line"]
    ):
        _read_again(batch, kind, sheet=sheet, header_line=header_line)
    else:
        headers = batch.reading["headers"]
        known = {column.name for column in kind.columns}
        batch.mapping = {
            name: header for name, header in mapping_chosen.items() if name in known and header in headers
        }
    batch.save(update_fields=["mapping", "reading"])
    return batch


def _read_again(batch: ImportBatch, kind: ImportKind, *, sheet: str, header_line: int) -> None:
    table = read_table(
        files.read(batch), sheet=sheet or batch.reading["sheet"], separator=batch.reading["separator"]
    )
    index = next(
        (i for i, line in enumerate(table.frame["line"].to_list()[:500]) if line == header_line), None
    )
    header = (
        mapping.header_at(table, index)
        if index is not None
        else mapping.find_header(table, [kind, *all_kinds()])
    )
    batch.reading = {**batch.reading, **_reading(table, header, batch.reading.get("profile", ""))}
    batch.mapping = mapping.from_profile(kind, header, {})


def find_unfinished(*, kind: str, data: bytes, coverage: str, all_or_nothing: bool) -> ImportBatch | None:
    """A load of this very file that a command began and did not end: it was killed, and may go on."""
    found = ImportBatch.objects.filter(
        kind=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        coverage=coverage,
        all_or_nothing=all_or_nothing,
        reading__via="command",
        state__in=(BatchState.RECEIVED, BatchState.CHECKING, BatchState.APPLYING),
    )
    return found.order_by("-received_at").first()


def refuse_missing_columns(kind: ImportKind, chosen: Mapping[str, str]) -> None:
    """Raises: ColumnsMissing."""
    missing = mapping.missing_columns(kind, chosen)
    if missing:
        raise mapping.ColumnsMissing(columns=", ".join(column.header for column in missing))


@transaction.atomic
def discard(*, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Forget a file that was not applied. Raises: TransitionRefused, NotAllowed."""
    from palier.kernel.imports import staging

    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    BATCH.move(batch, BatchAction.DISCARD, by=by, at=at)
    batch.save(update_fields=["state"])
    staging.prepare(batch.pk)
    batch.absents.all().delete()
    transaction.on_commit(lambda: files.forget(batch))
