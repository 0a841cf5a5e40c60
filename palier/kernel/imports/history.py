"""What loads did to one record, in its history beside what people did."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from palier.kernel.audit.selectors import also_in_history
from palier.kernel.imports.models import ImportChange
from palier.kernel.organisations.current import switching


@also_in_history
def changes_by_loads(
    table: str, row_id: object, limit: int
) -> list[tuple[datetime, str, str, dict[str, list[Any]]]]:
    """The changes of one row by files, newest first. Only landlords load files."""
    if getattr(switching().tenant, "kind", "") != "landlord":
        return []
    found = ImportChange.objects.filter(row_id=str(row_id), table_name=table).select_related("batch")
    return [_told(change) for change in found.order_by("-id")[:limit]]


def _told(change: ImportChange) -> tuple[datetime, str, str, dict[str, list[Any]]]:
    batch, before, after = change.batch, change.before or {}, change.after or {}
    who = _("{who}, by the file {file}").format(
        who=batch.applied_by or batch.received_by, file=batch.file_name
    )
    differs = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    operation = "insert" if change.before is None else "update"
    return batch.applied_at or batch.received_at, who, operation, differs
