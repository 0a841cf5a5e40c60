"""What people type about referrals, transmissions and observations."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palier.kernel.models import new_id
from palier.kernel.wording.forms import GuardedForm, GuardedText
from palier.modules.referrals.enums import (
    ConsentGiven,
    DeclineReason,
    NeedKind,
    ObservationKind,
    Outcome,
    SentBy,
    Urgency,
)

NONE = [("", "—")]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class NewReferralForm(GuardedForm):
    """What is needed, how urgent, and what the person agreed to. `source_id` makes a second click harmless."""

    kind = forms.ChoiceField(label=_("Need"), choices=[*NONE, *NeedKind.choices])
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=Urgency.choices, initial=Urgency.NORMAL, widget=forms.RadioSelect()
    )
    summary = GuardedText(label=_("What is to be done"), rows=3, max_length=600)
    consent = forms.ChoiceField(
        label=_("Does the person agree to be handed over to a partner?"),
        choices=ConsentGiven.choices,
        widget=forms.RadioSelect(),
        help_text=_("A refusal keeps the referral inside the house."),
    )
    consent_how = forms.CharField(
        label=_("How the agreement was given"),
        max_length=200,
        required=False,
        help_text=_("During a call on the 12th, form signed at the agency…"),
    )
    due_on = forms.DateField(label=_("To be settled before"), required=False, widget=DayInput())
    partner_id = forms.UUIDField(required=False, widget=forms.HiddenInput())
    source_id = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, names_somebody: bool, **options: Any) -> None:
        options.setdefault("initial", {}).setdefault("source_id", new_id())
        super().__init__(*args, **options)
        if not names_somebody:
            del self.fields["consent"], self.fields["consent_how"]

    def service_arguments(self) -> dict[str, Any]:
        """Return what `open_referral` takes. A day wanted ends in the evening."""
        given = dict(self.cleaned_data)
        day = given.pop("due_on")
        given["due_at"] = timezone.make_aware(datetime.combine(day, time(18))) if day else None
        given.setdefault("consent", ConsentGiven.NOT_NEEDED.value)
        return given


class SettleForm(GuardedForm):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=[*NONE, *Outcome.choices])
    note = GuardedText(
        label=pgettext_lazy("referral", "What was done"), rows=2, max_length=400, required=False
    )


class DeclineForm(GuardedForm):
    reason = forms.ChoiceField(label=_("Why it cannot be taken"), choices=[*NONE, *DeclineReason.choices])
    note = GuardedText(label=_("More about it"), rows=2, max_length=400, required=False)


class ReasonForm(GuardedForm):
    """Withdraw, or reopen: why."""

    reason = GuardedText(label=_("Why"), max_length=200, widget=forms.TextInput(), help_text="")


class AssignForm(forms.Form):
    """An agent or a team of the house."""

    whom = forms.ChoiceField(label=_("Agent or team"))

    def __init__(
        self,
        *args: Any,
        teams: Iterable[tuple[str, str]] = (),
        agents: Iterable[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        choices: list[Any] = [("", "—")]
        choices += [(str(_("Teams")), [(f"team:{key}", name) for key, name in teams])]
        choices += [(str(_("Agents")), [(f"agent:{key}", name) for key, name in agents])]
        self.fields["whom"].choices = choices  # type: ignore[attr-defined]

    def service_arguments(self) -> dict[str, Any]:
        kind, _colon, key = self.cleaned_data["whom"].partition(":")
        return {f"{kind}_id": UUID(key)}


class TransmitForm(forms.Form):
    """A partner, and how the link reaches it. The box is asked for when only a danger to life allows it."""

    partner_id = forms.TypedChoiceField(label=_("Partner"), coerce=UUID)
    sent_by = forms.ChoiceField(
        label=_("How"), choices=SentBy.choices, initial=SentBy.MAIL, widget=forms.RadioSelect()
    )
    confirms_danger = forms.BooleanField(
        label=_("The life of the person is in danger: I hand over without their agreement (RGPD art. 6.1.d)"),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        nearby: Sequence[tuple[str, str]] = (),
        others: Sequence[tuple[str, str]] = (),
        asks_danger: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        choices: list[Any] = [("", "—")]
        choices += [(str(_("They serve this need here")), list(nearby))] if nearby else []
        choices += [(str(_("Other partners")), list(others))] if others else []
        self.fields["partner_id"].choices = choices  # type: ignore[attr-defined]
        if not asks_danger:
            del self.fields["confirms_danger"]


class ObservationForm(GuardedForm):
    """What was seen, where, and about how many people. `form_key` makes a second click harmless."""

    kind = forms.ChoiceField(label=_("What was seen"), choices=[*NONE, *ObservationKind.choices])
    district_id = forms.TypedChoiceField(label=_("District"), required=False, coerce=UUID, empty_value=None)
    residence_id = forms.TypedChoiceField(
        label=_("Residence"),
        required=False,
        coerce=UUID,
        empty_value=None,
        help_text=_("Its district follows by itself."),
    )
    observed_on = forms.DateField(label=_("Day"), widget=DayInput())
    seen = GuardedText(
        label=_("In a few words"),
        rows=3,
        max_length=600,
        help_text=_("Name nobody: places, needs and numbers. The notes are read by the whole team."),
    )
    people_count = forms.IntegerField(
        label=_("People or families concerned"), required=False, min_value=0, max_value=99_999
    )
    partner_id = forms.TypedChoiceField(
        label=_("Association or partner concerned"), required=False, coerce=UUID, empty_value=None
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        districts: Iterable[tuple[str, str]] = (),
        residences: Iterable[tuple[str, str]] = (),
        partners: Iterable[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        options.setdefault("initial", {}).setdefault("form_key", new_id())
        super().__init__(*args, **options)
        for name, choices in (
            ("district_id", districts),
            ("residence_id", residences),
            ("partner_id", partners),
        ):
            self.fields[name].choices = [*NONE, *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if not self.errors and not (found["district_id"] or found["residence_id"]):
            self.add_error("district_id", str(_("Choose a district or a residence.")))
        return found


class FollowForm(GuardedForm):
    """The referral that follows an observation."""

    kind = forms.ChoiceField(label=_("Need"), choices=[*NONE, *NeedKind.choices])
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, initial=Urgency.NORMAL)
    summary = GuardedText(label=_("What is to be done"), rows=2, max_length=600)


class CloseForm(GuardedForm):
    note = GuardedText(
        label=_("What became of it"), max_length=300, required=False, widget=forms.TextInput(), help_text=""
    )


class LinkSettleForm(SettleForm):
    """What a partner says at the end, on the page of its link."""


class LinkDeclineForm(DeclineForm):
    """Why a partner cannot take it."""
