"""Reads for a person's own account page: their factors and their open sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from palier.kernel.accounts.models import ExternalIdentity, User
from palier.kernel.accounts.sessions import digest, open_sessions


@dataclass(frozen=True)
class OwnSession:
    """A session as its owner reads it."""

    id: UUID
    browser: str
    system: str
    network: str
    method: str
    started_at: datetime
    last_seen_at: datetime
    has_second_factor: bool
    is_this_one: bool

    @property
    def device(self) -> str:
        """« Firefox sur Windows », or what is known of it."""
        if self.browser and self.system:
            return _("%(browser)s on %(system)s") % {"browser": self.browser, "system": self.system}
        return self.browser or self.system or _("Unknown device")

    @property
    def place(self) -> str:
        return _("this machine") if self.network == "localhost" else self.network or _("unknown network")

    @property
    def method_label(self) -> str:
        said = {"password": _("password"), "passkey": _("passkey"), "oidc": _("identity provider")}
        return said.get(self.method, said["password"])


@dataclass(frozen=True)
class Key:
    """A security key or a passkey."""

    id: int
    name: str
    is_passkey: bool
    added_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """What the person has to prove who they are, besides the password."""

    has_app: bool
    app_added_at: datetime | None
    keys: tuple[Key, ...]
    codes_left: int | None

    @property
    def any(self) -> bool:
        return self.has_app or bool(self.keys)


def sessions_of(user: User, *, current_key: str | None, at: datetime) -> list[OwnSession]:
    """The person's open sessions, this one first, then the latest seen."""
    rows = open_sessions(at).filter(user=user).order_by("-last_seen_at")
    here = digest(current_key)
    found = [
        OwnSession(
            row.public_id, row.browser, row.system, row.network, row.method, row.started_at, row.last_seen_at,
            row.has_second_factor, row.session_key == here,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda each: not each.is_this_one)


def factors_of(user: User) -> Factors:
    rows: dict[str, list[Any]] = {}
    for row in Authenticator.objects.filter(user=user).order_by("created_at"):
        rows.setdefault(row.type, []).append(row)
    app = next(iter(rows.get(Authenticator.Type.TOTP, [])), None)
    codes = next(iter(rows.get(Authenticator.Type.RECOVERY_CODES, [])), None)
    keys = tuple(
        Key(row.pk, row.wrap().name, bool(row.wrap().is_passwordless), row.created_at, row.last_used_at)
        for row in rows.get(Authenticator.Type.WEBAUTHN, [])
    )
    return Factors(
        has_app=app is not None,
        app_added_at=app.created_at if app else None,
        keys=keys,
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
    )


def identities_of(user: User) -> list[ExternalIdentity]:
    return list(ExternalIdentity.objects.filter(user=user).order_by("linked_at"))
