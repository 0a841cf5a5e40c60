"""Search before create, create, correct."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.modules.people.forms import PersonForm, SearchFirstForm
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors.persons import person_card
from palier.modules.people.selectors.recognition import recognise
from palier.modules.people.services import contacts, persons

KNOWN = ("reference", "family_name", "given_names", "birth_on")


@requires(Permission.PERSON_EDIT)
def search_first(request: OrganisationRequest) -> HttpResponse:
    """Look for somebody before creating them: reusing is easier than making a duplicate."""
    form = SearchFirstForm(request.GET if request.GET else None)
    found = None
    if form.is_bound and form.is_valid():
        found = recognise(actor=request.actor, **form.cleaned_data)
    context = {"form": form, "found": found, "query": request.GET.urlencode()}
    return render(request, "people/search_first.html", context, status=422 if form.errors else 200)


@requires(Permission.PERSON_EDIT)
def create(request: OrganisationRequest) -> HttpResponse:
    """Create a person whom the search has not found; what was typed there is already filled in."""
    searched = SearchFirstForm(request.GET)
    if not searched.is_valid():
        return redirect("people:new")
    form = PersonForm(request.POST or None, initial={name: searched.cleaned_data[name] for name in KNOWN})
    if request.method == "POST" and form.is_valid():
        try:
            made = persons.create_person(**form.cleaned_data, by=request.actor, at=timezone.now())
            _add_phone(request, made.pk, searched.cleaned_data["phone"])
            return redirect("people:person", made.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "title": _("New person"),
        "back": f"{reverse('people:new')}?{request.GET.urlencode()}",
    }
    return render(request, "people/person_form.html", context, status=422 if form.errors else 200)


def _add_phone(request: OrganisationRequest, person_id: UUID, phone: str) -> None:
    """Add the number that was searched; one that cannot be read is said, and the person stays created."""
    if not phone:
        return
    try:
        contacts.add_contact_point(
            person_id=person_id, channel="phone", value=phone, by=request.actor, at=timezone.now()
        )
    except DomainError as refusal:
        messages.warning(request, str(refusal))


@requires(Permission.PERSON_EDIT)
def correct(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    """Correct who somebody is."""
    at = timezone.now()
    try:
        card = person_card(person_id=person_id, actor=request.actor, at=at, on=timezone.localdate(at))
    except NotFound:
        raise Http404 from None
    form = _correction_form(request, card)
    if request.method == "POST" and form.is_valid():
        try:
            persons.correct_person(person_id=person_id, **form.cleaned_data, by=request.actor, at=at)
            messages.success(request, _("Saved."))
            return redirect("people:person", person_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": card.name, "back": reverse("people:person", args=[person_id])}
    return render(request, "people/person_form.html", context, status=422 if form.errors else 200)


def _correction_form(request: OrganisationRequest, card: Any) -> PersonForm:
    initial = {
        name: getattr(card, name) for name in PersonForm.base_fields if name not in ("kind", "civility")
    }
    codes = {str(label): value for value, label in PersonForm.base_fields["civility"].choices}  # type: ignore[attr-defined]
    form = PersonForm(request.POST or None, initial={**initial, "civility": codes.get(card.civility, "")})
    # A person does not become a body: that is another person.
    del form.fields["kind"]
    return form
