"""The field of a guarded note, and the form that offers to confirm a word that means something else."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.kernel.wording.checking import check
from palier.kernel.wording.guarding import refusals

REASON = "wording_reason"


class GuardedText(forms.CharField):
    """A free text about somebody: no word about health, origin or religion, no insult."""

    default_help = _(
        "Describe what is to be done, never an illness, an origin or a belief. The person may read it."
    )

    def __init__(self, *, rows: int = 3, max_length: int = 1000, **options: Any) -> None:
        options.setdefault("help_text", self.default_help)
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **options)


class GuardedForm(forms.Form):
    """A form with guarded texts. `cleaned_data["wording_reason"]` goes to the service, which journals it.

    The question is asked only once a word is refused: whoever writes a fit note never sees it.
    """

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        reason = str(self.data.get(self.add_prefix(REASON), "")).strip()[:200]
        refused = {
            name: refusals(found.get(name) or "")
            for name, field in self.fields.items()
            if isinstance(field, GuardedText)
        }
        if any(refused.values()):
            self._ask_why()
        if reason and check(reason):
            self.add_error(
                REASON if REASON in self.fields else None, str(_("The reason itself holds such a word."))
            )
        elif not reason:
            for name, sentences in refused.items():
                for sentence in sentences:
                    self.add_error(name, sentence)
        found[REASON] = reason
        return found

    def _ask_why(self) -> None:
        self.fields[REASON] = forms.CharField(
            label=_("These words mean something else here, because"),
            required=False,
            max_length=200,
            help_text=_(
                "For a name or an everyday sense only. The reason is kept in the journal with your name."
            ),
        )
