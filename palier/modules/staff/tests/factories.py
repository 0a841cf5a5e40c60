"""Records with good defaults: a test shows only what differs."""

from datetime import date
from itertools import count
from typing import Any

from palier.modules.staff.models import Agent, Coverage, Presence, Team, UsualWeek

_numbers = count(1)


def make_team(**given: Any) -> Team:
    number = next(_numbers)
    return Team.objects.create(**{"code": f"EQ{number:03}", "name": f"Équipe {number}", **given})


def make_agent(**given: Any) -> Agent:
    number = next(_numbers)
    return Agent.objects.create(
        **{
            "reference": f"M{number:04}",
            "last_name": f"Lafont{number}",
            "first_name": "Anne",
            "job": "caretaker",
            "active_from": date(2015, 1, 1),
            **given,
        }
    )


def make_week(agent: Agent, **days: str) -> UsualWeek:
    return UsualWeek.objects.create(agent=agent, **days)


def make_presence(agent: Agent, day: date, state: str, **given: Any) -> Presence:
    from django.utils import timezone

    values = {"recorded_by": "Test", "recorded_at": timezone.now(), **given}
    return Presence.objects.create(agent=agent, day=day, state=state, **values)


def make_coverage(agent: Agent, residence: Any, **given: Any) -> Coverage:
    return Coverage.objects.create(
        **{"agent": agent, "residence": residence, "role": "caretaker", "start_on": date(2020, 1, 1), **given}
    )
