"""Handing the long steps over to the bulk queue, in the transaction that decides them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from palier.kernel.access import Actor
from palier.kernel.imports.enums import BatchAction, BatchState
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.permissions import Permission
from palier.kernel.imports.services.applying import begin_apply, resume
from palier.kernel.imports.services.planning import NothingToUndo
from palier.kernel.imports.services.receiving import find_kind, refuse_missing_columns
from palier.kernel.imports.services.undoing import begin_undoing, resume_undoing
from palier.kernel.imports.workflow import BATCH
from palier.kernel.jobs import start_run


@transaction.atomic
def start_check(*, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Have a received file checked. Raises: ColumnsMissing, NotAllowed."""
    by.must(Permission.BATCH_LOAD)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    refuse_missing_columns(find_kind(batch.kind), batch.mapping)
    _start(batch, "imports.check-batch", _("Check of {file}").format(file=batch.file_name), by, at)


@transaction.atomic
def start_apply(*, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Decide to apply a checked file, or to go on with one that was stopped, and have it done.

    Raises: AllOrNothing, TooManyAbsent, TransitionRefused, NotAllowed.
    """
    batch = ImportBatch.objects.get(pk=batch_id)
    step = resume if batch.state == BatchState.STOPPED else begin_apply
    batch = step(batch_id=batch_id, by=by, at=at)
    _start(batch, "imports.apply-batch", _("Load of {file}").format(file=batch.file_name), by, at)


@transaction.atomic
def start_preview(*, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Have what will change worked out anew. Raises: NotAllowed."""
    by.must(Permission.BATCH_LOAD)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    _start(batch, "imports.preview-batch", _("Count for {file}").format(file=batch.file_name), by, at)


@transaction.atomic
def start_planning(*, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Have what undoing would do worked out. Raises: NothingToUndo, NotAllowed."""
    by.must(Permission.BATCH_UNDO)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state not in BATCH.table[BatchAction.ROLL_BACK][0]:
        raise NothingToUndo
    _start(batch, "imports.undo-plan", _("What undoing {file} would do").format(file=batch.file_name), by, at)


@transaction.atomic
def start_undoing(*, batch_id: UUID, planned_at: str, by: Actor, at: datetime) -> None:
    """Decide to undo a file, or to go on with an undoing that was stopped, and have it done.

    Raises: NothingToUndo, PlanMissing, PlanChanged, NotAllowed.
    """
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.state == BatchState.ROLLING_BACK:
        batch = resume_undoing(batch_id=batch_id, by=by, at=at)
    else:
        batch = begin_undoing(batch_id=batch_id, planned_at=planned_at, by=by, at=at)
    _start(batch, "imports.undo-batch", _("Undoing of {file}").format(file=batch.file_name), by, at)


def _start(batch: ImportBatch, work: str, title: str, by: Actor, at: datetime) -> None:
    run: Any = start_run(work, kind=work, title=title, by=by, at=at, batch_id=batch.pk)
    batch.run_id = run.pk
    batch.save(update_fields=["run_id"])
