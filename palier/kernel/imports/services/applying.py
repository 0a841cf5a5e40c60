"""Applying a checked file, by chunks. A chunk, its changes and its checkpoint are one transaction."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.events import publish
from palier.kernel.imports import staging
from palier.kernel.imports.enums import BatchAction, BatchState, Coverage
from palier.kernel.imports.events import BatchApplied
from palier.kernel.imports.kinds import kind_named
from palier.kernel.imports.merging import Outcome, bulk_load, end_absent, merge_chunk
from palier.kernel.imports.models import ImportAbsent, ImportBatch
from palier.kernel.imports.permissions import Permission
from palier.kernel.imports.services.checks import Progress, _silent, given_of, reading_of, stage
from palier.kernel.imports.workflow import BATCH

MOST_ABSENT = 0.02
"""Share of the records in force that a full file may leave out before somebody is asked."""


class AllOrNothing(DomainError):
    code = "imports.all-or-nothing"
    message = _(
        "{refused} lines are to be mended and the file was sent as all or nothing: nothing was applied."
    )


class TooManyAbsent(DomainError):
    code = "imports.too-many-absent"
    message = _(
        "{absent} of the {in_force} records in force are not in this file, which says that it is full: "
        "nothing was applied. "
        "Check that the export is whole; if it is, accept them as ended (on screen, or with --accept-absent)."
    )


class RebuildFirst(DomainError):
    code = "imports.check-again"
    message = _("The checking area was emptied by a restart of the database. Check the file again.")


class AbsentUnsure(DomainError):
    code = "imports.absent-unsure"
    message = _(
        "{absent} records in force seem absent from this file, and {unreadable} of its lines have no readable "
        "reference: nothing was applied. Mend these lines, or accept what is absent as ended."
    )


def too_many_absent(batch: ImportBatch) -> bool:
    return bool(batch.in_force) and batch.absent > MOST_ABSENT * batch.in_force


def asks_about_absent(batch: ImportBatch) -> bool:
    """Ending a lease by mistake silences its tenant: when many are absent, or any may be a line that cannot be read."""
    return too_many_absent(batch) or bool(batch.absent and batch.unreadable)


def refuse_unanswered_absent(batch: ImportBatch) -> None:
    """Raises: TooManyAbsent, AbsentUnsure."""
    if batch.accept_absent:
        return
    if too_many_absent(batch):
        raise TooManyAbsent(absent=batch.absent, in_force=batch.in_force)
    if asks_about_absent(batch):
        raise AbsentUnsure(absent=batch.absent, unreadable=batch.unreadable)


@transaction.atomic
def begin_apply(*, batch_id: UUID, by: Actor, at: datetime) -> ImportBatch:
    """Decide to apply: the last moment at which anything is refused.

    Raises: AllOrNothing, TooManyAbsent, AbsentUnsure, TransitionRefused, NotAllowed.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    by.must(Permission.BATCH_APPLY)
    if batch.all_or_nothing and batch.refused:
        raise AllOrNothing(refused=batch.refused)
    if batch.state == BatchState.CHECKED:
        refuse_unanswered_absent(batch)
    BATCH.move(batch, BatchAction.APPLY, by=by, at=at)
    batch.chunks_done, batch.applied_by = 0, by.name
    batch.save(update_fields=["state", "chunks_done", "applied_by"])
    return batch


