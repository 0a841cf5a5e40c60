"""A script as it is written."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ScriptForm(forms.Form):
    """The words said and those left on a voicemail. `seen_version`: what was on the writer's screen."""

    body = forms.CharField(
        label=_("What is said"), max_length=6000, widget=forms.Textarea(attrs={"rows": 14})
    )
    voicemail = forms.CharField(
        label=_("What is left on a voicemail"), max_length=1500, widget=forms.Textarea(attrs={"rows": 4})
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
