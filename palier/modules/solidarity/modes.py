"""What the solidarity module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.solidarity.enums import Relay

SOLIDARITY = register(
    Service(
        key="solidarity",
        name=_("Solidarity with frail tenants"),
        description=_("Groceries, medicines and meals are brought by partners, tenants and volunteers."),
        minimum_service=_("No request for food or medicine waits more than two days."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=48,
        mtpd_hours=120,
        operated=False,
        order=42,
        fields=(ModeField("relay", _("Relay"), Relay, (State.NORMAL, State.ADAPTED, State.ADAPTED)),),
    )
)
