"""What one may do in the estate, and which roles may by default."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    RESIDENCE_READ = "estate:residence:read"
    RESIDENCE_CHANGE = "estate:residence:change"
    LOT_READ = "estate:lot:read"
    LOT_CHANGE = "estate:lot:change"
    RESERVATION_CREATE = "estate:reservation:create"
    RESERVATION_RELEASE = "estate:reservation:release"
    AGENCY_READ = "estate:agency:read"
    AGENCY_CHANGE = "estate:agency:change"
    RECEPTION_READ = "estate:reception:read"
    RECEPTION_CHANGE = "estate:reception:change"
    LOAD = "estate:property:load"


LABELS = {
    Permission.RESIDENCE_READ: _("See the residences"),
    Permission.RESIDENCE_CHANGE: _("Correct a residence"),
    Permission.LOT_READ: _("See the dwellings and other lots"),
    Permission.LOT_CHANGE: _("Change the status of a lot"),
    Permission.RESERVATION_CREATE: _("Reserve a lot"),
    Permission.RESERVATION_RELEASE: _("Release a reservation"),
    Permission.AGENCY_READ: _("See the agencies"),
    Permission.AGENCY_CHANGE: _("Change an agency"),
    Permission.RECEPTION_READ: _("See the reception points"),
    Permission.RECEPTION_CHANGE: _("Change a reception point and its hours"),
    Permission.LOAD: _("Load property files"),
}

_READ = (
    Permission.RESIDENCE_READ,
    Permission.LOT_READ,
    Permission.AGENCY_READ,
    Permission.RECEPTION_READ,
)
_RESERVE = (Permission.RESERVATION_CREATE, Permission.RESERVATION_RELEASE)
_PLACES = (Permission.AGENCY_CHANGE, Permission.RECEPTION_CHANGE)

ROLE_GRANTS = {
    Role.ADMINISTRATOR: tuple(Permission),
    Role.DIRECTOR: (*_READ, *_RESERVE, *_PLACES),
    Role.CONTINUITY_LEAD: (*_READ, *_RESERVE, *_PLACES, Permission.LOAD),
    Role.CRISIS_SECRETARY: (*_READ, *_PLACES),
    Role.TEAM_LEADER: (*_READ, *_RESERVE, *_PLACES, Permission.LOT_CHANGE, Permission.RESIDENCE_CHANGE),
    Role.SECTOR_MANAGER: (*_READ, Permission.LOT_CHANGE),
    Role.CLIENT_ADVISER: (*_READ, *_RESERVE, Permission.LOT_CHANGE),
    Role.SOCIAL_ADVISER: (*_READ, *_RESERVE),
    Role.VIOLENCE_REFERENT: (*_READ, *_RESERVE),
    Role.TECHNICIAN: (*_READ, Permission.LOT_CHANGE),
    Role.CARETAKER: _READ,
    Role.HUMAN_RESOURCES: (Permission.RESIDENCE_READ, Permission.AGENCY_READ, Permission.RECEPTION_READ),
    Role.COMMUNICATIONS: (
        Permission.RESIDENCE_READ,
        Permission.AGENCY_READ,
        *_PLACES,
        Permission.RECEPTION_READ,
    ),
    Role.DATA_PROTECTION: (Permission.RESIDENCE_READ, Permission.AGENCY_READ, Permission.RECEPTION_READ),
}
