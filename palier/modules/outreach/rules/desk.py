"""What a caller's answers mean: whom a need goes to, whether it needs consent, how soon an alert is due. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from palier.kernel.parameters import Dated, Parameter, declare
from palier.kernel.parameters import worded as _

USAGE = _("Usage of call desks, to be confirmed by each organisation")

LEASE = declare(
    Parameter(
        key="outreach.lease-minutes",
        label=_("Time during which a household is kept for a caller who gives no sign"),
        unit=_("minutes"),
        values=(Dated(15, source=USAGE),),
        adjustable=True,
        low=2,
        high=120,
    )
)
QUIET_HOURS = declare(
    Parameter(
        key="outreach.same-number-hours",
        label=_("Time during which a number that was rung is left alone by the other campaigns"),
        unit=_("hours"),
        values=(Dated(4, source=USAGE),),
        adjustable=True,
        low=0,
        high=72,
    )
)
BUSY_AGAIN = declare(
    Parameter(
        key="outreach.busy-minutes",
        label=_("Time before a busy line is tried again"),
        unit=_("minutes"),
        values=(Dated(20, source=USAGE),),
        adjustable=True,
        low=5,
        high=240,
    )
)
SKIP_AGAIN = declare(
    Parameter(
        key="outreach.skip-minutes",
        label=_("Time before a household that was left to later comes back"),
        unit=_("minutes"),
        values=(Dated(60, source=USAGE),),
        adjustable=True,
        low=5,
        high=480,
    )
)
VISIT_DAYS = declare(
    Parameter(
        key="outreach.visit-days",
        label=_("Time in which somebody goes to the door of a household not reached"),
        unit=_("days"),
        values=(Dated(1, source=USAGE),),
        adjustable=True,
        low=0,
        high=14,
    )
)
ALERT_DUE = {
    level: declare(
        Parameter(
            key=f"outreach.alert-due-{level}",
            label=label,
            unit=_("minutes"),
            values=(Dated(minutes, source=USAGE),),
            adjustable=True,
            low=1,
            high=10080,
        )
    )
    for level, label, minutes in (
        ("1", _("Time in which an alert of level 1 is taken in charge"), 2880),
        ("2", _("Time in which an alert of level 2 is taken in charge"), 480),
        ("3", _("Time in which an alert of level 3 is taken in charge"), 15),
    )
}
ALERT_CLIMB = declare(
    Parameter(
        key="outreach.alert-climb-minutes",
        label=_("Time after which a late alert goes from the team leader to the continuity lead"),
        unit=_("minutes"),
        values=(Dated(30, source=USAGE),),
        adjustable=True,
        low=1,
        high=1440,
    )
)

RECIPIENTS = {
    "groceries": "association",
    "medicines": "health",
    "meals": "ccas",
    "psychological_support": "health",
    "benefits_or_job": "caf",
    "rent_difficulty": "inside",
    "technical_problem": "inside",
    "digital_or_school": "association",
    "neighbourhood": "inside",
    "violence": "referent",
    "urgent_health": "emergency",
    "social_support": "inside",
    "doorstep_visit": "inside",
    "other": "leader",
}
"""Who is proposed for each need: a kind of partner, or somebody of the house (`inside`, `referent`, `leader`)."""

STAYS_INSIDE = frozenset({"technical_problem", "neighbourhood", "rent_difficulty", "doorstep_visit"})
"""Needs that the landlord serves itself: nothing leaves the house, no consent is asked (RGPD art. 6.1.b)."""

VITAL = frozenset({"urgent_health"})
"""Needs that cannot wait for a consent: saving a life (RGPD art. 6.1.d)."""

HARD_LEVELS = frozenset({"2", "3"})


def urgency_of(kind: str, *, level: str, said: str = "") -> str:
    """Return how urgent a need is: what the caller said, else what the need and the alert level are worth."""
    if said:
        return said
    if kind in VITAL or level == "3":
        return "vital"
    return "urgent" if level == "2" or kind in ("violence", "medicines") else "normal"


def consent_of(kind: str, *, asked: str) -> str:
    """Return the consent under which a need is handed over."""
    return "not_needed" if kind in STAYS_INSIDE or kind in VITAL else asked


def is_handed_over(kind: str, *, consent: str) -> bool:
    """Say whether a need leaves the desk. Refused, it stays in the report: the person may change their mind."""
    return consent in ("oral", "written", "not_needed") or kind in VITAL


def lacks_consent(kinds: Iterable[str], *, asked: str) -> list[str]:
    """Return the needs for which the caller must still say whether the person agrees."""
    return [kind for kind in kinds if consent_of(kind, asked=asked) == ""]


@dataclass(frozen=True)
class NextChoice:
    """One way to plan the next call. `day` None: as the cadence says."""

    code: str
    day: date | None


def next_choices(today: date) -> list[NextChoice]:
    """Return the choices for the next call, the most usual first: one key goes to the following one."""
    return [
        NextChoice("cadence", None),
        NextChoice("tomorrow", today + timedelta(days=1)),
        NextChoice("two_days", today + timedelta(days=2)),
        NextChoice("week", today + timedelta(days=7)),
        NextChoice("fortnight", today + timedelta(days=14)),
    ]


def callback_choices(
    now: datetime, *, calling_day: Callable[[date], date] = lambda day: day
) -> list[tuple[str, datetime]]:
    """Return when a person may be called back, the soonest first; naive local moments.

    `calling_day` gives the day, or the first one after it on which calls are made: nobody is promised a Sunday.
    """
    today, tomorrow = now.date(), calling_day(now.date() + timedelta(days=1))
    found = [("in_an_hour", now + timedelta(hours=1))] if now.hour < 18 else []
    if now.hour < 13:
        found.append(("this_afternoon", datetime.combine(today, time(14))))
    if now.hour < 16:
        found.append(("end_of_day", datetime.combine(today, time(17))))
    found.append(("tomorrow_morning", datetime.combine(tomorrow, time(9, 30))))
    found.append(("tomorrow_afternoon", datetime.combine(tomorrow, time(14))))
    return found


def is_hard(*, level: str, wellbeing: str, ticked: bool) -> bool:
    """Say whether a call weighs on whoever made it: they are asked whether they wish to talk about it."""
    return ticked or level in HARD_LEVELS or wellbeing == "distress"
