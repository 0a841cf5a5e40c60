from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    DELIVERY_READ = "deliveries:delivery:read"
    DELIVERY_DECIDE = "deliveries:delivery:decide"


LABELS = {
    Permission.DELIVERY_READ: _("See the messages and files sent"),
    Permission.DELIVERY_DECIDE: _("Send again or close a message perhaps sent"),
}

_BOTH = tuple(Permission)

ROLE_GRANTS = {
    Role.ADMINISTRATOR: _BOTH,
    Role.DIRECTOR: _BOTH,
    Role.CONTINUITY_LEAD: _BOTH,
    Role.CRISIS_SECRETARY: _BOTH,
    Role.COMMUNICATIONS: (Permission.DELIVERY_READ,),
}
