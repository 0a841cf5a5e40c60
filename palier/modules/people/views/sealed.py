"""The referent's pages: the register of sealed files, one file once opened, the tray.

No page here is cached, and no name is in a title or an address.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.access.roles import Role
from palier.kernel.accounts.selectors import users_with_role
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.organisations.current import open_shared
from palier.kernel.requests import OrganisationRequest
from palier.modules.people import forms
from palier.modules.people.enums import TrayAction
from palier.modules.people.permissions import Permission
from palier.modules.people.selectors import sealed as selectors
from palier.modules.people.selectors.persons import person_card, sharers_of
from palier.modules.people.services import reading, sealed_leases, sealing

ADULT = 18


@requires(Permission.SEALED_READ)
@never_cache
def register(request: OrganisationRequest) -> HttpResponse:
    """List the sealed files by number: who made them, who is named, what waits."""
    files = selectors.sealed_files(request.actor)
    context = {"files": files, "waiting": sum(one.waiting for one in files)}
    return render(request, "people/sealed_register.html", context)


@requires(Permission.TRAY_HANDLE)
@never_cache
def tray(request: OrganisationRequest) -> HttpResponse:
    """List the lines of loaded files set aside: counted here, read in the file they belong to."""
    return render(request, "people/tray.html", {"lines": selectors.tray(request.actor)})


@requires(Permission.SEALED_SEAL)
@never_cache
def seal(request: OrganisationRequest, person_id: UUID) -> HttpResponse:
    """Say what sealing does, then do it."""
    at = timezone.now()
    try:
        card = person_card(person_id=person_id, actor=request.actor, at=at, on=timezone.localdate(at))
    except NotFound:
        raise Http404 from None
    others = sharers_of(person_id=person_id, actor=request.actor)
    minors = [str(one.id) for one in card.household if one.age is not None and one.age < ADULT]
    form = forms.SealForm(request.POST or None, others=others, initial={"together": minors})
    if request.method == "POST" and form.is_valid():
        together = [UUID(value) for value in form.cleaned_data.get("together", ())]
        try:
            sealing.seal_together(
                person_id=person_id,
                together=together,
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=at,
            )
            messages.success(request, _("Sealed. From now on only her file, opened here, says who she is."))
            return redirect("people:sealed-register")
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return render(request, "palier/confirm.html", _seal_page(form, card), status=422 if form.errors else 200)


def _seal_page(form: forms.SealForm, card: Any) -> dict[str, Any]:
    return {
        "form": form, "title": _("Seal this person"), "lead": card.name, "danger": True, "submit": _("Seal"),
        "icon": "shield-lock", "cancel_url": reverse("people:person", args=[card.id]),
        "consequences": [
            _("Her name, numbers and addresses leave every page, list, search, export and message."),
            _("They are erased from the histories, the loaded files, the messages sent and the crisis log."),
            _(
                "Documents that name her are withdrawn. What is erased does not come back, even if she is "
                "unsealed."
            ),
            _("Her dwelling stays served: it shows that it is occupied and to ask the referent."),
            _("Only the referents named on her file may open it; each opening is recorded."),
            _("Backups and packs made before today still hold her name: see the threat model."),
        ],
    }  # fmt: skip


@requires(Permission.SEALED_READ)
@never_cache
@sensitive_post_parameters()
@sensitive_variables("content", "tray_lines")
def open_file(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Ask why, record the reading, then show the file: for this answer only, never at an address of its
    own.
    """
    row = next((one for one in selectors.sealed_files(request.actor) if one.id == file_id), None)
    if row is None:
        raise Http404
    form = forms.OpenForm(request.POST or None)
    if row.is_named:
        del form.fields["is_forced"]
    if request.method == "POST" and form.is_valid():
        try:
            return _opened(request, row, form)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "file": row, "readings": selectors.readings_of(file_id)}
    return render(request, "people/sealed_open.html", context, status=422 if form.errors else 200)


