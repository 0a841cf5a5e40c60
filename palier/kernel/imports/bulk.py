"""Files applied and undone, among what was just done."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palier.kernel.access import Actor
from palier.kernel.bulk import Done, Undoing, register_done_source
from palier.kernel.imports.enums import BatchState
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.permissions import Permission
from palier.kernel.ui.templatetags.palier import number

APPLIED = (BatchState.APPLIED, BatchState.STOPPED, BatchState.ROLLING_BACK, BatchState.ROLLED_BACK)
TONES = {
    BatchState.APPLIED: "good", BatchState.STOPPED: "warn", BatchState.ROLLING_BACK: "info",
    BatchState.ROLLED_BACK: "neutral",
}  # fmt: skip


@register_done_source("imports.batches", permission=Permission.BATCH_READ)
def batches_done(*, by: Actor, everybody: bool, before: datetime, limit: int) -> list[Done]:
    """Files that changed something, newest first. One query."""
    rows = ImportBatch.objects.filter(state__in=APPLIED, received_at__lt=before).defer("preview", "mapping")
    if not everybody:
        rows = rows.filter(received_by_id=by.user_id)
    return [_told(batch, by) for batch in rows.order_by("-received_at")[:limit]]


def _told(batch: ImportBatch, by: Actor) -> Done:
    address = reverse("imports:batch", args=[batch.pk])
    is_standing = batch.state in (BatchState.APPLIED, BatchState.STOPPED)
    result = ngettext("{count} row written", "{count} rows written", batch.applied)
    return Done(
        at=batch.received_at,
        who=batch.applied_by or batch.received_by,
        title=_("File loaded: {file}").format(file=batch.file_name),
        url=address,
        result=result.format(count=number(batch.applied)),
        state=batch.get_state_display(),
        tone=TONES[BatchState(batch.state)],
        undoing=Undoing.REVERSIBLE if is_standing else None,
        undo_url=reverse("imports:undo", args=[batch.pk])
        if is_standing and by.may(Permission.BATCH_UNDO)
        else "",
    )
