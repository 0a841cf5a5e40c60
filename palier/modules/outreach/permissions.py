"""Who may do what with calls."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    CAMPAIGN_VIEW = "outreach:campaign:view"
    CAMPAIGN_MANAGE = "outreach:campaign:manage"
    SEGMENT_MANAGE = "outreach:segment:manage"
    SCRIPT_MANAGE = "outreach:script:manage"
    CALL_MAKE = "outreach:call:make"
    CALL_READ = "outreach:call:read"
    TEAM_LEAD = "outreach:team:lead"
    ALERT_HANDLE = "outreach:alert:handle"
    VISIT_MAKE = "outreach:visit:make"
    REPORT_EXPORT = "outreach:report:export"


LABELS = {
    Permission.CAMPAIGN_VIEW: _("See call campaigns and their progress"),
    Permission.CAMPAIGN_MANAGE: _("Prepare, open, pause and close call campaigns"),
    Permission.SEGMENT_MANAGE: _("Change who is called: segments and weights"),
    Permission.SCRIPT_MANAGE: _("Write what callers say"),
    Permission.CALL_MAKE: _("Call tenants"),
    Permission.CALL_READ: _("Read what was said in calls"),
    Permission.TEAM_LEAD: _("Lead the callers: load, alerts, households not reached"),
    Permission.ALERT_HANDLE: _("Take alerts in charge"),
    Permission.VISIT_MAKE: _("Visit at the door and say what was seen"),
    Permission.REPORT_EXPORT: _("Take reports on calls out as files"),
}

_CALLER = (Permission.CAMPAIGN_VIEW, Permission.CALL_MAKE, Permission.CALL_READ)
_LEADER = (
    *_CALLER,
    Permission.CAMPAIGN_MANAGE,
    Permission.TEAM_LEAD,
    Permission.ALERT_HANDLE,
    Permission.REPORT_EXPORT,
)
_FIELD = (Permission.VISIT_MAKE,)

ROLE_GRANTS = {
    Role.DIRECTOR: (Permission.CAMPAIGN_VIEW, Permission.REPORT_EXPORT),
    Role.CONTINUITY_LEAD: (
        Permission.CAMPAIGN_VIEW,
        Permission.CAMPAIGN_MANAGE,
        Permission.SEGMENT_MANAGE,
        Permission.REPORT_EXPORT,
    ),
    Role.CRISIS_SECRETARY: (Permission.CAMPAIGN_VIEW,),
    Role.CARETAKER: _FIELD,
    Role.SECTOR_MANAGER: (*_CALLER, *_FIELD),
    Role.CLIENT_ADVISER: _CALLER,
    Role.SOCIAL_ADVISER: (*_CALLER, Permission.ALERT_HANDLE),
    Role.TEAM_LEADER: (*_LEADER, Permission.SEGMENT_MANAGE, Permission.SCRIPT_MANAGE, *_FIELD),
    Role.COMMUNICATIONS: (Permission.SCRIPT_MANAGE,),
    Role.DATA_PROTECTION: (Permission.CAMPAIGN_VIEW,),
    Role.ADMINISTRATOR: (*_LEADER, Permission.SEGMENT_MANAGE, Permission.SCRIPT_MANAGE, *_FIELD),
}
