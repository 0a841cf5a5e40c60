"""The second step of signing in."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.stages import AuthenticateStage


class SecondFactorStage(AuthenticateStage):
    """allauth's, unless the identity provider says that it asked for a second factor itself."""

    def _should_handle(self, request: Any) -> bool:
        records = get_authentication_records(request, self.login.user)
        if any(one.get("second_factor") for one in records):
            return False
        return super()._should_handle(request)
