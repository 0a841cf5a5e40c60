"""Sign-in by invitation only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """No one signs up alone: an administrator invites."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
