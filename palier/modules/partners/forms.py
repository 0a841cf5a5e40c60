"""What people type about partners, contacts, agreements and emergency numbers."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.kernel.geography.selectors import departments
from palier.kernel.wording.forms import GuardedForm, GuardedText
from palier.modules.partners.enums import NeedKind, PartnerKind

NONE = [("", "—")]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class PartnerForm(GuardedForm):
    """A partner: who, how to reach it, where it acts, for which needs."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=[*NONE, *PartnerKind.choices])
    reference = forms.CharField(
        label=_("Code"), max_length=40, required=False, help_text=_("Leave empty to have one given.")
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Referrals are sent there, unless a contact receives them."),
    )
    needs = forms.MultipleChoiceField(
        label=_("Needs served"),
        choices=NeedKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    departments = forms.MultipleChoiceField(
        label=_("Departments served"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=_("None: wherever it may be asked."),
    )
    communes = forms.CharField(
        label=_("Communes served"),
        max_length=2000,
        required=False,
        help_text=_("Insee codes separated by commas. Empty: the whole of the departments."),
    )
    opening_hours = forms.CharField(
        label=_("Opening hours"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For instance: lun-ven 9h-12h 14h-17h ; sam 9h-12h"),
    )
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    city = forms.CharField(label=_("Commune"), max_length=100, required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    how_to_reach = forms.CharField(
        label=_("How to reach it"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    note = GuardedText(label=_("Note"), rows=2, max_length=600, required=False, help_text="")

    def __init__(self, *args: Any, is_new: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["departments"].choices = departments()  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["reference"]

    def clean_communes(self) -> list[str]:
        codes = [part.upper() for part in re.split(r"[\s,;]+", self.cleaned_data["communes"].strip()) if part]
        wrong = [code for code in codes if not re.fullmatch(r"\d[\dAB]\d{3}", code)]
        if wrong:
            raise forms.ValidationError(
                _("“%(code)s” is not an Insee code. Write five signs, such as 11262."),
                params={"code": wrong[0]},
            )
        return codes


class ContactForm(forms.Form):
    """Somebody to speak to at a partner's."""

    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.CharField(label=_("Role"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    receives_referrals = forms.BooleanField(label=_("Receives the referrals"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not found.get("phone") and not found.get("email"):
            raise forms.ValidationError(_("Give at least a telephone number or an e-mail address."))
        return found


class ProtocolForm(GuardedForm):
    """What was agreed with a partner."""

    title = forms.CharField(label=_("Agreement"), max_length=200)
    starts_on = forms.DateField(label=_("In force from"), widget=DayInput())
    ends_on = forms.DateField(label=_("Until (excluded)"), required=False, widget=DayInput())
    signed_on = forms.DateField(label=_("Signed on"), required=False, widget=DayInput())
    review_on = forms.DateField(label=_("To be reviewed on"), required=False, widget=DayInput())
    note = GuardedText(label=_("What it says"), rows=2, max_length=600, required=False, help_text="")
    document = forms.FileField(label=_("Signed document (PDF)"), required=False)

    def service_arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        received = given.pop("document")
        return {**given, "content": received.read() if received else None}


class NumberForm(forms.Form):
    """An emergency number."""

    number = forms.RegexField(
        r"^[0-9][0-9 ]{1,13}$",
        label=_("Number"),
        error_messages={"invalid": _("Write the number with digits, such as 112 or 0 800 05 95 95.")},
    )
    label = forms.CharField(label=_("Who answers"), max_length=100)
    when_to_call = forms.CharField(label=_("When to call"), max_length=200, required=False)
    hours = forms.CharField(label=_("Opening hours"), max_length=100, required=False)
    needs = forms.MultipleChoiceField(
        label=_("Shown first for these needs"),
        choices=NeedKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    source = forms.CharField(label=_("Source"), max_length=200, required=False)
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=9999, initial=100)
    is_shown = forms.BooleanField(label=_("Shown to the agents"), required=False, initial=True)
