"""What the rounds module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.rounds.enums import Cleaning, ContactPoints, FieldPresence, Refuse, TensionWatch

CLEANING = register(
    Service(
        key="cleaning",
        name=_("Cleaning and disinfection"),
        description=_("Common parts are cleaned, contact points disinfected."),
        minimum_service=_("Contact points are disinfected every day or as the level says."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=24,
        mtpd_hours=72,
        operated=False,
        order=20,
        fields=(
            ModeField("rounds", _("Cleaning rounds"), Cleaning, (State.NORMAL, State.REDUCED, State.STOPPED)),
            ModeField(
                "contact_points",
                _("Contact points"),
                ContactPoints,
                (State.NORMAL, State.ADAPTED, State.ADAPTED),
            ),
        ),
    )
)

REFUSE = register(
    Service(
        key="refuse",
        name=_("Household refuse"),
        description=_("Bins are taken out and in, refuse rooms kept clean."),
        minimum_service=_("Bins are out on every collection day."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=24,
        mtpd_hours=72,
        operated=False,
        order=21,
        fields=(
            ModeField("collection", _("Taking out"), Refuse, (State.NORMAL, State.ADAPTED, State.STOPPED)),
        ),
    )
)

TENSION_WATCH = register(
    Service(
        key="tension_watch",
        name=_("Watch over districts"),
        description=_(
            "Field teams watch over sensitive districts, support associations and report tensions."
        ),
        minimum_service=_("A daily report from each sensitive district."),
        place_kind=PlaceKind.RESIDENCE,
        rto_hours=4,
        mtpd_hours=24,
        operated=False,
        order=22,
        fields=(
            ModeField("watch", _("Watch"), TensionWatch, (State.NORMAL, State.ADAPTED, State.ADAPTED)),
            ModeField("field", _("Field teams"), FieldPresence, (State.NORMAL, State.ADAPTED, State.REDUCED)),
        ),
    )
)
