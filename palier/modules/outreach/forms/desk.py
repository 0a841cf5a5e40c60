"""What a caller says of one ring: one form, every field of which has a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import localdate, localtime, make_aware
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palier.kernel.parameters import value_of
from palier.kernel.ui import typography
from palier.kernel.wording.forms import GuardedForm, GuardedText
from palier.modules.outreach.enums import AlertLevel, AttemptResult, Direction, SkipReason, Wellbeing
from palier.modules.outreach.rules import desk as rules
from palier.modules.outreach.rules import shortcuts
from palier.modules.outreach.rules.parameters import WEEKEND_CALLS
from palier.modules.outreach.rules.scheduling import calling_day
from palier.modules.outreach.services.reporting import Outcome, TickedNeed
from palier.modules.referrals import public as referrals

CALL_BACK_LABELS = {
    "in_an_hour": _("In an hour"),
    "this_afternoon": _("This afternoon, 2 pm"),
    "end_of_day": _("Today, 5 pm"),
    "tomorrow_morning": _("Tomorrow, 9.30 am"),
    "tomorrow_afternoon": _("Tomorrow, 2 pm"),
    "other": _("Another moment"),
}
LATER_LABELS = {
    "tomorrow_morning": _("{day}, 9.30 am"),
    "tomorrow_afternoon": _("{day}, 2 pm"),
}
"""Said when tomorrow is a day without calls: a Friday proposes the Monday by its date."""
NEXT_LABELS = {
    "cadence": _("As planned"),
    "tomorrow": _("Tomorrow"),
    "two_days": _("In two days"),
    "week": _("In a week"),
    "fortnight": _("In two weeks"),
    "other": _("Another day"),
}
CONSENTS = (
    ("oral", pgettext_lazy("consent", "Agrees, orally")),
    ("written", pgettext_lazy("consent", "Agrees, in writing")),
    ("refused", pgettext_lazy("consent", "Refuses")),
)
RECIPIENT_LABELS = {
    "association": _("an association"),
    "health": _("a health centre"),
    "ccas": _("the municipal social service (CCAS)"),
    "caf": _("the CAF or the job centre"),
    "inside": _("our teams"),
    "referent": _("the violence referent"),
    "emergency": _("emergency services: call now"),
    "leader": _("the team leader"),
}
URGENCIES = (("", _("As usual")), *referrals.Urgency.choices)


@dataclass(frozen=True)
class Answer:
    """One answer as a button with its key. `hint`: to whom a need goes."""

    value: str
    label: str
    key: str
    checked: bool
    hint: str = ""


class OutcomeForm(GuardedForm):
    """The answer to a ring. Nothing but the result is ever required."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    direction = forms.ChoiceField(
        choices=Direction.choices, widget=forms.HiddenInput, initial=Direction.OUTBOUND, required=False
    )
    result = forms.ChoiceField(
        label=_("What came of it"),
        choices=AttemptResult.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what came of the call first.")},
    )
    call_back = forms.ChoiceField(label=_("Call back"), required=False, widget=forms.RadioSelect)
    call_back_at = forms.DateTimeField(
        label=_("On"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    refusing = forms.MultipleChoiceField(
        label=_("Who no longer wishes to be called"), required=False, widget=forms.CheckboxSelectMultiple
    )
    wellbeing = forms.ChoiceField(
        label=_("How are they"),
        choices=Wellbeing.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    needs = forms.MultipleChoiceField(
        label=_("What is needed"),
        choices=referrals.NeedKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    person = forms.ChoiceField(label=_("For whom"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=URGENCIES, required=False)
    consent = forms.ChoiceField(
        label=_("Does the person agree that it is handed over?"),
        choices=CONSENTS,
        required=False,
        widget=forms.RadioSelect,
    )
    alert_level = forms.ChoiceField(
        label=_("Alert"),
        choices=AlertLevel.choices,
        initial=AlertLevel.NONE,
        required=False,
        widget=forms.RadioSelect,
    )
    note = GuardedText(label=_("Note"), required=False, rows=2)
    next_call = forms.ChoiceField(label=_("Next call"), required=False)
    next_call_on = forms.DateField(
        label=_("On"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    is_hard = forms.BooleanField(label=_("That was a hard call"), required=False)

    def __init__(self, *args: Any, members: Any = (), at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.at = at
        weekends = bool(value_of(WEEKEND_CALLS.key, on=localdate(at)))
        self.moments = dict(
            rules.callback_choices(
                localtime(at).replace(tzinfo=None),
                calling_day=lambda day: calling_day(day, weekends=weekends),
            )
        )
        self.days = {choice.code: choice.day for choice in rules.next_choices(localdate(at))}
        people = [(str(member.id), member.name) for member in members]
        self._choose("person", people)
        self._choose("refusing", people)
        self._choose("call_back", [(code, self._moment_label(code)) for code in (*self.moments, "other")])
        self._choose("next_call", [(code, self._day_label(code)) for code in (*self.days, "other")])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _moment_label(self, code: str) -> str:
        moment = self.moments.get(code)
        if moment is None or moment.date() <= localdate(self.at) + timedelta(days=1):
            return str(CALL_BACK_LABELS[code])
        return str(LATER_LABELS[code]).format(day=typography.day(moment.date()))

    def _day_label(self, code: str) -> str:
        day = self.days.get(code)
        label = str(NEXT_LABELS[code])
        return f"{label} ({typography.day(day)})" if day and code != "tomorrow" else label

    def answers(
        self, name: str, keys: Mapping[str, str], hints: Mapping[str, str] | None = None
    ) -> list[Answer]:
        """Return the choices of a field with their keys and what is chosen already."""
        said = self[name].value()
        chosen = {str(one) for one in said} if isinstance(said, list | tuple) else {str(said)}
        return [
            Answer(
                str(value),
                str(label),
                keys.get(str(value), ""),
                str(value) in chosen,
                (hints or {}).get(str(value), ""),
            )
            for value, label in self.fields[name].choices  # type: ignore[attr-defined]
        ]

    @property
    def outcomes(self) -> list[Answer]:
        return self.answers("result", shortcuts.RESULTS)

    @property
    def moods(self) -> list[Answer]:
        return self.answers("wellbeing", shortcuts.WELLBEING)

    @property
    def wants(self) -> list[Answer]:
        hints = {kind: str(RECIPIENT_LABELS[recipient]) for kind, recipient in rules.RECIPIENTS.items()}
        return self.answers("needs", shortcuts.NEEDS, hints)

    @property
    def consents(self) -> list[Answer]:
        return self.answers("consent", shortcuts.CONSENT)

    @property
    def levels(self) -> list[Answer]:
        return self.answers("alert_level", {})

    @property
    def call_backs(self) -> list[Answer]:
        return self.answers("call_back", {})

    @property
    def objectors(self) -> list[Answer]:
        return self.answers("refusing", {})

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("next_call") == "other" and not found.get("next_call_on"):
            self.add_error("next_call_on", str(_("Choose the day of the next call.")))
        chosen = found.get("next_call_on")
        if found.get("next_call") == "other" and chosen and chosen <= localdate(self.at):
            self.add_error("next_call_on", str(_("Choose a day to come.")))
        if found.get("result") == AttemptResult.CALLBACK_ASKED:
            self._clean_call_back(found)
        return found

    def _clean_call_back(self, found: dict[str, Any]) -> None:
        if found.get("call_back") == "other" or (found.get("call_back_at") and not found.get("call_back")):
            moment = found.get("call_back_at")
            if moment is None:
                self.add_error("call_back_at", str(_("Write the day and the hour.")))
            elif moment <= self.at or moment > self.at + timedelta(days=92):
                self.add_error("call_back_at", str(_("Choose a moment to come, within three months.")))

    def outcome(self, **more: Any) -> Outcome:
        """Return what was said, as the service reads it."""
        said = self.cleaned_data
        return Outcome(
            token=said["token"],
            result=said["result"],
            direction=said["direction"] or Direction.OUTBOUND,
            wellbeing=said["wellbeing"],
            alert_level=said["alert_level"] or AlertLevel.NONE,
            note=said["note"] or "",
            wording_reason=said.get("wording_reason", ""),
            needs=tuple(TickedNeed(kind, said["urgency"]) for kind in said["needs"]),
            consent=said["consent"],
            person_id=UUID(said["person"]) if said["person"] else None,
            next_call_on=self._next_day(),
            call_back_at=self._moment(),
            is_hard=said["is_hard"],
            refusing=tuple(UUID(one) for one in said["refusing"]),
            **more,
        )

    def _next_day(self) -> Any:
        code = self.cleaned_data["next_call"] or "cadence"
        return self.cleaned_data["next_call_on"] if code == "other" else self.days.get(code)

    def _moment(self) -> datetime | None:
        """When to call back: the moment chosen, else the first proposed."""
        said = self.cleaned_data
        if said["result"] != AttemptResult.CALLBACK_ASKED:
            return None
        if said["call_back_at"] and said["call_back"] in ("", "other"):
            return said["call_back_at"]
        code = said["call_back"] or next(iter(self.moments))
        return make_aware(self.moments[code])


class SkipForm(forms.Form):
    """Why a household is left to later or to somebody else."""

    reason = forms.ChoiceField(label=_("Why"), choices=SkipReason.choices, initial=SkipReason.LATER)
