"""What is done with an alert."""

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.kernel.wording.forms import GuardedForm, GuardedText


class TransmitForm(forms.Form):
    to = forms.CharField(label=_("To whom"), max_length=200)


class CloseForm(GuardedForm):
    note = GuardedText(
        label=_("What was done"),
        rows=2,
        error_messages={"required": _("Say in a few words what was done: whoever called will read it.")},
    )
