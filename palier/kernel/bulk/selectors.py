"""What the pages of bulk runs show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from palier.kernel.access import Actor
from palier.kernel.audit.models import AuditEntry
from palier.kernel.bulk import params as codec
from palier.kernel.bulk.enums import CHANGED_SINCE, Outcome, RunState
from palier.kernel.bulk.models import BulkItem, BulkRun
from palier.kernel.bulk.permissions import Permission
from palier.kernel.bulk.registry import BulkAction, action_named
from palier.kernel.bulk.services.drafts import may_be_undone
from palier.kernel.errors import NotFound
from palier.kernel.jobs.models import JobRun
from palier.kernel.previews import Undoing
from palier.kernel.ui.templatetags.palier import short_moment
from palier.kernel.words import Text

SHOWN = 12


@dataclass(frozen=True)
class Author:
    """Who asked for a run, and for how much."""

    announced: int
    by_system: bool


@dataclass(frozen=True)
class LeftRow:
    """One row that was left as it was, and why."""

    label: str
    reason: Text


@dataclass(frozen=True)
class RunCard:
    """One run as its page shows it."""

    id: UUID
    title: Text
    icon: str
    state: str
    state_label: str
    who: str
    is_mine: bool
    words: tuple[tuple[str, str], ...]
    selected: int
    announced: int
    applied: int
    unchanged: int
    refused: int
    created_at: datetime
    confirmed_at: datetime | None
    finished_at: datetime | None
    error: str
    path: str
    undoing: Undoing
    is_undoing: bool
    undoes_id: UUID | None
    undone_by: tuple[UUID, datetime, str] | None
    may_undo: bool
    may_go_on: bool
    correction_url: str
    left: tuple[LeftRow, ...]

    @property
    def treated(self) -> int:
        return self.applied + self.refused_on_the_way

    @property
    def refused_on_the_way(self) -> int:
        """Rows announced as changed and left as they were after all."""
        return max(0, self.unchanged + self.refused + self.announced - self.selected) if self.announced else 0

    @property
    def is_ended(self) -> bool:
        return self.state in (RunState.DONE, RunState.STOPPED)

    @property
    def left_undone(self) -> int:
        """Rows announced that a stop kept from being done."""
        return max(0, self.announced - self.treated)

    @property
    def more_left(self) -> int:
        return self.refused - len(self.left)


def author_of(run_id: UUID) -> Author:
    run = BulkRun.objects.only("announced", "by_system").get(pk=run_id)
    return Author(run.announced, run.by_system)


def treated(run_id: UUID) -> int:
    """Rows announced that are no longer waiting."""
    waiting = Count("items", filter=Q(items__outcome=Outcome.PENDING))
    run = BulkRun.objects.annotate(waiting=waiting).get(pk=run_id)
    return int(run.announced - run.waiting)


def run_of(run_id: UUID, actor: Actor) -> BulkRun:
    """A run that this person may read: their own, or anybody's confirmed one with the right. Raises: NotFound."""
    run = BulkRun.objects.select_related("undoes").filter(pk=run_id).first()
    mine = run is not None and run.by_id == actor.user_id
    if run is None or not (mine or (actor.may(Permission.RUN_VIEW_ALL) and run.state != RunState.DRAFT)):
        raise NotFound()
    if action_named(run.action) is None:
        raise NotFound()
    return run


def run_card(run: BulkRun, actor: Actor) -> RunCard:
    """A run with what may be done about it. Five queries."""
    action = action_named(run.action)
    assert action is not None  # run_of refuses the runs of an action that no longer exists
    since = run.undoings.exclude(state=RunState.DRAFT).first()
    allowed = actor.may(action.permission)
    return RunCard(
        id=run.pk, title=action.label, icon=action.icon, state=run.state, state_label=run.get_state_display(),
        who=run.by_name, is_mine=run.by_id == actor.user_id, words=tuple((a, b) for a, b in run.words),
        selected=run.selected, announced=run.announced, applied=run.applied, unchanged=run.unchanged,
        refused=run.refused, created_at=run.created_at, confirmed_at=run.confirmed_at,
        finished_at=run.finished_at, error=run.error or _job_error(run), path=run.path,
        undoing=action.undoing, is_undoing=run.undoes_id is not None, undoes_id=run.undoes_id,
        undone_by=(since.pk, since.confirmed_at, since.by_name) if since and since.confirmed_at else None,
        may_undo=allowed and may_be_undone(run), may_go_on=allowed and _may_go_on(run),
        correction_url=_correction(run, action), left=tuple(left_rows(run, action, limit=SHOWN)),
    )  # fmt: skip


def left_rows(run: BulkRun, action: BulkAction, *, limit: int | None = None) -> Iterator[LeftRow]:
    """The rows that were left as they were, in the order of the list."""
    found = run.items.filter(outcome=Outcome.REFUSED).order_by("position")
    rows = list((found[:limit] if limit else found).values_list("subject_id", "label", "reason"))
    changed = _last_changes(run, action, [row for row, _label, reason in rows if reason == CHANGED_SINCE])
    for row, label, reason in rows:
        yield LeftRow(label, changed.get(str(row)) or action.reason(reason))


def _last_changes(run: BulkRun, action: BulkAction, ids: list[UUID]) -> dict[str, str]:
    """Who changed rows last, and when: what somebody who undoes needs to go and ask. One query."""
    states = action.states(codec.read(run.params)) if ids else None
    if states is None:
        return {}
    entries = AuditEntry.objects.filter(
        table_name=states.model._meta.db_table, row_id__in=[str(one) for one in ids]
    )
    if run.undoes and run.undoes.confirmed_at:
        entries = entries.filter(at__gt=run.undoes.finished_at or run.undoes.confirmed_at)
    last = (
        entries.exclude(actor="")
        .order_by("row_id", "-at")
        .distinct("row_id")
        .values_list("row_id", "actor", "at")
    )
    words = _("Changed by {who} on {when}: left as it is now")
    return {
        row: words.format(who=actor.partition("|")[2] or actor, when=short_moment(at))
        for row, actor, at in last
    }


def changed_since(run: BulkRun) -> int:
    return run.items.filter(outcome=Outcome.REFUSED, reason=CHANGED_SINCE).count()


def runs_done(*, by: Actor, everybody: bool, before: datetime, limit: int) -> list[BulkRun]:
    """Confirmed runs, newest first, with what undid each. Two queries."""
    found = BulkRun.objects.exclude(state=RunState.DRAFT).filter(confirmed_at__lt=before)
    if not (everybody and by.may(Permission.RUN_VIEW_ALL)):
        found = found.filter(by_id=by.user_id)
    return list(found.prefetch_related("undoings").order_by(F("confirmed_at").desc())[:limit])


def _job_error(run: BulkRun) -> str:
    if run.state != RunState.APPLYING or run.job_id is None:
        return ""
    job = JobRun.objects.filter(pk=run.job_id, state="failed").first()
    return job.error if job else ""


def _may_go_on(run: BulkRun) -> bool:
    if run.state == RunState.STOPPED:
        return BulkItem.objects.filter(run=run, outcome=Outcome.PENDING).exists()
    return bool(_job_error(run))


def _correction(run: BulkRun, action: BulkAction) -> str:
    if action.undoing != Undoing.COMPENSABLE or run.applied == 0:
        return ""
    return action.correction_url(codec.read(run.params))
