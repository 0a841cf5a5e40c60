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
    LOG_READ = "continuity:log:read"
    LOG_WRITE = "continuity:log:write"
    LOG_REDACT = "continuity:log:redact"
    TASK_READ = "continuity:task:read"
    TASK_WORK = "continuity:task:work"
    TASK_MANAGE = "continuity:task:manage"
    CELL_READ = "continuity:cell:read"
    CELL_MANAGE = "continuity:cell:manage"
    REPORT_READ = "continuity:report:read"
    REPORT_WRITE = "continuity:report:write"
    NOTICE_READ = "continuity:notice:read"
    NOTICE_ISSUE = "continuity:notice:issue"
    PACK_MANAGE = "continuity:pack:manage"
    # Vigilance, exercises, lessons.
    VIGILANCE_LOAD = "continuity:vigilance:load"
    VIGILANCE_RULE = "continuity:vigilance:rule"
    EXERCISE_RUN = "continuity:exercise:run"
    EXERCISE_OBSERVE = "continuity:exercise:observe"
    REVIEW_READ = "continuity:review:read"
    REVIEW_WRITE = "continuity:review:write"
    REVIEW_ADOPT = "continuity:review:adopt"


LABELS = {
    Permission.PLAN_VIEW: _("Read the continuity plans"),
    Permission.PLAN_WRITE: _("Write, import and submit a plan"),
    Permission.PLAN_APPROVE: _("Approve or archive a version of a plan"),
    Permission.ACTIVATION_VIEW: _("See the levels in force and preview a level"),
    Permission.ACTIVATION_PROPOSE: _("Propose the activation of a level"),
    Permission.ACTIVATION_DECIDE: _("Activate, change, extend and lift a level"),
    Permission.OVERRIDE_DECIDE: _("Override the mode of a service"),
    # The crisis cell's papers.
    Permission.LOG_READ: _("Read, check and export the crisis log"),
    Permission.LOG_WRITE: _("Write in the crisis log"),
    Permission.LOG_REDACT: _("Erase a text of the crisis log when the law asks for it"),
    Permission.TASK_READ: _("See the tasks"),
    Permission.TASK_WORK: _("Start and finish tasks"),
    Permission.TASK_MANAGE: _("Add, assign, abandon and reopen tasks"),
    Permission.CELL_READ: _("See the crisis cells, their members and decisions"),
    Permission.CELL_MANAGE: _("Appoint members, hand over, call out, hold meetings"),
    Permission.REPORT_READ: _("Read the situation reports"),
    Permission.REPORT_WRITE: _("Write, freeze and send a situation report"),
    Permission.NOTICE_READ: _("Read the notices and print the posters"),
    Permission.NOTICE_ISSUE: _("Issue notices and draw the recipient files"),
    Permission.PACK_MANAGE: _("Make the offline pack and choose where it goes"),
    # Vigilance, exercises, lessons.
    Permission.VIGILANCE_LOAD: _("Load Météo-France’s vigilance map"),
    Permission.VIGILANCE_RULE: _("Choose what a vigilance colour proposes"),
    Permission.EXERCISE_RUN: _("Prepare, run and end an exercise"),
    Permission.EXERCISE_OBSERVE: _("Note what is observed during an exercise"),
    Permission.REVIEW_READ: _("Read the after-action reviews"),
    Permission.REVIEW_WRITE: _("Write and share an after-action review"),
    Permission.REVIEW_ADOPT: _("Adopt an after-action review and settle what it proposes"),
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

# The crisis cell's papers: who keeps them, on top of the rights above.
_FOLLOW = (
    Permission.LOG_READ,
    Permission.TASK_READ,
    Permission.CELL_READ,
    Permission.REPORT_READ,
    Permission.NOTICE_READ,
    Permission.EXERCISE_OBSERVE,
    Permission.REVIEW_READ,
)
_DO = (Permission.TASK_READ, Permission.TASK_WORK)
_KEEP = (
    *_FOLLOW,
    Permission.LOG_WRITE,
    Permission.TASK_WORK,
    Permission.TASK_MANAGE,
    Permission.CELL_MANAGE,
    Permission.REPORT_WRITE,
    Permission.NOTICE_ISSUE,
    Permission.PACK_MANAGE,
    Permission.VIGILANCE_LOAD,
    Permission.EXERCISE_RUN,
    Permission.REVIEW_WRITE,
)
_OF_THE_CELL = {
    Role.DIRECTOR: (*_KEEP, Permission.LOG_REDACT, Permission.VIGILANCE_RULE, Permission.REVIEW_ADOPT),
    Role.CONTINUITY_LEAD: (*_KEEP, Permission.VIGILANCE_RULE),
    Role.CRISIS_SECRETARY: _KEEP,
    Role.TEAM_LEADER: (*_FOLLOW, *_DO, Permission.LOG_WRITE),
    Role.SECTOR_MANAGER: (*_FOLLOW, *_DO, Permission.LOG_WRITE),
    Role.HUMAN_RESOURCES: (*_FOLLOW, *_DO, Permission.LOG_WRITE),
    Role.COMMUNICATIONS: (*_FOLLOW, *_DO, Permission.LOG_WRITE, Permission.NOTICE_ISSUE),
    Role.TECHNICIAN: (*_DO, Permission.NOTICE_READ),
    Role.CLIENT_ADVISER: (*_DO, Permission.NOTICE_READ),
    Role.SOCIAL_ADVISER: (*_DO, Permission.NOTICE_READ),
    Role.CARETAKER: (*_DO, Permission.NOTICE_READ),
    Role.DATA_PROTECTION: (*_FOLLOW, Permission.LOG_REDACT),
}
ROLE_GRANTS = {
    role: tuple(dict.fromkeys((*ROLE_GRANTS.get(role, ()), *_OF_THE_CELL.get(role, ()))))
    for role in {**ROLE_GRANTS, **_OF_THE_CELL}
}
