"""Who may see the staff, fill the presence, and change who covers what."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    AGENT_VIEW = "staff:agent:view"
    AGENT_CHANGE = "staff:agent:change"
    COVERAGE_CHANGE = "staff:coverage:change"
    HOURS_CHANGE = "staff:hours:change"
    PRESENCE_FILL = "staff:presence:fill"
    PRESENCE_VIEW = "staff:presence:view"


LABELS = {
    Permission.AGENT_VIEW: _("See agents, teams and who covers which residence"),
    Permission.AGENT_CHANGE: _("Change agents: team, contact, skills, equipment, usual week, leave"),
    Permission.COVERAGE_CHANGE: _("Change who covers which residence"),
    Permission.HOURS_CHANGE: _("Set the adapted hours of a team"),
    Permission.PRESENCE_FILL: _("Fill the presence of the teams"),
    Permission.PRESENCE_VIEW: _("See who is present and where substitutes are needed"),
}

_SEE = (Permission.AGENT_VIEW, Permission.PRESENCE_VIEW)
_LEAD = (*_SEE, Permission.PRESENCE_FILL, Permission.COVERAGE_CHANGE, Permission.HOURS_CHANGE)

ROLE_GRANTS = {
    Role.ADMINISTRATOR: tuple(Permission),
    Role.DIRECTOR: tuple(Permission),
    Role.HUMAN_RESOURCES: tuple(Permission),
    Role.CONTINUITY_LEAD: _LEAD,
    Role.CRISIS_SECRETARY: (*_SEE, Permission.PRESENCE_FILL),
    Role.TEAM_LEADER: _LEAD,
    Role.SECTOR_MANAGER: _LEAD,
    Role.SOCIAL_ADVISER: _SEE,
    Role.CLIENT_ADVISER: _SEE,
    Role.TECHNICIAN: _SEE,
    Role.COMMUNICATIONS: _SEE,
    Role.CARETAKER: (Permission.AGENT_VIEW,),
}
