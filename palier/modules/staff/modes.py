"""What the staff module owes the landlord's own people: their pay, and a way to work."""

from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import ModeField, PlaceKind, Service, State, register
from palier.modules.staff.enums import PayrollRun, WorkPlace

PAYROLL = register(
    Service(
        key="payroll",
        name=_("Payroll and staff management"),
        description=_("Staff are paid on time and know how they work."),
        minimum_service=_("Everyone is paid on pay day."),
        place_kind=PlaceKind.ORGANISATION,
        rto_hours=48,
        mtpd_hours=120,
        operated=False,
        order=91,
        fields=(
            ModeField("payroll", _("Payroll"), PayrollRun, (State.NORMAL, State.ADAPTED, State.REDUCED)),
            ModeField(
                "organisation",
                _("Organisation of work"),
                WorkPlace,
                (State.NORMAL, State.ADAPTED, State.ADAPTED),
            ),
        ),
    )
)
