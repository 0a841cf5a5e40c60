"""The one-line entry of the crisis log that the board offers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.modules.continuity.enums import LogCategory, Severity

# A redaction is written by the act of erasing, never by hand.
_WRITTEN = [one for one in LogCategory.choices if one[0] != LogCategory.REDACTION]


class QuickEntryForm(forms.Form):
    """What happened, in a sentence; the rest has good defaults."""

    text = forms.CharField(
        label=_("What happens"),
        max_length=4000,
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "data-key": "l",
                "autocomplete": "off",
                "placeholder": _("What happens, who says it, where…"),
            }
        ),
        error_messages={"required": _("Write what happens, then record.")},
    )
    category = forms.ChoiceField(label=_("Kind"), choices=_WRITTEN, initial=LogCategory.FACT)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.ROUTINE)
