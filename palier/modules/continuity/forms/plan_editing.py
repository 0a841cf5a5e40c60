"""Forms that change a plan: a card, the words of a level, the mode of a service."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import Service, services
from palier.modules.continuity.enums import CellRole
from palier.modules.continuity.forms.crisis import lines_of
from palier.modules.continuity.rules.plan_document import ActionCard, LevelDocument


class CardForm(forms.Form):
    """An action card. What is wrong in a delay or a loop is said by the plan's own reader."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    role = forms.ChoiceField(label=_("Role"), choices=CellRole.choices)
    deputy = forms.ChoiceField(label=_("Deputy"), required=False, choices=[("", "—"), *CellRole.choices])
    delay = forms.CharField(
        label=_("Delay"), max_length=20, help_text=_("From the activation: T+30 min, T+4 h or D+2.")
    )
    steps = forms.CharField(
        label=_("Steps"), widget=lines_of(6), max_length=8000, help_text=_("One step a line.")
    )
    after = forms.MultipleChoiceField(
        label=_("After these cards"), required=False, widget=forms.CheckboxSelectMultiple
    )
    services = forms.MultipleChoiceField(
        label=_("Services concerned"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, level: LevelDocument, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level, self.code = level, code
        others = [(one.code, one.title) for one in level.tasks if one.code != code]
        for name, choices in (("after", others), ("services", [(s.key, str(s.name)) for s in services()])):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices
        if not others:
            del self.fields["after"]

    def change(self) -> dict[str, Any]:
        """Return the change as the services take it."""
        said = self.cleaned_data
        steps = [line.strip() for line in said["steps"].splitlines() if line.strip()]
        card = {**said, "steps": steps, "after": said.get("after", [])}
        return {"what": "put_card", "level": self.level.code, "code": self.code, "card": card}


def first_words_of(card: ActionCard | None) -> dict[str, Any]:
    """What a card's form begins with."""
    if card is None:
        return {}
    said = {name: getattr(card, name) for name in ("title", "role", "deputy", "delay")}
    return {
        **said,
        "steps": "\n".join(card.steps),
        "after": list(card.after),
        "services": list(card.services),
    }


class LevelForm(forms.Form):
    """The words of a level."""

    name = forms.CharField(label=_("Name"), max_length=200)
    summary = forms.CharField(label=_("In short"), required=False, widget=lines_of(3), max_length=4000)
    posture = forms.CharField(label=_("Staff posture"), required=False, widget=lines_of(2), max_length=4000)
    days = forms.IntegerField(label=_("Review after (days)"), min_value=1, max_value=366)

    def change(self, level: str) -> dict[str, Any]:
        return {"what": "level", "level": level, **self.cleaned_data}


class ModeForm(forms.Form):
    """The mode that a level gives to one service: a choice by field, from usual to most protective."""

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service = service
        for one in service.fields:
            choices = [("", _("Leave it as usual")), *((v.value, one.label_of(v)) for v in one.order)]
            self.fields[f"mode-{one.key}"] = forms.ChoiceField(
                label=str(one.label), choices=choices, required=False
            )

    def change(self, level: str) -> dict[str, Any]:
        asked = {one.key: self.cleaned_data.get(f"mode-{one.key}") for one in self.service.fields}
        values = {key: value for key, value in asked.items() if value}
        return {"what": "mode", "level": level, "service": self.service.key, "values": values}
