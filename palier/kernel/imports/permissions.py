"""Rights on imports."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    BATCH_READ = "imports:batch:read"
    BATCH_LOAD = "imports:batch:load"
    BATCH_APPLY = "imports:batch:apply"
    BATCH_UNDO = "imports:batch:undo"


LABELS = {
    Permission.BATCH_READ: _("See the files loaded and what they changed"),
    Permission.BATCH_LOAD: _("Send a file, say which column is which, mend cells"),
    Permission.BATCH_APPLY: _("Apply a checked file to the organisation's data"),
    Permission.BATCH_UNDO: _("Undo a file that was applied"),
}

ROLE_GRANTS = {
    Role.ADMINISTRATOR: tuple(Permission),
    Role.DIRECTOR: (Permission.BATCH_READ,),
}
