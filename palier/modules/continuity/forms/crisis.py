"""Forms of the crisis cell: log, tasks, members, meetings, reports, pack."""

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from palier.modules.continuity.enums import CellRole, LogCategory, LogSource, Seat, Severity

WRITTEN = [one for one in LogCategory.choices if one[0] != LogCategory.REDACTION]
SAID_BY_PEOPLE = [one for one in LogSource.choices if one[0] != LogSource.PALIER]


class Moment(forms.DateTimeInput):
    """A date and an hour as browsers ask for them, in local time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def lines_of(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class LogEntryForm(forms.Form):
    """An entry of the log. The text comes first: the rest has good defaults."""

    text = forms.CharField(
        label=_("What happens"),
        max_length=8000,
        widget=lines_of(3, **{"data-key": "n"}),
        error_messages={"required": _("Write what happens, then record.")},
    )
    category = forms.ChoiceField(label=_("Kind"), choices=WRITTEN, initial=LogCategory.FACT)
    source = forms.ChoiceField(label=_("Source"), choices=SAID_BY_PEOPLE, initial=LogSource.CELL)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.ROUTINE)
    event_at = forms.DateTimeField(
        label=_("When"), required=False, widget=Moment(), help_text=_("Empty: now.")
    )
    place_label = forms.CharField(label=_("Place"), required=False, max_length=200)
    decision_maker = forms.CharField(label=_("Decided by"), required=False, max_length=200)
    action_owner = forms.CharField(label=_("Who follows up"), required=False, max_length=200)
    action_due_at = forms.DateTimeField(label=_("By when"), required=False, widget=Moment())
    supersedes_seq = forms.IntegerField(required=False, widget=forms.HiddenInput())


class RedactForm(forms.Form):
    """Why a text is erased."""

    reason = forms.CharField(
        label=_("By which right"),
        max_length=500,
        help_text=_("For example: request of the person, GDPR art. 17. Do not write the erased text again."),
    )


class TaskForm(forms.Form):
    """A task that no card foresaw."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    instructions = forms.CharField(label=_("How"), required=False, widget=lines_of(3), max_length=4000)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", "—"), *CellRole.choices])
    owner_name = forms.CharField(label=_("Or somebody by name"), required=False, max_length=200)
    owner_email = forms.EmailField(label=_("Their e-mail"), required=False)
    due_at = forms.DateTimeField(label=_("By when"), required=False, widget=Moment())


class OutcomeForm(forms.Form):
    """How a task or a decision ended."""

    outcome = forms.CharField(label=_("Outcome"), required=False, widget=lines_of(2), max_length=2000)


class AssignForm(forms.Form):
    """Who takes a task; empty gives it back to its role."""

    owner_name = forms.CharField(label=_("Name"), required=False, max_length=200)
    owner_email = forms.EmailField(label=_("E-mail"), required=False)


class MemberForm(forms.Form):
    """Somebody of the crisis cell."""

    role = forms.ChoiceField(label=_("Role"), choices=CellRole.choices)
    seat = forms.ChoiceField(label=_("Seat"), choices=[one for one in Seat.choices if one[0] != Seat.GUEST])
    name = forms.CharField(label=_("Name"), max_length=200)
    job = forms.CharField(label=_("Job"), required=False, max_length=200)
    phone = forms.CharField(
        label=_("Telephone, day and night"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)


class GuestForm(forms.Form):
    """A member of a territorial cell, of the house or from outside."""

    name = forms.CharField(label=_("Name"), max_length=200)
    job = forms.CharField(label=_("Job"), required=False, max_length=200)
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=200)
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=30, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)


class CallOutForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=lines_of(2), max_length=1000)
    exercise = forms.BooleanField(label=_("This is an exercise"), required=False)


class HandOverForm(forms.Form):
    note = forms.CharField(
        label=_("What is passed on"),
        required=False,
        widget=lines_of(3),
        max_length=4000,
        help_text=_("State of things, what is under way, what to watch. Written in the crisis log."),
    )


class CellForm(forms.Form):
    """A territorial cell."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Lower-case letters, digits and hyphens.")
    )
    departments = forms.CharField(
        label=_("Departments"), required=False, help_text=_("Codes separated by commas: 11, 31.")
    )
    rhythm = forms.CharField(
        label=_("Rhythm"), required=False, max_length=200, help_text=_("For example: every Tuesday at 9.")
    )

    def clean_departments(self) -> list[str]:
        return [part.strip() for part in self.cleaned_data["departments"].split(",") if part.strip()]


class MeetingForm(forms.Form):
    starts_at = forms.DateTimeField(label=_("Begins"), widget=Moment())
    where = forms.CharField(label=_("Where, or by which link"), required=False, max_length=300)
    agenda = forms.CharField(label=_("Agenda"), required=False, widget=lines_of(5), max_length=8000)


class MinutesForm(forms.Form):
    attendance = forms.CharField(
        label=_("Who was there"), required=False, widget=lines_of(2), max_length=2000
    )
    minutes = forms.CharField(label=_("What was said"), required=False, widget=lines_of(8), max_length=20000)


class DecisionForm(forms.Form):
    text = forms.CharField(label=_("What is decided"), widget=lines_of(2), max_length=4000)
    owner_name = forms.CharField(label=_("Carried out by"), required=False, max_length=200)
    due_on = forms.DateField(label=_("By"), required=False, widget=Day())
    decided_by_name = forms.CharField(
        label=_("Decided by"), required=False, max_length=200, help_text=_("Empty: you.")
    )


class ReportForm(forms.Form):
    """What people write in a situation report; the figures come by themselves."""

    highlights = forms.CharField(label=_("Highlights"), required=False, widget=lines_of(5), max_length=20000)
    decisions = forms.CharField(label=_("Decisions"), required=False, widget=lines_of(4), max_length=20000)
    needs = forms.CharField(label=_("Needs"), required=False, widget=lines_of(3), max_length=20000)
    next_steps = forms.CharField(label=_("Next steps"), required=False, widget=lines_of(3), max_length=20000)
    next_at = forms.DateTimeField(label=_("Next report"), required=False, widget=Moment())


class PackForm(forms.Form):
    """Where the offline pack goes, and what opens it."""

    addresses = forms.CharField(
        label=_("Send it to"),
        required=False,
        widget=lines_of(3),
        help_text=_("One e-mail address a line, outside your own mail server."),
    )
    password = forms.CharField(
        label=_("Password of the pack"),
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 signs. Empty keeps the one chosen before. Write it on paper, in the safe."),
    )

    def clean_addresses(self) -> list[str]:
        found = [
            line.strip()
            for line in self.cleaned_data["addresses"].replace(",", "\n").splitlines()
            if line.strip()
        ]
        for address in found:
            validate_email(address)
        return found
