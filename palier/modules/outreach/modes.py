"""What the outreach module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.outreach.enums import Audience, Calls

CALLS = register(
    Service(
        key="calls",
        name=_("Calls to frail tenants"),
        description=_(
            "Seniors, isolated or disabled persons, students and families in difficulty are called regularly and heard."
        ),
        minimum_service=_("Everyone most at risk is reached within 72 hours."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=48,
        mtpd_hours=72,
        operated=False,
        order=40,
        fields=(
            ModeField(
                "cadence",
                _("Cadence"),
                Calls,
                (State.NORMAL, State.ADAPTED, State.ADAPTED, State.ADAPTED, State.ADAPTED),
            ),
            ModeField("audience", _("Who is called"), Audience, (State.NORMAL, State.ADAPTED, State.ADAPTED)),
        ),
    )
)
