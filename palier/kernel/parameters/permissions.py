from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    PARAMETER_READ = "parameters:parameter:read"
    PARAMETER_ADJUST = "parameters:parameter:adjust"


LABELS = {
    Permission.PARAMETER_READ: _("Read the parameters and their sources"),
    Permission.PARAMETER_ADJUST: _("Adjust the parameters that the organisation may set"),
}

ROLE_GRANTS = {
    **{role: (Permission.PARAMETER_READ,) for role in Role if role not in (Role.CARETAKER, Role.OBSERVER)},
    Role.DIRECTOR: tuple(Permission),
    Role.CONTINUITY_LEAD: tuple(Permission),
    Role.ADMINISTRATOR: tuple(Permission),
}
