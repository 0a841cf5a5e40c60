"""Who is calling."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class WhoForm(forms.Form):
    """A number in any format, or a name."""

    q = forms.CharField(
        label=_("Number or name"),
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autofocus": True,
                "inputmode": "search",
                "placeholder": "06 39 98 …",
            }
        ),
        error_messages={"required": _("Type the number that calls, or the name.")},
    )


class AddForm(forms.Form):
    """The campaign to which a household that called is added."""

    campaign = forms.ChoiceField(label=_("Campaign"))

    def __init__(self, *args: Any, campaigns: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["campaign"].choices = [(str(key), name) for key, name in campaigns]  # type: ignore[attr-defined]
