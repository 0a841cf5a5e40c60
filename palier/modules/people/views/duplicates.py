"""The work list of possible duplicates: find them, judge them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.modules.people.enums import Closeness
from palier.modules.people.filters import ClosenessFilter, PairSearch, PairStateFilter, ReasonFilter
from palier.modules.people.permissions import Permission
from palier.modules.people.rules.duplicates import closeness, from_facts
from palier.modules.people.selectors import duplicates as selectors
from palier.modules.people.services import duplicates as services

TONES = {Closeness.SURE: "warn", Closeness.LIKELY: "info", Closeness.POSSIBLE: "neutral"}


def _closeness(row: Any) -> tuple[str, str]:
    known = Closeness(closeness(row.score))
    return str(known.label), TONES[known]


def _compare(row: Any) -> str:
    return reverse("people:compare", args=[row.first_id, row.second_id])


class Duplicates(ListPage):
    """Pairs of records that may be one person, the surest first. Sealed persons are in none."""

    permission = Permission.PERSON_MERGE
    name = "duplicates"
    title = gettext_lazy("Possible duplicates")
    lead = gettext_lazy(
        "Two records that may be one person, and why. Open a pair to merge it or set it aside."
    )
    actions_template = "people/_duplicates_actions.html"
    columns = (
        Column(
            "first",
            pgettext_lazy("about a person", "Record"),
            value=lambda row: row.first.name,
            link=_compare,
        ),
        Column("second", gettext_lazy("And"), value=lambda row: row.second.name, link=_compare),
        Column("score", gettext_lazy("How sure"), "badge", sort="score", value=_closeness),
        Column("why", gettext_lazy("Because"), value=lambda row: selectors.why(from_facts(row.evidence))),
        Column("doubts", gettext_lazy("But"), value=lambda row: selectors.doubts(from_facts(row.evidence))),
        Column("found_at", gettext_lazy("Found on"), "datetime", sort="found_at", secondary=True),
    )
    filters = (PairSearch(), ClosenessFilter(), ReasonFilter(), PairStateFilter())
    default_sort = "-score"
    empty = Empty(
        gettext_lazy("No possible duplicate"),
        gettext_lazy("Everybody is compared each night and after each load. You may also search now."),
        icon="circle-check",
    )

    def rows(self, request: Any, **kwargs: Any) -> QuerySet:
        if request.GET.get("export") and not request.actor.may(Permission.LIST_EXPORT):
            raise PermissionDenied
        return selectors.pair_rows(actor=request.actor)


@requires(Permission.PERSON_MERGE)
@require_POST
def find(request: OrganisationRequest) -> HttpResponse:
    """Compare everybody now, and show how far it is."""
    run_id = services.start_search(by=request.actor, at=timezone.now())
    return redirect("jobs:run", run_id)


@requires(Permission.PERSON_MERGE)
@require_POST
def different(request: OrganisationRequest, pair_id: UUID) -> HttpResponse:
    """Two persons: never propose them together again."""
    return _judge(request, pair_id, services.judge_different, _("These two are not proposed together again."))


@requires(Permission.PERSON_MERGE)
@require_POST
def again(request: OrganisationRequest, pair_id: UUID) -> HttpResponse:
    """Put a pair back on the list."""
    return _judge(request, pair_id, services.judge_again, _("The pair is back on the list."))


def _judge(request: OrganisationRequest, pair_id: UUID, service: Any, said: str) -> HttpResponse:
    try:
        service(pair_id=pair_id, by=request.actor, at=timezone.now())
    except NotFound:
        raise Http404 from None
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("people:duplicates")
