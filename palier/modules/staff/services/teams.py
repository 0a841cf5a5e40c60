"""Use cases that change a team: who leads it, and its hours over a period."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.staff.models import Team, TeamHours, TeamHoursSlot
from palier.modules.staff.permissions import Permission
from palier.modules.staff.rules import overlapping_slots
from palier.modules.staff.services.guard import refuse_mentions

Slot = tuple[int, time, time]


class HoursOverlap(DomainError):
    code = "staff.hours-overlap"
    message = _("This team already has hours of this kind on some of these days. End that period first.")


class HoursEmpty(DomainError):
    code = "staff.hours-empty"
    message = _("No working time is given. Enter at least one start and one end.")


class SlotsOverlap(DomainError):
    code = "staff.slots-overlap"
    message = _(
        "Two stretches of work overlap on the same day, or one ends before it begins. Correct the times."
    )


class HoursEndTooEarly(DomainError):
    code = "staff.hours-end-too-early"
    message = _("The last day comes before the first one. Correct one of the two dates.")


@transaction.atomic
def set_team_hours(
    *,
    team_id: UUID,
    kind: str,
    start_on: date,
    end_on: date | None,
    slots: Sequence[Slot],
    note: str,
    by: Actor,
    at: datetime,
) -> TeamHours:
    """Give a team its hours over a half-open period; slots are (weekday 0-6, start, end).

    Raises: NotAllowed, NotFound, MentionRefused, HoursEmpty, SlotsOverlap, HoursEndTooEarly, HoursOverlap.
    """
    by.must(Permission.HOURS_CHANGE)
    refuse_mentions(note)
    refuse_wrong_slots(slots)
    if end_on is not None and end_on <= start_on:
        raise HoursEndTooEarly()
    team = _locked(team_id, by)
    try:
        with transaction.atomic():
            hours = TeamHours.objects.create(
                team=team, kind=kind, start_on=start_on, end_on=end_on, note=note
            )
    except IntegrityError as overlap:
        raise HoursOverlap() from overlap
    TeamHoursSlot.objects.bulk_create(
        TeamHoursSlot(hours=hours, weekday=weekday, starts_at=start, ends_at=end)
        for weekday, start, end in slots
    )
    journal.record(
        "staff.team-hours-set", by=by, at=at, subject=team, hours_kind=kind, start_on=start_on, end_on=end_on
    )
    return hours


@transaction.atomic
def end_team_hours(*, hours_id: UUID, end_on: date, by: Actor, at: datetime) -> None:
    """End a period of hours; one that had not begun is taken away. Raises: NotAllowed, NotFound."""
    by.must(Permission.HOURS_CHANGE)
    hours = TeamHours.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=hours_id).first()
    if hours is None:
        raise NotFound()
    journal.record("staff.team-hours-ended", by=by, at=at, subject=hours.team, end_on=end_on)
    if end_on <= hours.start_on:
        hours.delete()
        return
    hours.end_on = end_on
    hours.save(update_fields=["end_on"])


@transaction.atomic
def lead_team(*, team_id: UUID, leader_id: UUID | None, by: Actor, at: datetime) -> Team:
    """Say who leads a team. Raises: NotAllowed, NotFound."""
    by.must(Permission.AGENT_CHANGE)
    team = _locked(team_id, by)
    team.leader_id = leader_id
    team.save(update_fields=["leader"])
    journal.record("staff.team-led", by=by, at=at, subject=team)
    return team


def refuse_wrong_slots(slots: Sequence[Slot]) -> None:
    """Raises: HoursEmpty, SlotsOverlap."""
    if not slots:
        raise HoursEmpty()
    if overlapping_slots(slots) or any(end <= start for _weekday, start, end in slots):
        raise SlotsOverlap()


def _locked(team_id: UUID, by: Actor) -> Team:
    team = Team.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=team_id).first()
    if team is None:
        raise NotFound()
    return team
