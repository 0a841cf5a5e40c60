"""Who may do what with persons. Sealed files need the right *and* to be named on the file."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    PERSON_VIEW = "people:person:view"
    PERSON_EDIT = "people:person:edit"
    PERSON_MERGE = "people:person:merge"
    CONTACT_EDIT = "people:contact:edit"
    CONSENT_EDIT = "people:consent:edit"
    LEASE_END = "people:lease:end"
    BALANCE_VIEW = "people:balance:view"
    MARKER_VIEW = "people:marker:view"
    MARKER_EDIT = "people:marker:edit"
    LIST_EXPORT = "people:list:export"
    SEALED_SEAL = "people:sealed:seal"
    SEALED_READ = "people:sealed:read"
    TRAY_HANDLE = "people:tray:handle"


LABELS = {
    Permission.PERSON_VIEW: _("See tenants, their leases and how to reach them"),
    Permission.PERSON_EDIT: _("Create and correct persons"),
    Permission.PERSON_MERGE: _("Judge possible duplicates, merge two records and undo it"),
    Permission.CONTACT_EDIT: _("Change phone numbers and addresses"),
    Permission.CONSENT_EDIT: _("Record consents and objections"),
    Permission.LEASE_END: _("Record a departure or a death"),
    Permission.BALANCE_VIEW: _("See the balance of an account"),
    Permission.MARKER_VIEW: _("See vulnerability markers"),
    Permission.MARKER_EDIT: _("Add, review and close vulnerability markers"),
    Permission.LIST_EXPORT: _("Take lists of persons out as files"),
    Permission.SEALED_SEAL: _("Seal and unseal a person"),
    Permission.SEALED_READ: _("Open the sealed files on which one is named"),
    Permission.TRAY_HANDLE: _("Handle the lines set aside for the referent"),
}

#: Sealed files stay closed in a session that showed no second factor, whatever the role.
NEEDS_SECOND_FACTOR = frozenset({Permission.SEALED_SEAL, Permission.SEALED_READ, Permission.TRAY_HANDLE})

_EVERYDAY = (Permission.PERSON_VIEW, Permission.CONTACT_EDIT, Permission.MARKER_VIEW)
_ADVISER = (
    *_EVERYDAY,
    Permission.PERSON_EDIT,
    Permission.CONSENT_EDIT,
    Permission.LEASE_END,
    Permission.MARKER_EDIT,
    Permission.BALANCE_VIEW,
    Permission.LIST_EXPORT,
)

ROLE_GRANTS = {
    Role.DIRECTOR: (Permission.PERSON_VIEW, Permission.MARKER_VIEW, Permission.BALANCE_VIEW),
    Role.CONTINUITY_LEAD: (Permission.PERSON_VIEW, Permission.MARKER_VIEW, Permission.LIST_EXPORT),
    Role.CRISIS_SECRETARY: (Permission.PERSON_VIEW,),
    Role.CARETAKER: (Permission.PERSON_VIEW, Permission.CONTACT_EDIT),
    Role.SECTOR_MANAGER: _EVERYDAY,
    Role.TEAM_LEADER: (*_ADVISER, Permission.PERSON_MERGE),
    Role.CLIENT_ADVISER: (*_ADVISER, Permission.PERSON_MERGE),
    Role.SOCIAL_ADVISER: _ADVISER,
    Role.TECHNICIAN: (Permission.PERSON_VIEW,),
    Role.COMMUNICATIONS: (Permission.PERSON_VIEW, Permission.LIST_EXPORT),
    Role.DATA_PROTECTION: (Permission.PERSON_VIEW, Permission.CONSENT_EDIT, Permission.MARKER_VIEW),
    Role.ADMINISTRATOR: (*_ADVISER, Permission.PERSON_MERGE),
    Role.VIOLENCE_REFERENT: (
        *_ADVISER,
        Permission.SEALED_SEAL,
        Permission.SEALED_READ,
        Permission.TRAY_HANDLE,
    ),
}
