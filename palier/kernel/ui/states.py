"""How the four states of a service look: never a colour alone, always a word and an icon with it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Look:
    """Word, icon and tone of a state; rank grows with what is lost."""

    state: str
    label: str | Promise
    icon: str
    rank: int


LOOKS = {
    look.state: look
    for look in (
        Look("normal", _("Normal"), "circle-check", 0),
        Look("adapted", _("Adapted"), "adjustments-horizontal", 1),
        Look("reduced", _("Reduced"), "trending-down", 2),
        Look("stopped", _("Stopped"), "ban", 3),
    )
}


def look(state: str) -> Look:
    """Look of a state.

    Raises: KeyError for a word that is not one of the four.
    """
    return LOOKS[str(state)]
