"""Opening hours as people write them, read well enough to say whether a partner is open now."""

import re
import unicodedata
from datetime import datetime, time

Slot = tuple[int, time, time]
"""Weekday (0 Monday … 6 Sunday), opening, closing."""

_DAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
_DAY = r"\b(lun|mar|mer|jeu|ven|sam|dim)[a-z]*\.?"
_SPAN = re.compile(rf"{_DAY}(?:\s*(?:-|–|a|au)\s*{_DAY})?")
_TIME = r"(\d{1,2})\s?(?:h|:)(\d{2})?"
_HOURS = re.compile(rf"{_TIME}\s*(?:-|–|a)\s*{_TIME}")


def read_hours(text: str) -> tuple[Slot, ...]:
    """Read « lun-ven 9h-12h 14h-17h ; sam 9h-12h ». Empty when nothing is understood; the text is still shown."""
    slots: list[Slot] = []
    for part in re.split(r"[;\n]", _plain(text)):
        hours = [_slot_times(match.groups()) for match in _HOURS.finditer(part)]
        days = {
            day for match in _SPAN.finditer(part) for day in _days_between(match.group(1), match.group(2))
        }
        slots += [(day, start, end) for day in sorted(days) for start, end in hours if start < end]
    return tuple(slots)


def open_at(text: str, moment: datetime) -> bool | None:
    """Say whether a partner is open at a local moment; None when its hours cannot be read."""
    slots = read_hours(text)
    if not slots:
        return None
    return any(day == moment.weekday() and start <= moment.time() < end for day, start, end in slots)


def _days_between(first: str, last: str | None) -> range:
    start = _DAYS.index(first)
    return range(start, (_DAYS.index(last) if last else start) + 1)


def _slot_times(found: tuple[str | None, ...]) -> tuple[time, time]:
    start_hour, start_minute, end_hour, end_minute = (int(part or 0) for part in found)
    return time(start_hour % 24, start_minute % 60), time(end_hour % 24, end_minute % 60)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in folded if not unicodedata.combining(sign))
