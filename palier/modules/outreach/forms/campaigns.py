"""What people type about campaigns."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.kernel.wording.forms import GuardedForm, GuardedText
from palier.modules.outreach.enums import ScriptContext
from palier.modules.people import public as people


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


KINDS = {
    "agency": _("Agencies"),
    "department": _("Departments"),
    "commune": _("Communes"),
    "residence": _("Residences"),
    "district": _("Priority districts (QPV)"),
}


class CampaignForm(forms.Form):
    """A campaign before it opens."""

    name = forms.CharField(label=_("Name"), max_length=120)
    scope = forms.ChoiceField(label=_("Where"), choices=())
    segments = forms.MultipleChoiceField(
        label=_("Who is called"), widget=forms.CheckboxSelectMultiple, choices=()
    )
    context = forms.ChoiceField(
        label=_("What the calls are about"),
        choices=ScriptContext.choices,
        help_text=_("It chooses what callers say."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    last_day = forms.DateField(
        label=_("Last day"), widget=DayInput(), required=False, help_text=_("Leave empty while nobody knows.")
    )
    max_attempts = forms.IntegerField(
        label=_("Attempts before a visit at the door"), min_value=1, max_value=10, initial=3
    )
    attempt_days = forms.IntegerField(
        label=_("Over how many days, at different hours"), min_value=1, max_value=14, initial=2
    )
    reason = forms.CharField(
        label=_("Why this campaign"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=500
    )

    def __init__(
        self,
        *args: Any,
        scopes: Sequence[tuple[str, Any]],
        segments: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        choices: list[Any] = []
        for kind, rows in scopes:
            choices += rows if not kind else [(str(KINDS[kind]), rows)]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]
        self.fields["segments"].choices = segments  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, last = said.get("starts_on"), said.get("last_day")
        if start and last and last < start:
            self.add_error("last_day", _("The last day comes before the first one."))
        return said

    def values(self) -> dict[str, Any]:
        """Return what the service takes: a half-open period, the place as kind and id."""
        said = dict(self.cleaned_data)
        kind, _sign, place = said.pop("scope").partition(":")
        last, segments = said.pop("last_day"), said.pop("segments")
        return {
            **said,
            "scope_kind": kind,
            "scope_id": place,
            "segment_codes": tuple(segments),
            "ends_on": last + timedelta(days=1) if last else None,
        }


class ReasonForm(forms.Form):
    """Why somebody stops, resumes or closes something."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500)


class AddHouseholdForm(GuardedForm):
    """Why somebody is put on a list by hand."""

    why = GuardedText(
        label=_("Why"),
        max_length=200,
        widget=forms.TextInput(),
        help_text=_("Callers read it; the tenant may too: no health, origin or belief."),
    )


class RemoveHouseholdForm(GuardedForm):
    """Why a household is taken off a list."""

    reason = GuardedText(label=_("Reason"), rows=2, max_length=500)


class CallersForm(forms.Form):
    """Who calls for a campaign, how many households a day each, and which languages."""

    def __init__(
        self,
        *args: Any,
        agents: Sequence[tuple[UUID, str, str, bool]],
        chosen: Mapping[UUID, tuple[int, Sequence[str]]],
        usual: int,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.agents, self.chosen = agents, chosen
        languages = [(code, label) for code, label in people.Language.choices if code != "fr"]
        for agent, name, trade, _is_usual in agents:
            daily, spoken = chosen.get(agent, (usual, ()))
            self.fields[f"calls-{agent}"] = forms.BooleanField(
                label=f"{name} · {trade}", required=False, initial=agent in chosen
            )
            self.fields[f"daily-{agent}"] = forms.IntegerField(
                label=_("Households a day"), min_value=1, max_value=200, initial=daily, required=False
            )
            self.fields[f"languages-{agent}"] = forms.MultipleChoiceField(
                label=_("Speaks, besides French"), choices=languages, initial=list(spoken), required=False
            )

    @property
    def usual(self) -> list[tuple[Any, Any, Any]]:
        """The three fields of each agent used to speaking with tenants, or who calls already."""
        return [
            self._fields_of(a) for a, _name, _trade, is_usual in self.agents if is_usual or a in self.chosen
        ]

    @property
    def others(self) -> list[tuple[Any, Any, Any]]:
        """The three fields of everybody else."""
        return [
            self._fields_of(a)
            for a, _name, _trade, is_usual in self.agents
            if not is_usual and a not in self.chosen
        ]

    def _fields_of(self, agent: UUID) -> tuple[Any, Any, Any]:
        return self[f"calls-{agent}"], self[f"daily-{agent}"], self[f"languages-{agent}"]

    def callers(self) -> list[dict[str, Any]]:
        """Return those who call, as the service takes them."""
        said = self.cleaned_data
        return [
            {
                "agent_id": agent,
                "daily_calls": said[f"daily-{agent}"] or 30,
                "languages": said[f"languages-{agent}"],
            }
            for agent, _name, _trade, _is_usual in self.agents
            if said[f"calls-{agent}"]
        ]
