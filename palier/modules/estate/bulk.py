"""What may be done to many lots, reservations or residences at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.bulk import BulkAction, Refused, Undoing, UndoItem, bulk_action
from palier.modules.estate.forms import AttachForm, LotStepForm, ReasonForm, ReserveForm
from palier.modules.estate.permissions import Permission
from palier.modules.estate.rules.periods import held_period
from palier.modules.estate.selectors import many as plans
from palier.modules.estate.selectors import pages
from palier.modules.estate.services import many as services


@bulk_action(
    key="estate.change-lot-status", list="estate.lots", label=_("Change the status"), icon="adjustments-horizontal",
    permission=Permission.LOT_CHANGE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class ChangeLotStatus(BulkAction):
    lead = _("Each lot takes one step from where it stands; those that cannot take it stay as they are.")
    form_class = LotStepForm
    refusals = {
        plans.WRONG_STATUS: _("This step is not possible from where the lot stands"),
        plans.HELD: _("A reservation holds this lot: release it first"),
    }

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.status_plan(action=params["action"], by=by, at=at)

    def states(self, params: Any) -> Any:
        return plans.status_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.change_statuses(lot_ids=ids, **params, by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        statuses = {item.id: (item.before["status"], item.before["since"]) for item in items}
        services.put_statuses_back(statuses=statuses, by=by, at=at)
        return None


@bulk_action(
    key="estate.reserve-lots", list="estate.lots", label=_("Reserve"), icon="bookmark",
    permission=Permission.RESERVATION_CREATE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class ReserveLots(BulkAction):
    lead = _("Vacant lots are taken for one purpose: nobody else is proposed them.")
    refusals = {
        plans.OVERLAPS: _("Already reserved over part of this period"),
        plans.NOT_VACANT: _("Not vacant: only a vacant lot can be reserved"),
    }

    def form(self, data: Any, *, by: Actor, at: datetime) -> ReserveForm:
        return ReserveForm(data, initial={"first_day": timezone.localdate(at)})

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        starts_at, ends_at = _period(params, at)
        return plans.reserve_plan(starts_at=starts_at, ends_at=ends_at, by=by)

    def states(self, params: Any) -> Any:
        return plans.reserve_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        starts_at, ends_at = _period(params, at)
        services.reserve_lots(
            lot_ids=ids, purpose=params["purpose"], holder=params["holder"], note=params["note"],
            starts_at=starts_at, ends_at=ends_at, by=by, at=at,
        )  # fmt: skip
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        made = [UUID(item.after["reservation"]) for item in items]
        services.release_reservations(reservation_ids=made, by=by, at=at, reason=str(_("Undone")))
        return None


def _period(params: Any, at: datetime) -> tuple[datetime, datetime | None]:
    """A reservation that begins today begins now."""
    return held_period(params["first_day"], params["last_day"], now=timezone.localtime(at))


@bulk_action(
    key="estate.release-reservations", list="estate.reservations", label=_("Release"), icon="lock-open",
    permission=Permission.RESERVATION_RELEASE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class ReleaseReservations(BulkAction):
    lead = _("The lots are free again from now on.")
    form_class = ReasonForm
    refusals = {"taken": _("The lot was taken since, or is no longer vacant")}

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.release_plan(by=by)

    def states(self, params: Any) -> Any:
        return plans.release_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.release_reservations(reservation_ids=ids, reason=params["reason"], by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        held = services.hold_again(periods={item.id: item.before["period"] for item in items}, by=by, at=at)
        return {item.id: "taken" for item in items if item.id not in held}


@bulk_action(
    key="estate.attach-residences", list="estate.residences", label=_("Attach to an agency or a sector"),
    icon="hierarchy", permission=Permission.RESIDENCE_CHANGE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class AttachResidences(BulkAction):
    lead = _(
        "The next load of the property list has the last word, if it says which agency a residence belongs to."
    )

    def form(self, data: Any, *, by: Actor, at: datetime) -> AttachForm:
        return AttachForm(data, agencies=pages.agency_choices(), sectors=pages.sector_choices())

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.attach_plan(**params, by=by)

    def states(self, params: Any) -> Any:
        return plans.attach_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.attach_residences(residence_ids=ids, **params, by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        places = {item.id: (item.before["agency"], item.before["sector"]) for item in items}
        services.attach_as_before(places=places, by=by, at=at)
        return None
