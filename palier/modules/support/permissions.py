"""Who may do what with social support. A file restricted to named people opens to nobody else, whatever their role."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    CARD_VIEW = "support:card:view"
    FILE_READ = "support:file:read"
    FILE_WORK = "support:file:work"
    LIST_VIEW = "support:list:view"
    DOCUMENT_ANY = "support:document:any"


LABELS = {
    Permission.CARD_VIEW: _("Know that a tenant is accompanied, and by whom"),
    Permission.FILE_READ: _("Read the files of social support open to the social workers"),
    Permission.FILE_WORK: _("Open, lead and close social support"),
    Permission.LIST_VIEW: _("See how many people each social worker accompanies, without the files"),
    Permission.DOCUMENT_ANY: _("Open any document of social support outside its file"),
}

# Documents are opened from their file, by its readers: an organisation may decide otherwise, none does by default.
GIVEN_TO_NOBODY = frozenset({Permission.DOCUMENT_ANY})

_KNOWS = (Permission.CARD_VIEW,)

ROLE_GRANTS = {
    Role.DIRECTOR: (Permission.CARD_VIEW, Permission.LIST_VIEW),
    Role.CARETAKER: (),
    Role.SECTOR_MANAGER: _KNOWS,
    Role.CLIENT_ADVISER: _KNOWS,
    Role.TEAM_LEADER: (*_KNOWS, Permission.LIST_VIEW),
    Role.SOCIAL_ADVISER: (*_KNOWS, Permission.FILE_READ, Permission.FILE_WORK, Permission.LIST_VIEW),
    Role.VIOLENCE_REFERENT: (*_KNOWS, Permission.FILE_READ, Permission.FILE_WORK, Permission.LIST_VIEW),
    Role.DATA_PROTECTION: (Permission.CARD_VIEW, Permission.LIST_VIEW),
    Role.ADMINISTRATOR: (*_KNOWS, Permission.LIST_VIEW),
}
