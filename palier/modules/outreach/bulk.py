"""What a team leader may do to many calls or visits at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.bulk import BulkAction, Refused, Undoing, UndoItem, bulk_action
from palier.modules.outreach.forms.team import ToCallerForm
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import waiting as plans
from palier.modules.outreach.services import reporting, visits


@bulk_action(
    key="outreach.reassign-calls", list="outreach.waiting", label=_("Give to a caller"), icon="users",
    permission=Permission.TEAM_LEAD, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class ReassignCalls(BulkAction):
    lead = _("The calls chosen go to one caller; households keep their usual caller for next time.")
    refusals = {plans.IN_HAND: _("Being called now")}

    def form(self, data: Any, *, by: Actor, at: datetime) -> ToCallerForm:
        return ToCallerForm(data, callers=plans.caller_choices())

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.reassign_plan(agent_id=UUID(params["agent"]), by=by, at=at)

    def states(self, params: Any) -> Any:
        return plans.call_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        reporting.reassign(call_ids=ids, agent_id=UUID(params["agent"]), by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        reporting.give_calls_back(callers={item.id: item.before["caller"] for item in items}, by=by, at=at)
        return None


@bulk_action(
    key="outreach.cancel-visits", list="outreach.visits", label=_("Cancel the visits"), icon="circle-x",
    permission=Permission.TEAM_LEAD, undoing=Undoing.FINAL,
)  # fmt: skip
class CancelVisits(BulkAction):
    lead = _(
        "Nobody goes to these doors any more. The calls of these households are not planned again by this."
    )

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.cancel_plan(by=by)

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        for one in ids:
            visits.cancel(visit_id=one, by=by, at=at)
        return None
