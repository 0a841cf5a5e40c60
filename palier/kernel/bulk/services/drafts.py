"""Preparing a run: what was chosen, what is to be done to it. Nothing changes before it is confirmed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor, SystemActor
from palier.kernel.bulk import params as codec
from palier.kernel.bulk.enums import Outcome, RunState
from palier.kernel.bulk.models import BulkRun
from palier.kernel.bulk.permissions import Permission
from palier.kernel.bulk.registry import BulkAction, action_named
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.previews import Undoing

DRAFT_KEPT = timedelta(days=1)


class NothingChosen(DomainError):
    code = "bulk.nothing-chosen"
    message = _("No row is chosen. Tick at least one, then choose what to do.")


class CannotUndo(DomainError):
    code = "bulk.cannot-undo"
    message = _("This cannot be undone: nothing of it is left to put back, or it was undone already.")


def known_action(key: str) -> BulkAction:
    """Raises: NotFound."""
    action = action_named(key)
    if action is None:
        raise NotFound()
    return action


def drafted(run_id: UUID, by: Actor, *, lock: bool = False) -> BulkRun:
    """A run of this person's own. Raises: NotFound."""
    runs = BulkRun.objects.filter(pk=run_id, by_id=by.user_id)
    run = (runs.select_for_update(of=("self",)) if lock else runs).first()
    if run is None:
        raise NotFound()
    return run


@transaction.atomic
def start_draft(
    *,
    action_key: str,
    ids: Sequence[UUID] = (),
    everything: bool = False,
    path: str = "",
    by: Actor,
    at: datetime,
) -> BulkRun:
    """Keep a selection: rows that were ticked, or everything that the list at `path` shows.

    Raises: NotFound, NotAllowed, NothingChosen.
    """
    by.must(Permission.RUN_START)
    if not action_key or not (ids or everything):
        raise NothingChosen
    action = known_action(action_key)
    by.must(action.permission)
    selection: dict[str, Any] = (
        {"everything": True} if everything else {"ids": list(dict.fromkeys(map(str, ids)))}
    )
    has_form = action.form(None, by=by, at=at) is not None
    return BulkRun.objects.create(
        action=action.key, selection=selection, path=path, params=None if has_form else {},
        selected=0 if everything else len(selection["ids"]), created_at=at, **_author(by),
    )  # fmt: skip


@transaction.atomic
def fill(
    *, run_id: UUID, params: Mapping[str, Any], words: Sequence[tuple[str, str]], by: Actor, at: datetime
) -> BulkRun:
    """Say what is to be done. Raises: NotFound, NotAllowed."""
    run = drafted(run_id, by, lock=True)
    by.must(known_action(run.action).permission)
    if run.state == RunState.DRAFT:
        run.params, run.words = codec.stored(params), [list(pair) for pair in words]
        run.save(update_fields=["params", "words"])
    return run


@transaction.atomic
def begin_undo(*, run_id: UUID, by: Actor, at: datetime) -> BulkRun:
    """Prepare the undoing of a run that ended; it is previewed and confirmed as any other.

    Raises: NotFound, NotAllowed, CannotUndo.
    """
    original = BulkRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if original is None or not _may_read(original, by):
        raise NotFound()
    by.must(known_action(original.action).permission)
    if not may_be_undone(original):
        raise CannotUndo
    return BulkRun.objects.create(
        action=original.action, undoes=original, params=original.params, words=original.words,
        path=original.path, selected=original.applied, created_at=at, **_author(by),
    )  # fmt: skip


def may_be_undone(run: BulkRun) -> bool:
    """Whether undoing may be asked: the preview then says what of it is possible. One query."""
    action = action_named(run.action)
    return (
        action is not None
        and action.undoing == Undoing.REVERSIBLE
        and run.undoes_id is None
        and run.is_ended
        and run.applied > 0
        and not run.undoings.exclude(state=RunState.DRAFT).exists()
        and run.items.filter(outcome=Outcome.APPLIED, after__isnull=False).exists()
    )


@transaction.atomic
def forget_drafts(*, at: datetime) -> int:
    """Delete the selections that nobody confirmed."""
    forgotten, _each = BulkRun.objects.filter(state=RunState.DRAFT, created_at__lt=at - DRAFT_KEPT).delete()
    return forgotten


def _may_read(run: BulkRun, by: Actor) -> bool:
    return (run.by_id == by.user_id) or by.may(Permission.RUN_VIEW_ALL)


def _author(by: Actor) -> dict[str, Any]:
    return {"by_id": by.user_id, "by_name": by.name, "by_system": isinstance(by, SystemActor)}
