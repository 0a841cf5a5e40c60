"""What the supplies module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.supplies.enums import Issue, Replenishment

SUPPLIES = register(
    Service(
        key="supplies",
        name=_("Protective equipment"),
        description=_("Masks, gloves, gel and products reach those who need them."),
        minimum_service=_("Three days of equipment for every team in contact."),
        place_kind=PlaceKind.AGENCY,
        rto_hours=24,
        mtpd_hours=72,
        operated=False,
        order=50,
        fields=(
            ModeField("issue", _("Issue to teams"), Issue, (State.NORMAL, State.ADAPTED, State.REDUCED)),
            ModeField(
                "replenishment",
                _("Replenishment"),
                Replenishment,
                (State.NORMAL, State.ADAPTED, State.ADAPTED),
            ),
        ),
    )
)
