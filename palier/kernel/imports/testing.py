"""Loading rows through the whole engine in a test of a module's kind."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from palier.kernel.access import Actor, system_actor
from palier.kernel.imports import selectors, services
from palier.kernel.imports.enums import Coverage
from palier.kernel.imports.models import ImportBatch

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def as_csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Write rows as a French spreadsheet would."""
    headers = list(dict.fromkeys(name for row in rows for name in row))
    body = io.StringIO()
    writer = csv.DictWriter(body, headers, delimiter=";", lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return ("\ufeff" + body.getvalue()).encode()


def receive(
    *,
    kind: str,
    data: bytes,
    by: Actor | None = None,
    at: datetime = NOON,
    full: bool = False,
    profile: str = "",
    **options: Any,
) -> ImportBatch:
    return services.receive(
        kind=kind, data=data, file_name=f"{kind}.csv", coverage=Coverage.FULL if full else Coverage.PARTIAL,
        by=by or system_actor("test"), at=at, day=timezone.localdate(at), profile=profile, **options,
    )  # fmt: skip


def load(
    *,
    kind: str,
    data: bytes,
    by: Actor | None = None,
    at: datetime = NOON,
    full: bool = False,
    apply: bool = True,
    **options: Any,
) -> ImportBatch:
    """Receive, check and apply a file; return its batch."""
    by = by or system_actor("test")
    batch = receive(kind=kind, data=data, by=by, at=at, full=full, **options)
    batch = services.check_batch(batch_id=batch.pk, by=by, at=at)
    if apply:
        services.begin_apply(batch_id=batch.pk, by=by, at=at)
        batch = services.apply_batch(batch_id=batch.pk, by=by, at=at)
    return batch


def load_rows(*, kind: str, rows: Sequence[Mapping[str, object]], **options: Any) -> dict[str, Any]:
    """Load rows written with the column names of the template; return the report of `palier load --json`."""
    return selectors.report(load(kind=kind, data=as_csv(rows), **options))
