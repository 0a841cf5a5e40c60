"""What the rehousing module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.rehousing.enums import Mobilisation

REHOUSING = register(
    Service(
        key="rehousing",
        name=_("Emergency rehousing and vacant dwellings"),
        description=_("Vacant dwellings shelter victims, carers and people from crowded shelters."),
        minimum_service=_("One ready dwelling by department."),
        place_kind=PlaceKind.ORGANISATION,
        rto_hours=24,
        mtpd_hours=72,
        operated=False,
        order=44,
        fields=(
            ModeField(
                "mobilisation", _("Mobilisation"), Mobilisation, (State.NORMAL, State.ADAPTED, State.ADAPTED)
            ),
        ),
    )
)
