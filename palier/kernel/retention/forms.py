"""What people type about rules, holds, requests and registers."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.retention.enums import (
    HoldNature,
    IdentityProof,
    RequestChannel,
    RequestKind,
)

LONG = forms.Textarea(attrs={"rows": 3})


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **options)


class TermForm(forms.Form):
    """The organisation's own duration of one class."""

    value = forms.IntegerField(label=_("Duration"), min_value=0, max_value=3650)
    since = forms.DateField(label=_("From"), widget=DayInput())
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("Shown beside the duration."))

    def __init__(self, *args: Any, unit: str, **options: Any) -> None:
        super().__init__(*args, **options)
        months = unit == "months"
        self.fields["value"].label = _("Duration, in months") if months else _("Duration, in days")


class HoldForm(forms.Form):
    """Why something is held, and until when."""

    nature = forms.ChoiceField(label=_("Because of"), choices=HoldNature.choices)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=LONG,
        help_text=_("Case number, court, date. An authority may ask for it."),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=DayInput(),
        help_text=_("Last day. Leave it empty when the end is not known: somebody lifts it then."),
    )


class LiftForm(forms.Form):
    """Why a hold ends."""

    reason = forms.CharField(label=_("Why it ends"), max_length=1000, widget=LONG)


class RequestForm(forms.Form):
    """A request as it arrives."""

    kind = forms.ChoiceField(label=_("Right used"), choices=RequestKind.choices)
    requester = forms.CharField(
        label=_("Who asks"), max_length=200, help_text=_("The person, or whoever acts for her.")
    )
    answer_to = forms.CharField(
        label=_("Where to answer"),
        max_length=300,
        required=False,
        help_text=_("Address or e-mail given with the request."),
    )
    channel = forms.ChoiceField(label=_("How it came"), choices=RequestChannel.choices)
    received_on = forms.DateField(label=_("Received on"), widget=DayInput())
    asked = forms.CharField(label=_("What is asked"), max_length=2000, required=False, widget=LONG)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["received_on"].initial = timezone.localdate


class IdentityForm(forms.Form):
    """How the identity was checked."""

    proof = forms.ChoiceField(
        label=_("How the identity was checked"),
        choices=IdentityProof.choices,
        help_text=_("Look at a document if there is a doubt; never keep a copy of it."),
    )


class ExtensionForm(forms.Form):
    """Why two months more are needed."""

    reason = forms.CharField(
        label=_("Why more time is needed"),
        max_length=1000,
        widget=LONG,
        help_text=_("The person must be told it now."),
    )


class AnswerForm(forms.Form):
    """The end of a request."""

    answer = forms.CharField(
        label=_("What was answered, or why not"), max_length=4000, required=False, widget=LONG
    )


class HeadingForm(forms.Form):
    """What the register says of the organisation."""

    controller = forms.CharField(
        label=_("Controller"),
        required=False,
        max_length=500,
        widget=LONG,
        help_text=_("Name, address, representative."),
    )
    officer_name = forms.CharField(label=_("Data protection officer"), required=False, max_length=200)
    officer_contact = forms.CharField(
        label=_("How to reach the officer"),
        required=False,
        max_length=300,
        help_text=_("Given to every person who asks."),
    )
    security = forms.CharField(
        label=_("General security measures"), required=False, max_length=4000, widget=LONG
    )


class ActivityForm(forms.Form):
    """What the organisation adds to one activity."""

    recipients = forms.CharField(label=_("Other recipients"), required=False, max_length=2000, widget=LONG)
    measures = forms.CharField(
        label=_("Other security measures"), required=False, max_length=2000, widget=LONG
    )
    assessed_on = forms.DateField(label=_("Impact assessment made on"), required=False, widget=DayInput())
    note = forms.CharField(label=_("Remarks"), required=False, max_length=2000, widget=LONG)


class ProcessorForm(forms.Form):
    """A processor."""

    name = forms.CharField(label=_("Name"), max_length=200)
    role = forms.CharField(label=_("What it does for you"), max_length=300)
    country = forms.CharField(label=_("Country of the data"), max_length=100, required=False)
    contract = forms.CharField(
        label=_("Contract"), max_length=300, required=False, help_text=_("Reference and date (art. 28).")
    )


class BreachForm(forms.Form):
    """A breach of personal data."""

    found_at = forms.DateTimeField(
        label=_("Found on"), widget=MomentInput(), help_text=_("The 72 hours run from here.")
    )
    what = forms.CharField(label=_("What happened"), max_length=4000, widget=LONG)
    data = forms.CharField(label=_("Which data, about whom"), max_length=2000, required=False, widget=LONG)  # type: ignore[assignment]
    people_count = forms.IntegerField(label=_("How many persons, about"), required=False, min_value=0)
    consequences = forms.CharField(
        label=_("Likely consequences"), max_length=2000, required=False, widget=LONG
    )
    measures = forms.CharField(label=_("What was done"), max_length=4000, required=False, widget=LONG)
    is_risk = forms.BooleanField(
        label=_("Risk for the persons: the CNIL must be told"), required=False, initial=True
    )
    is_high_risk = forms.BooleanField(label=_("High risk: the persons must be told"), required=False)
    authority_told_at = forms.DateTimeField(label=_("CNIL told on"), required=False, widget=MomentInput())
    people_told_at = forms.DateTimeField(label=_("Persons told on"), required=False, widget=MomentInput())
    late_reason = forms.CharField(label=_("Why after 72 hours"), max_length=1000, required=False)
