"""Rights on members, rights and visible work."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    MEMBER_VIEW = "access:member:view"
    MEMBER_MANAGE = "access:member:manage"
    RIGHT_ADJUST = "access:right:adjust"
    HISTORY_VIEW = "access:history:view"
    HOME_VIEW = "access:home:view"


LABELS = {
    Permission.MEMBER_VIEW: _("See who works here and who can do what"),
    Permission.MEMBER_MANAGE: _("Invite people, change their roles, suspend them"),
    Permission.RIGHT_ADJUST: _("Adjust what a role may do"),
    Permission.HISTORY_VIEW: _("See the history of a record"),
    Permission.HOME_VIEW: _("Sign in and see one's own work"),
}

_everyone = (Permission.HOME_VIEW,)
_staff = (Permission.HOME_VIEW, Permission.MEMBER_VIEW, Permission.HISTORY_VIEW)
ROLE_GRANTS = {
    **dict.fromkeys(Role, _staff),
    Role.ADMINISTRATOR: tuple(Permission),
    Role.CARETAKER: _everyone,
    Role.OBSERVER: _everyone,
}
