"""The work list of referrals, the page of one, and its buttons."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from palier.kernel.access import Actor, requires
from palier.kernel.audit.registry import history_page
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.search.providers import Hit, searchable
from palier.kernel.ui.filters import Choice, Period, TextSearch
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.partners import public as partners
from palier.modules.referrals import forms
from palier.modules.referrals.enums import NeedKind, ReferralAction, ReferralState, Urgency
from palier.modules.referrals.filters import ProgressFilter
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.selectors import sending, work
from palier.modules.referrals.services import handling
from palier.modules.referrals.views.whose import WhoseFilter
from palier.modules.staff import public as staff


def urgency_badge(row: Any) -> tuple[str, str]:
    return str(row.get_urgency_display()), work.URGENCY_TONES[Urgency(row.urgency)]


def state_badge(row: Any) -> tuple[str, str]:
    if row.late:
        return str(_("Overdue")), "bad"
    return str(row.get_state_display()), work.STATE_TONES[ReferralState(row.state)]


def opened_on(row: Any) -> date:
    return timezone.localdate(row.opened_at)


class ReferralList(ListPage):
    """Every hand-over that one may read, what is late first."""

    permission = Permission.REFERRAL_VIEW
    name = "referrals"
    title = _("Referrals")
    lead = _(
        "Every need handed over, to a colleague or to a partner, until it is settled. What is late comes first."
    )
    columns = (
        Column(
            "reference",
            _("Referral"),
            kind="code",
            sort="reference",
            link=lambda row: reverse("referrals:referral", args=[row.pk]),
        ),
        Column("kind", _("Need"), sort="kind", value=lambda row: row.get_kind_display()),
        Column("urgency", _("Urgency"), kind="badge", sort="urgency_rank", value=urgency_badge),
        Column("about", _("About"), value=work.about),
        Column("state", _("State"), kind="badge", sort="state", value=state_badge),
        Column("towards", _("Given to"), value=work.towards),
        Column("opened_at", _("Opened"), kind="date", sort="opened_at", value=opened_on),
    )
    filters = (
        TextSearch(),
        WhoseFilter(),
        ProgressFilter(),
        Choice("kind", _("Need"), NeedKind.choices),
        Choice("urgency", _("Urgency"), Urgency.choices),
        Period("opened", _("Opened since"), _("Opened until"), lookup="opened_at__date"),
    )
    empty = Empty(
        _("No referral yet"),
        _(
            "A call that reveals a need opens one; you may also open one from the page of a person or a residence."
        ),
        icon="arrows-exchange",
        action=_("Open a referral"),
        url="referrals:new",
    )
    actions_template = "referrals/_list_actions.html"
    bulk = "referrals.referrals"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> Any:
        if request.GET.get("export") and not request.actor.may(Permission.LIST_EXPORT):
            raise PermissionDenied
        return work.referrals(actor=request.actor, at=timezone.now())

    def context(self, request: OrganisationRequest, **kwargs: Any) -> dict[str, Any]:
        return {"may_open": request.actor.may(Permission.REFERRAL_OPEN)}


@requires(Permission.REFERRAL_VIEW)
@require_safe
def referral(request: OrganisationRequest, referral_id: UUID) -> HttpResponse:
    """Show one referral: what is needed, who has it, its story, and the next step."""
    return render(request, "referrals/referral.html", page_of(request, referral_id))


def page_of(request: OrganisationRequest, referral_id: UUID, **forms_in_error: Any) -> dict[str, Any]:
    """What the page of a referral shows, with the forms of the steps that may be taken."""
    now = timezone.now()
    page = work.referral_page(referral_id, actor=request.actor, at=now)
    record = page.record
    may_assign = request.actor.may(Permission.REFERRAL_ASSIGN) and not record.is_closed
    may_send = request.actor.may(Permission.REFERRAL_TRANSMIT) and not record.is_closed
    context: dict[str, Any] = {
        "page": page,
        "one": record,
        "about": work.about(record),
        "towards": work.towards(record),
        "may_assign": may_assign,
        "may_send": may_send,
        "numbers": partners.emergency_numbers(need=record.kind)[:4]
        if record.urgency == Urgency.VITAL
        else (),
        "settle_form": forms.SettleForm(prefix="settle"),
        "decline_form": forms.DeclineForm(prefix="decline"),
        "withdraw_form": forms.ReasonForm(prefix="withdraw"),
        "reopen_form": forms.ReasonForm(prefix="reopen"),
    }
    if may_assign:
        context["assign_form"] = assign_form()
    if may_send:
        context["sending"] = sending.what_may_leave(record, at=now)
        context["transmit_form"] = transmit_form(record, context["sending"].asks_danger)
    return {**context, **forms_in_error}


def assign_form(data: Any = None) -> forms.AssignForm:
    agents = [(str(card.id), card.name) for card in staff.crisis_directory(on=timezone.localdate())]
    teams = [(str(team.id), team.name) for team in staff.team_leads()]
    return forms.AssignForm(data, prefix="assign", teams=teams, agents=agents)


def transmit_form(record: Any, asks_danger: bool, data: Any = None) -> forms.TransmitForm:
    nearby, others = sending.partner_choices(record)
    return forms.TransmitForm(data, prefix="send", nearby=nearby, others=others, asks_danger=asks_danger)


@requires(Permission.REFERRAL_HANDLE)
@require_POST
def acknowledge(request: OrganisationRequest, referral_id: UUID) -> HttpResponse:
    act(request, handling.acknowledge, _("Acknowledged: whoever opened it is told."), referral_id=referral_id)
    return redirect("referrals:referral", referral_id)


@requires(Permission.REFERRAL_HANDLE)
@require_POST
def start(request: OrganisationRequest, referral_id: UUID) -> HttpResponse:
    act(request, handling.start, _("It is in hand."), referral_id=referral_id)
    return redirect("referrals:referral", referral_id)


@requires(Permission.REFERRAL_HANDLE)
@require_POST
def accept(request: OrganisationRequest, referral_id: UUID) -> HttpResponse:
    """Have the module that serves this kind take it; its own file opens."""
    taken = act(request, handling.accept_by_server, _("It is in hand."), referral_id=referral_id)
    if taken is not None:
        url = work.referral_page(referral_id, actor=request.actor, at=timezone.now()).served_url
        if url:
            return redirect(url)
    return redirect("referrals:referral", referral_id)


FORMS: dict[str, tuple[type[Any], Any]] = {
    ReferralAction.SETTLE.value: (forms.SettleForm, handling.settle),
    ReferralAction.DECLINE.value: (forms.DeclineForm, handling.decline),
    ReferralAction.WITHDRAW.value: (forms.ReasonForm, handling.withdraw),
    ReferralAction.REOPEN.value: (forms.ReasonForm, handling.reopen),
}


@requires(Permission.REFERRAL_VIEW)
@require_POST
def step(request: OrganisationRequest, referral_id: UUID, action: str) -> HttpResponse:
    """Settle, return, withdraw or reopen: the steps that say something. The service asks for each one's right."""
    if action not in FORMS:
        raise Http404
    form_class, service = FORMS[action]
    form = form_class(request.POST, prefix=action)
    if act_of_form(request, form, service, referral_id=referral_id) is None:
        context = page_of(request, referral_id, **{f"{action}_form": form}, opened=action)
        return render(request, "referrals/referral.html", context, status=422)
    return redirect("referrals:referral", referral_id)


