"""Which meetings the mode in force lets a social worker plan."""

from palier.modules.support.enums import Meetings, Place

FACE_TO_FACE = frozenset({Place.HOME, Place.OFFICE, Place.PARTNER})
AT_HOME = frozenset({Place.HOME})


def is_allowed(place: str, mode: str, *, is_danger: bool = False) -> bool:
    """Say whether an appointment at a place fits the mode of `social_support`; danger always opens the door.

    By telephone first: the office stays open by appointment, a visit at home needs a reason.
    """
    if is_danger or place not in FACE_TO_FACE:
        return True
    if mode == Meetings.IN_PERSON:
        return True
    return mode == Meetings.BY_PHONE_FIRST and place not in AT_HOME


def instead(place: str, mode: str) -> str:
    """Return where the appointment may be held instead: a call replaces what the mode does not allow."""
    return place if is_allowed(place, mode) else Place.PHONE.value
