"""How a contact point is written, and what it can receive."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import phonenumbers

FRENCH_REGIONS = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976"}


def normal_phone(text: str) -> str | None:
    """Return a French or international number in E.164, or None when it cannot be dialled."""
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(value: str) -> str:
    """Return « 06 39 98 01 01 » for +33639980101, and an international number as abroad."""
    national = re.fullmatch(r"\+33([1-9])(\d{2})(\d{2})(\d{2})(\d{2})", value)
    if national:
        return "0" + " ".join(national.groups())
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def line_type(value: str) -> str:
    """Return mobile, landline or other for a number in E.164. A landline cannot receive a text message.

    French numbering plan (Arcep decision 2018-0881): 06 and 07 are mobile, 01 to 05 and 09 are not.
    """
    if value.startswith("+33"):
        return (
            "mobile" if value[3:4] in ("6", "7") else "landline" if value[3:4] in tuple("123459") else "other"
        )
    # Mobile numbers of Guadeloupe, Martinique, Guyane, La Réunion and Mayotte: 069x, and 0639 for Mayotte.
    if re.match(r"\+(590|596|594|262)(69|639)", value):
        return "mobile"
    if re.match(r"\+(590|596|594|262)", value):
        return "landline"
    kind = phonenumbers.number_type(phonenumbers.parse(value))
    return {0: "landline", 1: "mobile", 2: "mobile"}.get(kind, "other")


def normal_email(text: str) -> str:
    """Return an e-mail in lower case without spaces around."""
    return text.strip().lower()


def writings_of(value: str) -> list[str]:
    """Return the ways in which a phone number is usually written, to find it in texts."""
    national = re.fullmatch(r"\+33(\d)(\d{2})(\d{2})(\d{2})(\d{2})", value)
    if not national:
        return [value]
    first, *pairs = national.groups()
    spaced = " ".join(pairs)
    joined = "".join(pairs)
    return [
        f"+33{first}{joined}",
        f"+33 {first} {spaced}",
        f"33{first}{joined}",
        f"0033{first}{joined}",
        f"0{first}{joined}",
        f"0{first} {spaced}",
        f"0{first}.{'.'.join(pairs)}",
    ]


@dataclass(frozen=True)
class Point:
    """A contact point as the choice of a recipient sees it."""

    channel: str
    value: str
    line_type: str = ""
    is_unsafe: bool = False
    is_preferred: bool = False
    is_shared: bool = False
    ended_on: date | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody who lives where a notice is sent, as the choice of recipients sees them."""

    deceased_on: date | None = None
    left_on: date | None = None
    is_sealed: bool = False
    opted_out: frozenset[str] = field(default_factory=frozenset)
    points: Sequence[Point] = ()


def why_excluded(person: Candidate, *, channel: str, on: date) -> str | None:
    """Return why a notice may not reach somebody by a channel (sms, phone, email, postal), or None.

    A person sealed, or whose only address is unsafe, is *protected*: one word for both, so that neither
    shows.
    """
    if person.is_sealed:
        return "protected"
    if person.deceased_on is not None and person.deceased_on <= on:
        return "deceased"
    if person.left_on is not None and person.left_on <= on:
        return "gone"
    if person.opted_out & {"any", channel}:
        return "opted_out"
    usable = [point for point in person.points if can_receive(point, channel=channel, on=on)]
    if not usable:
        return "no_contact"
    return "protected" if all(point.is_unsafe for point in usable) else None


def can_receive(point: Point, *, channel: str, on: date) -> bool:
    """Say whether a contact point serves a channel on a day, safe or not."""
    if point.ended_on is not None and point.ended_on <= on:
        return False
    if channel == "sms":
        return point.channel == "phone" and point.line_type == "mobile"
    return point.channel == channel


def best_point(points: Iterable[Point], *, channel: str, on: date) -> Point | None:
    """Return the safe contact point to use: the preferred one, else one that is nobody else's, else the
    first.
    """
    usable = [p for p in points if can_receive(p, channel=channel, on=on) and not p.is_unsafe]
    return min(usable, key=lambda p: (not p.is_preferred, p.is_shared), default=None)
