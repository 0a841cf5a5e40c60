"""How long data are kept: the classes, the dry run and its confirmation, the proofs."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotAllowed, NotFound
from palier.kernel.jobs import start_run
from palier.kernel.requests import OrganisationRequest
from palier.kernel.retention.forms import TermForm
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.selectors import proofs as proving
from palier.kernel.retention.selectors import rules as asking
from palier.kernel.retention.services import rules as deciding
from palier.kernel.ui.filters import Choice, TextSearch
from palier.kernel.ui.lists import Column, ListPage

STATES = (
    ("on", pgettext_lazy("purge", "On")),
    ("off", pgettext_lazy("purge", "Off")),
    ("to_confirm", gettext_lazy("To confirm again")),
)
TONES = {"on": "good", "off": "neutral", "to_confirm": "warn"}


def _badge(line: asking.RuleLine) -> tuple[str, str]:
    return str(dict(STATES)[line.state]), TONES[line.state]


def _link(line: asking.RuleLine) -> str:
    return reverse("retention:rule", args=[line.key])


class Rules(ListPage):
    """Every class of data, how long it is kept, and whether the purge is on."""

    permission = Permission.RULE_VIEW
    name = "rules"
    title = gettext_lazy("How long data are kept")
    lead = gettext_lazy(
        "Each class of data has a duration and an end. Nothing is purged until somebody has read a dry run and "
        "confirmed it; then it happens every night, with a proof."
    )
    columns = (
        Column("label", gettext_lazy("Data"), sort="label", link=_link),
        Column("trigger", gettext_lazy("Runs from"), secondary=True),
        Column("term_label", gettext_lazy("Kept for")),
        Column("action_label", gettext_lazy("Then")),
        Column("state", gettext_lazy("Purge"), kind="badge", value=_badge, export=False),
        Column("last_run_at", gettext_lazy("Last purge"), kind="datetime", secondary=True),
        Column("last_applied", gettext_lazy("Rows"), kind="number", secondary=True),
        Column("source", gettext_lazy("Source"), secondary=True),
    )
    filters = (TextSearch("label"), Choice("state", gettext_lazy("Purge"), STATES, lookup="state"))
    actions_template = "retention/_rules_actions.html"

    def rows(self, request: OrganisationRequest, **_kwargs: Any) -> list[asking.RuleLine]:
        return asking.rule_lines(on=timezone.localdate())


@requires(Permission.RULE_VIEW)
@require_safe
def rule(request: OrganisationRequest, key: str) -> HttpResponse:
    """One class: its duration, what a purge would do tonight, the purges so far."""
    return _rule_page(request, key)


def _rule_page(
    request: OrganisationRequest,
    key: str,
    *,
    form: TermForm | None = None,
    problem: str = "",
    seen: asking.DryRun | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    line = asking.rule_line(key=key, on=timezone.localdate(now))
    initial = {"value": line.term.value, "since": timezone.localdate(now)}
    context = {
        "line": line,
        "seen": seen or asking.dry_run(key=key, at=now),
        "runs": asking.run_lines(key=key),
        "form": form or TermForm(unit=line.term.unit, initial=initial),
        "problem": problem,
        "may_decide": request.actor.may(Permission.RULE_DECIDE),
        "badge": _badge(line),
    }
    return render(request, "retention/rule.html", context, status=status)


@requires(Permission.RULE_DECIDE)
@require_POST
def change_term(request: OrganisationRequest, key: str) -> HttpResponse:
    now = timezone.now()
    form = TermForm(request.POST, unit=asking.rule_line(key=key, on=timezone.localdate(now)).term.unit)
    if form.is_valid():
        try:
            deciding.change_term(key=key, by=request.actor, at=now, **form.cleaned_data)
            messages.success(request, _("The new duration is kept, with its reason."))
            return redirect("retention:rule", key)
        except (NotFound, NotAllowed):
            raise
        except DomainError as refusal:
            form.add_error("value", str(refusal))
    return _rule_page(request, key, form=form, status=422)


@requires(Permission.RULE_DECIDE)
@require_POST
def switch_on(request: OrganisationRequest, key: str) -> HttpResponse:
    try:
        deciding.switch_on(
            key=key, seen=request.POST.get("fingerprint", ""), by=request.actor, at=timezone.now()
        )
    except deciding.DryRunStale as stale:
        return _rule_page(request, key, problem=str(stale), seen=stale.seen, status=422)
    messages.success(request, _("The purge is on: it runs tonight, then every night."))
    return redirect("retention:rule", key)


@requires(Permission.RULE_DECIDE)
@require_POST
def switch_off(request: OrganisationRequest, key: str) -> HttpResponse:
    try:
        deciding.switch_off(key=key, by=request.actor, at=timezone.now())
        messages.success(request, _("The purge is off. What was purged stays so."))
    except deciding.NotSwitchedOn as refusal:
        messages.info(request, str(refusal))
    return redirect("retention:rule", key)


@requires(Permission.RULE_DECIDE)
@require_POST
def apply_now(request: OrganisationRequest, key: str) -> HttpResponse:
    """Run tonight's purge of one class at once, watched."""
    now = timezone.now()
    line = asking.rule_line(key=key, on=timezone.localdate(now))
    if line.state != "on":
        messages.error(request, _("Confirm the dry run first."))
        return redirect("retention:rule", key)
    title = _("Purge: {label}").format(label=line.label)
    run = start_run(
        "retention.apply-now", kind="retention.purge", title=title, by=request.actor, at=now, key=key
    )
    return redirect("jobs:run", run.pk)


@requires(Permission.RULE_VIEW)
@require_safe
def proofs(request: OrganisationRequest) -> HttpResponse:
    """Every proof of destruction, and whether the chain holds."""
    context = {
        "proofs": proving.proof_lines(),
        "broken": proving.chain_break(),
        "whole": pgettext("chain", "whole"),
    }
    return render(request, "retention/proofs.html", context)
