"""Who may write a plan, approve it, decide a level, and keep the crisis cell's papers."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    PLAN_VIEW = "continuity:plan:view"
    PLAN_WRITE = "continuity:plan:write"
    PLAN_APPROVE = "continuity:plan:approve"
    ACTIVATION_VIEW = "continuity:activation:view"
    ACTIVATION_PROPOSE = "continuity:activation:propose"
    ACTIVATION_DECIDE = "continuity:activation:decide"
    OVERRIDE_DECIDE = "continuity:override:decide"
    # The crisis cell's papers.


LABELS = {
    Permission.PLAN_VIEW: _("Read the continuity plans"),
    Permission.PLAN_WRITE: _("Write, import and submit a plan"),
    Permission.PLAN_APPROVE: _("Approve or archive a version of a plan"),
    Permission.ACTIVATION_VIEW: _("See the levels in force and preview a level"),
    Permission.ACTIVATION_PROPOSE: _("Propose the activation of a level"),
    Permission.ACTIVATION_DECIDE: _("Activate, change, extend and lift a level"),
    Permission.OVERRIDE_DECIDE: _("Override the mode of a service"),
    # The crisis cell's papers.
}

_SEE = (Permission.PLAN_VIEW, Permission.ACTIVATION_VIEW)
_PREPARE = (*_SEE, Permission.PLAN_WRITE, Permission.ACTIVATION_PROPOSE)
_DECIDE = (
    *_SEE,
    Permission.PLAN_APPROVE,
    Permission.ACTIVATION_PROPOSE,
    Permission.ACTIVATION_DECIDE,
    Permission.OVERRIDE_DECIDE,
)

ROLE_GRANTS = {
    Role.ADMINISTRATOR: tuple(Permission),
    Role.DIRECTOR: tuple(dict.fromkeys((*_DECIDE, *_PREPARE))),
    Role.CONTINUITY_LEAD: (*_PREPARE, Permission.ACTIVATION_DECIDE, Permission.OVERRIDE_DECIDE),
    Role.CRISIS_SECRETARY: (*_SEE, Permission.ACTIVATION_PROPOSE),
    Role.TEAM_LEADER: _SEE,
    Role.SECTOR_MANAGER: _SEE,
    Role.HUMAN_RESOURCES: _SEE,
    Role.CLIENT_ADVISER: _SEE,
    Role.SOCIAL_ADVISER: _SEE,
    Role.TECHNICIAN: _SEE,
    Role.COMMUNICATIONS: _SEE,
    Role.CARETAKER: _SEE,
    Role.DATA_PROTECTION: _SEE,
    Role.OBSERVER: (Permission.ACTIVATION_VIEW,),
}
