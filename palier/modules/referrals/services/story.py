"""What every use case of a referral does: find and lock it, write its story, start its clock, tell the others."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.events import publish
from palier.kernel.parameters import value_of
from palier.modules.referrals.enums import Climb, Outcome, StepKind, Urgency
from palier.modules.referrals.events import ReferralAcknowledged, ReferralSettled
from palier.modules.referrals.models import Referral, ReferralStep
from palier.modules.referrals.rules.delays import acknowledgement_due
from palier.modules.referrals.rules.parameters import (
    ACK_NORMAL,
    ACK_URGENT,
    ACK_VITAL,
    CLIMB_NORMAL,
    CLIMB_URGENT,
    CLIMB_VITAL,
)
from palier.modules.staff import public as staff

ACKNOWLEDGE_WITHIN = {
    Urgency.VITAL: (ACK_VITAL, "minutes"),
    Urgency.URGENT: (ACK_URGENT, "hours"),
    Urgency.NORMAL: (ACK_NORMAL, "hours"),
}
CLIMB_AFTER = {
    Urgency.VITAL: (CLIMB_VITAL, "minutes"),
    Urgency.URGENT: (CLIMB_URGENT, "hours"),
    Urgency.NORMAL: (CLIMB_NORMAL, "hours"),
}
WITHDRAWN = "withdrawn"
"""The outcome that `referrals.settled` carries for a referral that was withdrawn."""


def locked(referral_id: UUID, by: Actor, at: datetime) -> Referral:
    """Lock a referral that the actor may read. Raises: NotFound."""
    visible = Referral.objects.visible_to(by, agent_id=agent_id_of(by, at)).filter(pk=referral_id)
    found = Referral.objects.filter(pk__in=visible.values("pk")).select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound
    return found


def agent_id_of(actor: Actor, at: datetime) -> UUID | None:
    """Return the agent whom an account stands for. One query; none for jobs and links."""
    if not actor.email:
        return None
    card = staff.agent_of_user(email=actor.email, on=timezone.localdate(at))
    return card.id if card else None


def write_step(
    referral: Referral,
    kind: StepKind,
    *,
    by: Actor,
    at: datetime,
    towards: str = "",
    note: str = "",
    once: str | None = None,
) -> bool:
    """Add a line to the story; with `once`, say whether it is new."""
    fields = {"kind": kind, "at": at, "by_name": by.name, "via": by.via, "towards": towards, "note": note}
    if once is None:
        ReferralStep.objects.create(referral=referral, **fields)
        return True
    _step, is_new = ReferralStep.objects.get_or_create(referral=referral, once=once, defaults=fields)
    return is_new


def start_clock(referral: Referral, at: datetime) -> None:
    """Count the time to acknowledge from now; whatever was carried up is over. The caller saves CLOCK."""
    parameter, unit = ACKNOWLEDGE_WITHIN[Urgency(referral.urgency)]
    length = timedelta(**{unit: int(value_of(parameter.key, on=timezone.localdate(at)))})
    referral.clock_from = at
    referral.ack_due_at = acknowledgement_due(timezone.localtime(at), length, urgency=referral.urgency)
    referral.climb, referral.climbed_at = Climb.NONE, None


CLOCK = ("clock_from", "ack_due_at", "climb", "climbed_at")


def climbs_after(urgency: str, at: datetime) -> timedelta:
    """Return how long after the team leader a referral reaches the continuity lead."""
    parameter, unit = CLIMB_AFTER[Urgency(urgency)]
    return timedelta(**{unit: int(value_of(parameter.key, on=timezone.localdate(at)))})


def note_acknowledgement(referral: Referral, *, by: Actor, at: datetime) -> None:
    """Write who has it now, once: the first acknowledgement is the one that is told. The caller saves TAKEN."""
    if referral.acknowledged_at is not None:
        return
    referral.acknowledged_at, referral.acknowledged_by = at, by.name
    referral.climb, referral.climbed_at = Climb.NONE, None
    publish(
        ReferralAcknowledged(
            referral_id=referral.pk, source_kind=referral.source_kind, source_id=referral.source_id, at=at
        )
    )


TAKEN = ("state", "acknowledged_at", "acknowledged_by", "climb", "climbed_at")


def tell_settled(referral: Referral, outcome: Outcome | str, at: datetime) -> None:
    """Publish what became of it, for whoever opened it."""
    publish(
        ReferralSettled(
            referral_id=referral.pk,
            source_kind=referral.source_kind,
            source_id=referral.source_id,
            outcome=str(outcome),
            at=at,
        )
    )