@requires(Permission.REFERRAL_ASSIGN)
@require_POST
def assign(request: OrganisationRequest, referral_id: UUID) -> HttpResponse:
    """Give it to an agent or a team of the house."""
    form = assign_form(request.POST)
    if act_of_form(request, form, handling.assign, referral_id=referral_id) is None:
        context = page_of(request, referral_id, assign_form=form, opened="assign")
        return render(request, "referrals/referral.html", context, status=422)
    return redirect("referrals:referral", referral_id)


@searchable("referrals.referral", label=_("Referrals"), permission=Permission.REFERRAL_VIEW, order=35)
def find_referrals(*, text: str, actor: Actor, limit: int) -> list[Hit]:
    """Find by reference."""
    rows = work.referrals(actor=actor, at=timezone.now()).filter(reference__icontains=text.strip())
    return [
        Hit(
            label=row.reference,
            url=reverse("referrals:referral", args=[row.pk]),
            detail=" · ".join((str(row.get_kind_display()), str(row.get_state_display()))),
            icon="arrows-exchange",
        )
        for row in rows[:limit]
    ]


@history_page("referrals_referral", permission=Permission.REFERRAL_VIEW)
def referral_title(row_id: UUID, actor: Actor) -> str | None:
    try:
        return work.referral_page(row_id, actor=actor, at=timezone.now()).record.reference
    except NotFound:
        return None
