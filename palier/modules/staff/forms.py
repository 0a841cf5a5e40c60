"""What people type about agents, teams and coverage."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.modules.staff.enums import CoverageRank, CoverageRole, EquipmentKind, HoursKind, Job, UsualDay
from palier.modules.staff.rules import forbidden_mention, overlapping_slots


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


class AgentForm(forms.Form):
    """Everything that may be corrected by hand between two loads of the HR file."""

    reference = forms.CharField(label=_("Reference"), max_length=60)
    last_name = forms.CharField(label=_("Surname"), max_length=100)
    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    job = forms.ChoiceField(label=_("Trade"), choices=Job.choices)
    job_title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    team_id = forms.TypedChoiceField(label=_("Team"), required=False, empty_value=None)
    agency_id = forms.TypedChoiceField(label=_("Agency"), required=False, empty_value=None)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    user_email = forms.EmailField(
        label=_("Palier account"),
        required=False,
        help_text=_("Leave empty when the account has the same e-mail."),
    )
    active_from = forms.DateField(label=_("Arrival"), widget=DayInput())

    def __init__(self, *args: Any, teams: list, agencies: list, is_new: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team_id"].choices = [("", "—"), *teams]  # type: ignore[attr-defined]
        self.fields["agency_id"].choices = [("", "—"), *agencies]  # type: ignore[attr-defined]
        if not is_new:
            # The reference and the arrival come from the HR file: a load would undo a correction made here.
            del self.fields["reference"], self.fields["active_from"]


class UsualWeekForm(forms.Form):
    monday = forms.ChoiceField(label=_("Monday"), choices=UsualDay.choices)
    tuesday = forms.ChoiceField(label=_("Tuesday"), choices=UsualDay.choices)
    wednesday = forms.ChoiceField(label=_("Wednesday"), choices=UsualDay.choices)
    thursday = forms.ChoiceField(label=_("Thursday"), choices=UsualDay.choices)
    friday = forms.ChoiceField(label=_("Friday"), choices=UsualDay.choices)
    saturday = forms.ChoiceField(label=_("Saturday"), choices=UsualDay.choices)
    sunday = forms.ChoiceField(label=_("Sunday"), choices=UsualDay.choices)


class PeriodForm(forms.Form):
    """Two days, both included on screen; services receive the half-open period."""

    start_on = forms.DateField(label=_("First day"), widget=DayInput())
    last_day = forms.DateField(label=_("Last day"), widget=DayInput())

    def period(self) -> dict[str, date]:
        """Return the half-open period of the two days."""
        return {
            "start_on": self.cleaned_data["start_on"],
            "end_on": self.cleaned_data["last_day"] + timedelta(days=1),
        }


class SkillForm(forms.Form):
    label = forms.CharField(label=_("Skill"), max_length=200)
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DayInput())


class EquipmentForm(forms.Form):
    kind = forms.ChoiceField(label=_("Equipment"), choices=EquipmentKind.choices)
    label = forms.CharField(label=_("Model or number"), max_length=120, required=False)
    given_on = forms.DateField(label=_("Given on"), widget=DayInput())


class DepartureForm(forms.Form):
    last_day = forms.DateField(label=_("Last day in the staff"), widget=DayInput())


class HoursForm(forms.Form):
    """Hours of a team: the same stretches of work on each day chosen."""

    kind = forms.ChoiceField(label=_("Kind"), choices=HoursKind.choices, initial=HoursKind.ADAPTED)
    start_on = forms.DateField(label=_("First day"), widget=DayInput())
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DayInput(),
        help_text=_("Leave empty until further notice."),
    )
    days = forms.MultipleChoiceField(
        label=_("Days"),
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
        initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
    )
    first_start = forms.TimeField(label=_("Starts at"), widget=TimeInput(), initial=time(7))
    first_end = forms.TimeField(label=_("Ends at"), widget=TimeInput(), initial=time(13))
    second_start = forms.TimeField(label=_("Then starts at"), required=False, widget=TimeInput())
    second_end = forms.TimeField(label=_("Then ends at"), required=False, widget=TimeInput())
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=200,
        help_text=_("How the work is organised. No reason of absence, nothing about health."),
    )

    def service_arguments(self) -> dict[str, Any]:
        """Return what the service receives: half-open period and slots."""
        data = self.cleaned_data
        stretches = [(data["first_start"], data["first_end"])]
        if data["second_start"] and data["second_end"]:
            stretches.append((data["second_start"], data["second_end"]))
        last = data["last_day"]
        return {
            "kind": data["kind"],
            "start_on": data["start_on"],
            "end_on": last + timedelta(days=1) if last else None,
            "slots": [(int(day), start, end) for day in data["days"] for start, end in stretches],
            "note": data["note"],
        }


class ManyTeamsHoursForm(HoursForm):
    """The same hours for several teams: what is wrong is said before they are counted."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        given = self.service_arguments()
        slots = given["slots"]
        if overlapping_slots(slots) or any(end <= start for _day, start, end in slots):
            self.add_error(
                None, _("Two stretches of work overlap on the same day, or one ends before it begins.")
            )
        if given["end_on"] is not None and given["end_on"] <= given["start_on"]:
            self.add_error(
                "last_day", _("The last day comes before the first one. Correct one of the two dates.")
            )
        if forbidden_mention(given["note"]):
            self.add_error(
                "note", _("How the work is organised. No reason of absence, nothing about health.")
            )
        return data


class CoverageForm(forms.Form):
    """Who covers a residence; the residence and the agent are chosen in their own search fields."""

    residence_code = forms.CharField(label=_("Code of the residence"), max_length=60)
    agent_reference = forms.CharField(label=_("Reference of the agent"), max_length=60)
    role = forms.ChoiceField(label=_("Role"), choices=CoverageRole.choices)
    rank = forms.ChoiceField(label=_("Rank"), choices=CoverageRank.choices)
    start_on = forms.DateField(label=_("First day"), widget=DayInput())
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DayInput(),
        help_text=_("Leave empty until further notice."),
    )

    def period(self) -> dict[str, date | None]:
        """Return the half-open period of the two days."""
        last = self.cleaned_data["last_day"]
        return {
            "start_on": self.cleaned_data["start_on"],
            "end_on": last + timedelta(days=1) if last else None,
        }


class ToTeamForm(forms.Form):
    """The team that the agents chosen go to."""

    team_id = forms.TypedChoiceField(label=_("Team"), coerce=UUID)

    def __init__(self, *args: Any, teams: list, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team_id"].choices = [("", "—"), *teams]  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Who takes the residences chosen over: for some days, or for good."""

    agent_id = forms.TypedChoiceField(label=_("Agent who takes over"), coerce=UUID)
    how = forms.ChoiceField(
        label=_("For how long"),
        choices=[
            ("period", _("Stands in for some days: the present agent stays the holder")),
            ("good", _("For good: the present agent no longer covers them from that day")),
        ],
        initial="period",
        widget=forms.RadioSelect,
    )
    start_on = forms.DateField(label=_("First day"), widget=DayInput())
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=DayInput(), help_text=_("For somebody who stands in.")
    )

    def __init__(self, *args: Any, agents: list, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agent_id"].choices = [("", "—"), *agents]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("start_on"), data.get("last_day")
        if data.get("how") == "period" and not last:
            self.add_error("last_day", _("Give the last day of the replacement, or choose “for good”."))
        elif first and last and last < first:
            self.add_error(
                "last_day", _("The last day comes before the first one. Correct one of the two dates.")
            )
        return data
