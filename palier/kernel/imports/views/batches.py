"""Pages of imports: the files loaded, a new one, which column is which, what is to be mended, the result."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.imports import exports, files, selectors, services
from palier.kernel.imports.enums import BatchState
from palier.kernel.imports.forms import MappingForm, UploadForm
from palier.kernel.imports.kinds import ImportKind, kind_named
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.permissions import Permission
from palier.kernel.imports.selectors import BatchCard
from palier.kernel.jobs.services import run_by_id
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import Choice, Period
from palier.kernel.ui.lists import Column, Empty, ListPage

TONES = {
    "received": "info", "checking": "info", "checked": "warn", "applying": "info", "stopped": "warn", "applied": "good",
    "rolling_back": "info", "rolled_back": "neutral", "discarded": "neutral",
}  # fmt: skip


class Batches(ListPage):
    """The files loaded, newest first."""

    permission = Permission.BATCH_READ
    name = "imports"
    title = gettext_lazy("Files loaded")
    lead = gettext_lazy("What came from your software, what was to be mended, and what it changed.")
    actions_template = "imports/_batches_actions.html"
    default_sort = "-received_at"
    columns = (
        Column("file_name", gettext_lazy("File"), link=lambda row: row.get_absolute_url()),
        Column("kind", gettext_lazy("What it holds"), value=lambda row: selectors.kind_label(row.kind)),
        Column(
            "state",
            gettext_lazy("State"),
            "badge",
            value=lambda row: (row.get_state_display(), TONES[row.state]),
        ),
        Column("lines_read", gettext_lazy("Lines"), "number", sort="lines_read"),
        Column("refused", gettext_lazy("To mend"), "number", sort="refused"),
        Column("applied", gettext_lazy("Applied"), "number", sort="applied"),
        Column("received_at", gettext_lazy("Received"), "datetime", sort="received_at"),
        Column("received_by", gettext_lazy("By"), secondary=True),
        Column("applied_at", gettext_lazy("Applied on"), "datetime", sort="applied_at", secondary=True),
        Column("undone_at", gettext_lazy("Undone on"), "datetime", sort="undone_at", secondary=True),
    )
    filters = (
        Choice(
            "kind",
            gettext_lazy("What it holds"),
            lambda request: [(k.code, str(k.label)) for k in selectors.kinds_offered()],
        ),
        Choice("state", gettext_lazy("State"), BatchState.choices),
        Period("received", gettext_lazy("Received from"), gettext_lazy("To"), "received_at__date"),
    )
    empty = Empty(
        gettext_lazy("No file loaded yet"),
        gettext_lazy("Begin with the property list, then the leases, the staff and who covers what."),
        icon="file-import",
        action=gettext_lazy("Load a file"),
        url="imports:upload",
    )

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> Any:
        return selectors.recent_batches()


def _batch(batch_id: UUID) -> ImportBatch:
    try:
        return selectors.batch_named(batch_id)
    except NotFound:
        raise Http404 from None


@requires(Permission.BATCH_LOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: OrganisationRequest) -> HttpResponse:
    kinds, profiles = selectors.kinds_offered(), selectors.profiles()
    initial = {"kind": request.GET.get("kind", kinds[0].code if kinds else ""), "coverage": "partial"}
    form = UploadForm(
        request.POST or None, request.FILES or None, kinds=kinds, profiles=profiles, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        received = _receive(request, form)
        if received is not None:
            return redirect("imports:mapping", received.pk)
    context = {"form": form, "kinds": kinds, "profiles": profiles}
    return render(request, "imports/upload.html", context, status=422 if form.errors else 200)


def _receive(request: OrganisationRequest, form: UploadForm) -> ImportBatch | None:
    wanted, now = form.cleaned_data, timezone.now()
    try:
        files.refuse_too_large(wanted["file"].size)
        return services.receive(
            kind=wanted["kind"], data=wanted["file"].read(), file_name=wanted["file"].name, coverage=wanted["coverage"],
            profile=wanted["profile"], all_or_nothing=wanted["all_or_nothing"], by=request.actor, at=now,
            day=timezone.localdate(now),
        )  # fmt: skip
    except DomainError as refusal:
        form.add_error("file", str(refusal))
    return None


@requires(Permission.BATCH_LOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    batch = _batch(batch_id)
    kind = kind_named(batch.kind)
    initial = {f"column_{name}": header for name, header in batch.mapping.items()}
    initial |= {"sheet": batch.reading["sheet"], "header_line": batch.reading["header_line"]}
    form = MappingForm(request.POST or None, kind=kind, reading=batch.reading, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _map(request, batch, form)
        if answer is not None:
            return answer
    context = {
        "batch": batch,
        "card": selectors.batch_card(batch_id=batch_id, actor=request.actor),
        "kind": kind,
    }
    rows = _mapping_rows(form, kind, batch)
    shown = [row for row in rows if row["column"].required or row["field"].value()]
    context |= {"form": form, "columns": shown, "others": [row for row in rows if row not in shown]}
    return render(request, "imports/mapping.html", context, status=422 if form.errors else 200)


def _map(request: OrganisationRequest, batch: ImportBatch, form: MappingForm) -> HttpResponse | None:
    """Keep the mapping; then read another sheet or line, or check."""
    wanted = form.cleaned_data
    who: dict[str, Any] = {"by": request.actor, "at": timezone.now()}
    before = (batch.reading["sheet"], batch.reading["header_line"])
    try:
        read = services.choose_reading(
            batch_id=batch.pk, mapping_chosen=form.mapping, sheet=wanted.get("sheet", ""),
            header_line=wanted["header_line"] or 0, **who,
        )  # fmt: skip
        if (read.reading["sheet"], read.reading["header_line"]) != before:
            return redirect("imports:mapping", batch.pk)
        if wanted["profile_name"]:
            services.save_profile(batch_id=batch.pk, name=wanted["profile_name"], **who)
        services.start_check(batch_id=batch.pk, **who)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    return redirect("imports:batch", batch.pk)


def _mapping_rows(form: MappingForm, kind: ImportKind, batch: ImportBatch) -> list[dict[str, Any]]:
    samples = selectors.samples(batch=batch)
    rows = []
    for column in kind.columns:
        bound = form[f"column_{column.name}"]
        rows.append({"column": column, "field": bound, "samples": samples.get(bound.value() or "", ())})
    # What is required or found first: the rest is there for those who look for it.
    return sorted(rows, key=lambda row: (not row["column"].required, not row["field"].value()))


@requires(Permission.BATCH_READ)
@require_safe
def batch(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    found = _batch(batch_id)
    card = selectors.batch_card(batch_id=batch_id, actor=request.actor)
    if card.state == BatchState.RECEIVED and not _is_running(found):
        return redirect("imports:mapping", batch_id)
    tab = request.GET.get("tab") or _first_tab(card)
    context = {
        "card": card,
        "tab": tab,
        "run": _run(found),
        "undone": selectors.undo_plan(found),
        "card_batch": found,
        **_tab(request, found, tab),
    }
    return render(request, "imports/batch.html", context)


def _run(batch: ImportBatch) -> Any:
    return run_by_id(batch.run_id) if batch.run_id else None


def _is_running(batch: ImportBatch) -> bool:
    run = _run(batch)
    return run is not None and not run.is_ended


def _first_tab(card: BatchCard) -> str:
    if card.refused and card.is_mendable:
        return "mend"
    return "absent" if card.asks_about_absent else "changes"


def _tab(request: OrganisationRequest, batch: ImportBatch, tab: str) -> dict[str, Any]:
    """What the open tab shows."""
    page = int(request.GET["page"]) if request.GET.get("page", "").isdigit() else 1
    if tab in ("mend", "look"):
        severity = "error" if tab == "mend" else "warning"
        code, column = request.GET.get("code", ""), request.GET.get("column", "")
        return {
            "faults": selectors.faults(batch=batch, severity=severity), "code": code, "column": column,
            "page": selectors.faulty_lines(batch=batch, severity=severity, page=page, code=code, column=column),
        }  # fmt: skip
    if tab == "absent":
        return {"page": selectors.absents(batch=batch, page=page)}
    return {"page": selectors.differences(batch=batch, page=page), "tables": selectors.table_counts(batch)}


@requires(Permission.BATCH_READ)
@require_safe
def progress(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    """The progress block, polled; the page is loaded anew when the work has ended."""
    found = _batch(batch_id)
    run = _run(found)
    context = {"run": run, "card": selectors.batch_card(batch_id=batch_id, actor=request.actor)}
    response = render(request, "imports/_progress.html", context)
    if run is None or run.is_ended:
        response["X-Reload"] = "1"
    return response


@requires(Permission.BATCH_LOAD)
@require_POST
def correct(request: OrganisationRequest, batch_id: UUID, line: int) -> HttpResponse:
    prefix = "cell_"
    cells = {
        (line, name.removeprefix(prefix)): str(value)
        for name, value in request.POST.items()
        if name.startswith(prefix)
    }
    who: dict[str, Any] = {"batch_id": _batch(batch_id).pk, "by": request.actor, "at": timezone.now()}
    try:
        if "realign" in request.POST:
            services.accept_proposals(line=line, **who)
        else:
            services.correct_cells(cells=cells, **who)
    except DomainError as refusal:
        shown = {"line": selectors.one_line(batch=_batch(batch_id), line=line), "refusal": str(refusal)}
        return render(request, "imports/_line.html", {**shown, "batch_id": batch_id}, status=422)
    card = selectors.batch_card(batch_id=batch_id, actor=request.actor)
    mended = selectors.one_line(batch=_batch(batch_id), line=line)
    return render(request, "imports/_line_mended.html", {"line": mended, "batch_id": batch_id, "card": card})


def _act(
    request: OrganisationRequest, batch_id: UUID, service: Any, said: str = "", **fields: Any
) -> HttpResponse:
    """Call one service, say what it refused or did, and show the batch again."""
    try:
        service(batch_id=_batch(batch_id).pk, by=request.actor, at=timezone.now(), **fields)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        if said:
            messages.success(request, said)
    return redirect("imports:batch", batch_id)


@requires(Permission.BATCH_LOAD)
@require_POST
def check(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    return _act(request, batch_id, services.start_check)


@requires(Permission.BATCH_LOAD)
@require_POST
def count(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    return _act(request, batch_id, services.start_preview)


@requires(Permission.BATCH_LOAD)
@require_POST
def accept_proposals(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    said = _("The proposed values are in place.")
    return _act(request, batch_id, services.accept_proposals, said, code=request.POST.get("code", ""))


@requires(Permission.BATCH_APPLY)
@require_POST
def accept_absent(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    return _act(
        request, batch_id, services.accept_absent, _("What is absent will be ended when the file is applied.")
    )


@requires(Permission.BATCH_APPLY)
@require_POST
def keep_absent(request: OrganisationRequest, batch_id: UUID, row_id: UUID) -> HttpResponse:
    is_kept = request.POST.get("keep") == "yes"
    _act(request, batch_id, services.keep_absent, row_id=row_id, is_kept=is_kept)
    response = redirect("imports:batch", batch_id)
    response["Location"] += "?tab=absent"
    return response


@requires(Permission.BATCH_APPLY)
@require_POST
def apply(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    return _act(request, batch_id, services.start_apply)


@requires(Permission.BATCH_LOAD)
@require_POST
def discard(request: OrganisationRequest, batch_id: UUID) -> HttpResponse:
    _act(request, batch_id, services.discard, _("The file was discarded. Nothing was changed."))
    return redirect("imports:batches")


@requires(Permission.BATCH_LOAD)
@require_POST
def delete_profile(request: OrganisationRequest, profile_id: UUID) -> HttpResponse:
    services.delete_profile(profile_id=profile_id, by=request.actor, at=timezone.now())
    messages.success(request, _("The profile is forgotten."))
    return redirect("imports:upload")


@requires(Permission.BATCH_READ)
@require_safe
def failed_lines(request: OrganisationRequest, batch_id: UUID, extension: str) -> HttpResponse:
    """The lines left to mend, as a file with their reasons."""
    if extension not in exports.CONTENT_TYPES:
        raise Http404
    found = _batch(batch_id)
    stem = found.file_name.rsplit(".", 1)[0]
    return exports.answer(exports.failed_lines(found, extension), f"{stem}-{_('to-mend')}", extension)


@requires(Permission.BATCH_LOAD)
@require_safe
def template_file(request: OrganisationRequest, kind: str, extension: str) -> HttpResponse:
    """An empty file to fill in: names, an example line, and notes."""
    wanted = next((one for one in selectors.kinds_offered() if one.code == kind), None)
    if wanted is None or extension not in exports.CONTENT_TYPES:
        raise Http404
    return exports.answer(exports.template(wanted, extension), f"{_('template')}-{kind}", extension)
