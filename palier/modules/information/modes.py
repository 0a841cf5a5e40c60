"""What the information module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.information.enums import Internal, Pace

INFORMATION = register(
    Service(
        key="information",
        name=_("Information of tenants and staff"),
        description=_("Tenants, staff and partners know what changes, whom to call and until when."),
        minimum_service=_("The on-call number and the state of reception are known to all."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=4,
        mtpd_hours=24,
        operated=True,
        order=80,
        fields=(
            ModeField("pace", _("To tenants"), Pace, (State.NORMAL, State.ADAPTED, State.ADAPTED)),
            ModeField("internal", _("To the staff"), Internal, (State.NORMAL, State.ADAPTED, State.ADAPTED)),
        ),
    )
)
