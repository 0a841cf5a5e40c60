"""How allauth is told the house's rules: by invitation only, secrets encrypted, second factors that stay."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from palier.kernel import keys
from palier.kernel.accounts.services import second_factor, signing

#: Bound to what is encrypted: a secret of this table does not open as anything else.
ABOUT = "accounts:second-factor"
METHOD = {"password": "password", "oidc": "oidc", "mfa": "passkey"}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in: no one signs up alone, every session says how it began, forced roles are led to enrol."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """The house's own second step, which an identity provider may have taken already."""
        ours = "palier.kernel.accounts.stages.SecondFactorStage"
        return [
            ours if path == "allauth.mfa.stages.AuthenticateStage" else path
            for path in super().get_login_stages()
        ]

    def login(self, request: HttpRequest, user: Any) -> None:
        records = get_authentication_records(request, user)
        super().login(request, user)
        signing.begin(
            request,
            user=user,
            method=METHOD.get(records[0]["method"] if records else "password", "password"),
            has_factor=any(one["method"] == "mfa" or one.get("second_factor") for one in records),
            address=self.get_client_ip(request),
            at=timezone.now(),
        )

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Go where one was going, through the page of the second factor when a role asks for one."""
        response = super().post_login(request, user, **kwargs)
        if response.status_code == 302:
            response["Location"] = self._through_enrolment(request, user, response["Location"])
        return response

    def _through_enrolment(self, request: HttpRequest, user: Any, target: str) -> str:
        required = reverse("second_factor_required")
        if target.startswith(required):
            return target
        has_factor = signing.has_factor(request)
        asked = second_factor.pending_obligations(user, has_factor=has_factor, at=timezone.now())
        return f"{required}?{urlencode({'next': target})}" if asked else target

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Somebody who came by an identity provider is offered to sign out of it too."""
        provider = request.session.get("oidc_provider")
        if provider:
            return f"{reverse('signed_out')}?{urlencode({'from': provider})}"
        return super().get_logout_redirect_url(request)

    def set_password(self, user: Any, password: str) -> None:
        """A changed password ends every other session; the one that changed it goes on."""
        super().set_password(user, password)
        request = self.request
        kept = request.session.session_key if request and request.user.pk == user.pk else None
        signing.end_other_sessions(user=user, kept=kept)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: str | None = None
    ) -> None:
        """Words about the person's own account go out like every message: once, and said when they did not."""
        signing.tell_change(user, template_prefix.rsplit("/", 1)[-1], at=timezone.now())


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps, recovery codes and keys: what is secret is encrypted under the master key."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This code is not right. Codes change every thirty seconds: check the clock of the phone, then type the"
            " one shown now. A recovery code works once."
        ),
        "cannot_delete_authenticator": gettext_lazy(
            "Your role must have a second factor: set up another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(keys.encrypt(text.encode(), about=ABOUT)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return keys.decrypt(base64.b64decode(encrypted_text), about=ABOUT).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor of somebody whose role must have one stays."""
        others = Authenticator.objects.filter(
            user_id=authenticator.user_id, type__in=second_factor.FACTORS
        ).exclude(pk=authenticator.pk)
        return others.exists() or not second_factor.is_asked_anywhere(authenticator.user)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("My key") if held == 0 else _("My key %(number)d") % {"number": held + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Palier"}
