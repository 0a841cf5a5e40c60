"""A campaign from its draft to its close. A person opens each one and may add or remove a household, with a reason.

No decision is taken by the machine alone (RGPD art. 22): a segment proposes, somebody confirms.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.jobs.models import JobRun
from palier.kernel.wording import guard
from palier.modules.estate import public as estate
from palier.modules.outreach.enums import (
    CampaignAction,
    CampaignState,
    LineEnd,
    LineState,
    Reason,
    ScriptContext,
    Trigger,
)
from palier.modules.outreach.events import CampaignClosed
from palier.modules.outreach.models import (
    Alert,
    Call,
    Campaign,
    CampaignCaller,
    CampaignSegment,
    Line,
    LineMember,
    Segment,
    Visit,
)
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import places
from palier.modules.outreach.selectors.candidates import (
    Scope,
    SegmentQuery,
    Summary,
    frozen_people,
    summary,
)
from palier.modules.outreach.services import building, cadence, stopping
from palier.modules.outreach.services.assignment import assign_lines
from palier.modules.outreach.services.segments import PreviewOutdated, ensure_segments
from palier.modules.outreach.workflow import CAMPAIGN
from palier.modules.people import public as people
from palier.modules.staff import public as staff


class CampaignUnknown(NotFound):
    code = "outreach.campaign-unknown"
    message = _("This campaign does not exist, or no longer does.")


class ReasonMissing(DomainError):
    code = "outreach.reason-missing"
    message = _("Say why, in a few words: the tenant may ask.")


class NobodyToCall(DomainError):
    code = "outreach.nobody-to-call"
    message = _("Nobody matches these segments here. Widen the place or the segments before opening.")


class NotReachable(DomainError):
    code = "outreach.not-reachable"
    message = _("This person may not be called: {why}.")


class AlreadyListed(DomainError):
    code = "outreach.already-listed"
    message = _("This person is on the list already.")


class HasNoHome(DomainError):
    code = "outreach.no-home"
    message = _("This person lives in no dwelling of yours today.")


class LineUnknown(NotFound):
    code = "outreach.line-unknown"
    message = _("This household is not on the list, or no longer is.")


class PlaceGone(DomainError):
    code = "outreach.place-gone"
    message = _("The place “{place}” is no longer known here. Correct the campaign: choose another place.")


class AgentUnknown(NotFound):
    code = "outreach.agent-unknown"
    message = _("This agent does not exist, or no longer works here.")


DISTRICT = "district"
"""A scope of campaigns that the continuity plan does not know: a priority district of the city policy."""


@dataclass(frozen=True)
class Target:
    """The place of a campaign. `kind` is a kind of place, or `district`; `id` is empty for the organisation."""

    kind: str
    id: str
    label: str


@dataclass(frozen=True)
class Draft:
    """What a campaign is to be. Periods are half-open: `ends_on` is the first day after."""

    name: str
    scope: Target
    segment_codes: tuple[str, ...]
    starts_on: date
    ends_on: date | None = None
    context: str = ScriptContext.COURTESY
    max_attempts: int = 3
    attempt_days: int = 2
    reason: str = ""
    trigger: str = Trigger.HAND
    origin_key: str = ""


def target(kind: str, id: str) -> Target:
    """Return where a campaign calls. Raises: estate.PlaceUnknown."""
    if kind == DISTRICT:
        label = places.district_name(id)
        if label is None:
            raise estate.PlaceUnknown(kind=kind, place_code=id)
        return Target(DISTRICT, id, label)
    place = estate.place_of_id(kind, id)
    return Target(place.kind.value, place.id, place.label or place.code)


def scope_of(campaign: Campaign, at: datetime) -> Scope:
    """Return the residences that a campaign's place covers, at a moment. Raises: PlaceGone."""
    try:
        return places.scope_of(campaign.scope_kind, campaign.scope_id, at=at)
    except (estate.PlaceUnknown, ValueError):
        raise PlaceGone(place=campaign.scope_label) from None


