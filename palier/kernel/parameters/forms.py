from django import forms
from django.utils.translation import gettext_lazy as _


class AdjustForm(forms.Form):
    """The organisation's own value of one parameter."""

    value = forms.CharField(label=_("Value"), max_length=100)
    since = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("Shown beside the value."))
