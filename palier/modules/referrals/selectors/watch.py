"""Reads of the watch over districts: the list of observations, and what each district shows."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, Sum

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.estate import public as estate
from palier.modules.referrals.enums import ObservationKind, ObservationState
from palier.modules.referrals.models import Observation
from palier.modules.referrals.selectors.lines import ReferralLine, lines_of_source
from palier.modules.referrals.services.observing import SOURCE
from palier.modules.referrals.workflow import OBSERVATION

STATE_TONES = {
    ObservationState.NOTED: "warn",
    ObservationState.FOLLOWED: "info",
    ObservationState.CLOSED: "neutral",
}


@dataclass(frozen=True)
class KindCount:
    """How many observations of one kind, and how many people they are about."""

    kind: str
    label: str
    observations: int
    people: int


@dataclass(frozen=True)
class DistrictWatch:
    """One district over a period. `silent`: nobody wrote anything about it."""

    id: UUID
    code: str
    label: str
    residences: int
    observations: int
    open: int
    people: int
    latest_on: date | None
    kinds: tuple[KindCount, ...]

    @property
    def silent(self) -> bool:
        return self.observations == 0


@dataclass(frozen=True)
class ObservationPage:
    """One observation with the referrals that follow it."""

    record: Any
    lines: tuple[ReferralLine, ...]
    actions: frozenset[str]
    state_tone: str


def observations(*, actor: Actor) -> Any:
    """Return the observations, the latest first, for a list."""
    rows = Observation.objects.visible_to(actor).select_related("district", "residence", "partner")
    return rows.order_by("-observed_on", "-pk")


def place_of(row: Any) -> str:
    """Say where something was seen."""
    return " · ".join(str(one) for one in (row.residence, row.district) if one)


def observation_page(observation_id: UUID, *, actor: Actor) -> ObservationPage:
    """Return one observation. Raises: NotFound."""
    row = observations(actor=actor).filter(pk=observation_id).first()
    if row is None:
        raise NotFound
    return ObservationPage(
        record=row,
        lines=tuple(lines_of_source(SOURCE, [row.pk]).get(row.pk, ())),
        actions=frozenset(action.value for action in OBSERVATION.open_to(row, actor)),
        state_tone=STATE_TONES[ObservationState(row.state)],
    )


def districts_watched(*, actor: Actor, on: date, days: int) -> list[DistrictWatch]:
    """Return every district with what was seen there over the last days, those that worry first. Two queries."""
    rows = Observation.objects.visible_to(actor).filter(
        observed_on__gt=on - timedelta(days=days), district__isnull=False
    )
    grouped = rows.values("district_id", "kind").annotate(
        n=Count("pk"),
        people=Sum("people_count"),
        latest=Max("observed_on"),
        open=Count("pk", filter=~Q(state=ObservationState.CLOSED)),
    )
    seen: dict[UUID, list[Any]] = {}
    for row in grouped:
        seen.setdefault(row["district_id"], []).append(row)
    found = [_watch(district, seen.get(district.id, [])) for district in estate.districts()]
    return sorted(found, key=lambda one: (-one.open, -one.observations, one.label))


def _watch(district: estate.DistrictRow, rows: list[Any]) -> DistrictWatch:
    kinds = [
        KindCount(row["kind"], str(ObservationKind(row["kind"]).label), row["n"], row["people"] or 0)
        for row in rows
    ]
    return DistrictWatch(
        id=district.id,
        code=district.code,
        label=district.label,
        residences=district.residences,
        observations=sum(row["n"] for row in rows),
        open=sum(row["open"] for row in rows),
        people=sum(row["people"] or 0 for row in rows),
        latest_on=max((row["latest"] for row in rows), default=None),
        kinds=tuple(sorted(kinds, key=lambda one: (-one.observations, one.label))),
    )


def latest_of_residence(residence_id: UUID, *, actor: Actor, limit: int = 3) -> list[Any]:
    """Return what was last seen in a residence. One query."""
    return list(observations(actor=actor).filter(residence=residence_id)[:limit])
