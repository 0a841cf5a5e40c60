"""What the repairs module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.repairs.enums import (
    Acceptance,
    EntryProtocol,
    OnCallDesk,
    OnCallHours,
    OnCallTeams,
    SafetyChecks,
    SafetyWatch,
)

REPAIRS = register(
    Service(
        key="repairs",
        name=_("Repairs in homes and common parts"),
        description=_("Requests for repairs are taken, sorted by urgency and ordered from contractors."),
        minimum_service=_("Urgent requests are secured within four hours."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=4,
        mtpd_hours=24,
        operated=False,
        order=10,
        fields=(
            ModeField(
                "accept", _("Requests accepted"), Acceptance, (State.NORMAL, State.ADAPTED, State.REDUCED)
            ),
            ModeField(
                "on_call",
                _("Urgent requests taken by the on-call desk"),
                OnCallDesk,
                (State.NORMAL, State.ADAPTED),
            ),
            ModeField("entry_protocol", _("Entering homes"), EntryProtocol, (State.NORMAL, State.ADAPTED)),
        ),
    )
)

ON_CALL = register(
    Service(
        key="on_call",
        name=_("On-call duty"),
        description=_(
            "Somebody answers at night and on holidays, sends a contractor and wakes a manager if needed."
        ),
        minimum_service=_("Every call is answered and every danger is dealt with."),
        place_kind=PlaceKind.AGENCY,
        rto_hours=1,
        mtpd_hours=4,
        operated=False,
        order=11,
        fields=(
            ModeField("hours", _("On-call hours"), OnCallHours, (State.NORMAL, State.ADAPTED)),
            ModeField("teams", _("On-call teams"), OnCallTeams, (State.NORMAL, State.ADAPTED)),
        ),
    )
)

SAFETY = register(
    Service(
        key="safety",
        name=_("Safety of buildings"),
        description=_("Fire safety, access control, lifts, heating and fluids work and are checked."),
        minimum_service=_("Safety functions are kept in every building."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=4,
        mtpd_hours=12,
        operated=False,
        order=12,
        fields=(
            ModeField(
                "checks", _("Periodic checks"), SafetyChecks, (State.NORMAL, State.ADAPTED, State.REDUCED)
            ),
            ModeField("watch", _("Watch over the equipment"), SafetyWatch, (State.NORMAL, State.ADAPTED)),
        ),
    )
)
