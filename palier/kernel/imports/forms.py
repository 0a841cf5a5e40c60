"""Forms of the pages of imports."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.kernel.imports.enums import Coverage
from palier.kernel.imports.kinds import ImportKind


class UploadForm(forms.Form):
    """A file, what it holds, and whether it is whole."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or ODS, as your software exports it: do not rework it."),
        allow_empty_file=True,
    )
    kind = forms.ChoiceField(label=_("What it holds"), widget=forms.RadioSelect)
    coverage = forms.ChoiceField(
        label=_("Is the file whole?"),
        widget=forms.RadioSelect,
        choices=Coverage.choices,
        initial=Coverage.PARTIAL,
    )
    profile = forms.ChoiceField(
        label=_("Mapping profile"),
        required=False,
        help_text=_(
            "A mapping that you kept for this software. Without one, columns are recognised by their names."
        ),
    )
    all_or_nothing = forms.BooleanField(
        label=_("All or nothing: apply no line as long as one is to be mended"), required=False
    )

    def __init__(
        self, *args: Any, kinds: Sequence[ImportKind], profiles: Sequence[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        labels = {kind.code: str(kind.label) for kind in kinds}
        self.fields["kind"].choices = list(labels.items())  # type: ignore[attr-defined]
        kept = [(str(one.pk), f"{one.name} ({labels.get(one.kind, one.kind)})") for one in profiles]
        self.fields["profile"].choices = [("", _("None")), *kept]  # type: ignore[attr-defined]
        self._profiles = {str(one.pk): one for one in profiles}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = self._profiles.get(cleaned.get("profile", ""))
        if chosen is not None and chosen.kind != cleaned.get("kind"):
            self.add_error("profile", _("This profile is for another kind of file."))
        cleaned["profile"] = chosen.name if chosen is not None else ""
        return cleaned


class MappingForm(forms.Form):
    """Which column of the file is which. One field a column of the kind, named after it."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header_line = forms.IntegerField(
        label=_("Line of the column names"), min_value=1, max_value=1_000_000, required=False
    )
    profile_name = forms.CharField(
        label=_("Keep this mapping under the name"),
        max_length=80,
        required=False,
        help_text=_("For example the name of your software. `palier load … --profile NAME` will use it."),
    )

    def __init__(self, *args: Any, kind: ImportKind, reading: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(name, name) for name in reading.get("sheets", ())]  # type: ignore[attr-defined]
        if len(reading.get("sheets", ())) < 2:
            del self.fields["sheet"]
        names = [("", "—"), *((name, name) for name in reading["headers"])]
        for column in kind.columns:
            self.fields[f"column_{column.name}"] = forms.ChoiceField(
                label=str(column.label), choices=names, required=False
            )

    @property
    def mapping(self) -> dict[str, str]:
        """Column → name in the file."""
        prefix = "column_"
        return {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and value
        }
