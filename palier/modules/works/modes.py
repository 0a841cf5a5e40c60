"""What the works module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.works.enums import NewWorks, Sites

WORKS = register(
    Service(
        key="works",
        name=_("Building and refurbishment sites"),
        description=_("Sites are stopped and secured, then started again with all the parties."),
        minimum_service=_("Every stopped site is secured and visited."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=360,
        mtpd_hours=720,
        operated=False,
        order=61,
        fields=(
            ModeField("sites", _("Sites"), Sites, (State.NORMAL, State.ADAPTED, State.STOPPED)),
            ModeField("new_works", _("New works"), NewWorks, (State.NORMAL, State.REDUCED, State.REDUCED)),
        ),
    )
)
