"""French and English typography: numbers, money, dates, durations.

Pure Python, so that documents, exports and messages write a figure the way a page does.
French groups thousands with a narrow no-break space (U+202F) and keeps a unit beside its number
with a no-break space (U+00A0); English groups with a comma.
Source: Lexique des règles typographiques en usage à l'Imprimerie nationale, 2002.
"""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

NARROW = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"

_WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
           "octobre", "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"),
}  # fmt: skip


def _language(language: str) -> str:
    return "fr" if language.startswith("fr") else "en"


def number(value: int | float | Decimal, *, places: int = 0, language: str = "fr") -> str:
    """Write a number with its thousands grouped: 6 043 in French, 6,043 in English."""
    quantum = Decimal(1).scaleb(-places)
    rounded = Decimal(str(value)).quantize(quantum, rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"
    if _language(language) == "fr":
        text = text.replace(",", NARROW).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def money(value: int | float | Decimal, *, language: str = "fr") -> str:
    """Write an amount in euros with two places.

    Units: value in euros.
    """
    amount = number(value, places=2, language=language)
    if _language(language) == "fr":
        return f"{amount}{NO_BREAK}€"
    return f"{MINUS}€{amount[1:]}" if amount.startswith(MINUS) else f"€{amount}"


def percent(rate: int | float | Decimal, *, places: int = 0, language: str = "fr") -> str:
    """Write a rate as a percentage.

    Units: rate from 0 to 1.
    """
    text = number(Decimal(str(rate)) * 100, places=places, language=language)
    return f"{text}{NARROW}%" if _language(language) == "fr" else f"{text}%"


def day(value: date, *, language: str = "fr", weekday: bool = True) -> str:
    """Write a date in full: « lundi 16 mars 2020 », “Monday 16 March 2020”."""
    tongue = _language(language)
    name = f"{_WEEKDAYS[tongue][value.weekday()]} " if weekday else ""
    number_of_day = "1er" if tongue == "fr" and value.day == 1 else str(value.day)
    return f"{name}{number_of_day}{NO_BREAK}{_MONTHS[tongue][value.month - 1]} {value.year}"


def short_day(value: date, *, language: str = "fr") -> str:
    """Write a date in figures, day first in both languages: 16/03/2020."""
    return f"{value.day:02d}/{value.month:02d}/{value.year}"


def hour(value: datetime, *, language: str = "fr") -> str:
    """Write a time of day: « 8 h 30 » in French, 08:30 in English. The caller gives local time."""
    if _language(language) == "fr":
        minutes = f"{NO_BREAK}{value.minute:02d}" if value.minute else ""
        return f"{value.hour}{NO_BREAK}h{minutes}"
    return f"{value.hour:02d}:{value.minute:02d}"


def moment(value: datetime, *, language: str = "fr") -> str:
    """Write a date and time in full: « lundi 16 mars 2020 à 8 h 30 »."""
    link = "à" if _language(language) == "fr" else "at"
    return f"{day(value, language=language)} {link}{NO_BREAK}{hour(value, language=language)}"


def short_moment(value: datetime, *, language: str = "fr") -> str:
    """Write a date and time in figures: « 16/03/2020 à 8 h 30 »."""
    link = "à" if _language(language) == "fr" else "at"
    return f"{short_day(value)} {link}{NO_BREAK}{hour(value, language=language)}"


def duration(value: timedelta, *, language: str = "fr") -> str:
    """Write a length of time with its two largest units: « 2 j 4 h », « 35 min ».

    A negative duration is written without its sign: the sentence around it says “ago” or “left”.
    """
    minutes = int(abs(value.total_seconds()) // 60)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    day_unit = "j" if _language(language) == "fr" else "d"
    parts = [(days, day_unit), (hours, "h"), (minutes, "min")]
    while len(parts) > 1 and parts[0][0] == 0:
        parts.pop(0)
    written = [
        f"{count}{NO_BREAK}{unit}" for index, (count, unit) in enumerate(parts[:2]) if count or not index
    ]
    return NO_BREAK.join(written)


def phone(value: str) -> str:
    """Write a French number by pairs: 06 39 98 12 34. Anything else is returned as it came."""
    digits = re.sub(r"[^\d+]", "", value)
    if digits.startswith("+33") and len(digits) == 12:
        digits = "0" + digits[3:]
    if re.fullmatch(r"0\d{9}", digits):
        return NO_BREAK.join(digits[i : i + 2] for i in range(0, 10, 2))
    return value


def french(text: str) -> str:
    """Put the no-break spaces that French asks for into a text typed with ordinary ones.

    Only an existing ordinary space is replaced, so addresses and times such as 8:30 are left alone.
    """
    text = re.sub(r" (?=[;!?])", NARROW, text)
    text = re.sub(r" (?=[:»%€])", NO_BREAK, text)
    text = re.sub(r"(?<=«) ", NO_BREAK, text)
    return re.sub(r"(?<=\d) (?=\d{3}(?!\d))", NARROW, text)