@transaction.atomic
def create_campaign(*, draft: Draft, by: Actor, at: datetime) -> Campaign:
    """Write the draft of a campaign with its segments as they are now. Nobody is called yet.

    The same cause (`origin_key`) gives the same campaign. Raises: NotAllowed, ValidationError.
    """
    by.must(Permission.CAMPAIGN_MANAGE)
    if draft.origin_key:
        known = Campaign.objects.filter(origin_key=draft.origin_key).first()
        if known is not None:
            return known
    campaign = Campaign(
        name=draft.name.strip(),
        trigger=draft.trigger,
        origin_key=draft.origin_key,
        reason=draft.reason.strip(),
        scope_kind=draft.scope.kind,
        scope_id=draft.scope.id,
        scope_label=draft.scope.label,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        context=draft.context,
        max_attempts=draft.max_attempts,
        attempt_days=draft.attempt_days,
        state=CampaignState.DRAFT,
        created_at=at,
        owner_name=by.name,
        owner_id=by.user_id,
    )
    campaign.full_clean(exclude=["id", "owner_id"])
    campaign.save(force_insert=True)
    ensure_segments(by_name=by.name, at=at)
    _take_segments(campaign, draft.segment_codes)
    journal.record(
        "outreach.campaign.create", by=by, at=at, subject=campaign, segments=list(draft.segment_codes)
    )
    return campaign


