from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "palier.kernel.accounts"
    label = "accounts"

    def ready(self) -> None:
        """allauth says by its own signals that a factor was added or removed."""
        from allauth.mfa import signals

        signals.authenticator_added.connect(_factor_added, dispatch_uid="palier.accounts.added")
        signals.authenticator_removed.connect(_factor_removed, dispatch_uid="palier.accounts.removed")


def _factor_added(request: Any, user: Any, authenticator: Any, **_: Any) -> None:
    """Setting one up proves it for this session; the others were opened without it and end."""
    from palier.kernel.accounts.services import signing
    from palier.kernel.accounts.services.second_factor import FACTORS

    if authenticator.type in FACTORS:
        signing.confirm_factor(request)
        signing.end_other_sessions(user=user, kept=request.session.session_key)


def _factor_removed(request: Any, user: Any, authenticator: Any, **_: Any) -> None:
    from palier.kernel.accounts.services import signing
    from palier.kernel.accounts.services.second_factor import has_any

    if not has_any(user):
        signing.forget_factor(request)
