"""Doing what was announced, chunk after chunk. A chunk and the outcomes of its rows are one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from palier.kernel.access import Actor
from palier.kernel.bulk import params as codec
from palier.kernel.bulk import store
from palier.kernel.bulk.enums import Outcome, RunAction, RunState
from palier.kernel.bulk.models import BulkItem, BulkRun
from palier.kernel.bulk.permissions import Permission
from palier.kernel.bulk.planning import states_of
from palier.kernel.bulk.registry import BulkAction, Refused, UndoItem
from palier.kernel.bulk.services.drafts import known_action
from palier.kernel.bulk.services.previewing import plan_for
from palier.kernel.bulk.workflow import RUN
from palier.kernel.errors import NotFound
from palier.kernel.jobs import start_run


@transaction.atomic
def apply_chunk(*, run_id: UUID, by: Actor, at: datetime) -> int:
    """Do the next rows under the run's lock. Returns how many were treated: 0 when the run is over.

    A kill leaves the chunk undone and the next call takes it again; two workers take turns.
    Raises: NotAllowed, and what the action raises.
    """
    run = BulkRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != RunState.APPLYING:
        return 0
    action = known_action(run.action)
    by.must(action.permission)
    ids = store.waiting_ids(run.pk, action.chunk)
    if ids:
        _do(run, action, ids, by=by, at=at)
        _count(run, ids)
    if len(ids) < action.chunk:
        RUN.move(run, RunAction.FINISH, by=by, at=at, applied=run.applied, refused=run.refused)
        run.finished_at = at
    run.save(update_fields=["state", "applied", "unchanged", "refused", "finished_at"])
    return 0 if run.state == RunState.DONE else len(ids)


def _do(run: BulkRun, action: BulkAction, ids: Sequence[UUID], *, by: Actor, at: datetime) -> None:
    given = codec.read(run.params)
    _lock(action.plan(given, by=by, at=at), ids)
    store.set_aside(
        run.pk, ids, plan_for(run, action, tuple(ids), by=by, at=at, only=ids if run.undoes_id else None)
    )
    going = store.still_waiting(run.pk, ids)
    if not going:
        return
    store.keep_states(run.pk, "before", going, states_of(action.states(given), going))
    refused = (
        action.apply(going, given, by=by, at=at)
        if run.undoes_id is None
        else _put_back(run, action, going, by=by, at=at)
    ) or {}
    store.close_chunk(run.pk, going, refused)
    done = [one for one in going if one not in refused]
    store.keep_states(run.pk, "after", done, states_of(action.states(given), done))


def _lock(rows: QuerySet, ids: Sequence[UUID]) -> None:
    """Take the rows in one order, so that two runs over the same rows wait for each other and never block."""
    held = rows.model._base_manager.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    list(held.values_list("pk", flat=True))


def _put_back(
    run: BulkRun, action: BulkAction, going: Sequence[UUID], *, by: Actor, at: datetime
) -> Refused | None:
    frozen = BulkItem.objects.filter(run=run.undoes_id, subject_id__in=going).order_by("position")
    items = [UndoItem(one.subject_id, one.label, one.before or {}, one.after or {}) for one in frozen]
    return action.undo(items, codec.read(run.params), by=by, at=at)


def _count(run: BulkRun, ids: Sequence[UUID]) -> None:
    found = store.tally(run.pk, ids)
    run.applied += found.get(Outcome.APPLIED, 0)
    run.unchanged += found.get(Outcome.UNCHANGED, 0)
    run.refused += found.get(Outcome.REFUSED, 0)


@transaction.atomic
def stop(*, run_id: UUID, by: Actor, at: datetime, error: str = "") -> BulkRun:
    """Leave the rest undone; what was done stays, and can go on or be undone. Raises: NotFound, NotAllowed."""
    run = _of(run_id, by)
    if run.state == RunState.APPLYING:
        RUN.move(run, RunAction.STOP, by=by, at=at, applied=run.applied)
        run.error, run.finished_at = error, at
        run.save(update_fields=["state", "error", "finished_at"])
    return run


@transaction.atomic
def resume(*, run_id: UUID, by: Actor, at: datetime) -> BulkRun:
    """Go on with what is left, under the rights of whoever asks. Raises: NotFound, NotAllowed, TransitionRefused."""
    run = _of(run_id, by)
    action = known_action(run.action)
    by.must(action.permission)
    RUN.move(run, RunAction.RESUME, by=by, at=at)
    job = start_run("bulk.apply", kind="bulk", title=str(action.label), by=by, at=at, bulk_id=run.pk)
    run.job_id, run.error, run.finished_at = job.pk, "", None
    run.save(update_fields=["state", "job_id", "error", "finished_at"])
    return run


def _of(run_id: UUID, by: Actor) -> BulkRun:
    run = BulkRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None or not (run.by_id == by.user_id or by.may(Permission.RUN_VIEW_ALL)):
        raise NotFound()
    return run
