"""Who may be chosen in forms: accounts of the organisation, read in the shared schema."""

from palier.kernel.access.roles import Role
from palier.kernel.accounts.selectors import users_with_role
from palier.kernel.organisations.current import open_shared
from palier.kernel.requests import OrganisationRequest

WORKERS = (Role.SOCIAL_ADVISER, Role.VIOLENCE_REFERENT)
READERS = (*WORKERS, Role.TEAM_LEADER, Role.CLIENT_ADVISER, Role.SECTOR_MANAGER)


def workers(request: OrganisationRequest) -> list[tuple[str, str]]:
    """Return who may lead an accompaniment; whoever asks comes first."""
    found = _with_roles(request, WORKERS)
    mine = str(request.actor.user_id)
    return sorted(found.items(), key=lambda one: (one[0] != mine, one[1]))


def readers(request: OrganisationRequest) -> list[tuple[str, str]]:
    """Return who may be named on a file."""
    return sorted(_with_roles(request, READERS).items(), key=lambda one: one[1])


def _with_roles(request: OrganisationRequest, roles: tuple[Role, ...]) -> dict[str, str]:
    with open_shared():
        return {
            str(pk): name for role in roles for pk, name in users_with_role(request.organisation.pk, role)
        }
