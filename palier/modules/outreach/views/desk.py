"""The next-call desk: one screen, one household, the keyboard alone is enough."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.models import new_id
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui import typography
from palier.modules.outreach.forms.desk import OutcomeForm, SkipForm
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules import shortcuts
from palier.modules.outreach.selectors import desk as selectors
from palier.modules.outreach.services import desk as services
from palier.modules.outreach.services import reporting

DRAFTED = (
    "result", "call_back", "call_back_at", "refusing", "wellbeing", "needs", "person", "urgency", "consent",
    "alert_level", "note", "next_call", "next_call_on", "is_hard", "wording_reason",
)  # fmt: skip
MANY = ("needs", "refusing")


@requires(Permission.CALL_MAKE)
@never_cache
def desk(request: OrganisationRequest) -> HttpResponse:
    """Show the household in hand, or what waits. Nothing is taken by looking."""
    now = timezone.now()
    seat = services.seat_of(request.actor, at=now)
    held = services.call_in_hand(seat)
    if held is None:
        return render(request, "outreach/desk/idle.html", _idle(request, seat))
    return _page(request, held, seat=seat)


@requires(Permission.CALL_MAKE)
@never_cache
def one(request: OrganisationRequest, call_id: UUID) -> HttpResponse:
    """Show one household in hand: that of an incoming call, while another one waits behind it."""
    try:
        return _page(request, call_id, seat=services.seat_of(request.actor, at=timezone.now()))
    except NotFound:
        selectors.members_of(call_id)
        messages.info(request, _("You no longer have this household."))
        return redirect("outreach:desk")


@requires(Permission.CALL_MAKE)
@require_POST
def take(request: OrganisationRequest) -> HttpResponse:
    """Take the next household."""
    _take_next(request)
    return redirect("outreach:desk")


@requires(Permission.CALL_MAKE)
@require_POST
def save(request: OrganisationRequest, call_id: UUID) -> HttpResponse:
    """Save what came of the ring and take the next household, in one request."""
    now, seat = timezone.now(), services.seat_of(request.actor, at=timezone.now())
    members = selectors.members_of(call_id)
    form = OutcomeForm(request.POST, members=members, at=now)
    if form.is_valid():
        try:
            saved = reporting.save(call_id=call_id, outcome=form.outcome(), by=request.actor, at=now)
        except reporting.NoLongerLawful as refusal:
            messages.error(request, str(refusal))
            return _onward(request)
        except NotFound:
            raise
        except DomainError as refusal:
            form.add_error(_field_of(refusal), str(refusal))
        else:
            _tell(request, saved)
            return redirect("outreach:desk") if saved.stays_in_hand else _onward(request)
    return _page(request, call_id, seat=seat, form=form, status=422)


def _field_of(refusal: DomainError) -> str | None:
    return {
        "outreach.consent-missing": "consent",
        "outreach.call-back-untold": "call_back",
        "wording.unfit": "note",
    }.get(refusal.code)


def _onward(request: OrganisationRequest) -> HttpResponse:
    """Go on with the next household, or stop here for a pause."""
    if "pause" not in request.POST:
        _take_next(request)
    return redirect("outreach:desk")


def _take_next(request: OrganisationRequest) -> None:
    early = "early" in request.POST
    if services.take_next(by=request.actor, at=timezone.now(), early=early) is None:
        messages.info(request, _("Nobody is left to call for now."))


def _tell(request: OrganisationRequest, saved: reporting.Saved) -> None:
    """Say what was done in a line, and what the caller must read in as many notices."""
    if saved.was_known:
        messages.info(request, _("This was saved already: nothing was written twice."))
        return
    parts = [_("Saved.")]
    if saved.next_on:
        parts.append(_("Next call on %s.") % typography.day(saved.next_on))
    if saved.referrals:
        parts.append(
            ngettext("%(count)s need handed over.", "%(count)s needs handed over.", saved.referrals)
            % {"count": saved.referrals}
        )
    messages.success(request, " ".join(parts))
    for notice in saved.notices:
        messages.warning(request, notice)


@requires(Permission.CALL_MAKE)
@require_POST
def keep(request: OrganisationRequest, call_id: UUID) -> HttpResponse:
    """A sign that the caller is there, with what is typed: the lease goes on, nothing is lost."""
    try:
        services.keep(call_id=call_id, typed=_typed(request), by=request.actor, at=timezone.now())
    except NotFound:
        raise
    except DomainError as refusal:
        return JsonResponse({"lost": str(refusal)}, status=409)
    return JsonResponse({})


def _typed(request: OrganisationRequest) -> dict[str, Any]:
    return {
        name: request.POST.getlist(name) if name in MANY else request.POST[name][:2000]
        for name in DRAFTED
        if request.POST.get(name)
    }


@requires(Permission.CALL_MAKE)
@require_POST
def leave(request: OrganisationRequest, call_id: UUID) -> HttpResponse:
    """The page is closing: the browser says so without waiting for an answer."""
    services.leave(call_id=call_id, by=request.actor, at=timezone.now())
    return HttpResponse(status=204)


@requires(Permission.CALL_MAKE)
@require_POST
def give_back(request: OrganisationRequest, call_id: UUID) -> HttpResponse:
    """Stop for a while: the household goes back as it was."""
    try:
        services.give_back(call_id=call_id, by=request.actor, at=timezone.now())
        messages.success(request, _("The household is given back. Take a breath."))
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("outreach:desk")


@requires(Permission.CALL_MAKE)
@require_POST
def skip(request: OrganisationRequest, call_id: UUID) -> HttpResponse:
    """Leave this household to later or to a colleague, and take the next one."""
    form = SkipForm(request.POST)
    if form.is_valid():
        try:
            services.skip(call_id=call_id, by=request.actor, at=timezone.now(), **form.cleaned_data)
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            return _onward(request)
    else:
        selectors.members_of(call_id)
        messages.error(request, _("Say why, then skip."))
    return redirect("outreach:desk")


@requires(Permission.CALL_MAKE)
@require_POST
def take_this(request: OrganisationRequest, call_id: UUID) -> HttpResponse:
    """Take one household by name: it has just called, or somebody asks for it."""
    try:
        services.take_call(call_id=call_id, by=request.actor, at=timezone.now())
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("outreach:desk")
    direction = "?direction=inbound" if "inbound" in request.POST else ""
    return redirect(reverse("outreach:desk-one", args=[call_id]) + direction)


@requires(Permission.CALL_MAKE)
@require_POST
def debrief(request: OrganisationRequest, report_id: UUID) -> HttpResponse:
    """After a hard call: wishes to talk about it, or is fine."""
    wanted = request.POST.get("wanted") == "yes"
    try:
        reporting.answer_debrief(report_id=report_id, wanted=wanted, by=request.actor, at=timezone.now())
    except reporting.NotYours as refusal:
        messages.error(request, str(refusal))
        return redirect("outreach:desk")
    if wanted:
        messages.success(request, _("Your team leader sees it on their page, and nobody else."))
    return redirect("outreach:desk")


@requires(Permission.CALL_MAKE, "people:person:view")
def elsewhere(request: OrganisationRequest, call_id: UUID, person_id: UUID) -> HttpResponse:
    """What the other modules know of somebody of the household in hand, asked for by the caller."""
    seat = services.seat_of(request.actor, at=timezone.now())
    if not selectors.is_in_hand(call_id=call_id, person_id=person_id, seat=seat):
        # The household went to somebody else: the person's own page says what may be seen.
        selectors.members_of(call_id)
        return redirect("people:person", person_id)
    return render(request, "outreach/desk/_elsewhere.html", {"person_id": person_id})


def _page(
    request: OrganisationRequest,
    call_id: UUID,
    *,
    seat: services.Seat,
    form: OutcomeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    try:
        card = selectors.desk_card(call_id=call_id, seat=seat, actor=request.actor, at=now)
    except NotFound:
        if form is None:
            raise
        # The household went to somebody else while the form was being mended: what was typed is shown again.
        return _orphan(request, call_id, form)
    if form is None:
        initial = {"token": new_id(), "alert_level": "0", "direction": _direction(request), **card.draft}
        form = OutcomeForm(initial=initial, members=card.members, at=now)
    context = {
        "card": card,
        "form": form,
        "skip_form": SkipForm(auto_id="skip-%s"),
        "progress": selectors.progress(seat=seat, at=now),
        "hard_calls": selectors.hard_calls(seat=seat, at=now),
        "keys": shortcuts.ACTIONS,
    }
    return render(request, "outreach/desk/desk.html", context, status=status)


def _orphan(request: OrganisationRequest, call_id: UUID, form: OutcomeForm) -> HttpResponse:
    context = {"form": form, "call_id": call_id, "keys": shortcuts.ACTIONS}
    return render(request, "outreach/desk/orphan.html", context, status=422)


def _direction(request: OrganisationRequest) -> str:
    return "inbound" if request.GET.get("direction") == "inbound" else "outbound"


def _idle(request: OrganisationRequest, seat: services.Seat) -> dict[str, Any]:
    now = timezone.now()
    return {
        "progress": selectors.progress(seat=seat, at=now),
        "hard_calls": selectors.hard_calls(seat=seat, at=now),
        "is_staff": seat.agent_id is not None,
    }
