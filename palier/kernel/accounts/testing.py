"""People for tests: made in the shared schema, whatever organisation the test has open."""

from itertools import count
from typing import Any

from palier.kernel.organisations.current import open_shared

_serial = count(1)


def make_member(slug: str, *roles: str, email: str = "", **fields: Any) -> Any:
    """A user with a membership of `slug`; every role by default."""
    from palier.kernel.access.roles import Role
    from palier.kernel.accounts.models import Membership, User
    from palier.kernel.organisations.models import Organisation

    with open_shared():
        number = next(_serial)
        user = User.objects.create_user(
            email or f"agent{number}@{slug}.example",
            "un mot de passe sûr",
            **{"name": f"Agent {number}", **fields},
        )
        organisation = Organisation.objects.get(slug=slug)
        return Membership.objects.create(
            user=user, organisation=organisation, roles=list(roles) or Role.values
        )
