"""What the support module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.support.enums import Meetings

SOCIAL_SUPPORT = register(
    Service(
        key="social_support",
        name=_("Social support"),
        description=_("Each situation is treated individually, agreed with the tenant and followed."),
        minimum_service=_("Every follow-up already open keeps a named adviser."),
        place_kind=PlaceKind.AGENCY,
        rto_hours=72,
        mtpd_hours=240,
        operated=False,
        order=41,
        fields=(
            ModeField(
                "meetings",
                pgettext_lazy("support", "Meetings"),
                Meetings,
                (State.NORMAL, State.ADAPTED, State.ADAPTED, State.REDUCED),
            ),
        ),
    )
)
