"""Watch over districts: what each shows, the list of observations, note, follow, close."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import Choice, Period
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.kernel.ui.views.acting import act_of_form
from palier.modules.estate import public as estate
from palier.modules.partners import public as partners
from palier.modules.referrals import forms
from palier.modules.referrals.enums import ObservationKind, ObservationState
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.selectors import watch
from palier.modules.referrals.services import observing

PERIODS = (7, 30, 90)


def district_choices(request: OrganisationRequest) -> list[tuple[str, str]]:
    return [(str(one.id), one.label) for one in estate.districts()]


class ObservationList(ListPage):
    """What field teams saw, the latest first."""

    permission = Permission.OBSERVATION_VIEW
    name = "observations"
    title = gettext_lazy("What field teams saw")
    lead = gettext_lazy(
        "Observations of caretakers and advisers in the districts and the residences; they name nobody."
    )
    columns = (
        Column(
            "kind", gettext_lazy("What was seen"), sort="kind", value=lambda row: row.get_kind_display(),
            link=lambda row: reverse("referrals:observation", args=[row.pk]),
        ),
        Column("place", gettext_lazy("Where"), value=watch.place_of),
        Column("observed_on", gettext_lazy("Day"), kind="date", sort="observed_on"),
        Column("people_count", gettext_lazy("People concerned"), kind="number", sort="people_count"),
        Column("partner", gettext_lazy("Partner"), secondary=True),
        Column("noted_by_name", gettext_lazy("Noted by"), sort="noted_by_name", secondary=True),
        Column(
            "state", gettext_lazy("State"), kind="badge", sort="state",
            value=lambda row: (str(row.get_state_display()), watch.STATE_TONES[ObservationState(row.state)]),
        ),
    )  # fmt: skip
    filters = (
        Choice("kind", gettext_lazy("What was seen"), ObservationKind.choices),
        Choice("district", gettext_lazy("District"), district_choices, lookup="district_id"),
        Choice("state", gettext_lazy("State"), ObservationState.choices),
        Period("day", gettext_lazy("From"), gettext_lazy("Until"), lookup="observed_on"),
    )
    empty = Empty(
        gettext_lazy("Nothing noted yet"),
        gettext_lazy(
            "Note what you see on a round: schooling from a distance, associations to support, people alone."
        ),
        icon="eye",
        action=gettext_lazy("Note an observation"),
        url="referrals:new-observation",
    )
    actions_template = "referrals/_observation_actions.html"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> Any:
        return watch.observations(actor=request.actor)

    def context(self, request: OrganisationRequest, **kwargs: Any) -> dict[str, Any]:
        return {"may_note": request.actor.may(Permission.OBSERVATION_NOTE)}


@requires(Permission.OBSERVATION_VIEW)
@require_safe
def districts(request: OrganisationRequest) -> HttpResponse:
    """Show each district with what was seen there; those nobody wrote about are shown too."""
    wanted = request.GET.get("days", "")
    days = int(wanted) if wanted in map(str, PERIODS) else PERIODS[1]
    watched = watch.districts_watched(actor=request.actor, on=timezone.localdate(), days=days)
    context = {
        "watched": watched,
        "days": days,
        "periods": PERIODS,
        "open": sum(one.open for one in watched),
        "observations": sum(one.observations for one in watched),
        "people": sum(one.people for one in watched),
        "silent": sum(one.silent for one in watched),
        "may_note": request.actor.may(Permission.OBSERVATION_NOTE),
    }
    return render(request, "referrals/districts.html", context)


@requires(Permission.OBSERVATION_VIEW)
@require_safe
def observation(request: OrganisationRequest, observation_id: UUID) -> HttpResponse:
    return render(request, "referrals/observation.html", _page(request, observation_id))


def _page(request: OrganisationRequest, observation_id: UUID, **forms_in_error: Any) -> dict[str, Any]:
    page = watch.observation_page(observation_id, actor=request.actor)
    context = {"page": page, "one": page.record, "place": watch.place_of(page.record)}
    context |= {
        "follow_form": forms.FollowForm(prefix="follow"),
        "close_form": forms.CloseForm(prefix="close"),
    }
    return {**context, **forms_in_error}


@requires(Permission.OBSERVATION_NOTE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_observation(request: OrganisationRequest) -> HttpResponse:
    """Note what was seen, on a phone as at a desk."""
    initial = {
        "observed_on": timezone.localdate(),
        **{key: request.GET.get(key, "") for key in ("district_id", "residence_id")},
    }
    form = forms.ObservationForm(
        request.POST or None,
        initial=initial,
        districts=district_choices(request),
        residences=[(str(row.id), f"{row.name} ({row.city})") for row in estate.residences()],
        partners=[(str(card.id), card.name) for card in partners.partners_for()],
    )
    if request.method == "POST":
        noted = act_of_form(request, form, observing.note_observation)
        if noted is not None:
            messages.success(request, _("Noted. Open a referral if somebody must act."))
            return redirect("referrals:observation", noted.pk)
    return render(
        request, "referrals/observation_form.html", {"form": form}, status=422 if form.errors else 200
    )


@requires(Permission.OBSERVATION_NOTE, Permission.REFERRAL_OPEN)
@require_POST
def follow(request: OrganisationRequest, observation_id: UUID) -> HttpResponse:
    """Open the referral that follows what was seen."""
    form = forms.FollowForm(request.POST, prefix="follow")
    opened = act_of_form(request, form, observing.follow_observation, observation_id=observation_id)
    if opened is None:
        context = _page(request, observation_id, follow_form=form, opened="follow")
        return render(request, "referrals/observation.html", context, status=422)
    return redirect("referrals:referral", opened)


@requires(Permission.OBSERVATION_NOTE)
@require_POST
def close(request: OrganisationRequest, observation_id: UUID) -> HttpResponse:
    form = forms.CloseForm(request.POST, prefix="close")
    if act_of_form(request, form, observing.close_observation, observation_id=observation_id) is None:
        context = _page(request, observation_id, close_form=form, opened="close")
        return render(request, "referrals/observation.html", context, status=422)
    return redirect("referrals:observation", observation_id)
