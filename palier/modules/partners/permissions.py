"""Who may see the partners, change them, and keep the list of emergency numbers."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    PARTNER_VIEW = "partners:partner:view"
    PARTNER_EDIT = "partners:partner:edit"
    NUMBER_EDIT = "partners:number:edit"


LABELS = {
    Permission.PARTNER_VIEW: _("See the partners, their contacts and the emergency numbers"),
    Permission.PARTNER_EDIT: _("Create and change partners, contacts and agreements"),
    Permission.NUMBER_EDIT: _("Check and change the emergency numbers"),
}

_SEE = (Permission.PARTNER_VIEW,)
_KEEP = (Permission.PARTNER_VIEW, Permission.PARTNER_EDIT)

ROLE_GRANTS = {
    Role.ADMINISTRATOR: tuple(Permission),
    Role.CONTINUITY_LEAD: tuple(Permission),
    Role.SOCIAL_ADVISER: tuple(Permission),
    Role.VIOLENCE_REFERENT: tuple(Permission),
    Role.TEAM_LEADER: _KEEP,
    Role.DIRECTOR: _SEE,
    Role.CRISIS_SECRETARY: _SEE,
    Role.CARETAKER: _SEE,
    Role.SECTOR_MANAGER: _SEE,
    Role.CLIENT_ADVISER: _SEE,
    Role.TECHNICIAN: _SEE,
    Role.HUMAN_RESOURCES: _SEE,
    Role.COMMUNICATIONS: _SEE,
    Role.DATA_PROTECTION: _SEE,
}
