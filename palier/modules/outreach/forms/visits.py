"""What was seen at the door."""

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.kernel.wording.forms import GuardedForm, GuardedText
from palier.modules.outreach.enums import VisitAnswer


class MetForm(GuardedForm):
    """Somebody opened, or a neighbour said where they are."""

    answer = forms.ChoiceField(
        label=_("What did you see?"), choices=VisitAnswer.choices, widget=forms.RadioSelect
    )
    note = GuardedText(label=_("In a few words"), required=False, rows=3)


class HandOverForm(GuardedForm):
    """What the social service is told: a place and what was seen, nobody's name."""

    note = GuardedText(label=_("What was seen, without naming anybody"), rows=3)
