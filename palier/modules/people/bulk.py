"""What may be done to many tenants, or to many vulnerability markers, at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.bulk import (
    BulkAction,
    Done,
    Refused,
    Undoing,
    UndoItem,
    bulk_action,
    register_done_source,
)
from palier.kernel.ui.templatetags.palier import short_moment
from palier.modules.people.enums import Language
from palier.modules.people.forms import DayInput
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors import many as plans
from palier.modules.people.selectors.merging import merge_lines
from palier.modules.people.services import many as services
from palier.modules.people.services.markers import LONGEST_REVIEW_DAYS


class LanguageForm(forms.Form):
    """The language in which the persons chosen are addressed."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


@bulk_action(
    key="people.set-language", list="people.people", label=_("Set the language"), icon="language",
    permission=Permission.PERSON_EDIT, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class SetLanguage(BulkAction):
    lead = _("Calls, letters and notices then use it. Say only what the persons themselves told you.")
    form_class = LanguageForm

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.language_plan(language=params["language"], by=by)

    def states(self, params: Any) -> Any:
        return plans.language_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.set_languages(languages=dict.fromkeys(ids, params["language"]), by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.set_languages(languages={item.id: item.before["language"] for item in items}, by=by, at=at)
        return None


class NextReviewForm(forms.Form):
    """When the markers chosen are looked at again."""

    review_on = forms.DateField(label=_("Next review"), widget=DayInput(), help_text=_("Within six months."))

    def __init__(self, *args: Any, earliest: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.earliest, self.latest = earliest, earliest + timedelta(days=LONGEST_REVIEW_DAYS)

    def clean_review_on(self) -> Any:
        day = self.cleaned_data["review_on"]
        if not self.earliest < day <= self.latest:
            words = _("Choose a review date within six months: no later than %(latest)s.")
            raise forms.ValidationError(words, params={"latest": self.latest.strftime("%d/%m/%Y")})
        return day


class _Markers(BulkAction):
    """What prolonging and closing have in common: the review as it was comes back."""

    refusals = {
        plans.CLOSED: _("Closed already: add a new one if it is true again"),
        "again": _("Recorded anew since: the new one stays"),
    }

    def states(self, params: Any) -> Any:
        return plans.marker_states()

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        done = services.put_markers_back(reviews={item.id: item.before for item in items}, by=by, at=at)
        return {item.id: "again" for item in items if item.id not in done}


@bulk_action(
    key="people.prolong-markers", list="people.markers", label=_("Still true: review later"), icon="calendar-event",
    permission=Permission.MARKER_EDIT, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class ProlongMarkers(_Markers):
    lead = _("For markers that somebody has just checked: their notes do not change.")

    def form(self, data: Any, *, by: Actor, at: datetime) -> NextReviewForm:
        today = timezone.localdate(at)
        latest = today + timedelta(days=LONGEST_REVIEW_DAYS - 1)
        return NextReviewForm(data, earliest=today, initial={"review_on": latest})

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.prolong_plan(review_on=params["review_on"], by=by, on=timezone.localdate(at))

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.prolong_markers(marker_ids=ids, review_on=params["review_on"], by=by, at=at)
        return None


@bulk_action(
    key="people.close-markers", list="people.markers", label=_("No longer true: close"), icon="circle-x",
    permission=Permission.MARKER_EDIT, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class CloseMarkers(_Markers):
    lead = _("The persons are no longer called nor counted for these reasons.")

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.close_plan(by=by)

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.close_markers(marker_ids=ids, by=by, at=at)
        return None


@register_done_source("people.merges", permission=Permission.PERSON_MERGE)
def merges_done(*, by: Actor, everybody: bool, before: datetime, limit: int) -> list[Done]:
    """Records merged, newest first. Three queries."""
    lines = merge_lines(actor=by, limit=limit, before=before, by_user=None if everybody else by.user_id)
    return [
        Done(
            at=line.merged_at,
            who=line.merged_by,
            title=gettext("Merge: {gone} into {kept}").format(gone=line.gone_name, kept=line.kept_name),
            url=reverse("people:merge", args=[line.id]),
            undoing=None if line.undone_at else Undoing.REVERSIBLE,
            undo_url="" if line.undone_at else reverse("people:undo-merge", args=[line.id]),
            note=gettext("Undone on {when}").format(when=short_moment(line.undone_at))
            if line.undone_at
            else "",
        )
        for line in lines
    ]
