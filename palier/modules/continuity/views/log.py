"""The crisis log: fast entry, filters, corrections, redaction, exports, check of the chain."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from palier.kernel.access import requires
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.continuity.enums import LogCategory, LogSource, Severity
from palier.modules.continuity.forms.crisis import LogEntryForm, RedactForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import log as selectors
from palier.modules.continuity.selectors.log import PARTS
from palier.modules.continuity.services import log as services
from palier.modules.continuity.services import log_export

PART_LABELS = {"real": gettext_lazy("Without the exercises"), "exercise": gettext_lazy("Exercises alone")}
PAGE = 50


@requires(Permission.LOG_READ)
@require_safe
def log(request: OrganisationRequest) -> HttpResponse:
    """The log with its entry form; the entries refresh by themselves."""
    context = {**_entries_context(request), **_form_context(request), "etag": _etag(request)}
    return render(request, "continuity/log/log.html", context)


def _etag(request: OrganisationRequest) -> str:
    seq, head = selectors.head()
    return f'"{seq}-{head[:12]}-{timezone.localdate().isoformat()}-{get_language()}"'


@requires(Permission.LOG_READ)
@require_safe
@condition(etag_func=_etag)
def log_live(request: OrganisationRequest) -> HttpResponse:
    response = render(request, "continuity/log/_entries.html", _entries_context(request))
    patch_cache_control(response, no_store=True)
    return response


@requires(Permission.LOG_WRITE)
@require_POST
def record(request: OrganisationRequest) -> HttpResponse:
    form = LogEntryForm(request.POST, auto_id="log-%s")
    activation = selectors.standing_activation_id()
    entry = act_of_form(request, form, services.record_entry, activation_id=activation)
    if not request.htmx:
        if entry is None:
            return render(
                request,
                "continuity/log/log.html",
                {**_entries_context(request), **_form_context(request), "form": form},
                status=422,
            )
        return redirect("continuity:log")
    if entry is None:
        return render(request, "continuity/log/_form.html", {"form": form}, status=422)
    fresh = {"form": LogEntryForm(auto_id="log-%s"), "recorded": entry.seq}
    return trigger_client_event(render(request, "continuity/log/_form.html", fresh), "palier:refresh")


@requires(Permission.LOG_READ)
@require_safe
def entry(request: OrganisationRequest, seq: int) -> HttpResponse:
    line = selectors.line_of_seq(seq, actor=request.actor)
    if line is None:
        raise Http404
    correction = LogEntryForm(
        auto_id="log-%s",
        initial={
            "category": line.category,
            "severity": line.severity,
            "place_label": line.place,
            "supersedes_seq": seq,
            "text": "" if line.redacted else line.text,
        },
    )
    context = {
        "line": line,
        "form": correction,
        "redact_form": RedactForm(),
        "may_write": request.actor.may(Permission.LOG_WRITE),
        "may_redact": request.actor.may(Permission.LOG_REDACT),
    }
    return render(request, "continuity/log/entry.html", context)


@requires(Permission.LOG_REDACT)
@require_http_methods(["POST"])
def redact(request: OrganisationRequest, seq: int) -> HttpResponse:
    form = RedactForm(request.POST)
    if act_of_form(request, form, services.redact_entry, seq=seq) is None:
        line = selectors.line_of_seq(seq, actor=request.actor)
        if line is None:
            raise Http404
        return render(
            request,
            "continuity/log/entry.html",
            {"line": line, "redact_form": form, "may_redact": True},
            status=422,
        )
    return redirect("continuity:log-entry", seq)


@requires(Permission.LOG_READ)
@require_safe
def check(request: OrganisationRequest) -> HttpResponse:
    report = selectors.chain_report()
    return render(
        request, "continuity/log/check.html", {"report": report, "breaks": selectors.break_lines(report)}
    )


@requires(Permission.LOG_READ)
@require_POST
def export(request: OrganisationRequest) -> HttpResponse:
    asked, described = _asked(request, request.POST)
    form = "csv" if request.POST.get("form") == "csv" else "pdf"
    document = act(request, log_export.export_log, asked=asked, described=described, form=form)
    return redirect("documents:download", document.pk) if document else redirect("continuity:log")


def _entries_context(request: OrganisationRequest) -> dict[str, object]:
    asked, described = _asked(request, request.GET)
    page = Paginator(selectors.entries(asked=asked, actor=request.actor), PAGE).get_page(
        request.GET.get("page")
    )
    live = request.GET.copy()
    return {
        "lines": selectors.lines(list(page.object_list)),
        "page": page,
        "asked": asked,
        "described": described,
        "live_query": live.urlencode(),
        "may_write": request.actor.may(Permission.LOG_WRITE),
    }


def _form_context(request: OrganisationRequest) -> dict[str, object]:
    return {
        "form": LogEntryForm(auto_id="log-%s"),
        "categories": LogCategory.choices,
        "severities": Severity.choices,
        "sources": LogSource.choices,
        "activations": selectors.activation_choices(),
        "parts": PART_LABELS.items(),
        "query": request.GET,
    }


def _asked(request: OrganisationRequest, given: QueryDict) -> tuple[selectors.LogFilter, str]:
    """Read the filters of an address or of a form, and say them in words for the export."""
    values = {
        name: given.get(name, "").strip()
        for name in ("q", "category", "severity", "source", "activation", "since", "until", "part")
    }
    since, until = _start_of(values["since"]), _start_of(values["until"], after=1)
    asked = selectors.LogFilter(
        words=values["q"],
        category=values["category"] if values["category"] in LogCategory.values else "",
        severity=values["severity"] if values["severity"] in Severity.values else "",
        source=values["source"] if values["source"] in LogSource.values else "",
        activation_id=_uuid(values["activation"]),
        since=since,
        until=until,
        part=values["part"] if values["part"] in PARTS else "",
    )
    said = [
        values["q"] and _("words “{words}”").format(words=values["q"]),
        asked.category and str(LogCategory(asked.category).label),
        asked.severity and str(Severity(asked.severity).label),
        asked.source and str(LogSource(asked.source).label),
        values["since"] and _("from {day}").format(day=values["since"]),
        values["until"] and _("to {day}").format(day=values["until"]),
        asked.part and str(PART_LABELS[asked.part]),
    ]
    return asked, ", ".join(part for part in said if part)


def _start_of(raw: str, *, after: int = 0) -> datetime | None:
    try:
        day = parse_date(raw)
    except ValueError:
        return None
    if day is None:
        return None
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone()) + timedelta(days=after)


def _uuid(raw: str) -> UUID | None:
    try:
        return UUID(raw)
    except ValueError:
        return None
