"""From the days that people type, both included, to the half-open period that is kept."""

from datetime import date, datetime, time, timedelta


def held_period(first: date, last: date | None, *, now: datetime) -> tuple[datetime, datetime | None]:
    """The period of a reservation: one that begins today begins now. `now` is local, and gives the zone."""
    starts_at = now if first == now.date() else _midnight(first, now)
    return starts_at, _midnight(last + timedelta(days=1), now) if last else None


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time.min, tzinfo=now.tzinfo)
