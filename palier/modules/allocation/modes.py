"""What the allocation module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.allocation.enums import Priority, Session

ALLOCATION = register(
    Service(
        key="allocation",
        name=_("Allocation commission"),
        description=_("Dwellings are allocated; whoever waits for a home is not forgotten."),
        minimum_service=_("Urgent files and ready homes go before the commission."),
        place_kind=PlaceKind.ORGANISATION,
        rto_hours=240,
        mtpd_hours=720,
        operated=False,
        order=60,
        fields=(
            ModeField(
                "session", _("Session"), Session, (State.NORMAL, State.ADAPTED, State.ADAPTED, State.STOPPED)
            ),
            ModeField("priority", _("Files taken"), Priority, (State.NORMAL, State.ADAPTED, State.REDUCED)),
        ),
    )
)
