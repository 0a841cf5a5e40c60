"""What people type about persons, leases, contact points, consents, markers and sealed files."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.modules.people.enums import (
    Channel,
    Civility,
    ConsentChannel,
    ConsentKind,
    Language,
    MarkerNature,
    MarkerOrigin,
    PersonKind,
    Slot,
    Source,
    Topic,
)
from palier.modules.people.rules.merging import FIELDS, GONE, KEPT

UNKNOWN = [("", "—")]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class SearchFirstForm(forms.Form):
    """What is known of somebody, to find them before creating them."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=60,
        required=False,
        help_text=_("The person's code in your software."),
    )
    family_name = forms.CharField(label=_("Surname or name of the body"), max_length=100, required=False)
    given_names = forms.CharField(label=_("Given names"), max_length=100, required=False)
    birth_on = forms.DateField(label=_("Birth date"), required=False, widget=DayInput())
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not any(found.get(name) for name in ("reference", "family_name", "phone")):
            raise forms.ValidationError(_("Give a name, a reference or a phone number."))
        return found


class PersonForm(forms.Form):
    """Who somebody is."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PersonKind.choices, initial=PersonKind.NATURAL)
    civility = forms.ChoiceField(label=_("Civility"), choices=[*UNKNOWN, *Civility.choices], required=False)
    family_name = forms.CharField(label=_("Surname"), max_length=100, required=False)
    given_names = forms.CharField(label=_("Given names"), max_length=100, required=False)
    birth_name = forms.CharField(label=_("Birth name"), max_length=100, required=False)
    legal_name = forms.CharField(
        label=_("Name of the body"), max_length=200, required=False, help_text=_("For a legal person.")
    )
    birth_on = forms.DateField(label=_("Birth date"), required=False, widget=DayInput())
    reference = forms.CharField(label=_("Reference"), max_length=60, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.FRENCH)


class ContactForm(forms.Form):
    """A number or an address to add."""

    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    value = forms.CharField(
        label=_("Number or address"), max_length=300, widget=forms.Textarea(attrs={"rows": 1}),
    )  # fmt: skip
    source = forms.ChoiceField(label=_("Learnt from"), choices=Source.choices[1:], initial=Source.TENANT)
    slot = forms.ChoiceField(label=_("Best time"), choices=Slot.choices, initial=Slot.ANY)
    is_verified = forms.BooleanField(label=_("Verified today"), required=False)
    is_unsafe = forms.BooleanField(
        label=_("Unsafe: somebody else may read or answer"), required=False,
        help_text=_("Nothing is ever sent there by itself."),
    )  # fmt: skip
    is_shared = forms.BooleanField(label=_("Shared with somebody"), required=False)
    shared_with_id = forms.TypedChoiceField(
        label=_("Shared with"), required=False, empty_value=None, choices=UNKNOWN
    )

    def __init__(self, *args: Any, sharers: Iterable[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["shared_with_id"].choices = [*UNKNOWN, *sharers]  # type: ignore[attr-defined]


class ContactMarksForm(ContactForm):
    """How a contact point may be used; its value does not change, another one is added."""

    channel = value = source = None  # type: ignore[assignment]
    is_preferred = forms.BooleanField(label=_("Use this one first"), required=False)


class ConsentForm(forms.Form):
    """A consent or an objection."""

    kind = forms.ChoiceField(label=_("What"), choices=ConsentKind.choices, initial=ConsentKind.OPT_OUT)
    topic = forms.ChoiceField(label=_("About"), choices=Topic.choices)
    channel = forms.ChoiceField(label=_("By"), choices=ConsentChannel.choices)
    text_version = forms.CharField(
        label=_("Version of the text"), max_length=60, required=False, help_text=_("For a consent.")
    )
    proof = forms.CharField(
        label=_("What proves it"), max_length=200, required=False,
        help_text=_("Form signed on the 3rd, call, message…"),
    )  # fmt: skip


class MarkerForm(forms.Form):
    """What to bear in mind for somebody."""

    nature = forms.ChoiceField(label=_("Nature"), choices=MarkerNature.choices)
    origin = forms.ChoiceField(label=_("Origin"), choices=MarkerOrigin.choices)
    has_consent = forms.BooleanField(label=_("The person agrees that it be kept"), required=False)
    review_on = forms.DateField(label=_("Review on"), widget=DayInput(), help_text=_("Within six months."))
    expires_on = forms.DateField(
        label=_("Expires on"), widget=DayInput(), required=False, help_text=_("Closed by itself on this day.")
    )
    note = forms.CharField(
        label=_("What to do"), max_length=200, required=False,
        help_text=_("Never why in health, origin or belief: the person may read it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["review_on"].initial = timezone.localdate() + timedelta(days=180)


class ReviewForm(forms.Form):
    """A marker that is still true."""

    review_on = forms.DateField(label=_("Next review"), widget=DayInput(), help_text=_("Within six months."))
    note = forms.CharField(label=_("What to do"), max_length=200, required=False)


class DepartureForm(forms.Form):
    """A notice, or a departure already made."""

    notice_on = forms.DateField(label=_("Notice received on"), widget=DayInput())
    left_on = forms.DateField(
        label=_("Day of exit"),
        widget=DayInput(),
        help_text=_("The first day on which nobody lives there any more."),
    )


class DeathForm(forms.Form):
    """The date of a death, and nothing else."""

    deceased_on = forms.DateField(label=_("Date of death"), widget=DayInput())


class ReasonForm(forms.Form):
    """Why a sealed file is made or opened."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with the file. Every opening is recorded with its reason and cannot be erased."),
    )  # fmt: skip


