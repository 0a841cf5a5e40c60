"""Apply the classes that are switched on: chunk by chunk, resumable, and proven."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.db import transaction
from django.utils.timezone import localdate

from palier.kernel import journal
from palier.kernel.access import Actor, bind_actor
from palier.kernel.jobs import defer
from palier.kernel.retention.enums import RunState
from palier.kernel.retention.models import DestructionProof, RetentionRule, RetentionRun
from palier.kernel.retention.registry import Chunk, Holds, RetentionClass, class_named, retention_classes
from palier.kernel.retention.selectors.holds import holds_on
from palier.kernel.retention.selectors.rules import cutoff, day_of, not_held, term_read
from palier.kernel.retention.services.holds import take_the_lock
from palier.kernel.retention.services.proofs import prove_purge
from palier.kernel.retention.tracing import without_audit

log = structlog.get_logger(__name__)
Teller = Callable[[str, int], None]


def apply_rules(
    *, by: Actor, at: datetime, keys: Sequence[str] | None = None, tell: Teller = lambda _key, _n: None
) -> dict[str, int]:
    """Purge every class that is switched on and whose duration is the confirmed one. Returns rows by class.

    Each chunk commits: a run that was killed goes on where it stood, counts included.
    """
    done: dict[str, int] = {}
    for one in retention_classes():
        if (keys is None or one.key in keys) and _is_ready(one, at):
            done[one.key] = purge(one, by=by, at=at, tell=tell)
    return done


def _is_ready(one: RetentionClass, at: datetime) -> bool:
    rule = RetentionRule.objects.filter(class_key=one.key, is_on=True).first()
    return rule is not None and rule.confirmed_term == str(one.term_on(localdate(at)))


def purge(one: RetentionClass, *, by: Actor, at: datetime, tell: Teller = lambda _key, _n: None) -> int:
    """Purge one class to its end, then prove it. Nothing due: nothing written."""
    applied = 0
    while moved := purge_chunk(one, by=by, at=at):
        applied += moved
        tell(one.key, applied)
    _finish(one, by=by, at=at)
    return applied


@transaction.atomic
def purge_chunk(one: RetentionClass, *, by: Actor, at: datetime) -> int:
    """Let the next rows go, with their count, in one transaction. Returns how many; 0 when none is left."""
    take_the_lock()
    if not _is_ready(one, at):
        return 0
    bind_actor(by)
    run = RetentionRun.objects.filter(class_key=one.key, state=RunState.RUNNING).first()
    # A run that was cut goes on with what it began: its duration and its day, not tonight's.
    term = term_read(run.term) if run else one.term_on(localdate(at))
    before, holds = run.before if run else cutoff(term, at), holds_on(localdate(at))
    with one.rows.scope():
        found = _next_rows(one, before, holds, run.last_id if run else None)
        if not found:
            return 0
        held = run.held if run else _held_count(one, before, holds)
        chunk = Chunk(ids=[pk for pk, _since in found], by=by, at=at)
        with without_audit():
            one.rows.apply(chunk)
    run = run or RetentionRun(
        class_key=one.key, term=str(term), before=before, held=held, started_at=at, started_by=by.name
    )
    _count(run, found, chunk)
    erase_files_later(chunk.files)
    return len(found)


def _next_rows(one: RetentionClass, before: datetime, holds: Holds, after: Any) -> list[tuple[Any, Any]]:
    """Key and date of the next rows to let go, locked; never a held one, whatever happened since the last chunk."""
    free = not_held(one, one.rows.due(before=before), holds).order_by("pk")
    if after:
        free = free.filter(pk__gt=after)
    if one.rows.lockable:
        free = free.select_for_update(of=("self",))
    return list(free.values_list("pk", one.rows.since)[: one.rows.chunk_rows])


def _held_count(one: RetentionClass, before: datetime, holds: Holds) -> int:
    if not holds.by_table:
        return 0
    due = one.rows.due(before=before)
    return due.count() - not_held(one, due, holds).count()


def _count(run: RetentionRun, found: list[tuple[Any, Any]], chunk: Chunk) -> None:
    days = [day for _pk, since in found if (day := day_of(since)) is not None]
    run.last_id, run.applied, run.chunks = found[-1][0], run.applied + len(found), run.chunks + 1
    run.tables = dict(Counter(run.tables) + chunk.counts)
    run.years = dict(Counter(run.years) + Counter(str(day.year) for day in days))
    if days:
        run.first_on = min(filter(None, (run.first_on, min(days))))
        run.last_on = max(filter(None, (run.last_on, max(days))))
    run.save()


@transaction.atomic
def _finish(one: RetentionClass, *, by: Actor, at: datetime) -> DestructionProof | None:
    take_the_lock()
    run = (
        RetentionRun.objects.select_for_update(of=("self",))
        .filter(class_key=one.key, state=RunState.RUNNING)
        .first()
    )
    if run is None:
        return None
    run.state, run.finished_at = RunState.DONE, at
    run.save(update_fields=["state", "finished_at"])
    journal.record("retention.purge", by=by, at=at, subject=run, key=one.key, applied=run.applied)
    log.info("retention.purged", key=one.key, applied=run.applied)
    return prove_purge(run=run, one=one, by=by, at=at)


def erase_files_later(paths: list[str]) -> None:
    """Delete files once the transaction holds; the job does it again if the machine stops between."""
    if paths:
        defer("retention.erase-files", paths=paths)
        transaction.on_commit(lambda: erase_files(paths))


def erase_files(paths: list[str]) -> int:
    """Delete files whose row is gone or withdrawn, that is committed. Safe to run twice."""
    erased = 0
    for path in paths:
        target = Path(path)
        if target.is_file():
            target.unlink()
            erased += 1
    return erased


def resume(*, by: Actor, at: datetime) -> dict[str, int]:
    """Go on with the runs that were cut, whatever the hour."""
    cut = RetentionRun.objects.filter(state=RunState.RUNNING).values_list("class_key", flat=True)
    return {key: purge(one, by=by, at=at) for key in list(cut) if (one := class_named(key)) is not None}
