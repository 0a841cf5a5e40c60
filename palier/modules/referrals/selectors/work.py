"""Reads for the pages of referrals: the work list, one referral with its story, the panels of other pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, Lower
from django.utils.timezone import localdate

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.words import Text
from palier.modules.referrals.enums import CLOSED, Climb, ReferralState, StepKind, Urgency
from palier.modules.referrals.models import Referral, ReferralStep, Transmission
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.selectors.lines import ReferralLine, line_of, marked_overdue, overdue
from palier.modules.referrals.services.servers import KindServer, server_of
from palier.modules.referrals.services.story import agent_id_of
from palier.modules.referrals.workflow import REFERRAL
from palier.modules.staff import public as staff

STATE_TONES = {
    ReferralState.OPENED: "warn",
    ReferralState.ACKNOWLEDGED: "info",
    ReferralState.IN_PROGRESS: "info",
    ReferralState.RETURNED: "warn",
    ReferralState.SETTLED: "good",
    ReferralState.WITHDRAWN: "neutral",
}
URGENCY_TONES = {Urgency.VITAL: "bad", Urgency.URGENT: "warn", Urgency.NORMAL: "neutral"}


@dataclass(frozen=True)
class Entry:
    """One line of a story, as the kit's timeline draws it."""

    at: datetime
    title: Text
    text: str
    who: str
    icon: str
    tone: str


@dataclass(frozen=True)
class SentLine:
    """One transmission as the page of its referral shows it."""

    id: UUID
    partner_id: UUID
    partner_name: str
    basis_label: str
    sent_by_label: str
    to_email: str
    sent_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    first_read_at: datetime | None
    times_read: int
    document_id: UUID | None
    is_live: bool


@dataclass(frozen=True)
class ReferralPage:
    """Everything that a referral's page shows. `record` has what it is about and who has it joined."""

    record: Any
    story: tuple[Entry, ...]
    sent: tuple[SentLine, ...]
    actions: frozenset[str]
    server: KindServer | None
    served_url: str
    is_late: bool
    state_tone: str
    urgency_tone: str
    climb_label: str
    may_open_person: bool


