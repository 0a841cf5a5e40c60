"""Reads on members, invitations and rights, in the shared schema."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from palier.kernel.access.roles import PermissionLine, Role, catalogue
from palier.kernel.accounts.models import (
    AccessChange,
    Invitation,
    Membership,
    RoleGrant,
    SecondFactorReset,
    Session,
)

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class MemberRow:
    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    is_active: bool
    last_sign_in: datetime | None
    has_second_factor: bool
    user_id: UUID

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles if role in Role.values]


@dataclass(frozen=True)
class Right:
    """One cell of « Qui peut quoi »: what the role may do, and whether the organisation changed it."""

    role: str
    is_allowed: bool
    is_adjusted: bool


@dataclass(frozen=True)
class RightsLine:
    permission: PermissionLine
    rights: tuple[Right, ...]


def members(organisation_id: UUID) -> list[MemberRow]:
    """Everyone who works here, active first, by name."""
    factors = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=FACTORS)
    rows = Membership.objects.filter(organisation_id=organisation_id).select_related("user")
    return [
        MemberRow(
            m.pk, m.user.name, m.user.email, tuple(m.roles), m.is_active, m.user.last_login,
            m.has_second_factor, m.user_id,
        )
        for m in rows.annotate(has_second_factor=Exists(factors)).order_by("-is_active", "user__name")
    ]  # fmt: skip


def member(organisation_id: UUID, membership_id: UUID) -> MemberRow | None:
    return next((row for row in members(organisation_id) if row.id == membership_id), None)


@dataclass(frozen=True)
class MemberSecurity:
    """What an administrator reads of somebody's sign-in: whether it is protected, never how nor from where."""

    has_app: bool
    keys: int
    sessions: int
    waiting_reset: SecondFactorReset | None

    @property
    def has_any(self) -> bool:
        return self.has_app or bool(self.keys)


def member_security(user_id: UUID) -> MemberSecurity:
    kinds = list(Authenticator.objects.filter(user_id=user_id).values_list("type", flat=True))
    waiting = SecondFactorReset.objects.filter(user_id=user_id, state=SecondFactorReset.State.WAITING)
    return MemberSecurity(
        has_app=Authenticator.Type.TOTP in kinds,
        keys=kinds.count(Authenticator.Type.WEBAUTHN),
        sessions=Session.objects.filter(user_id=user_id).count(),
        waiting_reset=waiting.first(),
    )


def open_invitations(organisation_id: UUID) -> list[Invitation]:
    """Invitations sent and neither accepted nor withdrawn, newest first; expired ones show as such."""
    waiting = Invitation.objects.filter(organisation_id=organisation_id, accepted_at=None, withdrawn_at=None)
    return list(waiting.order_by("-invited_at"))


def recent_changes(organisation_id: UUID, *, limit: int = 20) -> list[AccessChange]:
    return list(AccessChange.objects.filter(organisation_id=organisation_id).order_by("-at")[:limit])


def rights_by_module(organisation_id: UUID, roles: Iterable[Role]) -> dict[str, list[RightsLine]]:
    """Who can do what: each permission, module by module, against each role."""
    adjusted = {
        (grant.role, grant.permission): grant.is_allowed
        for grant in RoleGrant.objects.filter(organisation_id=organisation_id)
    }
    table: dict[str, list[RightsLine]] = {}
    for line in sorted(catalogue().values(), key=lambda each: (each.module, each.name)):
        rights = tuple(
            Right(
                role.value,
                adjusted.get((role.value, line.name), role.value in line.default_roles),
                (role.value, line.name) in adjusted,
            )
            for role in roles
        )
        table.setdefault(line.module, []).append(RightsLine(line, rights))
    return table


def users_with_role(organisation_id: UUID, role: Role) -> list[tuple[UUID, str]]:
    """The people who hold a role here, by name: their user id and name. Call it in the shared schema."""
    rows = Membership.objects.filter(
        organisation_id=organisation_id, is_active=True, roles__contains=[role.value]
    )
    return list(rows.order_by("user__name", "user_id").values_list("user_id", "user__name"))
