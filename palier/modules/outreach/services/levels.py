"""What calls become when a level of the continuity plan, or a vigilance colour, changes. Exercises never count.

Confirming a level opens its campaign: its preview said how many households would be called, and the list is frozen
then. A vigilance only proposes a draft, which somebody opens.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.kernel.modes import Mode, mode_of
from palier.modules.estate import public as estate
from palier.modules.outreach.enums import (
    Audience,
    Calls,
    CampaignAction,
    CampaignState,
    LineState,
    ScriptContext,
    Trigger,
)
from palier.modules.outreach.models import Campaign, LineMember, Segment
from palier.modules.outreach.modes import CALLS
from palier.modules.outreach.selectors import places
from palier.modules.outreach.selectors.candidates import SegmentQuery, frozen_people
from palier.modules.outreach.services import building, cadence
from palier.modules.outreach.services.campaigns import Draft, create_campaign, target
from palier.modules.outreach.services.segments import DEFAULTS, checked_criteria
from palier.modules.outreach.workflow import CAMPAIGN

AUDIENCES: Mapping[str, frozenset[str] | None] = {
    Audience.REGISTERED: frozenset({"D"}),
    Audience.SENIORS: frozenset({"A", "B", "D"}),
    Audience.ALL_FRAIL: None,
}
"""The segments that each audience of the mode calls; None for every segment in use."""

CONTEXTS = {
    "pandemic": ScriptContext.LOCKDOWN,
    "heat": ScriptContext.HEAT_WAVE,
    "flood": ScriptContext.FLOOD,
    "energy": ScriptContext.ENERGY,
}
PHENOMENA = {
    "heat": ScriptContext.HEAT_WAVE,
    "cold": ScriptContext.COLD,
    "snow": ScriptContext.COLD,
    "floods": ScriptContext.FLOOD,
    "rain": ScriptContext.FLOOD,
    "coast": ScriptContext.FLOOD,
}


def segments_of(audience: str) -> list[SegmentQuery]:
    """Return the segments that an audience calls; before anybody changed them, the usual ones."""
    wanted = AUDIENCES[audience]
    known = list(Segment.objects.filter(is_active=True))
    if not known and not Segment.objects.exists():
        return [
            SegmentQuery(
                one["code"],
                checked_criteria({"any": [{"all": group} for group in one["groups"]]}, code=one["code"]),
                one["weight"],
                one["cadence_days"],
            )
            for one in DEFAULTS
            if wanted is None or one["code"] in wanted
        ]
    return [SegmentQuery.of(one) for one in known if wanted is None or one.code in wanted]


def list_for_level(
    *, scope_kind: str, scope_id: str, after: Mode, at: datetime
) -> tuple[dict[UUID, str], int]:
    """Return whom a mode would have called at a scope, beyond those whom a level's campaign there calls already.

    Returns: ({person: segment}, households to call).
    """
    if after["cadence"] == Calls.OFF:
        return {}, 0
    found, calls = frozen_people(
        segments_of(after["audience"].value), places.scope_of(scope_kind, scope_id, at=at)
    )
    listed = _listed_already(scope_kind, scope_id)
    if not listed:
        return found, calls
    fresh = {person: code for person, code in found.items() if person not in listed}
    if len(fresh) == len(found):
        return found, calls
    scope = places.scope_of(scope_kind, scope_id, at=at)
    only = type(scope)(at, scope.residences, fresh)
    return frozen_people(segments_of(after["audience"].value), only) if fresh else ({}, 0)


def _listed_already(scope_kind: str, scope_id: str) -> set[UUID]:
    return set(
        LineMember.objects.filter(
            campaign__trigger=Trigger.LEVEL,
            campaign__scope_kind=scope_kind,
            campaign__scope_id=scope_id,
            campaign__state__in=[CampaignState.OPEN, CampaignState.BUILDING],
            line__state=LineState.ACTIVE,
        ).values_list("person_id", flat=True)
    )


@transaction.atomic
def follow_level(
    *, event: Mapping[str, Any], frozen: list[list[str]], by: Actor, at: datetime
) -> Campaign | None:
    """Open, extend or speed up the campaign that a level asks for, from the list frozen when it was confirmed.

    Safe to run twice: the activation names its campaign. Returns: the campaign, None when the level asks for none.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).filter(origin_key=_key(event)).first()
    mode = _mode_at(event, at)
    if mode["cadence"] == Calls.OFF:
        if campaign is not None:
            _pause(campaign, gettext("Level “{level}” asks for no calls here."), event, by=by, at=at)
        return campaign
    people = {UUID(person): code for person, code in frozen}
    if campaign is None:
        return _open(event, mode, people, by=by, at=at) if people else None
    if campaign.state == CampaignState.CLOSED:
        return campaign
    _resume(campaign, event, by=by, at=at)
    if people and campaign.state == CampaignState.OPEN:
        building.queue_list(campaign=campaign, people=people, by=by, at=at, announced=len(people))
    cadence.open_rounds(at=at, campaign_id=campaign.pk)
    cadence.bring_forward(at=at, campaign_id=campaign.pk)
    return campaign


