"""How each service works now, across the organisation: the lines of the situation board."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.kernel.modes import ModeAnswer, ModeChange, Service, State, in_force, merge, services
from palier.kernel.places import WHOLE_ORGANISATION, Place, PlaceRef, organisation_place
from palier.modules.continuity.rules.clocks import Clock, interruption_clock, state_since
from palier.modules.continuity.rules.plan_document import ServiceNeeds


@dataclass(frozen=True)
class FieldInForce:
    """One field that is not normal; `overridden` when the crisis cell decided it."""

    label: str
    value: str
    overridden: bool


@dataclass(frozen=True)
class LocalMode:
    """A place where a service works otherwise than in the organisation at large."""

    kind: str
    id: str
    label: str
    state: str
    fields: tuple[FieldInForce, ...]


@dataclass(frozen=True)
class ServiceLine:
    """One service on the board. `parked` is None where nothing counts what waits."""

    key: str
    name: str
    minimum_service: str
    operated: bool
    state: str
    since: datetime | None
    fields: tuple[FieldInForce, ...]
    local: tuple[LocalMode, ...]
    clock: Clock | None
    parked: int | None

    @property
    def worst(self) -> State:
        return State.worst([State(self.state), *(State(one.state) for one in self.local)])

    @property
    def is_normal(self) -> bool:
        return self.worst == State.NORMAL and not self.fields and not self.local


def service_lines(
    changes: Sequence[ModeChange],
    *,
    at: datetime,
    needs: Mapping[str, ServiceNeeds] | None = None,
    parked: Mapping[str, Any] | None = None,
) -> tuple[ServiceLine, ...]:
    """Draw the line of every declared service, in the order of the plans.

    `changes`: the whole history of decisions, exercises left out. `needs`: the delays of the plan in force.
    Pure: no query.
    """
    asked = in_force(changes, at=at, known_at=at)
    return tuple(
        _line(one, changes, asked, at, (needs or {}).get(one.key), (parked or {}).get(one.key))
        for one in services()
    )


def _line(
    service: Service,
    changes: Sequence[ModeChange],
    asked: Iterable[ModeChange],
    at: datetime,
    needs: ServiceNeeds | None,
    parked: int | None,
) -> ServiceLine:
    mine = [one for one in changes if one.service == service.key]
    now = [one for one in asked if one.service == service.key]
    everywhere = organisation_place()
    answer = merge(service, everywhere, now, at=at, known_at=at)
    least = answer.state if answer.state != State.NORMAL else State.ADAPTED
    return ServiceLine(
        key=service.key,
        name=str(service.name),
        minimum_service=(needs and needs.minimum_service) or str(service.minimum_service),
        operated=service.operated,
        state=answer.state.value,
        since=state_since(service, everywhere, mine, at=at, least=least) or answer.since,
        fields=_fields(answer),
        local=_local(service, answer, now, at),
        clock=_clock(service, mine, now, at, needs),
        parked=parked,
    )


def _clock(
    service: Service,
    mine: Sequence[ModeChange],
    now: Sequence[ModeChange],
    at: datetime,
    needs: ServiceNeeds | None,
) -> Clock | None:
    """The longest interruption among the organisation and the places decided apart."""
    places = [organisation_place(), *_places(now)]
    rto, mtpd = (needs.rto_hours, needs.mtpd_hours) if needs else (None, None)
    clocks = [interruption_clock(service, one, mine, at=at, rto_hours=rto, mtpd_hours=mtpd) for one in places]
    return max((one for one in clocks if one), key=lambda one: one.elapsed, default=None)


def _fields(answer: ModeAnswer) -> tuple[FieldInForce, ...]:
    return tuple(
        FieldInForce(
            label=str(answer.service.field(key).label),
            value=str(answer.service.field(key).label_of(value)),
            overridden=key in answer.overridden,
        )
        for key, value in answer.mode.departures().items()
    )


def _local(
    service: Service, everywhere: ModeAnswer, now: Sequence[ModeChange], at: datetime
) -> tuple[LocalMode, ...]:
    answers = [merge(service, place, now, at=at, known_at=at) for place in _places(now)]
    return tuple(
        LocalMode(one.place.kind.value, one.place.id, str(one.place), one.state.value, _fields(one))
        for one in answers
        if one.mode != everywhere.mode
    )


def _places(now: Iterable[ModeChange]) -> list[Place]:
    """The places decided apart, by their scope alone: a residence inside a decided agency shows the agency."""
    labels: dict[PlaceRef, str] = {}
    for one in now:
        if one.scope != WHOLE_ORGANISATION:
            labels.setdefault(one.scope, one.scope_label)
    return [Place(ref.kind, ref.id, label=label) for ref, label in labels.items()]
