"""What the rent module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.rent.enums import Issue, Recovery, Spreading

RENT = register(
    Service(
        key="rent",
        name=_("Rent and arrears"),
        description=_("Rent is called and collected; households in difficulty are offered a way."),
        minimum_service=_("Rent is called before its due date."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=120,
        mtpd_hours=240,
        operated=False,
        order=70,
        fields=(
            ModeField("issue", _("Calling the rent"), Issue, (State.NORMAL, State.ADAPTED)),
            ModeField("recovery", _("Recovery"), Recovery, (State.NORMAL, State.ADAPTED, State.REDUCED)),
            ModeField(
                "spreading", _("Arrangements"), Spreading, (State.NORMAL, State.ADAPTED, State.ADAPTED)
            ),
        ),
    )
)
