"""After-action reviews: draft, comment, settle each proposal, share, adopt."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from palier.kernel.access import requires
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.continuity.forms.lessons import CommentForm, ConclusionForm
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import after_action as selectors
from palier.modules.continuity.services import after_action as services


@requires(Permission.REVIEW_READ)
@require_safe
def reviews(request: OrganisationRequest) -> HttpResponse:
    context = {
        "reviews": selectors.reviews(actor=request.actor),
        "reviewable": selectors.reviewable(actor=request.actor),
        "may_write": request.actor.may(Permission.REVIEW_WRITE),
    }
    return render(request, "continuity/after_action/reviews.html", context)


@requires(Permission.REVIEW_WRITE)
@require_POST
def draft(request: OrganisationRequest, activation_id: UUID) -> HttpResponse:
    """Draft the review of an activation that is over, or go to the one there is."""
    review = act(request, services.draft_review, activation_id=activation_id)
    return redirect("continuity:review", review.pk) if review else redirect("continuity:reviews")


@requires(Permission.REVIEW_READ)
@require_safe
def review(request: OrganisationRequest, review_id: UUID) -> HttpResponse:
    card = _card(request, review_id)
    may_write = request.actor.may(Permission.REVIEW_WRITE) and card.state != "adopted"
    context = {
        "card": card,
        "may_write": may_write,
        "conclusion_form": ConclusionForm(initial={"conclusion": card.conclusion}),
    }
    return render(request, "continuity/after_action/review.html", context)


@requires(Permission.REVIEW_WRITE)
@require_POST
def comment(request: OrganisationRequest, review_id: UUID, section: str) -> HttpResponse:
    _card(request, review_id)
    form = CommentForm(request.POST)
    given = {"review_id": review_id, "section": section}
    if act_of_form(request, form, services.comment, **given) is None:
        messages.error(request, _said(form))
    return redirect(f"{reverse('continuity:review', args=[review_id])}#section-{section}")


@requires(Permission.REVIEW_WRITE)
@require_POST
def conclude(request: OrganisationRequest, review_id: UUID) -> HttpResponse:
    _card(request, review_id)
    form = ConclusionForm(request.POST)
    if act_of_form(request, form, services.conclude, review_id=review_id) is None:
        messages.error(request, _said(form))
    return redirect(f"{reverse('continuity:review', args=[review_id])}#conclusion")


@requires(Permission.REVIEW_WRITE)
@require_POST
def move(request: OrganisationRequest, review_id: UUID, action: str) -> HttpResponse:
    """Gather the facts again, share, take back to draft, adopt."""
    said = {
        "gather": (services.gather_again, _("The facts were gathered again.")),
        "share": (services.share, _("The review is shared with the cell: its facts no longer change.")),
        "take_back": (services.take_back, _("The review is a draft again.")),
        "adopt": (services.adopt, _("The review is adopted; its PDF is kept.")),
    }
    if action not in said:
        raise Http404
    service, words = said[action]
    act(request, service, words, review_id=review_id)
    return redirect("continuity:review", review_id)


@requires(Permission.REVIEW_ADOPT)
@require_POST
def settle(request: OrganisationRequest, review_id: UUID, proposal_id: UUID, action: str) -> HttpResponse:
    """Accept a proposal, which goes into the draft of the plan, or refuse it with a reason."""
    if action == "accept":
        act(request, services.accept, _("The change is in the draft of the plan."), proposal_id=proposal_id)
    elif action == "refuse":
        reason = request.POST.get("reason", "")
        act(request, services.refuse, _("Refused."), proposal_id=proposal_id, reason=reason)
    else:
        raise Http404
    return redirect(f"{reverse('continuity:review', args=[review_id])}#proposals")


def _card(request: OrganisationRequest, review_id: UUID) -> selectors.ReviewCard:
    try:
        return selectors.review_card(review_id, actor=request.actor)
    except NotFound as unseen:
        raise Http404 from unseen


def _said(form: Form) -> str:
    """What is wrong in a form that is not shown again by itself."""
    return " ".join(str(said) for one in form.errors.values() for said in one)
