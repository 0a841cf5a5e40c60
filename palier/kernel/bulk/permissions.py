"""Rights on bulk actions. Each action also asks for its own."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    RUN_START = "bulk:run:start"
    RUN_VIEW_ALL = "bulk:run:view_all"


LABELS = {
    Permission.RUN_START: _("Act on many rows at once, where the action itself is allowed, and undo it"),
    Permission.RUN_VIEW_ALL: _("See what everybody did in bulk"),
}

ROLE_GRANTS = {
    **dict.fromkeys(Role, (Permission.RUN_START,)),
    Role.ADMINISTRATOR: tuple(Permission),
    Role.DIRECTOR: tuple(Permission),
    Role.CONTINUITY_LEAD: tuple(Permission),
    Role.TEAM_LEADER: tuple(Permission),
    Role.DATA_PROTECTION: tuple(Permission),
}