def apply_batch(
    *,
    batch_id: UUID,
    by: Actor,
    at: datetime,
    progress: Progress = _silent,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportBatch:
    """Merge what is left to merge. Run again after a kill, it goes on from the last chunk that was committed."""
    _rebuild_if_lost(batch_id, at)
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.state == BatchState.APPLYING and batch.all_or_nothing:
        with transaction.atomic():
            while _next_chunk(batch_id=batch_id, by=by, at=at, progress=progress):
                pass
        return ImportBatch.objects.get(pk=batch_id)
    while True:
        if cancelled():
            return _stop(batch_id=batch_id, by=by, at=at)
        with transaction.atomic():
            if not _next_chunk(batch_id=batch_id, by=by, at=at, progress=progress):
                return ImportBatch.objects.get(pk=batch_id)


def _rebuild_if_lost(batch_id: UUID, at: datetime) -> None:
    """A crash of the database empties unlogged tables: the file and its corrections give them back."""
    batch = ImportBatch.objects.get(pk=batch_id)
    expected = batch.lines_read - batch.set_aside
    layout_changed = batch.reading.get("layout") != list(reading_of(batch).layout)
    if (
        batch.state == BatchState.APPLYING
        and expected
        and (layout_changed or not staging.is_staged(batch.pk))
    ):
        stage(batch=batch, at=at)


def _next_chunk(*, batch_id: UUID, by: Actor, at: datetime, progress: Progress) -> bool:
    """Merge one chunk under the batch's lock, or finish. False when there is nothing left to do."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != BatchState.APPLYING:
        return False
    with bulk_load():
        if batch.chunks_done < batch.chunks:
            outcome = merge_chunk(
                kind_named(batch.kind), reading_of(batch).mapped, batch.chunks_done, given_of(batch, at)
            )
            _note(batch, outcome)
            progress(batch.chunks_done, batch.chunks + 1, "merge")
            return True
        _finish(batch, by=by, at=at)
        progress(batch.chunks + 1, batch.chunks + 1, "done")
    return False


def _note(batch: ImportBatch, outcome: Outcome) -> None:
    batch.chunks_done += 1
    batch.applied += outcome.applied
    batch.unchanged += outcome.unchanged
    batch.tables = dict(Counter(batch.tables) + outcome.tables)
    batch.save(update_fields=["chunks_done", "applied", "unchanged", "tables"])


def _finish(batch: ImportBatch, *, by: Actor, at: datetime) -> None:
    kind, ended = kind_named(batch.kind), 0
    if batch.coverage == Coverage.FULL and kind.absent is not None:
        ended = end_absent(kind.absent, given_of(batch, at))
        batch.tables = dict(Counter(batch.tables) + Counter({"absent.ended": ended}))
    BATCH.move(
        batch, BatchAction.FINISH, by=by, at=at, applied=batch.applied, refused=batch.refused, absent=ended
    )
    batch.applied_at = at
    batch.save(update_fields=["state", "applied_at", "tables"])
    staging.forget_good_lines(batch.pk)
    publish(
        BatchApplied(
            batch_id=batch.pk,
            kind=batch.kind,
            coverage=batch.coverage,
            applied=batch.applied,
            absent=ended,
            at=at,
        )
    )


@transaction.atomic
def _stop(*, batch_id: UUID, by: Actor, at: datetime) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state == BatchState.APPLYING:
        BATCH.move(batch, BatchAction.STOP, by=by, at=at, chunks_done=batch.chunks_done)
        batch.save(update_fields=["state"])
    return batch


@transaction.atomic
def resume(*, batch_id: UUID, by: Actor, at: datetime) -> ImportBatch:
    """Go on with a batch that somebody stopped. Raises: TransitionRefused, NotAllowed."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    BATCH.move(batch, BatchAction.RESUME, by=by, at=at)
    batch.save(update_fields=["state"])
    return batch


@transaction.atomic
def accept_absent(*, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Say that what is absent has really ended. Raises: NotAllowed."""
    by.must(Permission.BATCH_APPLY)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    batch.accept_absent = True
    batch.save(update_fields=["accept_absent"])
    journal.record(
        "imports.batch.accept-absent",
        by=by,
        at=at,
        subject=batch,
        absent=batch.absent,
        in_force=batch.in_force,
    )


@transaction.atomic
def keep_absent(*, batch_id: UUID, row_id: UUID, is_kept: bool, by: Actor, at: datetime) -> None:
    """Say that one absent record goes on all the same, or no longer. Raises: NotAllowed."""
    by.must(Permission.BATCH_APPLY)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    ImportAbsent.objects.filter(batch=batch, row_id=row_id).update(is_kept=is_kept)
    batch.absent = ImportAbsent.objects.filter(batch=batch, is_kept=False).count()
    batch.preview_is_stale = True
    batch.save(update_fields=["absent", "preview_is_stale"])
    journal.record("imports.batch.keep-absent", by=by, at=at, subject=batch, is_kept=is_kept)
