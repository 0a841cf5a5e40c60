"""Confirming a run: what was announced is frozen, then done; at once when it is small, else by a job."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.bulk import store
from palier.kernel.bulk.enums import RunAction, RunState
from palier.kernel.bulk.models import BulkRun
from palier.kernel.bulk.planning import CHANGE, UNCHANGED, Rows
from palier.kernel.bulk.services.applying import apply_chunk
from palier.kernel.bulk.services.drafts import CannotUndo, drafted, known_action, may_be_undone
from palier.kernel.bulk.services.previewing import plan_for
from palier.kernel.bulk.workflow import RUN
from palier.kernel.errors import DomainError
from palier.kernel.jobs import start_run

SMALL = 20
"""Rows up to which a run is done while the person waits."""


class NumbersChanged(DomainError):
    code = "bulk.numbers-changed"
    message = _("What would happen has changed since it was counted. Read the new preview, then confirm.")


class NothingToDo(DomainError):
    code = "bulk.nothing-to-do"
    message = _("Nothing would change: every row is already so, or has to be left as it is.")


@transaction.atomic
def confirm(
    *, run_id: UUID, chosen: Rows, selected: int, fingerprint: str, by: Actor, at: datetime
) -> BulkRun:
    """Freeze what was announced, and do it. A second confirmation finds the run under way and changes nothing.

    Raises: NotFound, NotAllowed, NumbersChanged, NothingToDo, CannotUndo, and what the action raises.
    """
    run = drafted(run_id, by, lock=True)
    if run.state != RunState.DRAFT:
        return run
    action = known_action(run.action)
    by.must(action.permission)
    if run.undoes_id is not None:
        _hold_original(run.undoes_id)
    counts, found = store.freeze(run, plan_for(run, action, chosen, by=by, at=at))
    if found != fingerprint:
        raise NumbersChanged
    if not counts.get(CHANGE):
        raise NothingToDo
    run.announced, run.unchanged, run.selected = counts[CHANGE], counts.get(UNCHANGED, 0), selected
    run.refused = selected - run.announced - run.unchanged
    run.confirmed_at = at
    RUN.move(run, RunAction.CONFIRM, by=by, at=at, act=run.action, rows=run.announced)
    _begin(run, str(action.label), by=by, at=at)
    return run


def _hold_original(original_id: UUID) -> None:
    """Two people undo one run: the second is told. Raises: CannotUndo."""
    original = BulkRun.objects.select_for_update(of=("self",)).get(pk=original_id)
    if not may_be_undone(original):
        raise CannotUndo


def _begin(run: BulkRun, title: str, *, by: Actor, at: datetime) -> None:
    small = run.announced <= SMALL
    if not small:
        job = start_run("bulk.apply", kind="bulk", title=title, by=by, at=at, bulk_id=run.pk)
        run.job_id = job.pk
    run.save()
    if small:
        try:
            while apply_chunk(run_id=run.pk, by=by, at=at):
                pass
        except IntegrityError as race:
            # Somebody else wrote the same rows between the count and the act; a constraint held.
            raise NumbersChanged from race
        run.refresh_from_db()
