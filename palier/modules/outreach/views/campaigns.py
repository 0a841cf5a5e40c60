"""Campaigns: the list, the draft and what it would do, the page of one under way, its households and callers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from palier.kernel.access import Actor, requires
from palier.kernel.audit.registry import history_page
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.jobs.services import run_by_id
from palier.kernel.parameters import value_of
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import Choice, TextSearch, YesNo
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.kernel.ui.panels import panel
from palier.modules.outreach.enums import CampaignState, LineState, Trigger
from palier.modules.outreach.forms.campaigns import (
    AddHouseholdForm,
    CallersForm,
    CampaignForm,
    ReasonForm,
    RemoveHouseholdForm,
)
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.parameters import DAILY_CALLS
from palier.modules.outreach.selectors import campaigns as selectors
from palier.modules.outreach.selectors.segments import segment_cards
from palier.modules.outreach.services import assignment
from palier.modules.outreach.services import campaigns as services
from palier.modules.outreach.services.segments import DEFAULTS

TONES = {
    CampaignState.DRAFT: "neutral",
    CampaignState.BUILDING: "info",
    CampaignState.OPEN: "good",
    CampaignState.PAUSED: "warn",
    CampaignState.CLOSED: "neutral",
}


def state_badge(row: Any) -> tuple[str, str]:
    """Return the word and the tone of where a campaign stands."""
    return str(row.get_state_display()), TONES[CampaignState(row.state)]


class CampaignList(ListPage):
    """The campaigns of calls."""

    permission = Permission.CAMPAIGN_VIEW
    name = "campaigns"
    title = gettext_lazy("Call campaigns")
    lead = gettext_lazy("Who is called, how far it has gone, and what waits.")
    columns = (
        Column(
            "name", gettext_lazy("Campaign"), sort="name",
            link=lambda row: reverse("outreach:campaign", args=[row.pk]),
        ),
        Column("state", gettext_lazy("Where it stands"), kind="badge", value=state_badge, sort="state"),
        Column("scope_label", gettext_lazy("Place"), secondary=True),
        Column("trigger", gettext_lazy("What opened it"), value=lambda row: row.get_trigger_display(), secondary=True),
        Column("starts_on", gettext_lazy("Since"), kind="date", sort="starts_on"),
        Column("households", gettext_lazy("Households called"), kind="number", sort="households"),
        Column("reached", gettext_lazy("Households reached"), kind="number", sort="reached"),
        Column("late", gettext_lazy("Late"), kind="number", sort="late"),
    )  # fmt: skip
    filters = (
        TextSearch("name"),
        Choice("state", gettext_lazy("Where it stands"), CampaignState.choices),
        Choice("trigger", gettext_lazy("What opened it"), Trigger.choices),
    )
    empty = Empty(
        gettext_lazy("No campaign yet"),
        gettext_lazy(
            "A level of the continuity plan opens one by itself; or prepare one: it shows who would be called."
        ),
        icon="phone-outgoing",
        action=gettext_lazy("Prepare a campaign"),
        url="outreach:new-campaign",
    )
    actions_template = "outreach/campaigns/_list_actions.html"

    def rows(self, request: Any, **kwargs: Any) -> Any:
        return selectors.campaign_rows(actor=request.actor)

    def context(self, request: Any, **kwargs: Any) -> dict[str, Any]:
        return {"may_manage": request.actor.may(Permission.CAMPAIGN_MANAGE)}


# The draft.


def _segment_choices(actor: Actor) -> list[tuple[str, str]]:
    cards = [(one.code, f"{one.code} · {one.name}") for one in segment_cards(actor=actor) if one.is_active]
    return cards or [(one["code"], f"{one['code']} · {one['name']}") for one in DEFAULTS]


def _form(request: OrganisationRequest, *args: Any, **options: Any) -> CampaignForm:
    return CampaignForm(
        *args, scopes=selectors.scope_choices(), segments=_segment_choices(request.actor), **options
    )


def _draft(values: dict[str, Any]) -> services.Draft:
    kind, place = values.pop("scope_kind"), values.pop("scope_id")
    return services.Draft(scope=services.target(kind, place), **values)


@requires(Permission.CAMPAIGN_MANAGE)
def new(request: OrganisationRequest) -> HttpResponse:
    """Prepare a campaign: nobody is called before its list is looked at and opened."""
    form = _form(
        request, request.POST or None, initial={"starts_on": timezone.localdate(), "segments": ["A", "B"]}
    )
    if request.method == "POST" and form.is_valid():
        made = services.create_campaign(draft=_draft(form.values()), by=request.actor, at=timezone.now())
        return redirect("outreach:campaign", made.pk)
    status = 422 if form.errors else 200
    return render(request, "outreach/campaigns/form.html", {"form": form, "card": None}, status=status)


@requires(Permission.CAMPAIGN_MANAGE)
def change(request: OrganisationRequest, campaign_id: UUID) -> HttpResponse:
    """Correct a draft."""
    card = selectors.campaign_card(campaign_id=campaign_id, actor=request.actor)
    record = selectors.campaign_record(campaign_id=campaign_id, actor=request.actor)
    form = _form(request, request.POST or None, initial=_initial(record, card))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_draft(
                campaign_id=campaign_id, draft=_draft(form.values()), by=request.actor, at=timezone.now()
            )
            return redirect("outreach:campaign", campaign_id)
        except NotFound:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.errors else 200
    return render(request, "outreach/campaigns/form.html", {"form": form, "card": card}, status=status)


def _initial(record: Any, card: selectors.CampaignCard) -> dict[str, Any]:
    fields = ("name", "context", "starts_on", "max_attempts", "attempt_days", "reason")
    return {
        **{name: getattr(record, name) for name in fields},
        "scope": f"{record.scope_kind}:{record.scope_id}",
        "segments": [code for code, _name, _days in card.segments],
        "last_day": card.last_day,
    }


# The page of one campaign.


@requires(Permission.CAMPAIGN_VIEW)
def campaign(request: OrganisationRequest, campaign_id: UUID) -> HttpResponse:
    """Show a campaign: what opening it would do, the making of its list, or how far it has gone."""
    return _campaign_page(request, campaign_id)


def _campaign_page(
    request: OrganisationRequest, campaign_id: UUID, *, notice: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    card = selectors.campaign_card(campaign_id=campaign_id, actor=request.actor)
    context: dict[str, Any] = {
        "card": card,
        "notice": notice,
        "tone": TONES[CampaignState(card.state)],
        "may_manage": request.actor.may(Permission.CAMPAIGN_MANAGE),
        "may_lead": request.actor.may(Permission.TEAM_LEAD),
        "may_call": request.actor.may(Permission.CALL_MAKE),
        "callers": selectors.callers(campaign_id=campaign_id, at=now),
        "tab": "campaign",
    }
    if card.state == CampaignState.DRAFT:
        record = selectors.campaign_record(campaign_id=campaign_id, actor=request.actor)
        try:
            context["preview"] = services.preview(campaign=record, at=now)
        except DomainError as refusal:
            context |= {"preview": None, "notice": str(refusal)}
        return render(request, "outreach/campaigns/draft.html", context, status=status)
    if card.state == CampaignState.BUILDING and card.run_id:
        context["run"] = run_by_id(card.run_id)
        return render(request, "outreach/campaigns/building.html", context)
    on = timezone.localdate(now)
    days = selectors.days(campaign_id=campaign_id, on=on)
    context |= {
        "progress": selectors.progress(campaign_id=campaign_id, on=on),
        "days": days,
        "highest": max((one.total for one in days), default=0),
        "today": on,
        "segments": selectors.by_segment(campaign_id=campaign_id),
        "run": run_by_id(card.run_id) if card.run_id else None,
    }
    return render(request, "outreach/campaigns/campaign.html", context, status=status)


@requires(Permission.CAMPAIGN_MANAGE)
@require_POST
def open_campaign(request: OrganisationRequest, campaign_id: UUID) -> HttpResponse:
    """Freeze the list that was shown and have it made."""
    try:
        services.open_campaign(
            campaign_id=campaign_id,
            fingerprint=request.POST.get("fingerprint", ""),
            by=request.actor,
            at=timezone.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        return _campaign_page(request, campaign_id, notice=str(refusal), status=refusal.status)
    messages.success(request, _("The list is being made. Callers begin as soon as it is ready."))
    return redirect("outreach:campaign", campaign_id)


ACTS = {
    "pause": (services.pause, gettext_lazy("Pause"), gettext_lazy("Pause “{name}”")),
    "resume": (services.resume, gettext_lazy("Resume"), gettext_lazy("Resume “{name}”")),
    "close": (services.close, gettext_lazy("Close"), gettext_lazy("Close “{name}”")),
}


@requires(Permission.CAMPAIGN_MANAGE)
def move(request: OrganisationRequest, campaign_id: UUID, act: str) -> HttpResponse:
    """Pause, resume or close, after saying what it stops."""
    if act not in ACTS:
        raise NotFound
    card = selectors.campaign_card(campaign_id=campaign_id, actor=request.actor)
    service, label, title = ACTS[act]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(campaign_id=campaign_id, by=request.actor, at=timezone.now(), **form.cleaned_data)
            return redirect("outreach:campaign", campaign_id)
        except NotFound:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "title": str(title).format(name=card.name),
        "lead": "",
        "consequences": _consequences(act, campaign_id),
        "submit": label,
        "danger": act == "close",
        "form": form,
        "cancel_url": reverse("outreach:campaign", args=[campaign_id]),
    }
    return render(request, "palier/confirm.html", context, status=422 if form.errors else 200)


def _consequences(act: str, campaign_id: UUID) -> list[str]:
    stopped = services.closing_preview(campaign_id=campaign_id)
    if act == "resume":
        return [_("Its planned calls are proposed to callers again, those overdue first.")]
    calls = ngettext("%(n)d call waits", "%(n)d calls wait", stopped.calls) % {"n": stopped.calls}
    if act == "pause":
        return [
            _("{calls}: they stay planned and are proposed to nobody.").format(calls=calls),
            _("Numbers that another campaign knows are called by that one meanwhile."),
            _("Alerts and visits already asked for go on."),
        ]
    visits = ngettext("%(n)d visit", "%(n)d visits", stopped.visits) % {"n": stopped.visits}
    alerts = ngettext("%(n)d alert", "%(n)d alerts", stopped.open_alerts) % {"n": stopped.open_alerts}
    return [
        _("{calls} and {visits} at the door: all are cancelled.").format(calls=calls, visits=visits),
        _("{alerts} still open: they stay until somebody closes them.").format(alerts=alerts),
        _("This is final: a closed campaign does not open again."),
    ]


# Households.


class HouseholdList(ListPage):
    """The households of a campaign, with why each is listed."""

    permission = Permission.CAMPAIGN_VIEW
    name = "households"
    title = gettext_lazy("Households called")
    template = "outreach/campaigns/households.html"
    columns = (
        Column(
            "who", gettext_lazy("Who"), sort="search_key", value=selectors.names_of_line,
            link=lambda row: reverse("outreach:household", args=[row.pk]),
        ),
        Column("segment_code", gettext_lazy("Segment"), sort="segment_code"),
        Column("why", gettext_lazy("Because"), value=selectors.reasons_of_line),
        Column("residence", gettext_lazy("Residence"), value=lambda row: row.residence.name, secondary=True),
        Column("phone", gettext_lazy("Phone"), kind="phone"),
        Column("caller", gettext_lazy("Caller"), sort="caller__search_key",
               value=lambda row: row.caller.name if row.caller else ""),
        Column("next_on", gettext_lazy("Next call"), kind="date", sort="next_on"),
        Column("last_reached_at", gettext_lazy("Last heard"), kind="date", sort="last_reached_at",
               value=lambda row: row.last_reached_at and timezone.localdate(row.last_reached_at)),
        Column("score", gettext_lazy("Order"), kind="number", sort="score", secondary=True),
    )  # fmt: skip
    filters = (
        TextSearch(),
        Choice(
            "segment",
            gettext_lazy("Segment"),
            lambda request: _segment_choices(request.actor),
            lookup="segment_code",
        ),
        Choice("state", gettext_lazy("State"), LineState.choices),
        YesNo("has_visit", gettext_lazy("To visit")),
    )
    empty = Empty(gettext_lazy("Nobody on this list"), icon="users")

    def rows(self, request: Any, **kwargs: Any) -> Any:
        if request.GET.get("export") and not request.actor.may(Permission.REPORT_EXPORT):
            raise PermissionDenied
        selectors.campaign_record(campaign_id=kwargs["campaign_id"], actor=request.actor)
        return selectors.line_rows(campaign_id=kwargs["campaign_id"], actor=request.actor)

    def context(self, request: Any, **kwargs: Any) -> dict[str, Any]:
        card = selectors.campaign_card(campaign_id=kwargs["campaign_id"], actor=request.actor)
        return {
            "card": card,
            "tab": "households",
            "may_manage": request.actor.may(Permission.CAMPAIGN_MANAGE),
        }


@requires(Permission.CAMPAIGN_VIEW)
def household(request: OrganisationRequest, line_id: UUID) -> HttpResponse:
    """Show one household: whom the call covers, why, and the calls."""
    card = selectors.line_card(line_id=line_id, actor=request.actor)
    context = {
        "card": card,
        "may_manage": request.actor.may(Permission.CAMPAIGN_MANAGE),
        "form": RemoveHouseholdForm(),
        "link_people": request.actor.may("people:person:view"),
    }
    return render(request, "outreach/campaigns/household.html", context)


@requires(Permission.CAMPAIGN_MANAGE)
@require_POST
def remove_household(request: OrganisationRequest, line_id: UUID) -> HttpResponse:
    """Take a household off the list, with the reason."""
    card = selectors.line_card(line_id=line_id, actor=request.actor)
    form = RemoveHouseholdForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        services.remove_household(
            line_id=line_id,
            why=said["reason"],
            by=request.actor,
            at=timezone.now(),
            wording_reason=said["wording_reason"],
        )
        messages.success(request, _("This household is no longer called in this campaign."))
        return redirect("outreach:campaign", card.campaign_id)
    context = {"card": card, "may_manage": True, "form": form, "link_people": True}
    return render(request, "outreach/campaigns/household.html", context, status=422)


@requires(Permission.CAMPAIGN_MANAGE)
def add_household(request: OrganisationRequest, campaign_id: UUID) -> HttpResponse:
    """Find somebody and put them on the list, with the reason."""
    card = selectors.campaign_card(campaign_id=campaign_id, actor=request.actor)
    if request.method == "POST":
        return _added(request, card)
    text = request.GET.get("q", "").strip()
    found = selectors.find_people(text=text, actor=request.actor) if text else []
    context = {"card": card, "text": text, "found": found, "refusal": "", "form": AddHouseholdForm()}
    return render(request, "outreach/campaigns/add.html", context)


def _added(request: OrganisationRequest, card: selectors.CampaignCard) -> HttpResponse:
    form, said, chosen = AddHouseholdForm(request.POST), "", request.POST.get("person", "")
    if form.is_valid():
        try:
            line = services.add_household(
                campaign_id=card.id,
                person_id=selectors.person_id_of(chosen),
                by=request.actor,
                at=timezone.now(),
                **form.cleaned_data,
            )
            return redirect("outreach:household", line.pk)
        except NotFound:
            raise
        except DomainError as refusal:
            said = str(refusal)
    text = request.POST.get("q", "")
    found = selectors.find_people(text=text, actor=request.actor) if text else []
    context = {"card": card, "text": text, "found": found, "refusal": said, "form": form, "chosen": chosen}
    return render(request, "outreach/campaigns/add.html", context, status=422)


# Callers.


@requires(Permission.CAMPAIGN_MANAGE)
def callers(request: OrganisationRequest, campaign_id: UUID) -> HttpResponse:
    """Say who calls for a campaign."""
    card = selectors.campaign_card(campaign_id=campaign_id, actor=request.actor)
    today = timezone.localdate()
    form = CallersForm(
        request.POST or None,
        agents=selectors.possible_callers(on=today),
        chosen=selectors.chosen_callers(campaign_id=campaign_id),
        usual=int(value_of(DAILY_CALLS.key, on=today)),
    )
    if request.method == "POST" and form.is_valid():
        services.set_callers(
            campaign_id=campaign_id, callers=form.callers(), by=request.actor, at=timezone.now()
        )
        return redirect("outreach:campaign", campaign_id)
    status = 422 if form.errors else 200
    return render(request, "outreach/campaigns/callers.html", {"card": card, "form": form}, status=status)


@requires(Permission.TEAM_LEAD)
def rebalance(request: OrganisationRequest, campaign_id: UUID) -> HttpResponse:
    """Show which calls of the day change hands, then lend them."""
    card = selectors.campaign_card(campaign_id=campaign_id, actor=request.actor)
    now, today = timezone.now(), timezone.localdate()
    if request.method == "POST":
        moved = assignment.rebalance(campaign_id=campaign_id, on=today, by=request.actor, at=now)
        said = ngettext("%(n)d call changed hands.", "%(n)d calls changed hands.", moved) % {"n": moved}
        messages.success(request, said)
        return redirect("outreach:campaign", campaign_id)
    context = {
        "title": _("Rebalance the calls of today"),
        "lead": card.name,
        "consequences": selectors.rebalancing_words(
            assignment.rebalancing(campaign_id=campaign_id, on=today)
        ),
        "submit": _("Rebalance"),
        "cancel_url": reverse("outreach:campaign", args=[campaign_id]),
    }
    return render(request, "palier/confirm.html", context)


@history_page("outreach_campaign", permission=Permission.CAMPAIGN_VIEW)
def campaign_title(row_id: UUID, actor: Actor) -> str | None:
    """Return the title of the history page of a campaign."""
    return selectors.name_of(campaign_id=row_id, actor=actor)


@panel(
    "people.person",
    template="outreach/campaigns/_person_panel.html",
    title=gettext_lazy("Calls"),
    icon="phone-outgoing",
    permission=Permission.CAMPAIGN_VIEW,
    max_queries=2,
    order=40,
)
def calls_of_person(request: OrganisationRequest, subject: Any) -> dict[str, Any] | None:
    """Say where somebody stands in the campaigns: last calls, the next one, why they are listed."""
    return {
        "lines": selectors.of_person(person_id=subject),
        "person_id": subject,
        "may_refer": request.actor.may(Permission.CALL_MAKE),
    }


@panel(
    "estate.residence",
    template="outreach/campaigns/_residence_panel.html",
    title=gettext_lazy("Calls"),
    icon="phone-outgoing",
    permission=Permission.CAMPAIGN_VIEW,
    max_queries=1,
    order=40,
)
def calls_of_residence(request: OrganisationRequest, subject: Any) -> dict[str, Any] | None:
    """Say how many households of a residence are called, and reached."""
    found = selectors.of_residence(residence_id=subject, on=timezone.localdate())
    return {"calls": found} if found else None
