from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "palier.kernel.accounts"
    label = "accounts"

    def ready(self) -> None:
        """allauth says by a signal of its own that a factor was removed, from whatever page."""
        from allauth.mfa import signals

        signals.authenticator_removed.connect(_factor_removed, dispatch_uid="palier.accounts.removed")


def _factor_removed(request: Any, user: Any, authenticator: Any, **_: Any) -> None:
    from palier.kernel.accounts.services import signing
    from palier.kernel.accounts.services.second_factor import has_any

    if not has_any(user):
        signing.forget_factor(request)
