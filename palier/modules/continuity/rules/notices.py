"""Filling in a notice for the residence that it is made for."""

import re
from collections.abc import Mapping

from palier.modules.continuity.enums import NoticeChannel
from palier.modules.continuity.rules.sms import plain_signs

VARIABLE = re.compile(r"\{([a-z_]+)\}")

#: What tenants see of the landlord's services; the others (payroll, invoices, systems…) are its own affair.
TENANT_SERVICES = frozenset(
    {
        "repairs",
        "on_call",
        "safety",
        "cleaning",
        "refuse",
        "reception",
        "phone_reception",
        "calls",
        "social_support",
        "solidarity",
        "protection",
        "rehousing",
        "allocation",
        "signing",
        "rent",
        "works",
    }
)
#: A poster is read standing: beyond that many lines, nobody reads.
MOST_CHANGES = 7


def filled(text: str, values: Mapping[str, str]) -> str:
    """Replace each {variable} by its value; what has no value is left out with the spaces before it."""
    said = VARIABLE.sub(lambda found: values.get(found[1], ""), text)
    return re.sub(r"[ \t]+(?=[\n.,;]|$)", "", said)


def message(channel: str, text: str, values: Mapping[str, str]) -> str:
    """Fill in a text for its channel: a text message keeps to the signs of the cheap alphabet.

    A telephone number is written with no-break spaces, which alone would triple the price of the message.
    """
    said = filled(text, values)
    return plain_signs(said) if channel == NoticeChannel.SMS else said


def unfilled(text: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """Variables of a text that have no value: the screen says what is missing before anything is printed."""
    return tuple(dict.fromkeys(name for name in VARIABLE.findall(text) if not values.get(name)))
