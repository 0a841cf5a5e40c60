"""The list of partners, the page of one, and what may be changed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palier.kernel.access import Actor, requires
from palier.kernel.audit.registry import history_page
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.search.providers import Hit, searchable
from palier.kernel.ui.filters import Choice, TextSearch, YesNo
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.partners import forms
from palier.modules.partners.enums import PartnerKind
from palier.modules.partners.filters import DepartmentFilter, NeedFilter
from palier.modules.partners.permissions import Permission
from palier.modules.partners.selectors import pages
from palier.modules.partners.services import partners as services


def activity(row: Any) -> tuple[str, str]:
    return (_("Active"), "good") if row.is_active else (_("Inactive"), "neutral")


class PartnerList(ListPage):
    """The partners, by need, place and kind."""

    permission = Permission.PARTNER_VIEW
    name = "partners"
    title = gettext_lazy("Partners")
    lead = gettext_lazy(
        "CCAS, associations, social and State services: who serves which need, where, and how to reach them."
    )
    columns = (
        Column(
            "name", gettext_lazy("Name"), sort="search_key",
            link=lambda row: reverse("partners:partner", args=[row.pk]),
        ),
        Column("kind", gettext_lazy("Kind"), sort="kind", value=lambda row: row.get_kind_display()),
        Column("city", gettext_lazy("Commune"), sort="city"),
        Column("departments", gettext_lazy("Departments"), value=lambda row: ", ".join(row.departments)),
        Column("needs", gettext_lazy("Needs served"), value=lambda row: ", ".join(pages.need_labels(row.needs))),
        Column("phone", gettext_lazy("Phone"), kind="phone"),
        Column("email", gettext_lazy("E-mail"), secondary=True),
        Column("reference", gettext_lazy("Code"), sort="reference", secondary=True),
        Column("checked_on", gettext_lazy("Checked on"), kind="date", sort="checked_on", secondary=True),
        Column("is_active", gettext_lazy("State"), kind="badge", sort="is_active", value=activity),
    )  # fmt: skip
    filters = (
        TextSearch(),
        NeedFilter(),
        DepartmentFilter(),
        Choice("kind", gettext_lazy("Kind"), PartnerKind.choices),
        YesNo("active", gettext_lazy("Active"), lookup="is_active"),
    )
    empty = Empty(
        gettext_lazy("No partner yet"),
        gettext_lazy("Load your directory: code, name and kind are enough. Or add the first one by hand."),
        icon="building-community",
        action=gettext_lazy("Load a file"),
        url="imports:upload",
    )
    default_sort = "name"
    actions_template = "partners/_list_actions.html"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> Any:
        return pages.partners(actor=request.actor)

    def context(self, request: OrganisationRequest, **kwargs: Any) -> dict[str, Any]:
        return {"may_edit": request.actor.may(Permission.PARTNER_EDIT)}


@requires(Permission.PARTNER_VIEW)
@require_safe
def partner(request: OrganisationRequest, partner_id: UUID) -> HttpResponse:
    """Show one partner: how to reach it, what it serves, what was agreed, what it received."""
    return render(request, "partners/partner.html", _page(request, partner_id))


def _page(request: OrganisationRequest, partner_id: UUID, **forms_in_error: Any) -> dict[str, Any]:
    page = pages.partner_page(partner_id, actor=request.actor, at=timezone.now())
    context: dict[str, Any] = {"page": page, "one": page.record, "today": timezone.localdate()}
    context["may_edit"] = request.actor.may(Permission.PARTNER_EDIT)
    if context["may_edit"]:
        context["contact_form"] = forms.ContactForm(prefix="contact")
        context["protocol_form"] = forms.ProtocolForm(prefix="protocol")
    return {**context, **forms_in_error}


@requires(Permission.PARTNER_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_partner(request: OrganisationRequest) -> HttpResponse:
    form = forms.PartnerForm(request.POST or None, is_new=True)
    if request.method == "POST":
        added = act_of_form(request, form, services.register_partner)
        if added is not None:
            return redirect("partners:partner", added.pk)
    context = {"form": form, "title": _("New partner"), "back": reverse("partners:partners")}
    return render(request, "partners/partner_form.html", context, status=422 if form.errors else 200)


@requires(Permission.PARTNER_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_partner(request: OrganisationRequest, partner_id: UUID) -> HttpResponse:
    record = pages.partner_page(partner_id, actor=request.actor, at=timezone.now()).record
    initial = {name: getattr(record, name) for name in services.CHANGEABLE}
    initial["communes"] = ", ".join(record.communes)
    form = forms.PartnerForm(request.POST or None, is_new=False, initial=initial)
    if request.method == "POST" and act_of_form(
        request, form, services.change_partner, partner_id=partner_id
    ):
        messages.success(request, _("Saved."))
        return redirect("partners:partner", partner_id)
    context = {"form": form, "title": record.name, "back": reverse("partners:partner", args=[partner_id])}
    return render(request, "partners/partner_form.html", context, status=422 if form.errors else 200)


@requires(Permission.PARTNER_EDIT)
@require_POST
def check(request: OrganisationRequest, partner_id: UUID) -> HttpResponse:
    act(request, services.check_partner, _("Checked today."), partner_id=partner_id)
    return redirect("partners:partner", partner_id)


@requires(Permission.PARTNER_EDIT)
@require_POST
def set_active(request: OrganisationRequest, partner_id: UUID) -> HttpResponse:
    is_active = request.POST.get("active") == "yes"
    said = _("It is proposed again.") if is_active else _("It is no longer proposed. Nothing else changes.")
    act(request, services.set_active, said, partner_id=partner_id, is_active=is_active)
    return redirect("partners:partner", partner_id)


@requires(Permission.PARTNER_EDIT)
@require_POST
def add_contact(request: OrganisationRequest, partner_id: UUID) -> HttpResponse:
    form = forms.ContactForm(request.POST, prefix="contact")
    if act_of_form(request, form, services.add_contact, partner_id=partner_id) is None:
        context = _page(request, partner_id, contact_form=form, opened="contact")
        return render(request, "partners/partner.html", context, status=422)
    return redirect("partners:partner", partner_id)


@requires(Permission.PARTNER_EDIT)
@require_POST
def remove_contact(request: OrganisationRequest, contact_id: UUID) -> HttpResponse:
    partner_id = act(request, services.remove_contact, contact_id=contact_id)
    return redirect("partners:partner", partner_id)


@requires(Permission.PARTNER_EDIT)
@require_POST
def add_protocol(request: OrganisationRequest, partner_id: UUID) -> HttpResponse:
    form = forms.ProtocolForm(request.POST, request.FILES, prefix="protocol")
    if act_of_form(request, form, services.add_protocol, partner_id=partner_id) is None:
        context = _page(request, partner_id, protocol_form=form, opened="protocol")
        return render(request, "partners/partner.html", context, status=422)
    return redirect("partners:partner", partner_id)


@requires(Permission.PARTNER_EDIT)
@require_POST
def end_protocol(request: OrganisationRequest, protocol_id: UUID) -> HttpResponse:
    partner_id = pages.partner_of_protocol(protocol_id)
    act(
        request,
        services.end_protocol,
        _("The agreement ends today."),
        protocol_id=protocol_id,
        on=timezone.localdate(),
    )
    return redirect("partners:partner", partner_id)


@searchable("partners.partner", label=gettext_lazy("Partners"), permission=Permission.PARTNER_VIEW, order=40)
def search_partners(*, text: str, actor: Actor, limit: int) -> list[Hit]:
    """Find by name, commune or code."""
    return [
        Hit(
            label=row.name,
            url=reverse("partners:partner", args=[row.pk]),
            detail=" · ".join(filter(None, (str(row.get_kind_display()), row.city))),
            icon="building-community",
        )
        for row in pages.find_partners(text=text, actor=actor, limit=limit)
    ]


@history_page("partners_partner", permission=Permission.PARTNER_VIEW)
def partner_title(row_id: UUID, actor: Actor) -> str | None:
    try:
        return pages.partner_page(row_id, actor=actor, at=timezone.now()).record.name
    except NotFound:
        return None
