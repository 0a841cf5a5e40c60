"""The steps of a referral inside the house: acknowledge, take in hand, return, redirect, settle, withdraw, reopen."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.wording import guard
from palier.modules.referrals.enums import (
    Climb,
    DeclineReason,
    Outcome,
    ReferralAction,
    ReferralState,
    StepKind,
)
from palier.modules.referrals.events import ReferralReturned
from palier.modules.referrals.models import Referral
from palier.modules.referrals.services.recalling import end_links, take_back
from palier.modules.referrals.services.servers import ReferralBrief, server_of
from palier.modules.referrals.services.story import (
    CLOCK,
    TAKEN,
    WITHDRAWN,
    locked,
    note_acknowledgement,
    start_clock,
    tell_settled,
    write_step,
)
from palier.modules.referrals.services.telling import in_house_language
from palier.modules.referrals.workflow import REFERRAL
from palier.modules.staff import public as staff


class NoServer(DomainError):
    code = "referrals.no-server"
    message = _("No service of Palier takes this kind of need: acknowledge it, or send it to a partner.")


class ReasonMissing(DomainError):
    code = "referrals.reason-missing"
    message = _("Say why: whoever opened the referral will read it.")


class NobodyChosen(DomainError):
    code = "referrals.nobody-chosen"
    message = _("Choose an agent or a team.")


@transaction.atomic
def acknowledge(*, referral_id: UUID, by: Actor, at: datetime) -> Referral:
    """Say that one has seen it and will act. Raises: NotAllowed, NotFound, TransitionRefused."""
    return acknowledge_locked(locked(referral_id, by, at), by=by, at=at)


@transaction.atomic
def start(*, referral_id: UUID, by: Actor, at: datetime) -> Referral:
    """Say that it is being dealt with. Raises: NotAllowed, NotFound, TransitionRefused."""
    return start_locked(locked(referral_id, by, at), by=by, at=at)


@transaction.atomic
def decline(
    *, referral_id: UUID, reason: str, by: Actor, at: datetime, note: str = "", wording_reason: str = ""
) -> Referral:
    """Give it back to its sender, saying why one cannot take it.

    Raises: NotAllowed, NotFound, TransitionRefused, UnfitWording.
    """
    wording = guard(note, reason=wording_reason)
    referral = decline_locked(locked(referral_id, by, at), reason=reason, note=note, by=by, at=at)
    wording.record(by=by, at=at, subject=referral)
    return referral


@transaction.atomic
def settle(
    *, referral_id: UUID, outcome: str, by: Actor, at: datetime, note: str = "", wording_reason: str = ""
) -> Referral:
    """Close it with what became of the need; whoever opened it is told.

    Raises: NotAllowed, NotFound, TransitionRefused, UnfitWording.
    """
    wording = guard(note, reason=wording_reason)
    referral = settle_locked(locked(referral_id, by, at), outcome=outcome, note=note, by=by, at=at)
    wording.record(by=by, at=at, subject=referral)
    return referral


@transaction.atomic
def withdraw(
    *, referral_id: UUID, reason: str, by: Actor, at: datetime, wording_reason: str = ""
) -> Referral:
    """Take it back: the need is gone, or it was a mistake. Links to partners stop at once, and they are told.

    Raises: NotAllowed, NotFound, ReasonMissing, TransitionRefused, UnfitWording.
    """
    if not reason.strip():
        raise ReasonMissing
    wording = guard(reason, reason=wording_reason)
    referral = locked(referral_id, by, at)
    REFERRAL.move(referral, ReferralAction.WITHDRAW, by=by, at=at)
    referral.withdraw_reason, referral.closed_at = reason.strip(), at
    referral.save(update_fields=["state", "withdraw_reason", "closed_at"])
    take_back(referral, by=by, at=at)
    write_step(referral, StepKind.WITHDRAWN, by=by, at=at, note=reason.strip())
    tell_settled(referral, WITHDRAWN, at)
    wording.record(by=by, at=at, subject=referral)
    return referral


@transaction.atomic
def reopen(*, referral_id: UUID, reason: str, by: Actor, at: datetime, wording_reason: str = "") -> Referral:
    """Take a settled referral up again: the need came back, or was not met.

    Raises: NotAllowed, NotFound, ReasonMissing, TransitionRefused, UnfitWording.
    """
    if not reason.strip():
        raise ReasonMissing
    wording = guard(reason, reason=wording_reason)
    referral = locked(referral_id, by, at)
    REFERRAL.move(referral, ReferralAction.REOPEN, by=by, at=at)
    referral.outcome, referral.outcome_note, referral.closed_at = "", "", None
    referral.acknowledged_at = referral.acknowledged_at or at
    referral.acknowledged_by = referral.acknowledged_by or by.name
    referral.due_at, referral.climb, referral.climbed_at = None, Climb.NONE, None
    referral.save(
        update_fields=[
            "state", "outcome", "outcome_note", "closed_at", "acknowledged_at", "acknowledged_by", "due_at",
            "climb", "climbed_at",
        ]
    )  # fmt: skip
    write_step(referral, StepKind.REOPENED, by=by, at=at, note=reason.strip())
    wording.record(by=by, at=at, subject=referral)
    return referral


@transaction.atomic
def assign(
    *, referral_id: UUID, by: Actor, at: datetime, agent_id: UUID | None = None, team_id: UUID | None = None
) -> Referral:
    """Give it to an agent or a team of the house. One that was returned or is elsewhere waits for them anew.

    Raises: NotAllowed, NotFound, NobodyChosen, TransitionRefused.
    """
    towards = _name_of(agent_id, team_id)
    referral = locked(referral_id, by, at)
    if (referral.agent_id, referral.team_id) == (agent_id, team_id) and referral.state in (
        ReferralState.OPENED,
        ReferralState.ACKNOWLEDGED,
        ReferralState.IN_PROGRESS,
    ):
        return referral
    send_on(referral, by=by, at=at)
    referral.agent_id, referral.team_id, referral.partner_id = agent_id, team_id, None
    referral.save(update_fields=["agent", "team", "partner"])
    write_step(referral, StepKind.ASSIGNED, by=by, at=at, towards=towards)
    return referral


@transaction.atomic
def accept_by_server(*, referral_id: UUID, by: Actor, at: datetime) -> Referral:
    """Have the module that serves this kind take it: its file is created in the same transaction.

    Raises: NotAllowed, NotFound, NoServer, TransitionRefused, and what the module refuses.
    """
    referral = locked(referral_id, by, at)
    server = server_of(referral.kind)
    if server is None:
        raise NoServer
    by.must(server.permission)
    start_locked(referral, by=by, at=at)
    referral.served_by = str(server.kind)
    referral.served_id = server.accept(referral=brief_of(referral), by=by, at=at)
    referral.save(update_fields=["served_by", "served_id"])
    return referral


def brief_of(referral: Referral) -> ReferralBrief:
    """Return what a module receives when it accepts a referral."""
    return ReferralBrief(
        id=referral.pk,
        reference=referral.reference,
        kind=referral.kind,
        urgency=referral.urgency,
        summary=referral.summary,
        person_id=referral.person_id,
        lot_id=referral.lot_id,
        residence_id=referral.residence_id,
        source_kind=referral.source_kind,
        source_id=referral.source_id,
    )


# -- On a referral that is already locked: pages and links share these -----------------------------------------------


def acknowledge_locked(referral: Referral, *, by: Actor, at: datetime) -> Referral:
    """See `acknowledge`."""
    REFERRAL.move(referral, ReferralAction.ACKNOWLEDGE, by=by, at=at)
    note_acknowledgement(referral, by=by, at=at)
    referral.save(update_fields=TAKEN)
    write_step(referral, StepKind.ACKNOWLEDGED, by=by, at=at)
    return referral


def start_locked(referral: Referral, *, by: Actor, at: datetime) -> Referral:
    """See `start`."""
    REFERRAL.move(referral, ReferralAction.START, by=by, at=at)
    note_acknowledgement(referral, by=by, at=at)
    referral.save(update_fields=TAKEN)
    write_step(referral, StepKind.STARTED, by=by, at=at)
    return referral


def decline_locked(referral: Referral, *, reason: str, note: str, by: Actor, at: datetime) -> Referral:
    """See `decline`."""
    REFERRAL.move(referral, ReferralAction.DECLINE, by=by, at=at, reason=str(reason))
    referral.decline_reason = DeclineReason(reason)
    referral.acknowledged_at, referral.acknowledged_by = None, ""
    start_clock(referral, at)
    referral.save(update_fields=["state", "decline_reason", "acknowledged_at", "acknowledged_by", *CLOCK])
    end_links(referral, at=at)
    with in_house_language():
        said = ". ".join(filter(None, (str(DeclineReason(reason).label), note.strip())))
    write_step(referral, StepKind.DECLINED, by=by, at=at, note=said)
    publish(
        ReferralReturned(
            referral_id=referral.pk,
            source_kind=referral.source_kind,
            source_id=referral.source_id,
            reason=str(reason),
            at=at,
        )
    )
    return referral


def settle_locked(referral: Referral, *, outcome: str, note: str, by: Actor, at: datetime) -> Referral:
    """See `settle`."""
    REFERRAL.move(referral, ReferralAction.SETTLE, by=by, at=at, outcome=str(outcome))
    note_acknowledgement(referral, by=by, at=at)
    referral.outcome, referral.outcome_note, referral.closed_at = Outcome(outcome), note.strip(), at
    referral.save(update_fields=[*TAKEN, "outcome", "outcome_note", "closed_at"])
    end_links(referral, at=at)
    with in_house_language():
        said = str(Outcome(outcome).label)
    write_step(referral, StepKind.SETTLED, by=by, at=at, note=said)
    tell_settled(referral, outcome, at)
    return referral


def send_on(referral: Referral, *, by: Actor, at: datetime, to_partner: UUID | None = None) -> None:
    """Have it wait for somebody else, from now on. The caller says who; a partner who had it is told.

    Raises: NotAllowed, TransitionRefused.
    """
    take_back(referral, by=by, at=at, unless=to_partner)
    REFERRAL.move(referral, ReferralAction.REDIRECT, by=by, at=at)
    referral.acknowledged_at, referral.acknowledged_by, referral.decline_reason = None, "", ""
    referral.served_by, referral.served_id = "", None
    start_clock(referral, at)
    referral.save(
        update_fields=[
            "state", "acknowledged_at", "acknowledged_by", "decline_reason", "served_by", "served_id", *CLOCK,
        ]
    )  # fmt: skip


def _name_of(agent_id: UUID | None, team_id: UUID | None) -> str:
    card: staff.AgentCard | staff.TeamLead | None
    if agent_id is not None:
        card = staff.agents_named([agent_id]).get(agent_id)
    elif team_id is not None:
        card = staff.team_lead(team_id)
    else:
        raise NobodyChosen
    if card is None:
        raise NotFound
    return card.name
