"""Who works for an organisation, and with which rights."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor, system_actor
from palier.kernel.access.permissions import Permission
from palier.kernel.access.roles import Role, catalogue
from palier.kernel.accounts.models import AccessChange, Invitation, Membership, RoleGrant, Session, User
from palier.kernel.errors import DomainError
from palier.kernel.jobs import defer
from palier.kernel.organisations.models import Organisation

INVITATION_DAYS = 14


class AlreadyMember(DomainError):
    code = "accounts.already-member"
    message = _("{email} already works here. Change this person's roles on their page instead.")


class AlreadyInvited(DomainError):
    code = "accounts.already-invited"
    message = _("{email} is already invited. Withdraw the invitation first to send another one.")


class InvitationUnusable(DomainError):
    code = "accounts.invitation-unusable"
    message = _(
        "This invitation has expired, was withdrawn or was already used. Ask your administrator for a new one."
    )


class UnknownRole(DomainError):
    code = "accounts.unknown-role"
    message = _("Choose at least one role of the list.")


class LastAdministrator(DomainError):
    code = "accounts.last-administrator"
    message = _("{name} is the last administrator. Name another one first, so that nobody is locked out.")


class UnknownPermission(DomainError):
    code = "accounts.unknown-permission"
    message = _("“{permission}” is not a permission of this version.")


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite(
    *, organisation_id: UUID, email: str, name: str, roles: Sequence[str], by: Actor, at: datetime
) -> Invitation:
    """Invite somebody by e-mail. The job that writes the message makes the link's secret.

    Raises: NotAllowed, UnknownRole, AlreadyMember, AlreadyInvited.
    """
    by.must(Permission.MEMBER_MANAGE)
    email = email.strip().lower()
    _check_roles(roles)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    if Membership.objects.filter(
        organisation_id=organisation_id, user__email__iexact=email, is_active=True
    ).exists():
        raise AlreadyMember(email=email)
    _close_expired(organisation_id, email, at)
    if Invitation.objects.filter(
        organisation_id=organisation_id, email__iexact=email, accepted_at=None, withdrawn_at=None
    ).exists():
        raise AlreadyInvited(email=email)
    invitation = Invitation.objects.create(
        organisation_id=organisation_id,
        email=email,
        name=name.strip(),
        roles=sorted(roles),
        invited_by=by.name,
        invited_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
    )
    note(organisation_id, by, at, "invited", email, roles=sorted(roles))
    defer("accounts.send-invitation", invitation_id=invitation.pk)
    return invitation


def renew_secret(invitation_id: UUID) -> tuple[Invitation, str] | None:
    """Give an open invitation a fresh secret and return it, once: only a hash of it is kept.

    None when the invitation was withdrawn or used: nothing is to be sent.
    """
    invitation = Invitation.objects.select_related("organisation").get(pk=invitation_id)
    if invitation.accepted_at or invitation.withdrawn_at:
        return None
    secret = secrets.token_urlsafe(32)
    invitation.secret_hash = hash_of(secret)
    invitation.save(update_fields=["secret_hash"])
    return invitation, secret


def _close_expired(organisation_id: UUID, email: str, at: datetime) -> None:
    """An invitation that ran out must not stand in the way of a new one."""
    Invitation.objects.filter(
        organisation_id=organisation_id,
        email__iexact=email,
        accepted_at=None,
        withdrawn_at=None,
        expires_at__lte=at,
    ).update(withdrawn_at=at)


@transaction.atomic
def withdraw_invitation(*, organisation_id: UUID, invitation_id: UUID, by: Actor, at: datetime) -> None:
    """Make the link of an invitation useless. Raises: NotAllowed, Invitation.DoesNotExist."""
    by.must(Permission.MEMBER_MANAGE)
    invitation = Invitation.objects.select_for_update(of=("self",)).get(
        pk=invitation_id, organisation_id=organisation_id, accepted_at=None
    )
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    note(organisation_id, by, at, "invitation-withdrawn", invitation.email)


def usable_invitation(secret: str, at: datetime) -> Invitation:
    """Raises: InvitationUnusable."""
    found = Invitation.objects.select_related("organisation").filter(secret_hash=hash_of(secret)).first()
    if found is None or not found.is_open(at):
        raise InvitationUnusable()
    return found


@transaction.atomic
def accept_invitation(*, secret: str, name: str, password: str | None, at: datetime) -> User:
    """Open the account, or use the one that this e-mail has, and join. The link then no longer works.

    `password` is None for somebody who already has an account: theirs is not touched by a link.
    Raises: InvitationUnusable.
    """
    invitation = usable_invitation(secret, at)
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not invitation.is_open(at):
        raise InvitationUnusable()
    user = User.objects.filter(email__iexact=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, password, name=name.strip())
    Membership.objects.update_or_create(
        user=user,
        organisation_id=invitation.organisation_id,
        defaults={"roles": invitation.roles, "is_active": True, "roles_since": at},
    )
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    AccessChange.objects.create(
        organisation_id=invitation.organisation_id,
        at=at,
        actor_name=user.name,
        what="joined",
        about=user.email,
        data={},
    )
    return user


@transaction.atomic
def change_member(
    *,
    organisation_id: UUID,
    membership_id: UUID,
    roles: Sequence[str],
    is_active: bool,
    by: Actor,
    at: datetime,
) -> Membership:
    """Change a member's roles, suspend them or take them back. A suspended member is signed out at once.

    Raises: NotAllowed, UnknownRole, LastAdministrator, Membership.DoesNotExist.
    """
    by.must(Permission.MEMBER_MANAGE)
    _check_roles(roles)
    members = Membership.objects.select_for_update(of=("self",)).filter(organisation_id=organisation_id)
    member = members.select_related("user").get(pk=membership_id)
    stays_administrator = is_active and Role.ADMINISTRATOR in roles
    others = members.filter(is_active=True, roles__contains=[Role.ADMINISTRATOR]).exclude(pk=membership_id)
    if Role.ADMINISTRATOR in member.roles and not stays_administrator and not others.exists():
        raise LastAdministrator(name=member.user.name)
    before = {"roles": member.roles, "is_active": member.is_active}
    if set(roles) - set(member.roles):
        member.roles_since = at
    member.roles, member.is_active = sorted(roles), is_active
    member.save(update_fields=["roles", "is_active", "roles_since"])
    if not is_active:
        Session.objects.filter(user_id=member.user_id).delete()
    note(
        organisation_id,
        by,
        at,
        "changed",
        member.user.email,
        before=before,
        roles=member.roles,
        is_active=is_active,
    )
    return member


@transaction.atomic
def adjust_right(
    *, organisation_id: UUID, role: str, permission: str, is_allowed: bool, by: Actor, at: datetime
) -> None:
    """Say for this organisation whether a role has a permission; back to the default removes the row.

    Raises: NotAllowed, UnknownPermission, UnknownRole.
    """
    by.must(Permission.RIGHT_ADJUST)
    line = catalogue().get(permission)
    if line is None:
        raise UnknownPermission(permission=permission)
    _check_roles([role])
    if (role in line.default_roles) == is_allowed:
        RoleGrant.objects.filter(organisation_id=organisation_id, role=role, permission=permission).delete()
    else:
        RoleGrant.objects.update_or_create(
            organisation_id=organisation_id,
            role=role,
            permission=permission,
            defaults={"is_allowed": is_allowed},
        )
    note(organisation_id, by, at, "right-adjusted", role, permission=permission, is_allowed=is_allowed)


def _check_roles(roles: Sequence[str]) -> None:
    if not roles or not set(roles) <= set(Role.values):
        raise UnknownRole()


def note(organisation_id: UUID, by: Actor, at: datetime, what: str, about: str, **data: object) -> None:
    """Write a line of the journal of rights, which is never changed nor erased."""
    AccessChange.objects.create(
        organisation_id=organisation_id, at=at, actor_name=by.name, what=what, about=about, data=data
    )


def note_as(organisation_id: UUID, name: str, at: datetime, what: str, about: str, **data: Any) -> None:
    """A line of the journal of rights under a name, where the act is carried out by a job or by a link."""
    note(organisation_id, system_actor(name), at, what, about, **data)


def change_profile(*, user: User, name: str, language: str) -> None:
    """A person's own name and language."""
    user.name, user.language = name.strip(), known_language(language)
    user.save(update_fields=["name", "language"])


def known_language(wanted: str) -> str:
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def is_own_address(target: str, host: str) -> bool:
    """Only an address of this site may follow a form: no open redirect."""
    return url_has_allowed_host_and_scheme(target, allowed_hosts={host})
