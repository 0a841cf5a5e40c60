"""French public holidays of a year, by department.

General lists of holidays also hold local usages (Mi-Carême, Schœlcher day) that the labour code does not know and on
which no time limit is put off: the law's own list is short enough to be written here.
"""

from datetime import date, timedelta
from functools import lru_cache

NATIONAL_DAYS = (
    (1, 1, "Jour de l’an"),
    (5, 1, "Fête du Travail"),
    (5, 8, "Victoire de 1945"),
    (7, 14, "Fête nationale"),
    (8, 15, "Assomption"),
    (11, 1, "Toussaint"),
    (11, 11, "Armistice de 1918"),
    (12, 25, "Noël"),
)
"""Legal: code du travail, art. L3133-1."""

AFTER_EASTER = ((1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte"))

ALSACE_MOSELLE = frozenset({"57", "67", "68"})
"""Good Friday and 26 December. Legal: code du travail, art. L3134-13."""

ABOLITION_OF_SLAVERY = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 28),
}
"""By department or collectivity. Legal: code du travail, art. L3422-2; décret n° 83-1003 du 23 novembre 1983."""


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, odd_century = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leaps, odd_year = divmod(rest, 4)
    to_sunday = (32 + 2 * odd_century + 2 * leaps - epact - odd_year) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=512)
def public_holidays(year: int, department: str = "") -> dict[date, str]:
    """Return the public holidays of a year in a department ("57", "974"), by day, with their French name.

    Without a department, those of the whole country.
    """
    sunday = easter(year)
    days = {date(year, month, day): name for month, day, name in NATIONAL_DAYS}
    days |= {sunday + timedelta(days=after): name for after, name in AFTER_EASTER}
    if department in ALSACE_MOSELLE:
        days |= {sunday - timedelta(days=2): "Vendredi saint", date(year, 12, 26): "Saint-Étienne"}
    if abolition := ABOLITION_OF_SLAVERY.get(department):
        days[date(year, *abolition)] = "Abolition de l’esclavage"
    return dict(sorted(days.items()))


def is_holiday(day: date, department: str = "") -> bool:
    """Say whether a day is a public holiday in a department."""
    return day in public_holidays(day.year, department)


def holiday_label(day: date, department: str = "") -> str:
    """Return the French name of a public holiday, or an empty text."""
    return public_holidays(day.year, department).get(day, "")
