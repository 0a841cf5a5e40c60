"""What a form said, kept in the run and read back as it was: dates are dates again."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

_READERS: dict[str, Any] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "uuid": UUID,
    "decimal": Decimal,
}


def stored(params: Mapping[str, Any]) -> dict[str, Any]:
    """JSON in which a date, a time, an id and a decimal say what they are."""
    return {name: _written(value) for name, value in params.items()}


def read(params: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: _read(value) for name, value in (params or {}).items()}


def _written(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case UUID():
            return {"uuid": str(value)}
        case Decimal():
            return {"decimal": str(value)}
        case list() | tuple() | set():
            return [_written(one) for one in value]
        case _:
            raise TypeError(f"a bulk action cannot keep {type(value).__name__}: give the form plain values")


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(one) for one in value]
    if isinstance(value, dict) and len(value) == 1:
        kind, text = next(iter(value.items()))
        return _READERS[kind](text)
    return value
