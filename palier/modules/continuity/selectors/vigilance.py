"""What Météo-France's map says of the organisation's departments, and what the organisation makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.geography.selectors import departments as named_departments
from palier.kernel.organisations.current import current_organisation
from palier.kernel.parameters import value_of
from palier.modules.continuity.enums import Colour, Phenomenon
from palier.modules.continuity.models import (
    VigilanceBulletin,
    VigilanceProposal,
    VigilanceRule,
    VigilanceStretch,
)
from palier.modules.continuity.rules.parameters import HEAT_WATCH_BEGINS, HEAT_WATCH_ENDS
from palier.modules.continuity.rules.vigilance import RANK, in_season
from palier.modules.estate import public as estate

#: A colour is always told by a word and an icon too.
ICONS = {
    Colour.GREEN: "circle-check",
    Colour.YELLOW: "alert-circle",
    Colour.ORANGE: "alert-triangle",
    Colour.RED: "alert-octagon",
}
TONES = {Colour.GREEN: "good", Colour.YELLOW: "info", Colour.ORANGE: "warn", Colour.RED: "bad"}


@dataclass(frozen=True)
class Vigilance:
    """One colour in force. Codes: `department` of Insee, `phenomenon` and `colour` of the enumerations."""

    department: str
    phenomenon: str
    colour: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class VigilanceLine(Vigilance):
    """A vigilance as screens show it; `begins_later` when it is announced and not yet in force."""

    department_name: str
    phenomenon_label: str
    colour_label: str
    icon: str
    tone: str
    begins_later: bool


@dataclass(frozen=True)
class BulletinLine:
    """A map that was received."""

    id: UUID
    issued_at: datetime
    valid_from: datetime
    valid_until: datetime
    departments: tuple[str, ...]
    missing: tuple[str, ...]
    source: str
    loaded_at: datetime
    loaded_by: str
    applied_at: datetime | None
    is_over: bool


@dataclass(frozen=True)
class Situation:
    """The vigilance of the organisation's departments. `bulletin` None: no map was ever applied."""

    bulletin: BulletinLine | None
    lines: tuple[VigilanceLine, ...]
    season_ends_on: date | None

    @property
    def in_force(self) -> tuple[VigilanceLine, ...]:
        return tuple(one for one in self.lines if not one.begins_later)

    @property
    def is_calm(self) -> bool:
        return self.bulletin is not None and not self.bulletin.is_over and not self.lines


@dataclass(frozen=True)
class RuleLine:
    id: UUID
    phenomenon: str
    phenomenon_label: str
    colour: str
    colour_label: str
    icon: str
    tone: str
    act: str
    act_label: str
    plan_code: str
    level: str
    departments: tuple[str, ...]
    is_active: bool
    changed_by: str


@dataclass(frozen=True)
class ProposalLine:
    """What a rule proposed, and where people are with it."""

    id: UUID
    rule: RuleLine
    department: str
    department_name: str
    colour_label: str
    icon: str
    tone: str
    since: datetime
    until: datetime
    made_at: datetime
    activation_id: UUID | None
    activation_label: str
    task_id: UUID | None
    task_label: str
    refusal: str


class BulletinUnknown(NotFound):
    code = "continuity.vigilance-bulletin-unknown"


def vigilance_in_force(at: datetime) -> list[Vigilance]:
    """What is in force at a time above green, by the newest map applied by then. Two queries.

    A map that is no longer valid says nothing: silence is not green.
    """
    bulletin = bulletin_at(at)
    if bulletin is None:
        return []
    rows = bulletin.stretches.filter(since__lte=at, until__gt=at).order_by("department", "phenomenon")
    return [_plain(row) for row in rows]


def bulletin_at(at: datetime) -> VigilanceBulletin | None:
    """The newest map applied by then and still valid."""
    newest = (
        VigilanceBulletin.objects.filter(issued_at__lte=at, applied_at__lte=at).order_by("-issued_at").first()
    )
    return newest if newest is not None and newest.valid_until > at else None


def situation(*, at: datetime, whole: bool = False) -> Situation:
    """What the board and, `whole`, the page of vigilance show: it says which departments the map leaves out.

    Three queries and the parameters of the season; two more when whole.
    """
    newest = (
        VigilanceBulletin.objects.filter(applied_at__isnull=False, issued_at__lte=at)
        .order_by("-issued_at")
        .first()
    )
    season = season_end(timezone.localdate(at))
    if newest is None:
        return Situation(None, (), season)
    rows = newest.stretches.filter(until__gt=at) if newest.valid_until > at else newest.stretches.none()
    names = dict(named_departments()) if rows else {}
    lines = sorted(
        (line_of(row, names, at) for row in rows),
        key=lambda one: (-RANK[Colour(one.colour)], one.begins_later, one.since, one.department),
    )
    watched = departments_watched() if whole else frozenset()
    return Situation(_bulletin(newest, at, watched), tuple(lines), season)


