"""What the kernel itself adds to « Ce que je viens de faire »: bulk runs, and other visible work."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palier.kernel.access import Actor
from palier.kernel.bulk import selectors
from palier.kernel.bulk.done import Done, register_done_source
from palier.kernel.bulk.enums import RunState
from palier.kernel.bulk.models import BulkRun
from palier.kernel.bulk.permissions import Permission
from palier.kernel.bulk.registry import action_named
from palier.kernel.jobs.models import JobRun
from palier.kernel.jobs.permissions import Permission as JobPermission
from palier.kernel.previews import Undoing
from palier.kernel.ui.templatetags.palier import number, short_moment

TONES = {RunState.DONE: "good", RunState.STOPPED: "warn", RunState.APPLYING: "info"}
JOB_TONES = {"done": "good", "failed": "bad", "cancelled": "warn"}
# Their own source says more of them than their job does.
TOLD_ELSEWHERE = ("bulk", "imports.check", "imports.apply", "imports.preview", "imports.undo")


@register_done_source("bulk.runs", permission=Permission.RUN_START)
def runs_done(*, by: Actor, everybody: bool, before: datetime, limit: int) -> list[Done]:
    return [_told(run) for run in selectors.runs_done(by=by, everybody=everybody, before=before, limit=limit)]


def _told(run: BulkRun) -> Done:
    action = action_named(run.action)
    title = action.label if action else run.action
    undone = next((one for one in run.undoings.all() if one.state != RunState.DRAFT), None)
    undoable = (
        action is not None and action.undoing == Undoing.REVERSIBLE and run.is_ended and run.applied > 0
        and run.undoes_id is None and undone is None
    )  # fmt: skip
    return Done(
        at=run.confirmed_at or run.created_at,
        who=run.by_name,
        title=_("Undone: {act}").format(act=title) if run.undoes_id else title,
        url=reverse("bulk:run", args=[run.pk]),
        detail=" – ".join(value for _label, value in run.words),
        result=result_words(run),
        state=run.get_state_display(),
        tone=TONES.get(RunState(run.state), "neutral"),
        undoing=None if run.undoes_id or action is None else action.undoing,
        undo_url=reverse("bulk:run", args=[run.pk]) + "#undo" if undoable else "",
        note=_undone_words(undone),
    )


def result_words(run: BulkRun) -> str:
    """What a run did, in one line."""
    parts = [
        ngettext("{count} row done", "{count} rows done", run.applied),
        ngettext("{count} already so", "{count} already so", run.unchanged) if run.unchanged else "",
        ngettext("{count} left as it was", "{count} left as they were", run.refused) if run.refused else "",
    ]
    numbers = (run.applied, run.unchanged, run.refused)
    return ", ".join(
        part.format(count=number(amount)) for part, amount in zip(parts, numbers, strict=True) if part
    )


def _undone_words(undone: BulkRun | None) -> str:
    if undone is None or undone.confirmed_at is None:
        return ""
    when = short_moment(undone.confirmed_at)
    return _("Undone by {who} on {when}").format(who=undone.by_name, when=when)


@register_done_source("jobs.runs", permission=JobPermission.RUN_VIEW)
def work_done(*, by: Actor, everybody: bool, before: datetime, limit: int) -> list[Done]:
    """Posters, packs and other long work that a person asked for."""
    found = JobRun.objects.filter(created_at__lt=before).exclude(kind__in=TOLD_ELSEWHERE)
    found = found.exclude(kind__startswith="imports")
    if not (everybody and by.may(Permission.RUN_VIEW_ALL)):
        found = found.filter(started_by_id=by.user_id)
    return [
        Done(
            at=run.created_at, who=run.started_by, title=run.title, url=reverse("jobs:run", args=[run.pk]),
            result=_progress(run), state=run.get_state_display(), tone=JOB_TONES.get(run.state, "info"),
        )
        for run in found.order_by("-created_at")[:limit]
    ]  # fmt: skip


def _progress(run: JobRun) -> str:
    if run.error:
        return run.error
    if not run.total:
        return ""
    return f"{number(run.done)} / {number(run.total)}"
