"""Visits at the door, for a phone: mine today, by residence."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When
from django.utils.timezone import localdate

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.outreach.enums import VisitState
from palier.modules.outreach.models import LineMember, Visit
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.services.visits import KNOCKS, OPEN
from palier.modules.staff import public as staff


@dataclass(frozen=True)
class VisitCard:
    """A household to visit. No telephone, no reason why it is on a list: the door needs neither."""

    id: UUID
    residence: str
    residence_id: UUID
    address: str
    lot: str
    floor: str
    names: tuple[str, ...]
    state: str
    state_label: str
    opened_at: datetime
    due_on: date
    is_late: bool
    knocks: int
    to_leader: bool
    agent_id: UUID | None
    agent: str
    answer_label: str
    note: str


@dataclass(frozen=True)
class VisitsOf:
    """The visits of one residence."""

    residence: str
    address: str
    visits: tuple[VisitCard, ...]


@dataclass(frozen=True)
class MyVisits:
    """What an agent has to do, and what they did today."""

    is_staff: bool
    residences: tuple[VisitsOf, ...]
    done: tuple[VisitCard, ...]
    total: int


def my_visits(*, actor: Actor, at: datetime) -> MyVisits:
    """Return the visits of an agent: given to them, or of a residence they cover that nobody was given.

    A person who leads the callers sees those given to nobody. A bounded number of queries.
    """
    actor.must(Permission.VISIT_MAKE)
    today = localdate(at)
    agent = staff.agent_of_user(email=actor.email, on=today)
    mine = Q(agent=agent.id) if agent else Q(pk__in=())
    if agent:
        mine |= Q(agent__isnull=True, residence__in=staff.residences_covered_by(agent.id, on=today))
    if actor.may(Permission.TEAM_LEAD):
        mine |= Q(agent__isnull=True)
    waiting = _cards(Visit.objects.filter(mine, state__in=OPEN), today)
    done = Visit.objects.filter(mine, ended_at__gte=at - timedelta(hours=14)).exclude(state__in=OPEN)
    grouped: dict[UUID, list[VisitCard]] = {}
    for card in waiting:
        grouped.setdefault(card.residence_id, []).append(card)
    groups = tuple(VisitsOf(group[0].residence, group[0].address, tuple(group)) for group in grouped.values())
    return MyVisits(agent is not None, groups, tuple(_cards(done, today)), len(waiting))


def visit_card(*, visit_id: UUID, actor: Actor, at: datetime) -> VisitCard:
    """Return one visit. Raises: NotFound."""
    actor.must(Permission.VISIT_MAKE)
    found = _cards(Visit.objects.filter(pk=visit_id), localdate(at))
    if not found:
        raise NotFound
    return found[0]


def urgent_visits(*, at: datetime, limit: int) -> tuple[list[VisitCard], int]:
    """Return the visits that need the team leader first, then the latest, and how many more wait. Three queries."""
    rows = Visit.objects.filter(state__in=OPEN)
    first = rows.order_by(Case(When(state=VisitState.NOBODY, then=0), default=1), "due_on", "pk")
    chosen = list(first.values_list("pk", flat=True)[: limit + 1])
    left = rows.count() - limit if len(chosen) > limit else 0
    cards = {card.id: card for card in _cards(rows.filter(pk__in=chosen[:limit]), localdate(at))}
    return [cards[pk] for pk in chosen[:limit] if pk in cards], left


def _cards(rows: Any, today: date) -> list[VisitCard]:
    ordered = rows.select_related("residence", "lot", "agent").order_by(
        "residence__name", "lot__code", "opened_at"
    )
    found = list(ordered[:200])
    names: dict[UUID, list[str]] = {}
    members = LineMember.objects.filter(
        line__in=[row.line_id for row in found],
        person__sealed_at__isnull=True,
        person__deceased_on__isnull=True,
    ).select_related("person")
    for one in members:
        names.setdefault(one.line_id, []).append(one.person.name)
    return [_card(row, tuple(names.get(row.line_id, ())), today) for row in found]


def _card(row: Visit, names: tuple[str, ...], today: date) -> VisitCard:
    residence, lot = row.residence, row.lot
    return VisitCard(
        id=row.pk,
        residence=residence.name,
        residence_id=row.residence_id,
        address=_address(residence),
        lot=lot.code if lot else "",
        floor=str(getattr(lot, "floor", "") or "") if lot else "",
        names=names,
        state=row.state,
        state_label=str(row.get_state_display()),
        opened_at=row.opened_at,
        due_on=row.due_on,
        is_late=row.state in OPEN and row.due_on < today,
        knocks=row.knocks,
        to_leader=row.state == VisitState.NOBODY and row.knocks >= KNOCKS,
        agent_id=row.agent_id,
        agent=row.agent.name if row.agent else "",
        answer_label=str(row.get_answer_display()) if row.answer else "",
        note=row.note,
    )


def _address(place: Any) -> str:
    street = " ".join(
        part for part in (place.number, place.repetition, place.street_type, place.street_name) if part
    )
    return ", ".join(part for part in (street, place.city) if part)
