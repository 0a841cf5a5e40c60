"""A day in an address."""

from datetime import date


class DayConverter:
    """`2026-11-22` ↔ date; a day that does not exist is an unknown address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()
