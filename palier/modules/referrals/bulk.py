"""What may be done to many referrals at once: give them to somebody, withdraw them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.bulk import BulkAction, Refused, Undoing, bulk_action
from palier.modules.referrals.forms import AssignForm, ReasonForm
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.selectors import many as plans
from palier.modules.referrals.services import handling
from palier.modules.staff import public as staff

REFUSALS = {plans.FINISHED: _("Closed already")}


def _whom(params: Any) -> dict[str, UUID | None]:
    kind, _colon, key = params["whom"].partition(":")
    return {
        "agent_id": UUID(key) if kind == "agent" else None,
        "team_id": UUID(key) if kind == "team" else None,
    }


@bulk_action(
    key="referrals.assign", list="referrals.referrals", label=_("Give to an agent or a team"), icon="user-check",
    permission=Permission.REFERRAL_ASSIGN, undoing=Undoing.COMPENSABLE,
)  # fmt: skip
class AssignReferrals(BulkAction):
    lead = _(
        "Links to partners stop; the clock starts again for whoever receives them. Give them elsewhere to correct."
    )
    refusals = REFUSALS

    def form(self, data: Any, *, by: Actor, at: datetime) -> forms.Form:
        agents = [(str(card.id), card.name) for card in staff.crisis_directory(on=timezone.localdate(at))]
        teams = [(str(team.id), team.name) for team in staff.team_leads()]
        return AssignForm(data, teams=teams, agents=agents)

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.assign_plan(**_whom(params), by=by, at=at)

    def states(self, params: Any) -> Any:
        return plans.given_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        for referral_id in ids:
            handling.assign(referral_id=referral_id, **_whom(params), by=by, at=at)
        return None

    def correction_url(self, params: Any) -> str:
        return reverse("referrals:referrals")


@bulk_action(
    key="referrals.withdraw", list="referrals.referrals", label=_("Withdraw"), icon="circle-x",
    permission=Permission.REFERRAL_WITHDRAW, undoing=Undoing.FINAL,
)  # fmt: skip
class WithdrawReferrals(BulkAction):
    lead = _(
        "Links to partners stop, and partners who were written to are told. A withdrawn referral does not come back."
    )
    refusals = REFUSALS
    form_class = ReasonForm

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.withdraw_plan(by=by, at=at)

    def states(self, params: Any) -> Any:
        return plans.given_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        for referral_id in ids:
            handling.withdraw(
                referral_id=referral_id,
                reason=params["reason"],
                wording_reason=params.get("wording_reason", ""),
                by=by,
                at=at,
            )
        return None
