"""Forms of vigilance, exercises and after-action reviews."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.modules.continuity.enums import Colour, InjectClock, ObservationKind, Phenomenon, VigilanceAct
from palier.modules.continuity.forms.crisis import Moment, lines_of


class MapForm(forms.Form):
    """The file of the vigilance map."""

    file = forms.FileField(
        label=_("The map, as Météo-France publishes it"),
        help_text=_("The JSON file “cdp_carte_externe”. What it says is shown before anything is done."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": _("Choose the file of the map.")},
    )


class RuleForm(forms.Form):
    """What a colour proposes. Plans and levels are given by the view."""

    phenomenon = forms.ChoiceField(label=_("Phenomenon"), choices=Phenomenon.choices, initial=Phenomenon.HEAT)
    colour = forms.ChoiceField(
        label=_("From this colour on"),
        choices=[one for one in Colour.choices if one[0] != Colour.GREEN],
        initial=Colour.ORANGE,
    )
    act = forms.ChoiceField(label=_("What is proposed"), choices=VigilanceAct.choices)
    target = forms.ChoiceField(label=_("Plan and level"), required=False)

    def __init__(self, *args: Any, targets: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *targets]

    def rule(self) -> dict[str, str]:
        """Return the rule as the services take it."""
        said = self.cleaned_data
        plan, _separator, level = said["target"].partition(":")
        return {
            "phenomenon": said["phenomenon"],
            "colour": said["colour"],
            "act": said["act"],
            "plan_code": plan,
            "level": level,
        }


class ExerciseForm(forms.Form):
    """An exercise before it begins. The level and the place are chosen first, as for a real one."""

    title = forms.CharField(label=_("Title"), max_length=200)
    objectives = forms.CharField(
        label=_("What it must show"),
        required=False,
        widget=lines_of(3),
        max_length=4000,
        help_text=_("For example: the cell meets in 30 minutes; frail tenants are counted within an hour."),
    )
    animator_name = forms.CharField(label=_("Animator"), max_length=200)
    planned_at = forms.DateTimeField(label=_("Planned for"), required=False, widget=Moment())
    clock = forms.ChoiceField(label=_("Who announces the events"), choices=InjectClock.choices)
    script = forms.CharField(
        label=_("Script: one event a line"),
        required=False,
        widget=lines_of(10, spellcheck="true"),
        max_length=40000,
        help_text=_("T+15 min | event announced | expected reaction | minutes to react"),
    )


class ExerciseTargetForm(forms.Form):
    """Which level an exercise plays, and where."""

    target = forms.ChoiceField(label=_("Plan and level"))
    scope = forms.ChoiceField(label=_("Where"), required=False)

    def __init__(self, *args: Any, targets: list[tuple[str, str]], scopes: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("target", targets), ("scope", scopes)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


class ObservationForm(forms.Form):
    kind = forms.ChoiceField(label=_("Nature"), choices=ObservationKind.choices)
    text = forms.CharField(
        label=_("What you observe"),
        widget=lines_of(2),
        max_length=4000,
        help_text=_("Roles and facts, not names."),
        error_messages={"required": _("Write what you observe.")},
    )


class ConclusionForm(forms.Form):
    conclusion = forms.CharField(label=_("Conclusion"), widget=lines_of(6), max_length=20000)


class CommentForm(forms.Form):
    text = forms.CharField(label=_("Comment"), required=False, widget=lines_of(3), max_length=20000)