def bulletins(*, at: datetime, limit: int = 12) -> list[BulletinLine]:
    watched = departments_watched()
    return [_bulletin(row, at, watched) for row in VigilanceBulletin.objects.order_by("-issued_at")[:limit]]


def bulletin_card(
    bulletin_id: UUID, *, actor: Actor, at: datetime
) -> tuple[BulletinLine, tuple[VigilanceLine, ...]]:
    """One map and all it says of our departments. Raises: BulletinUnknown."""
    row = VigilanceBulletin.objects.visible_to(actor).filter(pk=bulletin_id).first()
    if row is None:
        raise BulletinUnknown()
    names = dict(named_departments())
    lines = tuple(line_of(one, names, at) for one in row.stretches.all())
    return _bulletin(row, at, departments_watched()), lines


def rules(*, actor: Actor) -> list[RuleLine]:
    return [rule_line(row) for row in VigilanceRule.objects.visible_to(actor)]


def proposals(*, actor: Actor, limit: int = 20) -> list[ProposalLine]:
    rows = VigilanceProposal.objects.visible_to(actor).select_related("rule", "activation", "task")
    found = list(rows[:limit])
    names = dict(named_departments()) if found else {}
    return [_proposal(row, names) for row in found]


def departments_watched() -> frozenset[str]:
    """Departments where the organisation has dwellings, and those that it says are its own. Two queries."""
    housed = {one.department_code for one in estate.counts_by_department()}
    return frozenset(housed | set(current_organisation().departments))


def departments_housed() -> frozenset[str]:
    """Departments where the organisation has at least one dwelling. Two queries."""
    return frozenset(one.department_code for one in estate.counts_by_department() if one.dwellings)


def season_end(on: date) -> date | None:
    """The last day of the seasonal watch for heat waves if `on` lies in it. Legal: see rules/parameters.py."""
    begins, ends = (int(value_of(one.key, on=on)) for one in (HEAT_WATCH_BEGINS, HEAT_WATCH_ENDS))
    if not in_season(on.month * 100 + on.day, begins=begins, ends=ends):
        return None
    return date(on.year, ends // 100, ends % 100)


def line_of(row: VigilanceStretch, names: Mapping[str, str], at: datetime) -> VigilanceLine:
    colour = Colour(row.colour)
    return VigilanceLine(
        department=row.department,
        phenomenon=row.phenomenon,
        colour=row.colour,
        since=row.since,
        until=row.until,
        department_name=names.get(row.department, row.department),
        phenomenon_label=str(Phenomenon(row.phenomenon).label),
        colour_label=str(colour.label),
        icon=ICONS[colour],
        tone=TONES[colour],
        begins_later=row.since > at,
    )


def _plain(row: VigilanceStretch) -> Vigilance:
    return Vigilance(row.department, row.phenomenon, row.colour, row.since, row.until)


def _bulletin(row: VigilanceBulletin, at: datetime, watched: frozenset[str]) -> BulletinLine:
    return BulletinLine(
        id=row.pk,
        issued_at=row.issued_at,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        departments=tuple(row.departments),
        missing=tuple(sorted(watched - set(row.departments))),
        source=row.source,
        loaded_at=row.loaded_at,
        loaded_by=row.loaded_by_name,
        applied_at=row.applied_at,
        is_over=row.valid_until <= at,
    )


def rule_line(row: VigilanceRule) -> RuleLine:
    colour = Colour(row.colour)
    return RuleLine(
        id=row.pk,
        phenomenon=row.phenomenon,
        phenomenon_label=row.get_phenomenon_display(),
        colour=row.colour,
        colour_label=str(colour.label),
        icon=ICONS[colour],
        tone=TONES[colour],
        act=row.act,
        act_label=row.get_act_display(),
        plan_code=row.plan_code,
        level=row.level,
        departments=tuple(row.departments),
        is_active=row.is_active,
        changed_by=row.changed_by_name,
    )


def _proposal(row: VigilanceProposal, names: Mapping[str, str]) -> ProposalLine:
    colour = Colour(row.colour)
    activation, task = row.activation, row.task
    return ProposalLine(
        id=row.pk,
        rule=rule_line(row.rule),
        department=row.department,
        department_name=names.get(row.department, row.department),
        colour_label=str(colour.label),
        icon=ICONS[colour],
        tone=TONES[colour],
        since=row.since,
        until=row.until,
        made_at=row.made_at,
        activation_id=activation.pk if activation else None,
        activation_label=f"{activation.reference} · {activation.get_state_display()}" if activation else "",
        task_id=task.pk if task else None,
        task_label=task.get_state_display() if task else "",
        refusal=row.refusal,
    )
