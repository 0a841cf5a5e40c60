"""What modules declare: pure Python, so that a module's rules may hold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

Value = int | Decimal | str | bool


def worded(text: str) -> str:
    """Mark a text to be translated where it is shown; imported as `_` by rules, which know nothing of Django."""
    return text


class UnknownParameter(LookupError):
    """No module declares this parameter."""

    def __init__(self, key: str):
        super().__init__(f"no module declares the parameter {key!r}")
        self.key = key


class WrongParameter(ValueError):
    """A parameter is declared in a way that would give no value, or two, on some day."""


@dataclass(frozen=True)
class Dated:
    """A value in force from `since` (None: always) to the day before `until` (None: still), with its
    source.
    """

    value: Value
    since: date | None = None
    until: date | None = None
    source: str = ""

    def holds_on(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Parameter:
    """A number or a word that may change. `label` is a msgid; `unit` is shown after the value.

    `adjustable`: the organisation may set its own, from a date, with its reason. `low` and `high` bound it.
    """

    key: str
    label: str
    values: Sequence[Dated]
    unit: str = ""
    adjustable: bool = False
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if not self.values:
            raise WrongParameter(f"{self.key} has no value")
        dated = sorted(self.values, key=lambda v: v.since or date.min)
        for earlier, later in pairwise(dated):
            if earlier.until is None or later.since is None or earlier.until > later.since:
                raise WrongParameter(f"{self.key} has two values on {later.since}")

    def dated_on(self, on: date) -> Dated | None:
        return next((value for value in self.values if value.holds_on(on)), None)

    @property
    def example(self) -> Value:
        return self.values[-1].value

    @property
    def module(self) -> str:
        return self.key.split(".", 1)[0]

    def parse(self, raw: str) -> Value:
        """Read what a person typed, in the type of the declared values.

        Raises: ValueError when it is not of this type or out of bounds.
        """
        kind = type(self.example)
        value = _read(kind, raw.strip())
        if isinstance(value, int | Decimal) and not self._is_within(value):
            raise ValueError(raw)
        return value

    def _is_within(self, value: int | Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def from_json(self, stored: Any) -> Value:
        """Turn a stored value back into the declared type."""
        return Decimal(str(stored)) if isinstance(self.example, Decimal) else type(self.example)(stored)


def _read(kind: type, raw: str) -> Value:
    if kind is bool:
        return {"1": True, "yes": True, "oui": True, "0": False, "no": False, "non": False}[raw.lower()]
    if kind is Decimal:
        try:
            return Decimal(raw.replace(",", ".").replace("\u202f", "").replace("\u00a0", "").replace(" ", ""))
        except ArithmeticError as wrong:
            raise ValueError(raw) from wrong
    return kind(raw)


_parameters: dict[str, Parameter] = {}


def declare(new: Parameter) -> Parameter:
    """Add a parameter to the registry and return it.

    Raises: WrongParameter when another one has its key.
    """
    known = _parameters.get(new.key)
    if known is not None and known != new:
        raise WrongParameter(f"two parameters are called {new.key!r}")
    _parameters[new.key] = new
    return new


def parameter(key: str) -> Parameter:
    """Raises: UnknownParameter."""
    try:
        return _parameters[key]
    except KeyError:
        raise UnknownParameter(key) from None


def declared() -> tuple[Parameter, ...]:
    """Every parameter, by key."""
    return tuple(_parameters[key] for key in sorted(_parameters))
