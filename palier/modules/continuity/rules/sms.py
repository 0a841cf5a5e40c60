"""How many segments a text message costs, by the coding that its characters ask for.

Source: 3GPP TS 23.038 (GSM 7-bit default alphabet and its extension) and TS 23.040 (concatenation header).
"""

from dataclasses import dataclass

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each of these is sent as an escape and a sign: it counts twice.
GSM_EXTENSION = frozenset("^{}\\[~]|€\f")

GSM_SINGLE, GSM_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67

#: Signs of French typography that have a plain equivalent every telephone knows.
PLAIN_SIGNS = {
    "\u2019": "'",
    "\u2018": "'",
    "\u201c": '"',
    "\u201d": '"',
    "«\u00a0": '"',
    "\u00a0»": '"',
    "«\u202f": '"',
    "\u202f»": '"',
    "«": '"',
    "»": '"',
    "\u2013": "-",
    "\u2014": "-",
    "\u2026": "...",
    "\u00a0": " ",
    "\u202f": " ",
    "œ": "oe",
    "Œ": "OE",
}


@dataclass(frozen=True)
class SmsCount:
    """What a text costs. `units` are septets or UTF-16 code units; `foreign` are the signs that forced
    UCS-2.
    """

    coding: str
    units: int
    segments: int
    left_in_segment: int
    foreign: tuple[str, ...] = ()


def count_segments(text: str) -> SmsCount:
    """Count the segments of a message as the network will cut it.

    161 GSM-7 characters make 2 segments of at most 153; one sign outside the alphabet puts the whole in
    UCS-2. Neither an escaped sign nor a surrogate pair may be cut in two, so a part can end one unit early.
    """
    foreign = tuple(dict.fromkeys(c for c in text if c not in GSM_BASIC and c not in GSM_EXTENSION))
    if foreign:
        weights = [len(c.encode("utf-16-be")) // 2 for c in text]
        single, part, coding = UCS2_SINGLE, UCS2_PART, "ucs2"
    else:
        weights = [2 if c in GSM_EXTENSION else 1 for c in text]
        single, part, coding = GSM_SINGLE, GSM_PART, "gsm7"
    units = sum(weights)
    if units <= single:
        return SmsCount(coding, units, 1 if text else 0, single - units, foreign)
    segments, filled = 1, 0
    for weight in weights:
        if filled + weight > part:
            segments, filled = segments + 1, 0
        filled += weight
    return SmsCount(coding, units, segments, part - filled, foreign)


def plain_signs(text: str) -> str:
    """Replace typographic signs by the ones that keep a message in the cheap alphabet; accents are left
    alone.
    """
    for sign, plain in PLAIN_SIGNS.items():
        text = text.replace(sign, plain)
    return text
