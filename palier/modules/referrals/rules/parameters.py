"""The delays of hand-overs, which each organisation may set for itself."""

from palier.kernel.parameters import Dated, Parameter, declare
from palier.kernel.parameters import worded as _

USAGE = _(
    "Usage of hand-overs between social landlords and their partners, to be confirmed by each organisation"
)


def _delay(key: str, label: str, unit: str, value: int, low: int, high: int) -> Parameter:
    return declare(
        Parameter(
            key=key,
            label=label,
            unit=unit,
            values=(Dated(value, source=USAGE),),
            adjustable=True,
            low=low,
            high=high,
        )
    )


ACK_VITAL = _delay(
    "referrals.acknowledge-vital", _("Time to acknowledge a vital referral"), _("minutes"), 60, 5, 1440
)
ACK_URGENT = _delay(
    "referrals.acknowledge-urgent", _("Time to acknowledge an urgent referral"), _("hours"), 24, 1, 240
)
ACK_NORMAL = _delay(
    "referrals.acknowledge-normal",
    _("Time to acknowledge a normal referral, days that are not worked left out"),
    _("hours"),
    72,
    1,
    720,
)
CLIMB_VITAL = _delay(
    "referrals.climb-vital",
    _("Time after the team leader before a vital referral reaches the continuity lead"),
    _("minutes"),
    30,
    5,
    1440,
)
CLIMB_URGENT = _delay(
    "referrals.climb-urgent",
    _("Time after the team leader before an urgent referral reaches the continuity lead"),
    _("hours"),
    4,
    1,
    240,
)
CLIMB_NORMAL = _delay(
    "referrals.climb-normal",
    _("Time after the team leader before a normal referral reaches the continuity lead"),
    _("hours"),
    24,
    1,
    720,
)
LINK_VALID = _delay(
    "referrals.link-valid",
    _("Time during which a partner may use the link of a transmission"),
    _("days"),
    14,
    1,
    90,
)
