"""What a service of the landlord is, and the modes it can work in.

Each operations module declares its services in `modes.py`. A mode is a record of fields; each field gives its
values in order, from normal to most protective, so that two decisions can always be merged.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from palier.kernel.places import PlaceKind

E = TypeVar("E", bound=Enum)


class Text(Protocol):
    """A text that may be translated lazily."""

    def __str__(self) -> str: ...


class State(StrEnum):
    """What a mode amounts to, from better to worse."""

    NORMAL = "normal"
    ADAPTED = "adapted"
    REDUCED = "reduced"
    STOPPED = "stopped"

    @property
    def rank(self) -> int:
        return _STATE_RANK[self]

    @classmethod
    def worst(cls, states: "Iterable[State]") -> "State":
        return max(states, key=lambda state: state.rank, default=cls.NORMAL)


_STATE_RANK = {state: rank for rank, state in enumerate(State)}


class WrongDeclaration(ValueError):
    """A service is declared in a way that could not be merged or shown."""


class UnknownField(ValueError):
    """A mode names a field that its service does not have."""

    def __init__(self, service: str, name: str):
        super().__init__(f"{service} has no field {name!r}")
        self.service, self.name = service, name


class UnknownValue(ValueError):
    """A mode gives to a field a value that it does not have."""

    def __init__(self, service: str, name: str, value: object):
        super().__init__(f"{service}.{name} cannot be {value!r}")
        self.service, self.name, self.value = service, name, value


@dataclass(frozen=True, eq=False)
class ModeField(Generic[E]):
    """One field of a mode: its values in the order of the enumeration, each with the state it amounts to.

    `values` is an enumeration of texts whose members are declared from normal to most protective, each with a
    `label`. `states` has one state per value, the first one normal, never going back to a better one.
    """

    key: str
    label: Text
    values: type[E]
    states: tuple[State, ...]

    def __post_init__(self) -> None:
        members = list(self.values)
        if len(members) < 2:
            raise WrongDeclaration(f"{self.key}: a field needs at least two values")
        if len(self.states) != len(members):
            raise WrongDeclaration(f"{self.key}: {len(members)} values but {len(self.states)} states")
        if self.states[0] != State.NORMAL:
            raise WrongDeclaration(f"{self.key}: the first value must be the normal one")
        ranks = [state.rank for state in self.states]
        if ranks != sorted(ranks):
            raise WrongDeclaration(f"{self.key}: a more protective value may not amount to a better state")

    @cached_property
    def order(self) -> tuple[E, ...]:
        return tuple(self.values)

    @cached_property
    def _rank(self) -> dict[str, int]:
        return {member.value: rank for rank, member in enumerate(self.order)}

    @property
    def normal(self) -> E:
        return self.order[0]

    def member(self, value: object) -> E:
        """Return the member for a value or a member of this field; ValueError otherwise."""
        return self.values(getattr(value, "value", value))

    def rank(self, value: object) -> int:
        """How protective a value is: 0 is normal."""
        return self._rank[str(getattr(value, "value", value))]

    def state_of(self, value: object) -> State:
        return self.states[self.rank(value)]

    def label_of(self, value: object) -> Text:
        member = self.member(value)
        return getattr(member, "label", member.value)

    def most_protective(self, *values: object) -> E:
        return self.order[max(self.rank(value) for value in values)]


@dataclass(frozen=True, eq=False)
class Service:
    """Something the landlord owes people.

    Units: `rto_hours` (délai visé) and `mtpd_hours` (DMIA, longest tolerable interruption) in hours.
    `place_kind` is the finest kind of place at which the mode is asked. `operated` says whether Palier runs
    the service today; a plan must be complete even where it does not.
    """

    key: str
    name: Text
    fields: tuple[ModeField, ...]
    place_kind: PlaceKind
    rto_hours: int
    mtpd_hours: int
    operated: bool
    description: Text = ""
    minimum_service: Text = ""
    order: int = 100
    _fields: dict[str, ModeField] = dataclass_field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not self.fields:
            raise WrongDeclaration(f"{self.key}: a service needs at least one field")
        if not 0 < self.rto_hours < self.mtpd_hours:
            raise WrongDeclaration(
                f"{self.key}: the target delay ({self.rto_hours} h) must be shorter than the longest "
                f"tolerable interruption ({self.mtpd_hours} h)"
            )
        self._fields.update((one.key, one) for one in self.fields)
        if len(self._fields) != len(self.fields):
            raise WrongDeclaration(f"{self.key}: two fields share a key")

    def field(self, key: str) -> ModeField:
        try:
            return self._fields[key]
        except KeyError:
            raise UnknownField(self.key, key) from None

    def has_field(self, key: str) -> bool:
        return key in self._fields

    @cached_property
    def normal(self) -> "Mode":
        return Mode(self, {})

    def mode(self, values: Mapping[str, object] | None = None) -> "Mode":
        """Return a whole mode: fields not given are normal. UnknownField, UnknownValue."""
        return Mode(self, values or {})

    def state_of(self, values: Mapping[str, object]) -> State:
        """Say what a mode amounts to: the worst of what its fields amount to."""
        return self.mode(values).state

    def checked(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return the given fields alone, as plain texts fit for a database. UnknownField, UnknownValue."""
        return {key: _member(self, key, value).value for key, value in values.items()}


def _member(service: Service, key: str, value: object) -> Any:
    mode_field = service.field(key)
    try:
        return mode_field.member(value)
    except ValueError:
        raise UnknownValue(service.key, key, value) from None


class Mode(Mapping[str, Any]):
    """How a service works: one value for each of its fields, validated. Two equal records are equal."""

    __slots__ = ("_values", "service")

    def __init__(self, service: Service, values: Mapping[str, object]):
        for key in values:
            service.field(key)
        self.service = service
        self._values = {
            one.key: _member(service, one.key, values[one.key]) if one.key in values else one.normal
            for one in service.fields
        }

    def __getitem__(self, key: "str | ModeField") -> Any:
        return self._values[key.key if isinstance(key, ModeField) else key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mode):
            return NotImplemented
        return self.service.key == other.service.key and self._values == other._values

    def __hash__(self) -> int:
        return hash((self.service.key, tuple(self._values.items())))

    def __repr__(self) -> str:
        return f"Mode({self.service.key}, {self.plain()})"

    @property
    def state(self) -> State:
        return State.worst(tuple(one.state_of(self._values[one.key]) for one in self.service.fields))

    @property
    def is_normal(self) -> bool:
        return self == self.service.normal

    def at_least(self, key: "str | ModeField", value: object) -> bool:
        """Say whether a field is at this value or a more protective one."""
        mode_field = self.service.field(key.key if isinstance(key, ModeField) else key)
        return mode_field.rank(self[key]) >= mode_field.rank(_member(self.service, mode_field.key, value))

    def merged(self, other: "Mode") -> "Mode":
        """Return the most protective of both, field by field."""
        return Mode(
            self.service,
            {one.key: one.most_protective(self[one.key], other[one.key]) for one in self.service.fields},
        )

    def plain(self) -> dict[str, str]:
        """Return {field: value} as plain texts, in the order of declaration."""
        return {key: value.value for key, value in self._values.items()}

    def departures(self) -> dict[str, Any]:
        """Return the fields that are not normal."""
        return {one.key: self[one.key] for one in self.service.fields if self[one.key] != one.normal}
