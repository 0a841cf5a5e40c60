"""The services that everything else stands on: information systems and the telephone."""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.continuity.enums import ItAccess, ItVigilance, PhoneHours, PhoneLine

IT = register(
    Service(
        key="it",
        name=_("Information systems and remote access"),
        description=_("Staff can work, at their posts or from home, on safe systems."),
        minimum_service=_("Critical posts work within a day."),
        place_kind=PlaceKind.AGENCY,
        rto_hours=24,
        mtpd_hours=72,
        operated=False,
        order=90,
        fields=(
            ModeField(
                "access", _("Access"), ItAccess, (State.NORMAL, State.ADAPTED, State.REDUCED, State.STOPPED)
            ),
            ModeField("vigilance", _("Vigilance"), ItVigilance, (State.NORMAL, State.ADAPTED, State.ADAPTED)),
        ),
    )
)

PHONE_RECEPTION = register(
    Service(
        key="phone_reception",
        name=_("Telephone and e-mail reception"),
        description=_("Tenants reach somebody by telephone or e-mail."),
        minimum_service=_("Four calls in five are answered."),
        place_kind=PlaceKind.AGENCY,
        rto_hours=4,
        mtpd_hours=24,
        operated=False,
        order=32,
        fields=(
            ModeField("hours", _("Hours"), PhoneHours, (State.NORMAL, State.ADAPTED, State.REDUCED)),
            ModeField("line", _("Line"), PhoneLine, (State.NORMAL, State.ADAPTED, State.REDUCED)),
        ),
    )
)
