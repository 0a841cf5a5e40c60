"""Overdue referrals are carried up: to the team leader, then to the continuity lead and the crisis log; once each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.events import publish
from palier.kernel.organisations.current import current_organisation
from palier.modules.referrals.enums import Climb, ReferralState, StepKind
from palier.modules.referrals.events import ReferralOverdue
from palier.modules.referrals.models import Referral
from palier.modules.referrals.rules.delays import climb_due
from palier.modules.referrals.selectors.lines import overdue
from palier.modules.referrals.services.story import climbs_after, write_step
from palier.modules.referrals.services.telling import in_house_language, said_moment
from palier.modules.staff import public as staff

ORDER = (Climb.NONE, Climb.TEAM_LEADER, Climb.CONTINUITY_LEAD)


@dataclass(frozen=True)
class Told:
    """Whom a climb tells."""

    name: str
    email: str


def carry_up_overdue(*, by: Actor, at: datetime) -> int:
    """Carry up each overdue referral by the steps that are due. Returns: how many steps were taken.

    Each referral is its own transaction: a worker killed here has told those it told, and tells the others next time.
    """
    late = Referral.objects.in_clear().filter(overdue(at)).exclude(climb=Climb.CONTINUITY_LEAD)
    return sum(_carry_up(pk, by, at) for pk in list(late.order_by("ack_due_at").values_list("pk", flat=True)))


@transaction.atomic
def _carry_up(referral_id: UUID, by: Actor, at: datetime) -> int:
    rows = Referral.objects.filter(overdue(at), pk=referral_id)
    referral = rows.select_for_update(of=("self",), skip_locked=True).first()
    if referral is None:
        return 0
    due = late_since(referral)
    reached = Climb(climb_due(due, climbs_after(referral.urgency, at), at))
    steps = ORDER[ORDER.index(Climb(referral.climb)) + 1 : ORDER.index(reached) + 1]
    taken = [step for step in steps if _take(referral, step, due, by=by, at=at)]
    if steps:
        referral.climb, referral.climbed_at = reached, at
        referral.save(update_fields=["climb", "climbed_at"])
    return len(taken)


def late_since(referral: Referral) -> datetime:
    """Return since when it is late: not acknowledged in time, not settled by its date, or the partner's link over."""
    if referral.state in (ReferralState.OPENED, ReferralState.RETURNED):
        return referral.ack_due_at
    live = referral.transmissions.filter(ended_at__isnull=True).values_list("expires_at", flat=True).first()
    return min((one for one in (referral.due_at, live) if one), default=referral.ack_due_at)


def _take(referral: Referral, step: Climb, due: datetime, *, by: Actor, at: datetime) -> bool:
    told = _leader_of(referral, at) if step == Climb.TEAM_LEADER else None
    with in_house_language():
        towards = told.name if told else "" if step == Climb.TEAM_LEADER else str(step.label)
        note = "" if towards else gettext("nobody leads the team: the continuity lead is next")
    once = f"climb:{step.value}:{due.isoformat()}"
    if not write_step(referral, StepKind.CLIMBED, by=by, at=at, towards=towards, note=note, once=once):
        return False
    journal.record("referrals.referral.climb", by=by, at=at, subject=referral, climb=step.value)
    if told and told.email:
        _mail(referral, told, due, key=f"referral-late:{referral.pk}:{once}", by=by, at=at)
    publish(
        ReferralOverdue(
            referral_id=referral.pk,
            source_kind=referral.source_kind,
            source_id=referral.source_id,
            at=at,
            climb=step.value,
            reference=referral.reference,
            kind=referral.kind,
            urgency=referral.urgency,
        )
    )
    return True


def _leader_of(referral: Referral, at: datetime) -> Told | None:
    """Return who leads the team that has it; else the team of whoever opened it. Three queries at most."""
    team_id = referral.team_id
    if team_id is None and referral.agent_id is not None:
        card = staff.agents_named([referral.agent_id]).get(referral.agent_id)
        team_id = card.team_id if card else None
    if team_id is None and referral.opened_by_email:
        opener = staff.agent_of_user(email=referral.opened_by_email, on=timezone.localdate(at))
        team_id = opener.team_id if opener else None
    lead = staff.team_lead(team_id) if team_id else None
    return Told(lead.leader_name, lead.leader_email) if lead and lead.leader_name else None


def _mail(referral: Referral, told: Told, due: datetime, *, key: str, by: Actor, at: datetime) -> None:
    with in_house_language():
        subject = gettext("Overdue referral: {reference}").format(reference=referral.reference)
        body = gettext(
            "Hello {name},\n\n"
            "Nobody has answered the referral {reference} in time: it was due on {due}.\n"
            "Urgency: {urgency}\n\n"
            "Open Palier to see what it is about and to give it to somebody.\n\n{organisation}\n"
        ).format(
            name=told.name,
            reference=referral.reference,
            due=said_moment(due),
            urgency=referral.get_urgency_display(),
            organisation=current_organisation().name,
        )
    send_mail(
        key=key, to=told.email, to_name=told.name, subject=subject, body=body, by=by, at=at, about=referral
    )
