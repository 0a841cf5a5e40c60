"""Rights on visible work."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    RUN_VIEW = "jobs:run:view"
    RUN_CANCEL = "jobs:run:cancel"


LABELS = {
    Permission.RUN_VIEW: _("See the work in progress and its result"),
    Permission.RUN_CANCEL: _("Stop a work in progress"),
}

ROLE_GRANTS = {
    **dict.fromkeys(Role, (Permission.RUN_VIEW,)),
    Role.ADMINISTRATOR: tuple(Permission),
    Role.DIRECTOR: tuple(Permission),
    Role.CONTINUITY_LEAD: tuple(Permission),
}
