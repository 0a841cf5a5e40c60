"""The one rule for decisions that overlap.

A decision asks for the mode of a service on a scope. What is in force at a place is merged field by field,
keeping the most protective value; a crisis cell's override beats activations in the fields that it names;
two overrides of the same field keep the most protective. Everything here is pure: no clock, no database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from palier.kernel.modes.services import Mode, ModeField, Service, State
from palier.kernel.places import Place, PlaceRef


class SourceKind(StrEnum):
    """What asked for a mode."""

    ACTIVATION = "activation"
    OVERRIDE = "override"


class BeginsBeforeRecorded(ValueError):
    """A change would begin before anyone recorded it: the past would be rewritten."""


@dataclass(frozen=True)
class ModeChange:
    """From `effective_at`, what one source asks of one service on one scope; no values: nothing any more.

    `sequence` is the order of recording, gaps allowed. Both times are aware. `values` is partial: fields not
    named are left to the others.
    """

    sequence: int
    service: str
    scope: PlaceRef
    source_kind: SourceKind
    source_id: str
    values: Mapping[str, str]
    effective_at: datetime
    recorded_at: datetime
    exercise: bool = False
    label: str = ""
    reason: str = ""
    review_on: date | None = None
    scope_label: str = ""
    since: datetime | None = None

    def __post_init__(self) -> None:
        if self.effective_at < self.recorded_at:
            raise BeginsBeforeRecorded(f"{self.effective_at} is before {self.recorded_at}")

    @property
    def beats_activations(self) -> bool:
        return self.source_kind == SourceKind.OVERRIDE


@dataclass(frozen=True)
class Contribution:
    """What one source asks at a place, and the fields in which its value is the one in force."""

    change: ModeChange
    decisive: tuple[str, ...] = ()

    @property
    def is_decisive(self) -> bool:
        return bool(self.decisive)


@dataclass(frozen=True)
class ModeAnswer:
    """How a service works at a place at a time, as known then, and what made it so.

    `contributions` lists every source in force there, decisive or not, in the order of recording.
    `overridden` names the fields that the crisis cell decided.
    """

    service: Service
    place: Place
    at: datetime
    known_at: datetime
    mode: Mode
    contributions: tuple[Contribution, ...] = ()
    overridden: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        return self.mode.state

    @property
    def is_normal(self) -> bool:
        return self.mode.is_normal

    def __getitem__(self, key: str | ModeField) -> Any:
        return self.mode[key]

    def at_least(self, key: str | ModeField, value: object) -> bool:
        return self.mode.at_least(key, value)

    @property
    def since(self) -> datetime | None:
        """When the oldest decisive contribution began; None when the service works as usual."""
        begun = [one.change.since or one.change.effective_at for one in self.contributions if one.decisive]
        return min(begun, default=None)


def in_force(
    changes: Iterable[ModeChange], *, at: datetime, known_at: datetime, exercises: bool = False
) -> list[ModeChange]:
    """Return what each source asks of each service and scope at a time, as known at another.

    What is recorded later replaces, from its own beginning, whatever the same source recorded earlier, even
    if that was to begin later: lifting now cancels what was planned for tomorrow.
    """
    latest: dict[tuple, ModeChange] = {}
    for change in sorted(changes, key=lambda one: one.sequence):
        if change.exercise and not exercises:
            continue
        if change.recorded_at <= known_at and change.effective_at <= at:
            latest[change.service, change.scope, change.source_kind, change.source_id] = change
    return sorted((one for one in latest.values() if one.values), key=lambda one: one.sequence)


def merge(
    service: Service, place: Place, asked: Iterable[ModeChange], *, at: datetime, known_at: datetime
) -> ModeAnswer:
    """Merge what is asked of a service (already in force) at a place into one answer."""
    applying = [one for one in asked if one.service == service.key and one.scope in place.scopes]
    winning: dict[str, str] = {}
    overridden: list[str] = []
    for mode_field in service.fields:
        naming = [one for one in applying if mode_field.key in one.values]
        overrides = [one for one in naming if one.beats_activations]
        if deciding := overrides or naming:
            member = mode_field.most_protective(*(one.values[mode_field.key] for one in deciding))
            winning[mode_field.key] = member.value
        if overrides:
            overridden.append(mode_field.key)
    contributions = tuple(
        Contribution(one, _decisive_fields(service, one, winning, overridden)) for one in applying
    )
    return ModeAnswer(service, place, at, known_at, service.mode(winning), contributions, tuple(overridden))


def _decisive_fields(
    service: Service, change: ModeChange, winning: Mapping[str, str], overridden: list[str]
) -> tuple[str, ...]:
    """Name the fields in which the value in force is the change's own, and says something."""
    return tuple(
        key
        for key, value in change.values.items()
        if winning[key] == value
        and (change.beats_activations if key in overridden else service.field(key).rank(value) > 0)
    )


def with_hypothesis(asked: Iterable[ModeChange], hypothesis: Iterable[ModeChange]) -> list[ModeChange]:
    """Return what would be in force if each source of the hypothesis asked for that and nothing else."""
    supposed = list(hypothesis)
    replaced = {(one.source_kind, one.source_id) for one in supposed}
    kept = [one for one in asked if (one.source_kind, one.source_id) not in replaced]
    return kept + [one for one in supposed if one.values]
