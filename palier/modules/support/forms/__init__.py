"""What social workers type. Every free text about somebody is guarded."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.wording.forms import GuardedForm, GuardedText
from palier.modules.referrals.public import ConsentGiven, NeedKind, Urgency
from palier.modules.support.enums import Access, AgreementMeans, Doer, EntryKind, Origin, Place, Result

Options = Iterable[tuple[str, Any]]
NOBODY = [("", "—")]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class WorkerField(forms.ChoiceField):
    """A member of the organisation: the value is the account, the label the name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=options.pop("label", _("Social worker")), **options)


class ProposeForm(GuardedForm):
    """Open a file that waits for the person's agreement."""

    situation = GuardedText(label=_("Situation, as the person says it"), rows=4, required=False)
    origin = forms.ChoiceField(label=_("Opened from"), choices=Origin.choices, initial=Origin.PERSON)
    worker_id = WorkerField()
    worker_phone = forms.CharField(
        label=_("Direct line of the social worker"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    access = forms.ChoiceField(label=_("Read by"), choices=Access.choices, initial=Access.TEAM)

    def __init__(self, *args: Any, workers: Options = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["worker_id"].choices = list(workers)  # type: ignore[attr-defined]


class AgreeForm(GuardedForm):
    """How the person agreed, and when stock will be taken."""

    agreed_on = forms.DateField(label=_("Agreed on"), widget=DayInput())
    agreement_means = forms.ChoiceField(label=_("How"), choices=AgreementMeans.choices)
    agreement_note = GuardedText(
        label=_("What the person wishes to be said or kept silent"), rows=2, required=False
    )
    may_share = forms.BooleanField(
        label=_("Agrees that facts be shared with the partners chosen together"), required=False
    )
    review_on = forms.DateField(label=_("Next review on"), widget=DayInput())


class ReasonForm(GuardedForm):
    reason = GuardedText(label=_("Why"), rows=2)


class DeclineForm(GuardedForm):
    reason = GuardedText(label=_("What the person said"), rows=2, required=False)


class SuspendForm(ReasonForm):
    until = forms.DateField(label=_("Take it up again on"), widget=DayInput(), required=False)


class CloseForm(GuardedForm):
    """What the accompaniment came to."""

    result = forms.ChoiceField(label=_("Result"), choices=Result.choices)
    closing_note = GuardedText(label=_("Summary, as it will be given to the person"), rows=4)
    gives_up_the_rest = forms.BooleanField(
        label=_("Give up the steps and appointments still planned"), required=False
    )


class ReviewForm(GuardedForm):
    """Take stock with the person."""

    text = GuardedText(label=_("What was said together"), rows=4)
    review_on = forms.DateField(label=_("Next review on"), widget=DayInput())


class ReopenForm(forms.Form):
    review_on = forms.DateField(label=_("Next review on"), widget=DayInput())


class SituationForm(GuardedForm):
    situation = GuardedText(label=_("Situation, as the person says it"), rows=5)


class AimForm(GuardedForm):
    title = GuardedText(label=_("Aim"), rows=1, max_length=200)
    due_on = forms.DateField(label=_("To reach by"), widget=DayInput(), required=False)


class StepForm(GuardedForm):
    """Something to do."""

    title = GuardedText(label=_("Step"), rows=1, max_length=200)
    doer = forms.ChoiceField(label=_("Who does it"), choices=Doer.choices)
    partner_id = forms.TypedChoiceField(label=_("Partner"), required=False, empty_value=None)
    aim_id = forms.TypedChoiceField(label=_("For which aim"), required=False, empty_value=None)
    due_on = forms.DateField(label=_("By"), widget=DayInput(), required=False)

    def __init__(self, *args: Any, partners: Options = (), aims: Options = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["partner_id"].choices = [*NOBODY, *partners]  # type: ignore[attr-defined]
        self.fields["aim_id"].choices = [*NOBODY, *aims]  # type: ignore[attr-defined]


class OutcomeForm(GuardedForm):
    outcome = GuardedText(label=_("What came of it"), rows=2, required=False)


class HandOverForm(GuardedForm):
    """Hand a step over to its partner."""

    kind = forms.ChoiceField(label=_("Need"), choices=NeedKind.choices)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, initial=Urgency.NORMAL)
    summary = GuardedText(label=_("What is asked of the partner"), rows=3)
    consent = forms.ChoiceField(label=_("The person's consent"), choices=ConsentGiven.choices)
    consent_how = forms.CharField(label=_("How it was given"), max_length=200, required=False)


class PartnerForm(GuardedForm):
    """A partner who takes part."""

    partner_id = forms.ChoiceField(label=_("Partner"))
    role = GuardedText(label=_("What it does"), rows=1, max_length=200, required=False)
    may_share = forms.BooleanField(label=_("The person agrees that facts be shared with it"), required=False)
    consent_how = forms.CharField(
        label=_("How the person agreed"),
        max_length=200,
        required=False,
        help_text=_("On the phone on 12 May, say."),
    )

    def __init__(self, *args: Any, partners: Options = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["partner_id"].choices = [*NOBODY, *partners]  # type: ignore[attr-defined]


class AppointmentForm(GuardedForm):
    """A meeting to plan; the time is local."""

    day = forms.DateField(label=_("Day"), widget=DayInput())
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=10, max_value=480, initial=45)
    place = forms.ChoiceField(label=_("Where"), choices=Place.choices, initial=Place.PHONE)
    where = GuardedText(label=_("Precision"), rows=1, max_length=200, required=False, help_text="")
    is_danger = forms.BooleanField(label=_("There is danger: the meeting cannot be a call"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        day, time = found.pop("day", None), found.pop("time", None)
        if day and time:
            found["starts_at"] = timezone.make_aware(datetime.combine(day, time))
        return found


class PaperForm(GuardedForm):
    label = GuardedText(
        label=_("Document asked for"), rows=1, max_length=120,
        help_text=_("It is seen or handed on, never copied here."),
    )  # fmt: skip


class EntryForm(GuardedForm):
    """One line of the story."""

    kind = forms.ChoiceField(label=_("Kind"), choices=EntryKind.choices, initial=EntryKind.CALL)
    text = GuardedText(label=_("What happened"), rows=3)


class WorkerForm(forms.Form):
    worker_id = WorkerField(label=_("New social worker"))
    worker_phone = forms.CharField(label=_("Direct line"), max_length=30, required=False)

    def __init__(self, *args: Any, workers: Options = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["worker_id"].choices = list(workers)  # type: ignore[attr-defined]


class ReaderForm(forms.Form):
    user_id = WorkerField(label=_("Person to name"))

    def __init__(self, *args: Any, workers: Options = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user_id"].choices = list(workers)  # type: ignore[attr-defined]
