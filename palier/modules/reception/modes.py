"""What the reception module owes people, and the modes it can work in.

Target delays and longest interruptions are the usual ones of the trade: a plan may give its own.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.reception.enums import Opening, Signing, TravelDocument

RECEPTION = register(
    Service(
        key="reception",
        name=_("Reception of the public"),
        description=_("Head office, agencies and reception points receive tenants and applicants."),
        minimum_service=_("Whoever cannot do otherwise is received by appointment."),
        place_kind=PlaceKind.RECEPTION,
        rto_hours=48,
        mtpd_hours=168,
        operated=True,
        order=30,
        fields=(
            ModeField("opening", _("Opening"), Opening, (State.NORMAL, State.REDUCED, State.STOPPED)),
            ModeField(
                "travel_document",
                _("Document for the journey"),
                TravelDocument,
                (State.NORMAL, State.ADAPTED),
            ),
        ),
    )
)

SIGNING = register(
    Service(
        key="signing",
        name=_("Leases, keys and inventories"),
        description=_("Leases are signed, keys handed over, inventories made."),
        minimum_service=_("Households already allocated a dwelling can move in."),
        place_kind=PlaceKind.AGENCY,
        rto_hours=120,
        mtpd_hours=360,
        operated=False,
        order=31,
        fields=(
            ModeField(
                "signature",
                _("Signing and keys"),
                Signing,
                (State.NORMAL, State.ADAPTED, State.ADAPTED, State.REDUCED),
            ),
        ),
    )
)
