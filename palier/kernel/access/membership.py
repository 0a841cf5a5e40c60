"""From a signed-in user to an actor, in the shared schema and in two queries."""

from typing import Any

from palier.kernel.access import Actor
from palier.kernel.access.roles import guarded_permissions, permissions_of


def memberships_of(user: Any) -> list[Any]:
    """The person's active memberships with their organisations: the switch in the header."""
    from palier.kernel.accounts.models import Membership

    return list(
        Membership.objects.filter(user=user, is_active=True)
        .select_related("organisation__security_policy")
        .order_by("organisation__name")
    )


def actor_for(user: Any, membership: Any, *, via: str = "web", is_guarded: bool = False) -> Actor:
    """The actor whom this membership makes, with the organisation's own adjustments of rights.

    `is_guarded`: the session showed no second factor, so the permissions that need one are withheld.
    """
    from palier.kernel.accounts.models import RoleGrant

    adjusted = RoleGrant.objects.filter(
        organisation=membership.organisation, role__in=membership.roles
    ).values_list("role", "permission", "is_allowed")
    permissions = permissions_of(membership.roles, adjusted)
    withheld = permissions & guarded_permissions() if is_guarded else frozenset()
    return Actor(
        user_id=user.pk,
        name=user.name,
        email=user.email,
        organisation=membership.organisation.slug,
        permissions=permissions - withheld,
        roles=frozenset(membership.roles),
        via=via,
        withheld=withheld,
    )