def referrals(*, actor: Actor, at: datetime) -> Any:
    """Return the referrals that the actor may read, what is late and urgent first, for a list."""
    rows = marked_overdue(Referral.objects.visible_to(actor, agent_id=agent_id_of(actor, at)), at)
    urgency = Case(
        When(urgency=Urgency.VITAL, then=Value(0)),
        When(urgency=Urgency.URGENT, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    progress = Case(
        When(state__in=CLOSED, then=Value(2)),
        When(state__in=[ReferralState.ACKNOWLEDGED, ReferralState.IN_PROGRESS], then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    blank = Value("", output_field=TextField())
    words = Concat(
        Lower("reference"),
        Value(" "),
        Coalesce("person__search_key", blank),
        Value(" "),
        Coalesce("residence__search_key", blank),
        Value(" "),
        Coalesce("partner__search_key", blank),
        output_field=TextField(),
    )
    return (
        rows.annotate(urgency_rank=urgency, progress=progress, search_key=words)
        .select_related("person", "lot", "residence", "district", "partner", "agent", "team")
        .order_by("-late", "progress", "urgency_rank", "ack_due_at", "pk")
    )


def chosen_by_whose(rows: Any, whose: str, *, actor: Actor, at: datetime) -> Any:
    """Narrow to one's own work, one's team's, or what one opened."""
    if whose == "opened":
        return rows.filter(opened_by_id=actor.user_id)
    if whose in ("mine", "team"):
        card = staff.agent_of_user(email=actor.email, on=localdate(at)) if actor.email else None
        if card is None:
            return rows.none()
        mine = Q(agent=card.id)
        if whose == "mine":
            return rows.filter(mine)
        return (
            rows.filter(mine | Q(team=card.team_id) | Q(agent__team=card.team_id))
            if card.team_id
            else rows.filter(mine)
        )
    return rows


def about(row: Any) -> str:
    """Say in a few words whom or what a referral is about."""
    if row.person is not None:
        return row.person.name
    if row.lot is not None:
        return f"{row.residence.name}, {row.lot.code}" if row.residence else row.lot.code
    if row.residence is not None:
        return row.residence.name
    return str(row.district) if row.district else ""


def towards(row: Any) -> str:
    """Say who has it: a partner, an agent, a team, or nobody yet."""
    holder = row.partner or row.agent or row.team
    return holder.name if holder else ""


def referral_page(referral_id: UUID, *, actor: Actor, at: datetime) -> ReferralPage:
    """Return one referral with its story. Raises: NotFound."""
    row = referrals(actor=actor, at=at).filter(pk=referral_id).first()
    if row is None:
        raise NotFound
    server = server_of(row.kind)
    served_url = server.url(row.served_id) if server and server.url and row.served_id else ""
    return ReferralPage(
        record=row,
        story=story_of(row),
        sent=_sent(row, at),
        actions=frozenset(action.value for action in REFERRAL.open_to(row, actor)),
        server=server if server and actor.may(server.permission) else None,
        served_url=served_url,
        is_late=row.late,
        state_tone="bad" if row.late else STATE_TONES[ReferralState(row.state)],
        urgency_tone=URGENCY_TONES[Urgency(row.urgency)],
        climb_label="" if row.climb == Climb.NONE else str(row.get_climb_display()),
        may_open_person=actor.may("people:person:view"),
    )


STEP_LOOKS = {
    StepKind.OPENED: ("plus", ""),
    StepKind.ASSIGNED: ("user-check", ""),
    StepKind.SENT: ("send", "accent"),
    StepKind.READ: ("eye", ""),
    StepKind.REVOKED: ("ban", "warn"),
    StepKind.ACKNOWLEDGED: ("check", "good"),
    StepKind.STARTED: ("player-play", "good"),
    StepKind.DECLINED: ("arrow-back-up", "warn"),
    StepKind.REDIRECTED: ("arrow-right", ""),
    StepKind.CLIMBED: ("bell-ringing", "bad"),
    StepKind.SETTLED: ("circle-check", "good"),
    StepKind.WITHDRAWN: ("circle-x", ""),
    StepKind.REOPENED: ("rotate-clockwise", ""),
    StepKind.CONTACT_STOPPED: ("alert-triangle", "warn"),
}


def story_of(referral: Referral) -> tuple[Entry, ...]:
    """Return the story of a referral, the latest first. One query."""
    steps = ReferralStep.objects.filter(referral=referral).order_by("-at", "-pk")
    return tuple(_entry(step) for step in steps)


def _entry(step: ReferralStep) -> Entry:
    icon, tone = STEP_LOOKS[StepKind(step.kind)]
    title = str(step.get_kind_display())
    return Entry(
        at=step.at,
        title=f"{title} → {step.towards}" if step.towards else title,
        text=step.note,
        who=step.by_name,
        icon=icon,
        tone=tone,
    )


def _sent(referral: Referral, at: datetime) -> tuple[SentLine, ...]:
    rows = (
        Transmission.objects.filter(referral=referral).select_related("partner").order_by("-sent_at", "-pk")
    )
    return tuple(
        SentLine(
            id=row.pk,
            partner_id=row.partner_id,
            partner_name=row.partner.name,
            basis_label=str(row.get_basis_display()),
            sent_by_label=str(row.get_sent_by_display()),
            to_email=row.to_email,
            sent_at=row.sent_at,
            expires_at=row.expires_at,
            ended_at=row.ended_at,
            first_read_at=row.first_read_at,
            times_read=row.times_read,
            document_id=row.document_id,
            is_live=row.ended_at is None and at < row.expires_at,
        )
        for row in rows
    )


def lines_on(*, actor: Actor, at: datetime, limit: int = 6, **about_what: Any) -> list[ReferralLine]:
    """Return the referrals about a person, a residence or a partner's, those still open first. Two queries."""
    rows = Referral.objects.visible_to(actor, agent_id=agent_id_of(actor, at)).filter(**about_what)
    found = marked_overdue(rows, at).select_related("partner")
    ordered = found.annotate(
        closed=Case(When(state__in=CLOSED, then=Value(1)), default=Value(0), output_field=IntegerField())
    ).order_by("closed", "-opened_at", "pk")
    return [line_of(row) for row in ordered[:limit]]


def sent_referral_id(transmission_id: UUID) -> UUID:
    """Return the referral of a transmission. Raises: NotFound."""
    found = Transmission.objects.filter(pk=transmission_id).values_list("referral_id", flat=True).first()
    if found is None:
        raise NotFound
    return found


def may_see_all(actor: Actor) -> bool:
    """Say whether the list holds other people's referrals too."""
    return actor.may(Permission.REFERRAL_VIEW_ALL)


@dataclass(frozen=True)
class PartnerCounts:
    """How many referrals a partner received: in all, not finished, overdue, settled."""

    total: int
    open: int
    late: int
    settled: int


def counts_of_partner(partner_id: UUID, *, actor: Actor, at: datetime) -> PartnerCounts:
    """Count what a partner received, among what the actor may read. One query."""
    rows = Referral.objects.visible_to(actor).filter(partner=partner_id)
    found = rows.aggregate(
        total=Count("pk"),
        open=Count("pk", filter=~Q(state__in=CLOSED)),
        late=Count("pk", filter=overdue(at)),
        settled=Count("pk", filter=Q(state=ReferralState.SETTLED)),
    )
    return PartnerCounts(**found)
