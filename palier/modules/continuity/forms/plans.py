"""Forms of plans: a file, an approval."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.modules.continuity.enums import ApprovalBody

MAX_BYTES = 2 * 1024 * 1024


class ImportForm(forms.Form):
    """A plan as a file, or its text."""

    file = forms.FileField(label=_("Plan file"), required=False, help_text=_("A TOML file, in UTF-8."))
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "continuity-source"}),
    )
    note = forms.CharField(label=_("What is new in this version"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file is None and not (data.get("text") or "").strip():
            raise forms.ValidationError(_("Choose a file or paste a text."))
        if file is not None and file.size > MAX_BYTES:
            self.add_error(
                "file", _("The file is larger than 2 MB: a plan never is. Check that it is the right one.")
            )
        return data

    def content(self) -> str | bytes:
        file = self.cleaned_data.get("file")
        return file.read() if file else self.cleaned_data["text"]


class ApprovalForm(forms.Form):
    """Who approved a plan, when, and when it is reviewed."""

    body = forms.ChoiceField(label=_("Approved by"), choices=ApprovalBody.choices)
    approved_by_name = forms.CharField(label=_("Signatory"), required=False, max_length=200)
    approved_on = forms.DateField(label=_("Approved on"), widget=forms.DateInput(attrs={"type": "date"}))
    next_review_on = forms.DateField(
        label=_("Next review"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Within twelve months."),
    )
