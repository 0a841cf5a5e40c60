"""What the pages of a person, a residence and a partner say of referrals."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.panels import panel
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.selectors import watch, work

TEMPLATE = "referrals/_panel.html"


@panel(
    "people.person",
    template=TEMPLATE,
    title=_("Referrals"),
    icon="arrows-exchange",
    permission=Permission.REFERRAL_VIEW,
    max_queries=3,
    order=40,
)
def referrals_of_person(request: OrganisationRequest, person_id: Any) -> dict[str, Any]:
    lines = work.lines_on(actor=request.actor, at=timezone.now(), person=person_id)
    return {
        "lines": lines,
        "may_open": request.actor.may(Permission.REFERRAL_OPEN),
        "new": "referrals:new-for-person",
    }


@panel(
    "estate.residence",
    template=TEMPLATE,
    title=_("Referrals"),
    icon="arrows-exchange",
    permission=Permission.REFERRAL_VIEW,
    max_queries=3,
    order=40,
)
def referrals_of_residence(request: OrganisationRequest, residence_id: Any) -> dict[str, Any]:
    lines = work.lines_on(actor=request.actor, at=timezone.now(), residence=residence_id)
    may_open = request.actor.may(Permission.REFERRAL_OPEN)
    return {"lines": lines, "may_open": may_open, "new": "referrals:new-for-residence"}


@panel(
    "estate.residence",
    template="referrals/_observations_panel.html",
    title=_("What field teams saw"),
    icon="eye",
    permission=Permission.OBSERVATION_VIEW,
    max_queries=1,
    order=45,
)
def observations_of_residence(request: OrganisationRequest, residence_id: Any) -> dict[str, Any] | None:
    lines = watch.latest_of_residence(residence_id, actor=request.actor)
    may_note = request.actor.may(Permission.OBSERVATION_NOTE)
    return {"lines": lines, "may_note": may_note} if lines or may_note else None


@panel(
    "partners.partner",
    template=TEMPLATE,
    title=_("Referrals"),
    icon="arrows-exchange",
    permission=Permission.REFERRAL_VIEW,
    max_queries=4,
    order=10,
)
def referrals_of_partner(request: OrganisationRequest, partner_id: Any) -> dict[str, Any]:
    now = timezone.now()
    return {
        "lines": work.lines_on(actor=request.actor, at=now, partner=partner_id),
        "counts": work.counts_of_partner(partner_id, actor=request.actor, at=now),
    }