def _take_segments(campaign: Campaign, codes: Iterable[str]) -> None:
    chosen = Segment.objects.filter(code__in=list(codes), is_active=True)
    CampaignSegment.objects.bulk_create(
        [
            CampaignSegment(
                campaign=campaign,
                segment=one,
                code=one.code,
                name=one.name,
                version=one.version,
                criteria=one.criteria,
                weight=one.weight,
                cadence_days=one.cadence_days,
            )
            for one in chosen
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def change_draft(*, campaign_id: UUID, draft: Draft, by: Actor, at: datetime) -> Campaign:
    """Correct a campaign that is not open yet. Raises: CampaignUnknown, NotAllowed, ValidationError."""
    by.must(Permission.CAMPAIGN_MANAGE)
    campaign = _locked(campaign_id, by)
    if campaign.state != CampaignState.DRAFT:
        raise DraftOnly
    campaign.name, campaign.reason = draft.name.strip(), draft.reason.strip()
    campaign.scope_kind, campaign.scope_id = draft.scope.kind, draft.scope.id
    campaign.scope_label = draft.scope.label
    campaign.starts_on, campaign.ends_on, campaign.context = draft.starts_on, draft.ends_on, draft.context
    campaign.max_attempts, campaign.attempt_days = draft.max_attempts, draft.attempt_days
    campaign.full_clean(exclude=["id", "owner_id"])
    campaign.save()
    campaign.segments.all().delete()
    _take_segments(campaign, draft.segment_codes)
    journal.record("outreach.campaign.change", by=by, at=at, subject=campaign)
    return campaign


class DraftOnly(DomainError):
    code = "outreach.draft-only"
    message = _(
        "This campaign is open already: its segments and place no longer change. Add or remove households."
    )


@dataclass(frozen=True)
class CampaignPreview:
    """What opening a campaign will do. Units: `capacity` in calls a day; `days` to call everybody once."""

    summary: Summary
    capacity: int
    callers: int
    fingerprint: str

    @property
    def days(self) -> int | None:
        return -(-self.summary.calls // self.capacity) if self.capacity else None


def preview(*, campaign: Campaign, at: datetime) -> CampaignPreview:
    """Count what opening a draft would do now."""
    queries = [SegmentQuery.of(one) for one in campaign.segments.all()]
    counted = summary(queries, scope_of(campaign, at))
    callers = list(campaign.callers.filter(is_active=True).values_list("daily_calls", flat=True))
    said = (counted.people, counted.households, counted.without_number, counted.by_segment)
    mark = hashlib.sha256(repr((campaign.pk, said)).encode()).hexdigest()[:16]
    return CampaignPreview(counted, sum(callers), len(callers), mark)


@transaction.atomic
def open_campaign(*, campaign_id: UUID, fingerprint: str, by: Actor, at: datetime) -> JobRun:
    """Freeze the list of a draft and have it made; the campaign opens when the list is ready.

    Raises: CampaignUnknown, PreviewOutdated, NobodyToCall, TransitionRefused, NotAllowed.
    """
    by.must(Permission.CAMPAIGN_MANAGE)
    campaign = _locked(campaign_id, by)
    shown = preview(campaign=campaign, at=at)
    if shown.fingerprint != fingerprint:
        raise PreviewOutdated
    if not shown.summary.people:
        raise NobodyToCall
    queries = [SegmentQuery.of(one) for one in campaign.segments.all()]
    frozen, calls = frozen_people(queries, scope_of(campaign, at))
    return building.start_building(campaign=campaign, people=frozen, by=by, at=at, announced=calls)


@transaction.atomic
def pause(*, campaign_id: UUID, reason: str, by: Actor, at: datetime) -> Campaign:
    """Stop proposing the calls of a campaign; they stay planned. Other campaigns take the numbers they share.

    Raises: CampaignUnknown, ReasonMissing, TransitionRefused, NotAllowed.
    """
    campaign = _moved(campaign_id, CampaignAction.PAUSE, reason, by=by, at=at)
    cadence.open_rounds(at=at)
    return campaign


@transaction.atomic
def resume(*, campaign_id: UUID, reason: str, by: Actor, at: datetime) -> Campaign:
    """Propose the calls of a paused campaign again. Raises: CampaignUnknown, TransitionRefused, NotAllowed."""
    campaign = _moved(campaign_id, CampaignAction.RESUME, reason, by=by, at=at)
    cadence.settle_numbers(at=at)
    cadence.open_rounds(at=at, campaign_id=campaign.pk)
    return campaign


def _moved(campaign_id: UUID, action: CampaignAction, reason: str, *, by: Actor, at: datetime) -> Campaign:
    by.must(Permission.CAMPAIGN_MANAGE)
    if not reason.strip():
        raise ReasonMissing
    campaign = _locked(campaign_id, by)
    CAMPAIGN.move(campaign, action, by=by, at=at, reason=reason.strip())
    campaign.reason = reason.strip()
    campaign.save(update_fields=["state", "reason"])
    return campaign


@dataclass(frozen=True)
class ClosingPreview:
    """What closing leaves: calls and visits cancelled, alerts that somebody must still follow."""

    lines: int
    calls: int
    in_hand: int
    visits: int
    open_alerts: int


def closing_preview(*, campaign_id: UUID) -> ClosingPreview:
    """Count what closing a campaign will stop, and what stays open after it."""
    calls = Call.objects.filter(campaign_id=campaign_id)
    return ClosingPreview(
        lines=Line.objects.filter(campaign_id=campaign_id, state=LineState.ACTIVE).count(),
        calls=calls.filter(state="waiting").count(),
        in_hand=calls.filter(state="in_call").count(),
        visits=Visit.objects.filter(line__campaign_id=campaign_id, state__in=["to_visit", "nobody"]).count(),
        open_alerts=Alert.objects.filter(report__call__campaign_id=campaign_id)
        .exclude(state="closed")
        .count(),
    )


@transaction.atomic
def close(*, campaign_id: UUID, reason: str, by: Actor, at: datetime) -> Campaign:
    """End a campaign: lines end, waiting calls and visits are cancelled; alerts and needs stay until settled.

    A call in somebody's hand is theirs to finish. Raises: CampaignUnknown, ReasonMissing, TransitionRefused.
    """
    by.must(Permission.CAMPAIGN_MANAGE)
    if not reason.strip():
        raise ReasonMissing
    campaign = _locked(campaign_id, by)
    campaign.closed_at, campaign.closing_reason = at, reason.strip()
    CAMPAIGN.move(campaign, CampaignAction.CLOSE, by=by, at=at, reason=reason.strip())
    campaign.save(update_fields=["state", "closed_at", "closing_reason"])
    lines = list(
        Line.objects.select_for_update(of=("self",))
        .filter(campaign=campaign, state=LineState.ACTIVE)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    Line.objects.filter(pk__in=lines).update(
        state=LineState.ENDED, ended_because=LineEnd.CAMPAIGN_CLOSED, ended_at=at
    )
    stopping.cancel_plans(lines, because=LineEnd.CAMPAIGN_CLOSED.value, at=at)
    cadence.open_rounds(at=at)
    publish(CampaignClosed(campaign_id=str(campaign.pk), at=at))
    return campaign


@transaction.atomic
def add_household(
    *, campaign_id: UUID, person_id: UUID, why: str, by: Actor, at: datetime, wording_reason: str = ""
) -> Line:
    """Put a person on a campaign's list although no segment names them. The reason is shown to callers.

    Raises: CampaignUnknown, ReasonMissing, UnfitWording, NotReachable, AlreadyListed, HasNoHome, NotAllowed.
    """
    by.must(Permission.CAMPAIGN_MANAGE)
    if not why.strip():
        raise ReasonMissing
    wording = guard(why, reason=wording_reason)
    campaign = _locked(campaign_id, by)
    _refuse_unless_callable(person_id, at)
    if LineMember.objects.filter(
        campaign=campaign, person_id=person_id, line__state=LineState.ACTIVE
    ).exists():
        raise AlreadyListed
    LineMember.objects.filter(campaign=campaign, person_id=person_id).delete()
    queries = [SegmentQuery.of(one) for one in campaign.segments.all()]
    code = queries[0].code if queries else ""
    building.add_people(campaign_id=campaign.pk, people={person_id: code}, queries=queries, at=at)
    member = LineMember.objects.filter(campaign=campaign, person_id=person_id).select_related("line").first()
    if member is None:
        raise HasNoHome
    member.reasons = [{"code": Reason.ADDED.value, "name": by.name, "why": why.strip()}, *member.reasons]
    member.save(update_fields=["reasons"])
    _make_it_called(campaign, at)
    journal.record("outreach.line.add", by=by, at=at, subject=member.line)
    wording.record(by=by, at=at, subject=member.line)
    member.line.refresh_from_db()
    return member.line


def _refuse_unless_callable(person_id: UUID, at: datetime) -> None:
    answer = people.contactable(person_id, at=at, channel="phone", topic="courtesy_calls")
    if not answer.is_allowed and answer.why != "no_contact":
        raise NotReachable(why=str(LineEnd(answer.why).label).lower())


def _make_it_called(campaign: Campaign, at: datetime) -> None:
    if campaign.state != CampaignState.OPEN:
        return
    assign_lines(campaign_id=campaign.pk, on=localdate(at))
    cadence.settle_numbers(at=at)
    cadence.open_rounds(at=at, campaign_id=campaign.pk)
    building.open_visits(campaign_id=campaign.pk, at=at)


@transaction.atomic
def remove_household(*, line_id: UUID, why: str, by: Actor, at: datetime, wording_reason: str = "") -> Line:
    """Take a household off a list, with the reason.

    Raises: LineUnknown, ReasonMissing, UnfitWording, NotAllowed."""
    by.must(Permission.CAMPAIGN_MANAGE)
    if not why.strip():
        raise ReasonMissing
    wording = guard(why, reason=wording_reason)
    line = Line.objects.select_for_update(of=("self",)).filter(pk=line_id, state=LineState.ACTIVE).first()
    if line is None:
        raise LineUnknown
    line.state, line.ended_because, line.ended_at = LineState.ENDED, LineEnd.NO_LONGER_LISTED, at
    line.save(update_fields=["state", "ended_because", "ended_at"])
    stopping.cancel_plans([line.pk], because=LineEnd.NO_LONGER_LISTED.value, at=at)
    journal.record("outreach.line.remove", by=by, at=at, subject=line)
    wording.record(by=by, at=at, subject=line)
    for member in line.members.select_for_update():
        member.reasons = [
            *member.reasons,
            {"code": Reason.REMOVED.value, "name": by.name, "why": why.strip()},
        ]
        member.save(update_fields=["reasons"])
    cadence.open_rounds(at=at)
    return line


@transaction.atomic
def set_callers(
    *, campaign_id: UUID, callers: Sequence[Mapping[str, Any]], by: Actor, at: datetime
) -> Campaign:
    """Say who calls for a campaign: `{agent_id, daily_calls, languages}` each. Households are shared among them.

    Whoever was there keeps their households; those of somebody taken off pass to the others.
    Raises: CampaignUnknown, AgentUnknown, NotAllowed.
    """
    by.must(Permission.CAMPAIGN_MANAGE)
    campaign = _locked(campaign_id, by)
    wanted = {one["agent_id"]: one for one in callers}
    if set(staff.agents_named(wanted)) != set(wanted):
        raise AgentUnknown
    rows = {row.agent_id: row for row in campaign.callers.select_for_update()}
    for agent_id, said in wanted.items():
        row = rows.get(agent_id) or CampaignCaller(campaign=campaign, agent_id=agent_id)
        row.daily_calls, row.languages = said["daily_calls"], list(said.get("languages", ()))
        row.is_active = True
        row.full_clean(exclude=["id"], validate_unique=False, validate_constraints=False)
        row.save()
    campaign.callers.exclude(agent_id__in=wanted).update(is_active=False)
    journal.record("outreach.campaign.callers", by=by, at=at, subject=campaign, callers=len(wanted))
    if campaign.state in (CampaignState.OPEN, CampaignState.PAUSED):
        assign_lines(campaign_id=campaign.pk, on=localdate(at))
    return campaign


def _locked(campaign_id: UUID, by: Actor) -> Campaign:
    campaign = Campaign.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=campaign_id).first()
    if campaign is None:
        raise CampaignUnknown
    return campaign


def end_periods(*, by: Actor, at: datetime) -> int:
    """Close the campaigns whose last day has passed, as whoever opened them decided. Returns: how many."""
    over = Campaign.objects.filter(
        state__in=[CampaignState.OPEN, CampaignState.PAUSED], ends_on__lte=localdate(at)
    ).values_list("pk", flat=True)
    ended = list(over)
    for campaign_id in ended:
        close(campaign_id=campaign_id, reason=gettext("Its period is over."), by=by, at=at)
    return len(ended)
