"""What happens to campaigns by itself: lists are made, levels followed, rounds kept, calls stopped at once."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone

from palier.kernel.access import system_actor
from palier.kernel.events import on
from palier.kernel.jobs import defer, job
from palier.modules.continuity import public as continuity
from palier.modules.outreach.services import assignment, building, cadence, campaigns, levels, stopping

NAME = "Palier"


@job(building.JOB, queue="bulk", atomic=False)
def build_campaign(*, run_id: str, campaign_id: str, **_: Any) -> None:
    building.build(run_id=run_id, campaign_id=campaign_id, by=system_actor(NAME), at=timezone.now())


@on("continuity.level-activated")
def call_for_level(*, event: dict[str, Any], **_: Any) -> None:
    _follow(event)


@on("continuity.level-changed")
def call_for_changed_level(*, event: dict[str, Any], **_: Any) -> None:
    _follow(event)


def _follow(event: dict[str, Any]) -> None:
    """An exercise reaches nobody. A level decided for later is followed when it begins."""
    if event["exercise"]:
        return
    effective_at = datetime.fromisoformat(event["effective_at"])
    if effective_at > timezone.now():
        defer("outreach.follow-level", not_before=effective_at, event=event)
        return
    follow_level(event=event)


@job("outreach.follow-level")
def follow_level(*, event: dict[str, Any], **_: Any) -> None:
    frozen = continuity.frozen_list(step_id=UUID(event["step_id"]), key="calls")
    levels.follow_level(event=event, frozen=list(frozen), by=system_actor(NAME), at=timezone.now())


@on("continuity.level-lifted")
def pause_for_lifted_level(*, event: dict[str, Any], **_: Any) -> None:
    if not event["exercise"]:
        follow_lift(event=event)


@job("outreach.follow-lift")
def follow_lift(*, event: dict[str, Any], **_: Any) -> None:
    """A lift decided for later is followed when it comes."""
    effective_at = datetime.fromisoformat(event["effective_at"])
    if effective_at > timezone.now():
        defer("outreach.follow-lift", not_before=effective_at, event=event)
        return
    levels.level_lifted(event=event, by=system_actor(NAME), at=timezone.now())


@on("continuity.vigilance-changed")
def propose_for_vigilance(*, event: dict[str, Any], **_: Any) -> None:
    levels.propose_for_vigilance(event=event, by=system_actor(NAME), at=timezone.now())


@on("people.contact-stopped", queue="urgent")
def stop_calls(*, event: dict[str, Any], **_: Any) -> None:
    """A departure with notice stops calls on the day of exit; a death or a seal, now."""
    from_on = datetime.fromisoformat(event["from_on"]).date()
    now = timezone.now()
    if from_on <= timezone.localdate(now):
        stop_now(person_ids=event["person_ids"], why=event["why"])
        return
    begins = datetime.combine(from_on, time.min, tzinfo=timezone.get_default_timezone())
    defer("outreach.stop-calls", not_before=begins, person_ids=list(event["person_ids"]), why=event["why"])


@job("outreach.stop-calls", queue="urgent")
def stop_now(*, person_ids: list[str], why: str, **_: Any) -> None:
    now = timezone.now()
    people = stopping.still_to_stop(person_ids, why, at=now)
    stopping.end_lines_of_persons(people, why, now, system_actor(NAME))


@on("people.person-sealed", queue="urgent")
def forget_sealed(*, event: dict[str, Any], **_: Any) -> None:
    stopping.forget_person(person_id=UUID(event["person_id"]), by=system_actor(NAME), at=timezone.now())


@on("people.consent-recorded", queue="urgent")
def stop_for_objection(*, event: dict[str, Any], **_: Any) -> None:
    if event["kind"] == "opt_out" and event["topic"] == "courtesy_calls":
        stopping.end_lines_of_persons([event["person_id"]], "opted_out", timezone.now(), system_actor(NAME))


@on("people.persons-merged")
def join_lines_of_merged(*, event: dict[str, Any], **_: Any) -> None:
    stopping.tidy_after_merge(person_id=UUID(event["kept_id"]), at=timezone.now(), by=system_actor(NAME))


@on("people.merge-undone")
def plan_again_after_undone_merge(*, event: dict[str, Any], **_: Any) -> None:
    cadence.open_rounds(at=timezone.now())


@on("support.file-opened")
def follow_person(*, event: dict[str, Any], **_: Any) -> None:
    stopping.mark_followed(person_id=UUID(event["person_id"]), since=datetime.fromisoformat(event["at"]))


@on("support.file-closed")
def stop_following_person(*, event: dict[str, Any], **_: Any) -> None:
    stopping.unmark_followed(person_id=UUID(event["person_id"]))


@on("staff.presence-changed")
def lend_calls_of_those_away(*, event: dict[str, Any], **_: Any) -> None:
    day = datetime.fromisoformat(event["day"]).date()
    if day == timezone.localdate():
        assignment.rebalance_all(on=day, by=system_actor(NAME), at=timezone.now())


@job("outreach.morning", cron="30 4 * * *")
def every_morning(**_: Any) -> None:
    """Close campaigns whose period is over, score afresh, keep every round, and lend the calls of those away."""
    now, who = timezone.now(), system_actor(NAME)
    campaigns.end_periods(by=who, at=now)
    cadence.score_again(at=now)
    cadence.settle_numbers(at=now)
    cadence.open_rounds(at=now)
    assignment.rebalance_all(on=timezone.localdate(now), by=who, at=now)
