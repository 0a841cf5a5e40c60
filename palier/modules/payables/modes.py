"""What the payables module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.payables.enums import Advances, TargetDays

PAYABLES = register(
    Service(
        key="payables",
        name=_("Payment of suppliers"),
        description=_("Invoices are paid, sooner when firms are in difficulty."),
        minimum_service=_("Everything is paid within the legal delay."),
        place_kind=PlaceKind.ORGANISATION,
        rto_hours=120,
        mtpd_hours=720,
        operated=False,
        order=71,
        fields=(
            ModeField(
                "target_days", _("Target delay"), TargetDays, (State.NORMAL, State.ADAPTED, State.ADAPTED)
            ),
            ModeField("advances", _("Advances"), Advances, (State.NORMAL, State.ADAPTED)),
        ),
    )
)
