"""Forms of decisions: choose a level and a place, confirm, extend, lift, override."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.access.roles import Role
from palier.kernel.modes import Service
from palier.modules.continuity.services.activations import Decision


def _moment(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, help_text=help_text, widget=widget)


def _day(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class ReasonForm(forms.Form):
    """Why: every decision says it. `key` names one click, so that a second one does nothing more."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class DecisionForm(ReasonForm):
    """Who decides, since when, and when it is looked at again."""

    name = forms.CharField(label=_("Decided by"), max_length=200)
    capacity = forms.CharField(label=_("In the capacity of"), required=False, max_length=200)
    decided_at = _moment(
        _("Decided at"), _("If earlier than now: the decision's own time is kept apart and shown.")
    )
    effective_at = _moment(
        _("Takes effect"), _("Empty: at once. A change never begins before it is recorded.")
    )
    fingerprint = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def decision(self) -> Decision:
        """Return what was decided, as the services take it."""
        said = self.cleaned_data
        return Decision(
            reason=said["reason"],
            name=said.get("name", ""),
            capacity=said.get("capacity", ""),
            at=said.get("decided_at"),
            review_on=said.get("review_on"),
            legal_basis=said.get("legal_basis", ""),
            key=said.get("key", ""),
        )


class ActivationForm(DecisionForm):
    """Everything that an activation, or a change of level, asks beside the level and the place."""

    review_on = _day(
        _("To be reviewed on"), _("A level never lifts by itself: this date alerts."), required=True
    )
    legal_basis = forms.CharField(label=_("Legal basis"), required=False, max_length=500)
    exercise = forms.BooleanField(
        label=_("This is an exercise"),
        required=False,
        help_text=_("No service changes; everything else happens."),
    )
    field_order = (
        "reason", "name", "capacity", "review_on", "effective_at", "decided_at", "legal_basis", "exercise",
    )  # fmt: skip


class ExtensionForm(DecisionForm):
    """A later review."""

    review_on = _day(_("To be reviewed on"), required=True)
    field_order = ("review_on", "reason", "name", "capacity", "decided_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["effective_at"]


class LiftForm(DecisionForm):
    field_order = ("reason", "name", "capacity", "effective_at", "decided_at")


class LessonsForm(forms.Form):
    lessons = forms.CharField(
        label=_("What was learnt"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Facts, causes, actions with their owner and date."),
        max_length=20000,
    )


class OverrideForm(DecisionForm):
    """The values that the crisis cell decides for one service: one choice by field, empty to leave it."""

    review_on = _day(_("To be reviewed on"), _("An override never lifts by itself."), required=True)

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service = service
        for one in service.fields:
            choices: list[tuple[str, Any]] = [("", _("Leave it to the levels"))]
            choices += [(member.value, one.label_of(member)) for member in one.order]
            self.fields[f"mode-{one.key}"] = forms.ChoiceField(
                label=str(one.label), choices=choices, required=False
            )
        modes = [f"mode-{one.key}" for one in service.fields]
        self.order_fields([*modes, "reason", "review_on", "name", "capacity", "effective_at", "decided_at"])

    def values(self) -> dict[str, str]:
        said = {one.key: self.cleaned_data.get(f"mode-{one.key}") for one in self.service.fields}
        return {key: value for key, value in said.items() if value}


def first_words(actor: Actor, *, key: str) -> dict[str, Any]:
    """What a decision form begins with: whoever asks decides, in their first role."""
    roles = [Role(role).label for role in sorted(actor.roles) if role in Role.values]
    return {"name": actor.name, "capacity": str(roles[0]) if roles else "", "key": key}
