"""Who takes the calls of whom."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReassignForm(forms.Form):
    """To whom the waiting calls of a caller go, and how many of them."""

    to = forms.ChoiceField(label=_("To"))
    how_many = forms.IntegerField(label=_("How many"), min_value=1, max_value=500)

    def __init__(self, *args: Any, callers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        nobody = ("nobody", _("Nobody: whoever is free takes them"))
        self.fields["to"].choices = [*((str(key), name) for key, name in callers), nobody]  # type: ignore[attr-defined]


class ToCallerForm(forms.Form):
    """The caller who takes many calls."""

    agent = forms.ChoiceField(label=_("To"))

    def __init__(self, *args: Any, callers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agent"].choices = callers  # type: ignore[attr-defined]
