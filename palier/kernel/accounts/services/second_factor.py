"""Who must have a second factor, by the rule of each organisation."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from palier.kernel.access import Actor
from palier.kernel.access.permissions import Permission
from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import Membership, SecondFactorReset, SecurityPolicy, User
from palier.kernel.accounts.rules import (
    FORCED_ROLES,
    GRACE_DAYS,
    Obligation,
    Standing,
    obligation,
)
from palier.kernel.accounts.selectors import FACTORS
from palier.kernel.accounts.services.members import note
from palier.kernel.organisations.models import Organisation

State = SecondFactorReset.State


def policy_of(organisation: Organisation) -> SecurityPolicy:
    """The organisation's rule, or the default one (unsaved) where it set none.

    A demonstration asks for no second factor: its accounts are shared by whoever tries the product.
    """
    try:
        return organisation.security_policy
    except SecurityPolicy.DoesNotExist:
        asks = settings.SECOND_FACTOR_BY_DEFAULT and not organisation.is_demonstration
        return SecurityPolicy(
            organisation=organisation,
            forced_roles=list(FORCED_ROLES) if asks else [],
            grace_days=GRACE_DAYS,
            since=organisation.created_at,
        )


def protects_sealed(organisation: Organisation) -> bool:
    """Whether what needs a second factor whatever the role stays closed without one."""
    if organisation.is_demonstration:
        return False
    return settings.SECOND_FACTOR_BY_DEFAULT or bool(policy_of(organisation).forced_roles)


def standing_of(membership: Membership, *, has_factor: bool, at: datetime) -> Obligation:
    """What the organisation asks of this member now. The organisation's policy comes with the membership."""
    policy = policy_of(membership.organisation)
    return obligation(
        roles=membership.roles,
        forced=policy.forced_roles,
        has_factor=has_factor,
        since=max(policy.since, membership.roles_since or membership.created_at),
        grace_days=policy.grace_days,
        at=at,
    )


def has_any(user: User) -> bool:
    """True when the person has set up a factor; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_asked_anywhere(user: User) -> bool:
    """True when one of the person's organisations asks for a second factor: the last one cannot be removed."""
    rows = Membership.objects.filter(user=user, is_active=True).select_related(
        "organisation__security_policy"
    )
    return any(set(row.roles) & set(policy_of(row.organisation).forced_roles) for row in rows)


@transaction.atomic
def set_policy(
    *, organisation_id: UUID, roles: Sequence[str], grace_days: int, by: Actor, at: datetime
) -> SecurityPolicy:
    """Say which roles must have a second factor. Time already left to somebody is not taken back.

    Raises: NotAllowed, UnknownRole.
    """
    from palier.kernel.accounts.services.members import UnknownRole

    by.must(Permission.RIGHT_ADJUST)
    if not set(roles) <= set(Role.values):
        raise UnknownRole()
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    before = policy_of(organisation)
    adds = set(roles) - set(before.forced_roles) or grace_days < before.grace_days
    policy, _created = SecurityPolicy.objects.update_or_create(
        organisation=organisation,
        defaults={
            "forced_roles": sorted(roles),
            "grace_days": grace_days,
            "since": at if adds else before.since,
        },
    )
    note(
        organisation_id, by, at, "policy-changed", "", before=before.forced_roles, roles=policy.forced_roles,
        grace_days=grace_days,
    )  # fmt: skip
    return policy


def pending_obligations(user: User, *, has_factor: bool, at: datetime) -> list[tuple[Membership, Obligation]]:
    """The person's organisations that still wait for a second factor."""
    rows = Membership.objects.filter(user=user, is_active=True).select_related(
        "organisation__security_policy"
    )
    standings = [
        (row, standing_of(row, has_factor=has_factor, at=at)) for row in rows.order_by("organisation__name")
    ]
    return [(row, asked) for row, asked in standings if asked.standing != Standing.FREE]
