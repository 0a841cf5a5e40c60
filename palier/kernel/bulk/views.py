"""Preparing, confirming, watching and undoing bulk runs; and « what I just did »."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.bulk import selectors, services
from palier.kernel.bulk.done import acts_done
from palier.kernel.bulk.enums import RunState
from palier.kernel.bulk.models import BulkRun
from palier.kernel.bulk.permissions import Permission
from palier.kernel.bulk.registry import BulkAction
from palier.kernel.bulk.selection import chosen_in
from palier.kernel.bulk.services.drafts import known_action
from palier.kernel.bulk.sources import result_words
from palier.kernel.errors import DomainError, NotAllowed, NotFound
from palier.kernel.jobs.services import ask_to_cancel
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.exports import export
from palier.kernel.ui.lists import Column

PAGE = 40
LEFT_COLUMNS = (
    Column("label", gettext_lazy("Row")),
    Column("reason", gettext_lazy("Why it was left as it was")),
)


@requires(Permission.RUN_START)
def done(request: OrganisationRequest) -> HttpResponse:
    """What I just did: the newest first; everybody's for those who may see it."""
    may_see_all = request.actor.may(Permission.RUN_VIEW_ALL)
    everybody = may_see_all and request.GET.get("who") == "everybody"
    before = _moment(request.GET.get("before", "")) or timezone.now()
    acts = acts_done(by=request.actor, everybody=everybody, before=before, limit=PAGE + 1)
    context = {
        "acts": acts[:PAGE],
        "older": acts[PAGE - 1].at.isoformat() if len(acts) > PAGE else "",
        "everybody": everybody,
        "may_see_all": may_see_all,
    }
    return render(request, "bulk/done.html", context)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found is None or timezone.is_aware(found) else timezone.make_aware(found)


@requires(Permission.RUN_START)
@require_POST
def start(request: OrganisationRequest) -> HttpResponse:
    """Keep the rows chosen in a list, and ask what to do with them."""
    path = request.POST.get("path", "")
    try:
        run = services.start_draft(
            action_key=request.POST.get("action", ""),
            ids=_ids(request.POST.getlist("ids")),
            everything=request.POST.get("everything") == "yes",
            path=path if path.startswith("/") else "",
            by=request.actor,
            at=timezone.now(),
        )
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect(_back(request, path))
    return redirect("bulk:run", run.pk)


def _ids(sent: list[str]) -> list[UUID]:
    try:
        return [UUID(one) for one in sent]
    except ValueError as wrong:
        raise NotFound() from wrong


def _back(request: OrganisationRequest, path: str) -> str:
    """The list from which the rows came, and never another site."""
    if path.startswith("/") and url_has_allowed_host_and_scheme(path, {request.get_host()}):
        return path
    return reverse("bulk:done")


@requires(Permission.RUN_START)
def run(request: OrganisationRequest, run_id: UUID) -> HttpResponse:
    """A run: what it would do, how far it is, or what it did."""
    found = selectors.run_of(run_id, request.actor)
    if found.state == RunState.DRAFT:
        return _draft_page(request, found)
    context = _result(request, found)
    if "X-Palier-Poll" not in request.headers:
        return render(request, "bulk/run.html", context)
    drawn = render(request, "bulk/_progress.html", context, status=286 if context["run"].is_ended else 200)
    if context["run"].is_ended:
        drawn["X-Reload"] = "yes"
    return drawn


def _result(request: OrganisationRequest, found: BulkRun) -> dict[str, Any]:
    return {"run": selectors.run_card(found, request.actor), "back": _back(request, found.path)}


@requires(Permission.RUN_START)
@require_POST
def fill(request: OrganisationRequest, run_id: UUID) -> HttpResponse:
    """Say what is to be done, and see what it would change."""
    found, now = selectors.run_of(run_id, request.actor), timezone.now()
    if found.state != RunState.DRAFT:
        return redirect("bulk:run", run_id)
    form = known_action(found.action).form(request.POST, by=request.actor, at=now)
    if form is None or form.is_valid():
        params, words = (form.cleaned_data, described(form)) if form else ({}, [])
        services.fill(run_id=run_id, params=params, words=words, by=request.actor, at=now)
        return redirect(reverse("bulk:run", args=[run_id]) + "#preview")
    return _draft_page(request, found, form=form, status=422)


def described(form: forms.BaseForm) -> list[tuple[str, str]]:
    """What a form says, in words: the label of each field and what was chosen."""
    said = []
    for bound in form:
        value, field = form.cleaned_data.get(bound.name), bound.field
        if value in (None, "", False, []):
            continue
        chosen = value if isinstance(value, list) else [value]
        if isinstance(field, forms.ChoiceField):
            known = {str(code): str(label) for code, label in _flat(field.choices)}
            said.append((str(bound.label), ", ".join(known.get(str(one), str(one)) for one in chosen)))
        else:
            said.append((str(bound.label), _plain(value)))
    return said


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    for code, label in choices:
        flat += label if isinstance(label, list | tuple) else [(code, label)]
    return flat


