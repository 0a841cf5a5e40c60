"""Hours and days in words. `{% load estate %}`."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django import template
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from palier.kernel.ui import typography
from palier.modules.estate.enums import Weekday
from palier.modules.estate.rules.opening import HoursSlot

register = template.Library()


@register.filter
def clock(value: time) -> str:
    """→ 8 h 30."""
    return typography.hour(datetime.combine(date(2000, 1, 1), value), language=get_language() or "fr")


@register.filter
def slots(value: Sequence[HoursSlot]) -> str:
    """Openings of a day on one line: « 9 h – 12 h, 14 h – 17 h sur rendez-vous », or “Closed”."""
    return ", ".join(_slot(one) for one in value) if value else pgettext("opening hours", "Closed")


def _slot(slot: HoursSlot) -> str:
    text = f"{clock(slot.opens_at)}\u202f–\u202f{clock(slot.closes_at)}"
    return _("{hours} by appointment").format(hours=text) if slot.by_appointment else text


@register.filter
def weekday(value: int) -> str:
    """1 → lundi."""
    return str(Weekday(value).label)
