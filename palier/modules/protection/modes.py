"""What the protection module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.protection.enums import Campaign, Listening

PROTECTION = register(
    Service(
        key="protection",
        name=_("Victims of family violence"),
        description=_("Reports are handled, families sheltered with the State and associations."),
        minimum_service=_("Every report is dealt with within two hours."),
        place_kind=PlaceKind.ORGANISATION,
        rto_hours=2,
        mtpd_hours=12,
        operated=False,
        order=43,
        fields=(
            ModeField("listening", _("Listening"), Listening, (State.NORMAL, State.ADAPTED, State.ADAPTED)),
            ModeField("campaign", _("Campaign"), Campaign, (State.NORMAL, State.ADAPTED)),
        ),
    )
)
