"""What people type about the municipal register."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _


class RegisterForm(forms.Form):
    """How the person agreed, and which municipal service receives the request."""

    agreed = forms.ChoiceField(
        label=_("The person agrees"),
        choices=(("written", _("In writing: they sign the request")), ("oral", _("By word of mouth"))),
        widget=forms.RadioSelect,
    )
    partner = forms.ChoiceField(label=_("Municipal social service"), choices=(), required=False)

    def __init__(self, *args: Any, partners: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["partner"].choices = [("", _("To be chosen later")), *partners]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"agreed": said["agreed"], "partner_id": UUID(said["partner"]) if said["partner"] else None}
