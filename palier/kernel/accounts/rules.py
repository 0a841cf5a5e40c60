"""Decisions on sign-in, on plain values: who must have a second factor, and how a session is told in words."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Roles that must have a second factor unless the organisation says otherwise. They open sealed files, change
#: rights, or see everybody; ANSSI, « Recommandations relatives à l'authentification multifacteur et aux mots de
#: passe » (2021), R4: privileged access first. Adjustable [K].
FORCED_ROLES = ("administrator", "data_protection", "director", "violence_referent")
#: Days left to somebody whose role begins to ask for a second factor [K].
GRACE_DAYS = 14
#: Hours between an administrator's request to reset somebody's second factor and its effect [K], unless the
#: person stood before them: time for the person to read the e-mail and say no.
RESET_WAIT = timedelta(hours=24)


class Standing(StrEnum):
    """Where a member stands with the second factor that an organisation asks for."""

    FREE = "free"
    GRACE = "grace"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Obligation:
    """What the organisation asks of a member; `due_at` is None when nothing is asked."""

    standing: Standing
    due_at: datetime | None = None
    roles: tuple[str, ...] = ()


def obligation(
    *,
    roles: Iterable[str],
    forced: Iterable[str],
    has_factor: bool,
    since: datetime,
    grace_days: int,
    at: datetime,
) -> Obligation:
    """Say whether this member must have a second factor and until when they may do without.

    `since` is the day from which the role or the rule has asked for it, whichever is later. `has_factor` is a
    fact of the session: a factor was shown when it began, or was set up in it.
    """
    asking = tuple(sorted(set(roles) & set(forced)))
    if has_factor or not asking:
        return Obligation(Standing.FREE)
    due_at = since + timedelta(days=grace_days)
    return Obligation(Standing.GRACE if at < due_at else Standing.OVERDUE, due_at, asking)


# What a browser says of itself, from the most precise name to the least: every browser also claims to be others.
_BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


def device_of(user_agent: str) -> tuple[str, str]:
    """The browser and the system that a User-Agent header names; empty where it names none known."""
    return _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)


def _first(known: Iterable[tuple[str, str]], text: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, text)), "")


def network_of(address: str) -> str:
    """An address shortened to its network: enough to recognise a place, too little to follow somebody.

    Legal: CNIL, délibération 2020-092 du 17 septembre 2020: the last byte of an IPv4 address goes; for IPv6 the
    first 48 bits are kept.
    """
    try:
        ip = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if ip.version == 6 and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_loopback:
        return "localhost"
    kept = ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False)
    if ip.version == 4:
        return str(kept.network_address).rsplit(".", 1)[0] + ".x"
    return f"{kept.network_address}"
