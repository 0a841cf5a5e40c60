"""Compare two records, merge them, see what was done, undo it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.modules.people.filters import PersonSearch
from palier.modules.people.forms import MergeForm, OtherRecordForm
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors import merging as selectors
from palier.modules.people.selectors.duplicates import pair_between
from palier.modules.people.selectors.persons import name_of, person_rows
from palier.modules.people.services import merging as services
from palier.modules.people.services import unmerging

MOST_FOUND = 12


@requires(Permission.PERSON_MERGE)
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: OrganisationRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Show two records side by side with what merging them would do; merge them when it is confirmed."""
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.merge(
                kept_id=person_id, gone_id=other_id, by=request.actor, at=timezone.now(), choices=form.choices,
                fingerprint=form.cleaned_data["fingerprint"], is_certain=form.cleaned_data["is_certain"],
            )  # fmt: skip
            return redirect("people:merge", done.pk)
        except NotFound:
            raise Http404 from None
        except services.MergedAlready as refusal:
            return _elsewhere(request, person_id, other_id, said=str(refusal))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _comparison(request, person_id, other_id, form)


def _comparison(
    request: OrganisationRequest, person_id: UUID, other_id: UUID, form: MergeForm
) -> HttpResponse:
    choices = form.choices if form.is_bound and hasattr(form, "cleaned_data") else {}
    try:
        shown = selectors.preview(
            kept_id=person_id, gone_id=other_id, actor=request.actor, on=timezone.localdate(), choices=choices
        )
    except NotFound:
        return _elsewhere(request, person_id, other_id)
    context = {
        "shown": shown,
        "form": form,
        "pair": pair_between(person_id, other_id, actor=request.actor),
        "swap_url": reverse("people:compare", args=[other_id, person_id]),
    }
    return render(request, "people/compare.html", context, status=422 if form.errors else 200)


def _elsewhere(request: OrganisationRequest, person_id: UUID, other_id: UUID, said: str = "") -> HttpResponse:
    """Lead to the person who has taken in one of the two since."""
    for one in (other_id, person_id):
        into = selectors.kept_instead_of(one)
        if into is not None and name_of(person_id=into, actor=request.actor) is not None:
            if said:
                messages.warning(request, said)
            return redirect("people:person", into)
    raise Http404


@requires(Permission.PERSON_MERGE)
@require_safe
def with_whom(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    """Find the other record of somebody, when no search has proposed it."""
    name = name_of(person_id=person_id, actor=request.actor)
    if name is None:
        raise Http404
    form = OtherRecordForm(request.GET if "q" in request.GET else None)
    found: list[Any] = []
    if form.is_bound and form.is_valid():
        rows = person_rows(actor=request.actor, on=timezone.localdate()).exclude(pk=person_id)
        found = list(PersonSearch().apply(rows, request)[:MOST_FOUND])
    context = {"form": form, "name": name, "person_id": person_id, "found": found}
    return render(request, "people/merge_with.html", context, status=422 if form.errors else 200)


class Merges(ListPage):
    """The merges made, newest first."""

    permission = Permission.PERSON_MERGE
    name = "merges"
    title = gettext_lazy("Merges made")
    lead = gettext_lazy("Who was made one with whom, when and by whom. Each can be undone.")
    columns = (
        Column("kept_name", gettext_lazy("Kept"), link=lambda row: reverse("people:merge", args=[row.id])),
        Column("gone_name", gettext_lazy("Record added to it")),
        Column("merged_at", gettext_lazy("Merged on"), "datetime", sort="merged_at"),
        Column("merged_by", gettext_lazy("By")),
        Column("undone_at", gettext_lazy("Undone on"), "datetime", sort="undone_at"),
    )
    empty = Empty(
        gettext_lazy("No merge made"),
        gettext_lazy("Begin with the possible duplicates."),
        icon="users-group",
        action=gettext_lazy("Possible duplicates"),
        url="people:duplicates",
    )

    def rows(self, request: Any, **kwargs: Any) -> Any:
        return selectors.merge_lines(actor=request.actor)


def _merge_card(request: OrganisationRequest, merge_id: UUID) -> selectors.MergeCard:
    try:
        return selectors.merge_card(merge_id=merge_id, actor=request.actor)
    except NotFound:
        raise Http404 from None


@requires(Permission.PERSON_MERGE)
@require_safe
def merge(request: OrganisationRequest, merge_id: UUID) -> HttpResponse:
    """Show what a merge did: what moved, what was settled, what the kept person took."""
    return render(request, "people/merge.html", {"card": _merge_card(request, merge_id)})


@requires(Permission.PERSON_MERGE)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: OrganisationRequest, merge_id: UUID) -> HttpResponse:
    """Say what undoing will do, then do it."""
    card = _merge_card(request, merge_id)
    if request.method == "POST":
        return _undo(request, merge_id)
    context = {
        "title": _("Undo this merge"),
        "lead": _("{gone} becomes a record of its own again, beside {kept}.").format(
            gone=card.gone_name, kept=card.kept_name
        ),
        "consequences": selectors.undo_consequences(merge_id=merge_id, actor=request.actor),
        "submit": _("Undo the merge"),
        "danger": True,
        "cancel_url": reverse("people:merge", args=[merge_id]),
    }
    return render(request, "palier/confirm.html", context)


def _undo(request: OrganisationRequest, merge_id: UUID) -> HttpResponse:
    try:
        done = unmerging.undo(merge_id=merge_id, by=request.actor, at=timezone.now())
    except NotFound:
        raise Http404 from None
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("people:merge", merge_id)
    left = len(done.left)
    if left:
        said = ngettext(
            "The two are two again. {left} change made since was left as it is.",
            "The two are two again. {left} changes made since were left as they are.",
            left,
        )
        messages.warning(request, said.format(left=left))
    else:
        messages.success(request, _("The two are two again."))
    return redirect("people:merge", merge_id)