def _open(
    event: Mapping[str, Any], mode: Mode, people: Mapping[UUID, str], *, by: Actor, at: datetime
) -> Campaign:
    codes = tuple(one.code for one in segments_of(mode["audience"].value))
    draft = Draft(
        name=gettext("Calls: {level}, {place}").format(
            level=event["level_name"] or event["level"], place=event["scope_label"]
        ),
        scope=target(event["scope_kind"], event["scope_id"]),
        segment_codes=codes,
        starts_on=localdate(at),
        context=next(
            (context for word, context in CONTEXTS.items() if word in event["plan_code"]), ScriptContext.OTHER
        ),
        reason=_said(gettext("Level “{level}” of the plan “{plan}”, decided by {name}."), event),
        trigger=Trigger.LEVEL,
        origin_key=_key(event),
    )
    campaign = create_campaign(draft=draft, by=by, at=at)
    building.start_building(campaign=campaign, people=people, by=by, at=at, announced=len(people))
    return campaign


@transaction.atomic
def level_lifted(*, event: Mapping[str, Any], by: Actor, at: datetime) -> Campaign | None:
    """Pause the campaign of a level that was lifted, unless another level still asks for calls there.

    Somebody decides what becomes of it: closed, or resumed for those who still need calls.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).filter(origin_key=_key(event)).first()
    if campaign is None:
        return None
    if _mode_at(event, at)["cadence"] != Calls.OFF:
        campaign.reason = gettext("The level was lifted; another one in force still asks for calls here.")
        campaign.save(update_fields=["reason"])
        return campaign
    said = gettext("The level was lifted: close this campaign, or resume it if people still need calls.")
    _pause(campaign, said, event, by=by, at=at)
    return campaign


def _pause(campaign: Campaign, said: str, event: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    if campaign.state != CampaignState.OPEN:
        return
    CAMPAIGN.move(campaign, CampaignAction.PAUSE, by=by, at=at)
    campaign.reason = _said(said, event)
    campaign.save(update_fields=["state", "reason"])
    cadence.open_rounds(at=at)


def _resume(campaign: Campaign, event: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    if campaign.state == CampaignState.PAUSED:
        CAMPAIGN.move(campaign, CampaignAction.RESUME, by=by, at=at)
    campaign.reason = _said(gettext("Level “{level}” of the plan “{plan}”, decided by {name}."), event)
    campaign.save(update_fields=["state", "reason"])


def _said(template: str, event: Mapping[str, Any]) -> str:
    return template.format(
        level=event["level_name"] or event["level"], plan=event["plan_name"], name=event["decided_by"]
    )


def _key(event: Mapping[str, Any]) -> str:
    return f"activation:{event['activation_id']}"


def _mode_at(event: Mapping[str, Any], at: datetime) -> Mode:
    place = estate.place_of_id(event["scope_kind"], event["scope_id"])
    return mode_of(CALLS, place, at).mode


@transaction.atomic
def propose_for_vigilance(*, event: Mapping[str, Any], by: Actor, at: datetime) -> Campaign | None:
    """Draft a campaign for a department under orange or red vigilance; a person opens it, or closes it.

    The same spell of weather gives the same draft, whose end follows the map. Returns: the draft, or None.
    """
    if event["colour"] not in ("orange", "red") or not event["since"]:
        return None
    place = next((one for one in estate.places("department") if one.id == event["department"]), None)
    if place is None:
        return None
    since, until = datetime.fromisoformat(event["since"]), datetime.fromisoformat(event["until"])
    key = f"vigilance:{event['department']}:{event['phenomenon']}:{localdate(since)}"
    ends_on = localdate(until) + timedelta(days=1)
    known = Campaign.objects.select_for_update(of=("self",)).filter(origin_key=key).first()
    if known is not None:
        _follow_map(known, ends_on)
        return known
    draft = Draft(
        name=gettext("Vigilance {colour}, {place}").format(
            colour=_colour(event["colour"]), place=place.label
        ),
        scope=target("department", place.id),
        segment_codes=tuple(one.code for one in segments_of(Audience.SENIORS)),
        starts_on=localdate(at),
        ends_on=max(ends_on, localdate(at) + timedelta(days=1)),
        context=PHENOMENA.get(event["phenomenon"], ScriptContext.OTHER),
        reason=gettext("Proposed by the weather map: nobody is called before somebody opens it."),
        trigger=Trigger.VIGILANCE,
        origin_key=key,
    )
    return create_campaign(draft=draft, by=by, at=at)


def _follow_map(campaign: Campaign, ends_on: date) -> None:
    if campaign.state == CampaignState.DRAFT and ends_on > campaign.starts_on:
        campaign.ends_on = ends_on
        campaign.save(update_fields=["ends_on"])


def _colour(code: str) -> str:
    return gettext("orange") if code == "orange" else gettext("red")