def _opened(request: OrganisationRequest, row: selectors.SealedFileRow, form: forms.OpenForm) -> HttpResponse:
    file, content = reading.open_file(
        file_id=row.id, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"],
        is_forced=form.cleaned_data.get("is_forced", False),
    )  # fmt: skip
    context = {
        "file": row,
        "content": reading.readable(content),
        "tray_lines": reading.tray_content(file),
        "readings": selectors.readings_of(row.id),
        "reason": form.cleaned_data["reason"],
        "safe_form": forms.SafeForm(initial=reading.safe_contact(content)),
        "house_form": forms.HouseForm(),
        "may_house": request.actor.may(Permission.SEALED_SEAL),
        "reader_form": forms.ReaderForm(referents=_referents(request)),
    }
    response = render(request, "people/sealed_file.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _referents(request: OrganisationRequest) -> list[tuple[str, str]]:
    with open_shared():
        return [
            (str(pk), name) for pk, name in users_with_role(request.organisation.pk, Role.VIOLENCE_REFERENT)
        ]


@requires(Permission.SEALED_READ)
@never_cache
@sensitive_post_parameters()
@require_POST
def amend(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Write how she may be reached safely."""
    return _change(
        request, file_id, forms.SafeForm(request.POST), _("Safe contact written"), reading.amend_file
    )


@requires(Permission.SEALED_SEAL, Permission.SEALED_READ)
@never_cache
@sensitive_post_parameters()
@require_POST
def house(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Note where she now lives."""
    return _change(
        request, file_id, forms.HouseForm(request.POST), _("New dwelling noted"), sealed_leases.house
    )


@requires(Permission.SEALED_SEAL, Permission.SEALED_READ)
@never_cache
@sensitive_post_parameters()
@require_POST
def leave(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Note that she no longer lives in one of her dwellings."""
    form = forms.LeaveForm(request.POST)
    if form.is_valid():
        form.cleaned_data["lease_id"] = str(form.cleaned_data["lease_id"])
    return _change(request, file_id, form, _("End of a dwelling noted"), sealed_leases.leave)


@requires(Permission.SEALED_READ)
@never_cache
@require_POST
@sensitive_variables("content")
def traces(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Search what may still name her: tables and columns with a number of rows, never the words."""
    at = timezone.now()
    try:
        file, content = reading.open_file(
            file_id=file_id, reason=_("Search of what remains"), by=request.actor, at=at
        )
        found = reading.traces_left(file, content, by=request.actor, at=at)
    except NotFound:
        raise Http404 from None
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("people:sealed-open", file_id)
    context = {"number": selectors.file_number(file_id), "file_id": file_id, "found": found}
    return render(request, "people/sealed_traces.html", context)


def _change(
    request: OrganisationRequest, file_id: UUID, form: Form, reason: str, act: Callable[..., Any]
) -> HttpResponse:
    """Open the file, which is recorded like any reading, change it, and close it."""
    if all(one.id != file_id for one in selectors.sealed_files(request.actor)):
        raise Http404
    at = timezone.now()
    try:
        if form.is_valid():
            file, content = reading.open_file(file_id=file_id, reason=reason, by=request.actor, at=at)
            act(file=file, content=content, **form.cleaned_data, by=request.actor, at=at)
            messages.success(request, _("Saved in her file."))
        else:
            messages.error(request, _("Nothing was saved: fill in every field, with a date that exists."))
    except NotFound:
        raise Http404 from None
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("people:sealed-open", file_id)


@requires(Permission.SEALED_READ)
@never_cache
@require_POST
def name_reader(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Name another referent on the file."""
    if all(one.id != file_id for one in selectors.sealed_files(request.actor)):
        raise Http404
    referents = _referents(request)
    form = forms.ReaderForm(request.POST, referents=referents)
    if form.is_valid():
        chosen = form.cleaned_data["user_id"]
        try:
            reading.name_reader(
                file_id=file_id,
                user_id=UUID(chosen),
                name=dict(referents)[chosen],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Named on the file."))
        except NotFound:
            raise Http404 from None
        except DomainError as refusal:
            messages.error(request, str(refusal))
    return redirect("people:sealed-open", file_id)


@requires(Permission.SEALED_SEAL, Permission.SEALED_READ)
@never_cache
@sensitive_post_parameters()
def unseal(request: OrganisationRequest, file_id: UUID) -> HttpResponse:
    """Give a person back to everyone, once the danger is over."""
    row = next((one for one in selectors.sealed_files(request.actor) if one.id == file_id), None)
    if row is None:
        raise Http404
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            file, content = reading.open_file(
                file_id=file_id, reason=form.cleaned_data["reason"], by=request.actor, at=at
            )
            person = sealing.unseal(file=file, content=content, by=request.actor, at=at)
            return redirect("people:person", person.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form, "title": _("Unseal file %s") % row.number, "danger": True, "submit": _("Unseal"),
        "cancel_url": reverse("people:sealed-open", args=[file_id]),
        "consequences": [
            _("Her name, numbers and leases are visible again to everybody who sees tenants."),
            _("What the sealing erased elsewhere stays erased."),
        ],
    }  # fmt: skip
    return render(request, "palier/confirm.html", context, status=422 if form.errors else 200)


@requires(Permission.TRAY_HANDLE)
@never_cache
@require_POST
def handle_line(request: OrganisationRequest, line_id: UUID, action: str) -> HttpResponse:
    """Say what was done with a line set aside."""
    if action not in set(TrayAction):
        raise Http404
    try:
        reading.handle_tray_line(
            line_id=line_id, action=TrayAction(action), by=request.actor, at=timezone.now()
        )
    except NotFound:
        raise Http404 from None
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("people:tray")
