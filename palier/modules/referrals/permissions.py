"""Who may open, see, take and send referrals, and watch over districts.

`view`: those one opened or received. `view_all`: those of the whole organisation. Violence is read by whoever opened
or received it, and by those who hold `violence:view`.
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    REFERRAL_VIEW = "referrals:referral:view"
    REFERRAL_VIEW_ALL = "referrals:referral:view_all"
    VIOLENCE_VIEW = "referrals:violence:view"
    REFERRAL_OPEN = "referrals:referral:open"
    REFERRAL_HANDLE = "referrals:referral:handle"
    REFERRAL_ASSIGN = "referrals:referral:assign"
    REFERRAL_TRANSMIT = "referrals:referral:transmit"
    REFERRAL_WITHDRAW = "referrals:referral:withdraw"
    LIST_EXPORT = "referrals:list:export"
    OBSERVATION_VIEW = "referrals:observation:view"
    OBSERVATION_NOTE = "referrals:observation:note"


LABELS = {
    Permission.REFERRAL_VIEW: _("See the referrals that one opened or received"),
    Permission.REFERRAL_VIEW_ALL: _("See every referral of the organisation"),
    Permission.VIOLENCE_VIEW: _("See the referrals about violence"),
    Permission.REFERRAL_OPEN: _("Open a referral"),
    Permission.REFERRAL_HANDLE: _("Acknowledge, take in hand, return and settle a referral"),
    Permission.REFERRAL_ASSIGN: _("Give a referral to somebody"),
    Permission.REFERRAL_TRANSMIT: _("Send a referral to a partner, and revoke its link"),
    Permission.REFERRAL_WITHDRAW: _("Withdraw a referral"),
    Permission.LIST_EXPORT: _("Take the list of referrals out as a file"),
    Permission.OBSERVATION_VIEW: _("See what field teams observe in the districts"),
    Permission.OBSERVATION_NOTE: _("Note an observation in a district"),
}

_OBSERVE = (Permission.OBSERVATION_VIEW, Permission.OBSERVATION_NOTE)
_FIELD = (
    Permission.REFERRAL_VIEW,
    Permission.REFERRAL_OPEN,
    Permission.REFERRAL_HANDLE,
    Permission.REFERRAL_WITHDRAW,
    *_OBSERVE,
)
_ADVISER = (
    *_FIELD,
    Permission.REFERRAL_VIEW_ALL,
    Permission.REFERRAL_ASSIGN,
    Permission.REFERRAL_TRANSMIT,
)
_LEAD = (*_ADVISER, Permission.LIST_EXPORT)

ROLE_GRANTS = {
    Role.ADMINISTRATOR: _LEAD,
    Role.DIRECTOR: (Permission.REFERRAL_VIEW, Permission.REFERRAL_VIEW_ALL, Permission.OBSERVATION_VIEW),
    Role.CONTINUITY_LEAD: _LEAD,
    Role.TEAM_LEADER: _LEAD,
    Role.SOCIAL_ADVISER: _LEAD,
    Role.CLIENT_ADVISER: _ADVISER,
    Role.SECTOR_MANAGER: _FIELD,
    Role.CARETAKER: _FIELD,
    Role.TECHNICIAN: _FIELD,
    Role.CRISIS_SECRETARY: (
        Permission.REFERRAL_VIEW,
        Permission.REFERRAL_VIEW_ALL,
        Permission.OBSERVATION_VIEW,
    ),
    Role.COMMUNICATIONS: (Permission.OBSERVATION_VIEW,),
    Role.DATA_PROTECTION: (Permission.REFERRAL_VIEW, Permission.REFERRAL_VIEW_ALL),
    Role.VIOLENCE_REFERENT: (*_LEAD, Permission.VIOLENCE_VIEW),
}
