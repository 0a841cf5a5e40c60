"""What comes back from a sheet: its number, then a key a line."""

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.kernel.wording.forms import GuardedForm, GuardedText
from palier.modules.outreach.enums import AlertLevel, AttemptResult, Wellbeing


class NumberForm(forms.Form):
    number = forms.IntegerField(
        label=_("Number of the sheet"),
        min_value=1,
        widget=forms.NumberInput(attrs={"autofocus": True, "autocomplete": "off"}),
        error_messages={
            "required": _("Type the number printed at the top."),
            "invalid": _("Type digits only."),
        },
    )


class LineForm(GuardedForm):
    """One line of the paper. Left without a result, it is not typed."""

    result = forms.ChoiceField(choices=AttemptResult.choices, required=False)
    wellbeing = forms.ChoiceField(choices=Wellbeing.choices, required=False)
    alert_level = forms.ChoiceField(choices=AlertLevel.choices, required=False)
    note = GuardedText(required=False)
