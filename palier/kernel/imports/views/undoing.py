"""What a file changed, row by row; what undoing it would do; undoing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.imports import selectors, services
from palier.kernel.imports.enums import BatchState, UndoVerdict
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.permissions import Permission
from palier.kernel.jobs.services import run_by_id
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import Choice, YesNo
from palier.kernel.ui.lists import Column, Empty, ListPage

VERDICT_TONES = {"free": "info", "changed": "warn", "later": "warn", "in_use": "warn", "missing": "neutral"}


def _batch(batch_id: UUID) -> ImportBatch:
    try:
        return selectors.batch_named(batch_id)
    except NotFound:
        raise Http404 from None


def _tables(request: OrganisationRequest) -> list[tuple[str, str]]:
    assert request.resolver_match is not None
    return selectors.tables_of(_batch(request.resolver_match.kwargs["batch_id"]))


class _RowsOfBatch(ListPage):
    """A list that hangs on one batch. Its files hold personal data: the right to load is asked for them."""

    template = "imports/rows.html"

    def context(self, request: OrganisationRequest, **kwargs: Any) -> dict[str, Any]:
        return {"batch": _batch(kwargs["batch_id"])}

    def guard_files(self, request: OrganisationRequest) -> None:
        if request.GET.get("export") and not request.actor.may(Permission.BATCH_LOAD):
            raise PermissionDenied


class Changes(_RowsOfBatch):
    """Every row that a file wrote, before and after."""

    permission = Permission.BATCH_READ
    name = "import-changes"
    title = gettext_lazy("What the file changed")
    columns = (
        Column("line", gettext_lazy("Line"), "number", sort="line"),
        Column("table_name", gettext_lazy("What"), value=lambda row: selectors.table_label(row.table_name)),
        Column(
            "before", pgettext_lazy("what a file did to a row", "Done"), "badge",
            value=lambda row: (_("New"), "info") if row.before is None else (_("Changed"), "neutral"),
        ),
        Column("after", gettext_lazy("Before and after"), value=selectors.difference_words),
    )  # fmt: skip
    filters = (
        Choice("table", gettext_lazy("What"), _tables, "table_name"),
        YesNo("new", gettext_lazy("New rows"), "before__isnull"),
    )
    empty = Empty(gettext_lazy("Nothing changed"), gettext_lazy("What the file says was already there."))

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> Any:
        self.guard_files(request)
        return selectors.changed_rows(batch=_batch(kwargs["batch_id"]))


def _because(row: Any) -> str:
    if row.verdict == UndoVerdict.LATER:
        return row.later_file or ""
    return selectors.table_label(row.because) if row.because else ""


def _outcome(row: Any) -> tuple[str, str]:
    if row.is_done:
        return (_("Removed") if row.is_made else _("As before")), "good"
    if row.verdict == UndoVerdict.FREE:
        return (_("Will be removed") if row.is_made else _("Will be as before")), "info"
    return row.get_verdict_display(), VERDICT_TONES[row.verdict]


class UndoRows(_RowsOfBatch):
    """What undoing does to each row of a file: what goes back, and what stays with the reason."""

    permission = Permission.BATCH_UNDO
    name = "import-undo"
    title = gettext_lazy("Undoing, row by row")
    columns = (
        Column("line", gettext_lazy("Line"), "number"),
        Column("table_name", gettext_lazy("What"), value=lambda row: selectors.table_label(row.table_name)),
        Column("said", gettext_lazy("Which"), value=lambda row: selectors.named_by(row.said)),
        Column("verdict", gettext_lazy("What becomes of it"), "badge", value=_outcome),
        Column("because", gettext_lazy("Because of"), value=_because),
    )
    filters = (
        Choice("verdict", gettext_lazy("What becomes of it"), UndoVerdict.choices),
        Choice("table", gettext_lazy("What"), _tables, "table_name"),
        YesNo("made", gettext_lazy("Made by the file"), "is_made"),
    )
    empty = Empty(
        gettext_lazy("Nothing worked out yet"), gettext_lazy("Work out first what undoing would do.")
    )

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> Any:
        self.guard_files(request)
        return selectors.undo_rows(batch=_batch(kwargs["batch_id"])).order_by("position")


@requires(Permission.BATCH_UNDO)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    """Show what undoing would do; undo when that very plan is confirmed."""
    batch = _batch(batch_id)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            services.start_undoing(
                batch_id=batch_id,
                planned_at=request.POST.get("planned_at", ""),
                by=request.actor,
                at=timezone.now(),
            )
            return redirect("imports:batch", batch_id)
        except DomainError as refused:
            refusal, status = str(refused), 422
    run = run_by_id(batch.run_id) if batch.run_id else None
    context = {
        "batch": batch, "plan": selectors.undo_plan(batch), "run": run, "refusal": refusal,
        "may_undo": batch.state in (BatchState.APPLIED, BatchState.STOPPED),
        "is_stopped": batch.state == BatchState.ROLLING_BACK and (run is None or run.is_ended),
    }  # fmt: skip
    return render(request, "imports/undo.html", context, status=status)


@requires(Permission.BATCH_UNDO)
@require_POST
def plan(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    """Have what undoing would do worked out."""
    try:
        services.start_planning(batch_id=_batch(batch_id).pk, by=request.actor, at=timezone.now())
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect("imports:undo", batch_id)
