"""The list of tenants, and the page of one person."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor, requires
from palier.kernel.audit.registry import history_page
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.search.matching import best_matches
from palier.kernel.search.providers import Hit, searchable
from palier.kernel.ui.filters import Choice
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.modules.people.enums import Language, LeaseStatus
from palier.modules.people.filters import MarkerFilter, PersonSearch, ResidenceFilter, StatusFilter
from palier.modules.people.forms import ConsentForm, ContactForm, MarkerForm
from palier.modules.people.permissions import Permission
from palier.modules.people.rules.contacts import normal_phone
from palier.modules.people.selectors import persons as selectors
from palier.modules.people.selectors.duplicates import resembling_person
from palier.modules.people.selectors.merging import kept_instead_of

STATUS_TONES = {
    LeaseStatus.CURRENT: "good",
    LeaseStatus.LEAVING: "warn",
    LeaseStatus.COMING: "info",
    LeaseStatus.ENDED: "neutral",
}


def status_badge(row: Any) -> tuple[str, str]:
    """Return the word and the tone of where somebody stands today."""
    if not row.lease_status:
        return str(_("No lease")), "neutral"
    if row.deceased_on:
        return str(_("Deceased")), "neutral"
    status = LeaseStatus(row.lease_status)
    return str(status.label), STATUS_TONES[status]


class PersonList(ListPage):
    """The tenants, past and coming ones too. Sealed persons are in no list."""

    permission = Permission.PERSON_VIEW
    name = "people"
    title = _("Tenants")
    lead = _("Everybody who has, had or will have a lease here.")
    columns = (
        Column(
            "name", _("Name"), sort="search_key", link=lambda row: reverse("people:person", args=[row.pk])
        ),
        Column("reference", _("Reference"), secondary=True),
        Column("lot_code", _("Lot")),
        Column("residence_name", _("Residence")),
        Column("city", _("Commune"), secondary=True),
        Column("phone", _("Phone"), kind="phone"),
        Column("birth_on", _("Born on"), kind="date", sort="birth_on", secondary=True),
        Column("language", _("Language"), value=lambda row: row.get_language_display(), secondary=True),
        Column("status", _("Situation"), kind="badge", value=status_badge),
    )
    filters = (
        PersonSearch(),
        StatusFilter(),
        ResidenceFilter(),
        MarkerFilter(),
        Choice("language", _("Language"), Language.choices),
    )
    empty = Empty(
        _("No tenant yet"),
        _("Load the rent roll to begin: contract, lot, holder and entry date are enough."),
        icon="users",
        action=_("Load a file"),
        url="imports:upload",
    )
    default_sort = "name"
    actions_template = "people/_list_actions.html"
    bulk = "people.people"

    def rows(self, request: Any, **kwargs: Any) -> QuerySet:
        if request.GET.get("export") and not request.actor.may(Permission.LIST_EXPORT):
            raise PermissionDenied
        return selectors.person_rows(actor=request.actor, on=timezone.localdate())

    def context(self, request: Any, **kwargs: Any) -> dict[str, Any]:
        return {"may_create": request.actor.may(Permission.PERSON_EDIT)}


@requires(Permission.PERSON_VIEW)
def person(request: OrganisationRequest, person_id: UUID) -> HttpResponseBase:
    """Show one person: who, where, how to reach, what to bear in mind, what they accept.

    The address of a record that was merged leads to the person who has taken it in.
    """
    try:
        return render(request, "people/person.html", person_page(request, person_id))
    except Http404:
        kept_id = kept_instead_of(person_id)
        if kept_id is None or selectors.name_of(person_id=kept_id, actor=request.actor) is None:
            raise
    return redirect("people:person", kept_id)


def person_page(request: OrganisationRequest, person_id: UUID, **forms_in_error: Any) -> dict[str, Any]:
    """Return what the page of a person needs; forms in error replace the empty ones."""
    actor, at = request.actor, timezone.now()
    try:
        card = selectors.person_card(person_id=person_id, actor=actor, at=at, on=timezone.localdate(at))
    except NotFound:
        raise Http404 from None
    context: dict[str, Any] = {
        "card": card,
        "in_arrears": selectors.arrears_flag(person_id=person_id, actor=actor, on=timezone.localdate(at)),
        "resembling": resembling_person(person_id=person_id, actor=actor),
        "may_merge": actor.may(Permission.PERSON_MERGE),
        "may_edit": actor.may(Permission.PERSON_EDIT),
        "may_end": actor.may(Permission.LEASE_END),
        "may_seal": actor.may(Permission.SEALED_SEAL),
        "may_mark": actor.may(Permission.MARKER_EDIT),
        "may_consent": actor.may(Permission.CONSENT_EDIT),
        "may_contact": actor.may(Permission.CONTACT_EDIT),
    }
    if context["may_contact"]:
        sharers = selectors.sharers_of(person_id=person_id, actor=actor)
        context["contact_form"] = ContactForm(prefix="contact", sharers=sharers)
    if context["may_mark"]:
        context["marker_form"] = MarkerForm(prefix="marker")
    if context["may_consent"]:
        context["consent_form"] = ConsentForm(prefix="consent")
    return {**context, **forms_in_error}


def refused(request: OrganisationRequest, person_id: UUID, **forms_in_error: Any) -> HttpResponse:
    """Show the page again with the form that was refused."""
    return render(
        request, "people/person.html", person_page(request, person_id, **forms_in_error), status=422
    )


@history_page("people_person", permission=Permission.PERSON_VIEW)
def person_title(row_id: UUID, actor: Actor) -> str | None:
    return selectors.name_of(person_id=row_id, actor=actor)


@searchable("people.person", label=_("Tenants"), permission=Permission.PERSON_VIEW, order=10)
def find_people(*, text: str, actor: Actor, limit: int) -> list[Hit]:
    """Find by name, reference or whole phone number; accents and typing errors are forgiven."""
    rows: Any = selectors.person_rows(actor=actor, on=timezone.localdate())
    number = normal_phone(text) if sum(sign.isdigit() for sign in text) >= 9 else None
    found: list[Any] = (
        list(selectors.with_phone(rows, number)[:limit]) if number else best_matches(rows, text, limit=limit)
    )
    return [
        Hit(
            label=row.name,
            url=reverse("people:person", args=[row.pk]),
            detail=" · ".join(filter(None, (row.lot_code, row.residence_name, row.reference))),
            icon="user",
        )
        for row in found
    ]


@searchable("people.lease", label=_("Leases"), permission=Permission.PERSON_VIEW, order=15)
def find_leases(*, text: str, actor: Actor, limit: int) -> list[Hit]:
    """Find by contract number."""
    return [
        Hit(
            label=row.reference,
            url=reverse("people:lease", args=[row.pk]),
            detail=row.lot.code,
            icon="file-text",
        )
        for row in selectors.leases_by_reference(text=text, actor=actor, limit=limit)
    ]
