"""What people type about segments: a query as groups of boxes and numbers, without any script."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.modules.outreach.enums import SegmentInput
from palier.modules.outreach.rules.criteria import MARKERS, NUMBERS, ONLY_FOR, Condition
from palier.modules.people import public as people

FLAGS = (
    SegmentInput.LIVES_ALONE,
    SegmentInput.SINGLE_PARENT,
    SegmentInput.ADAPTED_DWELLING,
    SegmentInput.FOLLOWED,
    SegmentInput.ASKED,
    SegmentInput.FORMER_ALERT,
    SegmentInput.REPORTED,
    SegmentInput.IN_ARREARS,
)
MOST_GROUPS = 8


class SegmentForm(forms.Form):
    """What is not the query."""

    name = forms.CharField(label=_("Name"), max_length=120)
    weight = forms.IntegerField(
        label=_("Weight"), min_value=0, max_value=100, help_text=_("0 to 100: the heavier is called first.")
    )
    cadence_days = forms.IntegerField(
        label=_("Days between two calls"),
        min_value=1,
        max_value=90,
        required=False,
        help_text=_("Leave empty for a single call."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)


class NewSegmentForm(forms.Form):
    """The first words of a new segment; its query is written next, and its effect shown."""

    code = forms.RegexField(
        r"^[A-Za-z0-9]{1,6}$",
        label=_("Code"),
        help_text=_("One to six letters or digits, such as E."),
        error_messages={"invalid": _("Write one to six letters or digits.")},
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    weight = forms.IntegerField(label=_("Weight"), min_value=0, max_value=100, initial=50)
    cadence_days = forms.IntegerField(
        label=_("Days between two calls"), min_value=1, max_value=90, required=False, initial=14
    )


class GroupForm(forms.Form):
    """One group of conditions that must all hold."""

    age_from = forms.IntegerField(label=_("Age, from"), min_value=0, max_value=120, required=False)
    age_to = forms.IntegerField(label=_("Age, to"), min_value=0, max_value=120, required=False)
    size_from = forms.IntegerField(
        label=_("People in the dwelling, from"), min_value=1, max_value=40, required=False
    )
    size_to = forms.IntegerField(
        label=_("People in the dwelling, to"), min_value=1, max_value=40, required=False
    )
    days_from = forms.IntegerField(
        label=_("Days without contact, from"), min_value=1, max_value=3650, required=False
    )
    flags = forms.MultipleChoiceField(
        label=_("And"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    markers = forms.MultipleChoiceField(
        label=_("And one of these markers"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, segment: str, **options: Any) -> None:
        super().__init__(*args, **options)
        allowed = [one for one in FLAGS if ONLY_FOR.get(one, segment) == segment]
        self.fields["flags"].choices = [(one.value, one.label) for one in allowed]  # type: ignore[attr-defined]
        labels = dict(people.MarkerNature.choices)
        self.fields["markers"].choices = [(one, labels[one]) for one in MARKERS]  # type: ignore[attr-defined]

    def document(self) -> list[dict[str, Any]]:
        """Return the conditions of a valid group, as the criteria document writes them."""
        said = self.cleaned_data
        found: list[dict[str, Any]] = []
        for asked, low, high in (
            (SegmentInput.AGE, said["age_from"], said["age_to"]),
            (SegmentInput.HOUSEHOLD_SIZE, said["size_from"], said["size_to"]),
            (SegmentInput.DAYS_WITHOUT_CONTACT, said["days_from"], None),
        ):
            bounds = {
                key: value for key, value in (("at_least", low), ("at_most", high)) if value is not None
            }
            if bounds:
                found.append({"input": asked.value, **bounds})
        found += [{"input": flag} for flag in said["flags"]]
        if said["markers"]:
            found.append({"input": SegmentInput.MARKERS.value, "among": said["markers"]})
        return found


def initial_of(conditions: Sequence[Condition]) -> dict[str, Any]:
    """Return what a group's form shows of the conditions kept."""
    shown: dict[str, Any] = {"flags": [], "markers": []}
    names = {
        SegmentInput.AGE: ("age_from", "age_to"),
        SegmentInput.HOUSEHOLD_SIZE: ("size_from", "size_to"),
        SegmentInput.DAYS_WITHOUT_CONTACT: ("days_from", ""),
    }
    for one in conditions:
        if one.input in NUMBERS:
            low, high = names[one.input]
            shown[low] = one.at_least
            if high:
                shown[high] = one.at_most
        elif one.input == SegmentInput.MARKERS:
            shown["markers"] += one.among
        else:
            shown["flags"].append(one.input.value)
    return shown


def group_forms(
    data: Mapping[str, Any] | None, *, segment: str, kept: Sequence[Sequence[Condition]] = ()
) -> list[GroupForm]:
    """Return the forms of the groups: those kept, or those that were posted, and one more when it is asked for."""
    if data is None:
        forms_ = [
            GroupForm(prefix=f"g{n}", segment=segment, initial=initial_of(g)) for n, g in enumerate(kept)
        ]
        return forms_ or [GroupForm(prefix="g0", segment=segment)]
    try:
        count = int(data.get("groups", 1))
    except ValueError:
        count = 1
    count = max(1, min(count + ("add" in data), MOST_GROUPS))
    return [GroupForm(data, prefix=f"g{n}", segment=segment) for n in range(count)]


def document_of(groups: Sequence[GroupForm]) -> dict[str, Any]:
    """Return the criteria document of valid groups; an empty group says nothing and is left out."""
    said = [one.document() for one in groups]
    return {"any": [{"all": conditions} for conditions in said if conditions]}
