"""Change a plan without leaving the page of its level: a card, its words, the mode of a service."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.modes import UnknownService, service
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act
from palier.modules.continuity.forms.plan_editing import CardForm, LevelForm, ModeForm, first_words_of
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.plan_document import LevelDocument
from palier.modules.continuity.selectors import plans as selectors
from palier.modules.continuity.services.plan_editing import edit


@requires(Permission.PLAN_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: OrganisationRequest, version_id: UUID, code: str, card_code: str = "") -> HttpResponse:
    """Add a card to a level, or change one."""
    version, level = _level(request, version_id, code)
    known = next((one for one in level.tasks if one.code == card_code), None)
    if card_code and known is None:
        raise Http404
    form = CardForm(request.POST or None, level=level, code=card_code, initial=first_words_of(known))
    if done := _kept(request, form, version_id, lambda: form.change()):
        return redirect("continuity:level", done.pk, code)
    title = known.title if known else str(_("Add an action card"))
    return _page(request, version, level, form, title, card_code=card_code)


@requires(Permission.PLAN_WRITE)
@require_POST
def remove_card(request: OrganisationRequest, version_id: UUID, code: str, card_code: str) -> HttpResponse:
    """Take a card out of a level; what waited for it waits no more."""
    change = {"what": "drop_card", "level": code, "code": card_code}
    done = act(request, edit, _("The card is removed from the draft."), version_id=version_id, change=change)
    return redirect("continuity:level", done.pk if done else version_id, code)


@requires(Permission.PLAN_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: OrganisationRequest, version_id: UUID, code: str) -> HttpResponse:
    """Change the name of a level, what it says and when it is looked at again."""
    version, level = _level(request, version_id, code)
    first = {
        "name": level.name,
        "summary": level.summary,
        "posture": level.posture,
        "days": level.review_days,
    }
    form = LevelForm(request.POST or None, initial=first)
    if done := _kept(request, form, version_id, lambda: form.change(code)):
        return redirect("continuity:level", done.pk, code)
    return _page(request, version, level, form, _("The level"))


@requires(Permission.PLAN_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def mode(request: OrganisationRequest, version_id: UUID, code: str, key: str) -> HttpResponse:
    """Choose how a service works at a level."""
    version, level = _level(request, version_id, code)
    try:
        declared = service(key)
    except UnknownService as unseen:
        raise Http404 from unseen
    first = {f"mode-{name}": value for name, value in level.services.get(key, {}).items()}
    form = ModeForm(request.POST or None, service=declared, initial=first)
    if done := _kept(request, form, version_id, lambda: form.change(code)):
        return redirect("continuity:level", done.pk, code)
    return _page(request, version, level, form, str(declared.name))


def _level(
    request: OrganisationRequest, version_id: UUID, code: str
) -> tuple[selectors.VersionCard, LevelDocument]:
    try:
        version = selectors.version_card(version_id=version_id, actor=request.actor)
    except NotFound as unseen:
        raise Http404 from unseen
    level = version.document.levels.get(code)
    if level is None:
        raise Http404
    return version, level


def _kept(request: OrganisationRequest, form: Form, version_id: UUID, change: Any) -> Any:
    """The draft that now holds the change, or None: the form says what is wrong."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        done = edit(version_id=version_id, change=change(), by=request.actor, at=timezone.now())
    except NotFound as unseen:
        raise Http404 from unseen
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, str(_("The change is in the draft of the plan.")))
    return done


def _page(
    request: OrganisationRequest,
    version: selectors.VersionCard,
    level: LevelDocument,
    form: Form,
    title: str | Promise,
    **more: Any,
) -> HttpResponse:
    context = {"version": version, "level": level, "form": form, "title": title, **more}
    status = 422 if form.errors else 200
    return render(request, "continuity/plans/edit.html", context, status=status)