def _plain(value: Any) -> str:
    from palier.kernel.ui.templatetags.palier import short_day, short_moment

    if value is True:
        return _("yes")
    if isinstance(value, datetime):
        return short_moment(value)
    return short_day(value) if hasattr(value, "isoformat") and hasattr(value, "year") else str(value)


@requires(Permission.RUN_START)
@require_POST
def confirm(request: OrganisationRequest, run_id: UUID) -> HttpResponse:
    """Do what the preview announced; if the numbers have changed since, show the new preview."""
    found = selectors.run_of(run_id, request.actor)
    if found.state != RunState.DRAFT:
        return redirect("bulk:run", run_id)
    chosen = chosen_in(request, found)
    try:
        ran = services.confirm(
            run_id=run_id, chosen=chosen.rows, selected=chosen.count,
            fingerprint=request.POST.get("fingerprint", ""), by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        return _draft_page(request, found, refusal=str(refusal), status=422)
    if ran.is_ended:
        _say_done(request, ran)
    else:
        messages.info(request, _under_way())
    return redirect("bulk:run", ran.pk)


def _say_done(request: OrganisationRequest, ran: BulkRun) -> None:
    title = known_action(ran.action).label
    link = format_html('<a href="{}">{}</a>', reverse("bulk:done"), _("What I just did"))
    words = _("Undone: {act}").format(act=title) if ran.undoes_id else title
    messages.success(request, format_html("{} – {}. {}", words, result_words(ran), link))


def _under_way() -> str:
    words = _("Under way. You may leave this page: the result will be in {done}.")
    link = format_html('<a href="{}">{}</a>', reverse("bulk:done"), _("What I just did"))
    return format_html(words, done=link)


def _draft_page(
    request: OrganisationRequest,
    found: BulkRun,
    *,
    form: forms.Form | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form, and the preview once it is filled."""
    action, now = known_action(found.action), timezone.now()
    chosen = chosen_in(request, found)
    if form is None and found.undoes_id is None:
        form = action.form(_initial(found), by=request.actor, at=now)
    preview = None
    if (found.params is not None and status != 422) or refusal:
        preview = services.preview_of(
            run=found, chosen=chosen.rows, selected=chosen.count, by=request.actor, at=now
        )
    context = {
        "run": found, "action": action, "chosen": chosen, "form": form, "preview": preview, "refusal": refusal,
        "back": _back(request, found.path) if found.undoes_id is None else reverse("bulk:run", args=[found.undoes_id]),
    }  # fmt: skip
    return render(request, "bulk/draft.html", context, status=status)


def _initial(found: BulkRun) -> dict[str, Any] | None:
    """What the form said, when the page is shown again."""
    from palier.kernel.bulk import params as codec

    return codec.read(found.params) if found.params else None


@requires(Permission.RUN_START)
@require_POST
def stop(request: OrganisationRequest, run_id: UUID) -> HttpResponse:
    """Ask a run to stop after the rows that it is doing."""
    found = selectors.run_of(run_id, request.actor)
    if found.job_id is None or not ask_to_cancel(run_id=found.job_id):
        messages.info(request, _("This work had already ended."))
    return redirect("bulk:run", run_id)


@requires(Permission.RUN_START)
@require_POST
def resume(request: OrganisationRequest, run_id: UUID) -> HttpResponse:
    """Go on with what a stop left."""
    try:
        services.resume(run_id=run_id, by=request.actor, at=timezone.now())
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("bulk:run", run_id)


@requires(Permission.RUN_START)
@require_POST
def undo(request: OrganisationRequest, run_id: UUID) -> HttpResponse:
    """Prepare the undoing: it is previewed and confirmed as any other run."""
    selectors.run_of(run_id, request.actor)
    try:
        draft = services.begin_undo(run_id=run_id, by=request.actor, at=timezone.now())
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("bulk:run", run_id)
    return redirect("bulk:run", draft.pk)


@requires(Permission.RUN_START)
def left(request: OrganisationRequest, run_id: UUID, extension: str) -> HttpResponseBase:
    """The rows that were left as they were, and why, as a file."""
    found = selectors.run_of(run_id, request.actor)
    if extension not in ("csv", "xlsx", "ods"):
        raise NotFound()
    action: BulkAction = known_action(found.action)
    stem = f"{request.organisation.slug}-{found.action}-{timezone.localdate()}"
    return export(extension, stem, LEFT_COLUMNS, selectors.left_rows(found, action))
