"""Signing in by an identity provider: which person this is, and whether they have an access here."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import ExternalIdentity, Invitation, Membership, User
from palier.kernel.accounts.oidc import Identity
from palier.kernel.accounts.services.members import note_as
from palier.kernel.errors import DomainError
from palier.kernel.organisations.models import Organisation


class EmailUnverified(DomainError):
    code = "accounts.oidc-email-unverified"
    message = _(
        "{label} does not vouch for your e-mail address, so it cannot open an account. Have it verified there, or"
        " sign in with your password."
    )


class DomainRefused(DomainError):
    code = "accounts.oidc-domain-refused"
    message = _("{email} is not one of the addresses that this sign-in accepts. Use your work account.")


class NoAccess(DomainError):
    code = "accounts.oidc-no-access"
    message = _("{email} has no access here. Ask your organisation’s administrator for an invitation.")


@transaction.atomic
def person_of(identity: Identity, *, at: datetime) -> User:
    """The account that this identity opens: known, then linked by a verified e-mail, then given by the mapping.

    Raises: EmailUnverified, DomainRefused, NoAccess.
    """
    known = ExternalIdentity.objects.select_for_update(of=("self",)).select_related("user")
    link = known.filter(issuer=identity.issuer, subject=identity.subject).first()
    if link is not None:
        link.last_used_at = at
        link.save(update_fields=["last_used_at"])
        return link.user
    _check_email(identity)
    user = _by_email(identity, at) or _by_mapping(identity, at)
    if user is None:
        raise NoAccess(email=identity.email)
    ExternalIdentity.objects.create(
        user=user,
        provider=identity.provider.key,
        issuer=identity.issuer,
        subject=identity.subject,
        linked_at=at,
        last_used_at=at,
    )
    for member in user.memberships.filter(is_active=True):
        note_as(member.organisation_id, user.name, at, "linked", identity.provider.label)
    return user


def _check_email(identity: Identity) -> None:
    if not identity.email or not identity.is_email_verified:
        raise EmailUnverified(label=identity.provider.label)
    if not identity.provider.accepts_email(identity.email):
        raise DomainRefused(email=identity.email)


def _by_email(identity: Identity, at: datetime) -> User | None:
    """Somebody who works here already, or whom an open invitation expects."""
    user = User.objects.filter(email__iexact=identity.email).first()
    invitations = Invitation.objects.select_for_update(of=("self",)).filter(
        email__iexact=identity.email, accepted_at=None, withdrawn_at=None, expires_at__gt=at
    )
    expected = list(invitations)
    if user is None and expected:
        user = User.objects.create_user(identity.email, None, name=expected[0].name or identity.name)
    if user is None:
        return None
    for invitation in expected:
        _join(user, invitation, at)
    return user if user.memberships.filter(is_active=True).exists() else None


def _join(user: User, invitation: Invitation, at: datetime) -> None:
    Membership.objects.update_or_create(
        user=user,
        organisation_id=invitation.organisation_id,
        defaults={"roles": invitation.roles, "is_active": True, "roles_since": at},
    )
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    note_as(invitation.organisation_id, user.name, at, "joined", user.email, through="oidc")


def _by_mapping(identity: Identity, at: datetime) -> User | None:
    """Open an access because the settings say that this claim gives one, and only then.

    A member who was suspended stays so: a person's decision is stronger than a directory's group.
    """
    mapping = identity.provider.mapping
    roles = [role for role in mapping.roles_for(identity.claims) if role in Role.values] if mapping else []
    organisation = (
        Organisation.objects.filter(slug=mapping.organisation).first() if mapping and roles else None
    )
    if organisation is None:
        return None
    user = User.objects.filter(email__iexact=identity.email).first()
    if user is None:
        user = User.objects.create_user(identity.email, None, name=identity.name)
    member, is_new = Membership.objects.get_or_create(
        user=user, organisation=organisation, defaults={"roles": roles, "roles_since": at}
    )
    if is_new:
        note_as(organisation.pk, user.name, at, "joined", user.email, through="oidc-mapping", roles=roles)
    return user if member.is_active else None
