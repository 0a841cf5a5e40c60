"""Forms on accounts and rights."""

from typing import Any

from allauth.core import context
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt, encrypt
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import SecondFactorReset


def _password_advice() -> str:
    return gettext(
        "At least %(length)d characters: three or four words that do not go together are a good choice."
    ) % {"length": settings.PASSWORD_LENGTH}


password_advice = lazy(_password_advice, str)


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )


class MemberForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(
        label=_("May sign in"),
        required=False,
        help_text=_("Untick to suspend: nothing of what they did is lost."),
    )


class AcceptForm(forms.Form):
    """Choosing a password. Not shown to somebody who already has an account."""

    name = forms.CharField(label=_("Name"), max_length=120)
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_advice(),
    )
    again = forms.CharField(
        label=_("The same password again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return given

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        try:
            validate_password(password)
        except ValidationError as refusal:
            raise forms.ValidationError(refusal.messages) from refusal
        return password


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class ActivateTotpForm(ActivateTOTPForm):
    """allauth's, with the secret encrypted while it waits in the session for its first code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        kept = context.request.session.get(auth.SECRET_SESSION_KEY) if self.is_bound else None
        self.secret = decrypt(kept) if kept else auth.generate_totp_secret()
        if not kept:
            context.request.session[auth.SECRET_SESSION_KEY] = encrypt(self.secret)


class _CodeOnce:
    """A code of the app serves once for as long as it is valid: allauth forgets it after one step of thirty seconds."""

    user: Any
    authenticator: Any

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        seconds = mfa_settings.TOTP_PERIOD * (2 * mfa_settings.TOTP_TOLERANCE + 1)
        used = f"totp:used:{self.user.pk}:{code}"
        if self.authenticator.type == Authenticator.Type.TOTP and not cache.add(used, "y", timeout=seconds):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_CodeOnce, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(_CodeOnce, ReauthenticateForm):
    """The code asked again before a change."""


class PolicyForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles that must have a second factor"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    grace_days = forms.IntegerField(
        label=_("Days left to set it up"),
        min_value=0,
        max_value=90,
        help_text=_("Counted from the day on which the role or this rule begins to ask for it."),
    )


class ResetForm(forms.Form):
    """What an administrator says before taking away somebody's lost second factor."""

    identity = forms.ChoiceField(
        label=_("How did you recognise this person?"),
        choices=SecondFactorReset.Identity.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "For instance: phone lost on 21 November. The person and the other administrators read it."
        ),
    )