class SealForm(ReasonForm):
    """Whom to seal together: those who live with her would lead to her door."""

    together = forms.MultipleChoiceField(
        label=_("Seal at the same time"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Children keep their name everywhere if they are left out."),
    )  # fmt: skip

    def __init__(self, *args: Any, others: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["together"].choices = others  # type: ignore[attr-defined]
        if not others:
            del self.fields["together"]


class OpenForm(ReasonForm):
    is_forced = forms.BooleanField(
        label=_("I am not named on this file and open it by force"), required=False,
        help_text=_("The data protection officer is told at once."),
    )  # fmt: skip


class SafeForm(forms.Form):
    """How a sealed person may be reached."""

    safe_channel = forms.CharField(label=_("Safe channel"), max_length=200, required=False)
    safe_how = forms.CharField(
        label=_("How, when, what to say"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class HouseForm(forms.Form):
    """Where a sealed person now lives."""

    lot_code = forms.CharField(label=_("Code of the lot"), max_length=60)
    entered_on = forms.DateField(label=_("Entry"), widget=DayInput())
    reference = forms.CharField(
        label=_("Contract number"),
        max_length=60,
        required=False,
        help_text=_("Known by a keyed digest alone: lines of files that bear it are set aside."),
    )


class LeaveForm(forms.Form):
    """The end of one of her leases."""

    lease_id = forms.UUIDField(widget=forms.HiddenInput)
    left_on = forms.DateField(label=_("Day of exit"), widget=DayInput())


class ReaderForm(forms.Form):
    """Another referent to name on a file."""

    user_id = forms.ChoiceField(label=_("Referent"))

    def __init__(self, *args: Any, referents: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user_id"].choices = referents  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """What confirms a merge: the preview that was read, and whose value stays for each field in which both differ."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)
    is_certain = forms.BooleanField(
        label=_("I checked that they are one person, in spite of the two birth dates."), required=False
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name in FIELDS:
            sides = [(KEPT, KEPT), (GONE, GONE)]
            self.fields[f"choice_{name}"] = forms.ChoiceField(choices=sides, required=False)

    @property
    def choices(self) -> dict[str, str]:
        """The side chosen, by field; what was not asked is left to the rule."""
        said = {name: self.cleaned_data.get(f"choice_{name}", "") for name in FIELDS}
        return {name: side for name, side in said.items() if side}


class OtherRecordForm(forms.Form):
    """Whom to compare somebody with."""

    q = forms.CharField(label=_("Name, reference or phone of the other record"), max_length=100)
