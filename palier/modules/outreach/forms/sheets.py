"""What comes back from a sheet: its number, then a key a line."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext_lazy as _

from palier.kernel.wording.forms import GuardedForm, GuardedText
from palier.modules.outreach.enums import AlertLevel, AttemptResult, Wellbeing
from palier.modules.outreach.forms.desk import CONSENTS, Answer
from palier.modules.outreach.rules import shortcuts
from palier.modules.outreach.rules.scheduling import calling_day
from palier.modules.outreach.services.reporting import TickedNeed
from palier.modules.referrals import public as referrals

MORNING = time(9, 30)
"""The hour at which somebody is called back when the paper says a day alone."""


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
    needs = forms.MultipleChoiceField(choices=referrals.NeedKind.choices, required=False)
    consent = forms.ChoiceField(choices=CONSENTS, required=False)
    person = forms.ChoiceField(required=False)
    call_back_on = forms.DateField(
        required=False, error_messages={"invalid": _("Write the day of the call back in full.")}
    )

    def __init__(self, *args: Any, members: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].choices = [(str(one.id), one.name) for one in members]  # type: ignore[attr-defined]

    def clean_call_back_on(self) -> date | None:
        day: date | None = self.cleaned_data["call_back_on"]
        if day and not localdate() <= day <= localdate() + timedelta(days=92):
            raise forms.ValidationError(_("Choose a day to come, within three months."))
        return day

    def said(self, *, at: datetime, weekends: bool) -> dict[str, Any]:
        """Return what the line says, as an `Outcome` takes it. A day that is not said is the next one of calls."""
        given = self.cleaned_data
        day = given["call_back_on"] or calling_day(localdate(at) + timedelta(days=1), weekends=weekends)
        moment = make_aware(datetime.combine(day, MORNING))
        return {
            "result": given["result"],
            "wellbeing": given["wellbeing"],
            "alert_level": given["alert_level"] or AlertLevel.NONE,
            "note": given["note"] or "",
            "wording_reason": given.get("wording_reason", ""),
            "needs": tuple(TickedNeed(kind) for kind in given["needs"]),
            "consent": given["consent"],
            "person_id": UUID(given["person"]) if given["person"] else None,
            "call_back_at": moment if given["result"] == AttemptResult.CALLBACK_ASKED else None,
        }

    @property
    def wants(self) -> list[Answer]:
        return self._answers("needs", shortcuts.NEEDS)

    @property
    def consents(self) -> list[Answer]:
        return self._answers("consent", shortcuts.CONSENT)

    def _answers(self, name: str, keys: dict[str, str]) -> list[Answer]:
        value = self[name].value() or ()
        chosen = {value} if isinstance(value, str) else set(value)
        choices: Any = self.fields[name].choices  # type: ignore[attr-defined]
        return [Answer(key, str(label), keys.get(key, ""), key in chosen) for key, label in choices]
