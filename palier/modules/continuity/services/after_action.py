"""The after-action review (RETEX): drafted from the facts, commented, shared, adopted; its proposals settled."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents import services as documents
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.ui import typography
from palier.modules.continuity.enums import (
    ActivationState,
    CellRole,
    Evidence,
    ProposalAction,
    ProposalKind,
    ProposalState,
    ReviewAction,
    ReviewState,
)
from palier.modules.continuity.models import (
    Activation,
    AfterActionReview,
    PlanVersion,
    ReviewComment,
    ReviewProposal,
)
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.lessons import Proposed, Reason, proposals
from palier.modules.continuity.rules.plan_amend import ChangeImpossible, amended
from palier.modules.continuity.selectors import log
from palier.modules.continuity.selectors.activations import ActivationUnknown
from palier.modules.continuity.selectors.lessons import LANGUAGE, Lived, lived, said, sections
from palier.modules.continuity.services import activations, plans
from palier.modules.continuity.services.telling import in_house_language, say_in_log
from palier.modules.continuity.workflow.lessons import PROPOSAL, REVIEW

OVER = (ActivationState.LIFTED, ActivationState.DEBRIEFED, ActivationState.CLOSED)
REVIEW_KIND = "after-action-review"


class ReviewUnknown(NotFound):
    code = "continuity.review-unknown"
    message = _("This after-action review does not exist.")


class NotOver(DomainError):
    code = "continuity.review-not-over"
    message = _("The level is still in force. Lift it before drafting the review.")


class ReviewFrozen(DomainError):
    code = "continuity.review-frozen"
    message = _("This review is adopted: it no longer changes.")


class FactsFrozen(DomainError):
    code = "continuity.review-facts-frozen"
    message = _("This review was shared: its facts no longer change. Take it back to draft first.")


class ConclusionMissing(DomainError):
    code = "continuity.review-conclusion-missing"
    message = _("Write the conclusion: what the organisation keeps of it.")


class ProposalsOpen(DomainError):
    code = "continuity.review-proposals-open"
    message = _("{count} proposals are not settled. Accept or refuse each before adopting.")


class RefusalReasonMissing(DomainError):
    code = "continuity.review-refusal-reason"
    message = _("Say why the proposal is refused.")


class PlanMoved(DomainError):
    code = "continuity.review-plan-moved"
    message = _("The plan no longer has “{what}”. Refuse this proposal, or change the plan by hand.")


class SectionUnknown(NotFound):
    code = "continuity.review-section-unknown"


@transaction.atomic
def draft_review(*, activation_id: UUID, by: Actor, at: datetime) -> AfterActionReview:
    """Draft the review of an activation that is over; asking twice gives back the first.

    Raises: NotAllowed, ActivationUnknown, NotOver.
    """
    by.must(Permission.REVIEW_WRITE)
    activation = _over(activation_id, by)
    known = AfterActionReview.objects.filter(activation=activation).first()
    if known is not None:
        return known
    number = (AfterActionReview.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    review = AfterActionReview(number=number, activation=activation)
    try:
        with transaction.atomic():
            _gather(review, by=by, at=at)
    except IntegrityError:
        return AfterActionReview.objects.get(activation=activation)
    journal.record("continuity.review.draft", by=by, at=at, subject=review)
    return review


@transaction.atomic
def gather_again(*, review_id: UUID, by: Actor, at: datetime) -> AfterActionReview:
    """Gather the facts anew while it is a draft; comments and settled proposals stay.

    Raises: NotAllowed, ReviewUnknown, FactsFrozen.
    """
    by.must(Permission.REVIEW_WRITE)
    review = _locked(review_id, by)
    if review.state != ReviewState.DRAFT:
        raise FactsFrozen()
    _gather(review, by=by, at=at)
    journal.record("continuity.review.gather", by=by, at=at, subject=review)
    return review


@transaction.atomic
def comment(*, review_id: UUID, section: str, text: str, by: Actor, at: datetime) -> ReviewComment:
    """Say something of a section; the facts stay as they are.

    Raises: NotAllowed, ReviewUnknown, SectionUnknown, ReviewFrozen.
    """
    by.must(Permission.REVIEW_WRITE)
    review = _open(review_id, by)
    if section not in {one["key"] for one in review.facts["sections"]}:
        raise SectionUnknown()
    written, _created = ReviewComment.objects.update_or_create(
        review=review,
        section=section,
        defaults={"text": text.strip(), "written_at": at, "written_by_name": by.name},
    )
    journal.record("continuity.review.comment", by=by, at=at, subject=review, section=section)
    return written


@transaction.atomic
def conclude(*, review_id: UUID, conclusion: str, by: Actor, at: datetime) -> AfterActionReview:
    """Write the conclusion. Raises: NotAllowed, ReviewUnknown, ReviewFrozen."""
    by.must(Permission.REVIEW_WRITE)
    review = _open(review_id, by)
    review.conclusion = conclusion.strip()
    review.save(update_fields=["conclusion"])
    journal.record("continuity.review.conclude", by=by, at=at, subject=review)
    return review


@transaction.atomic
def share(*, review_id: UUID, by: Actor, at: datetime) -> AfterActionReview:
    """Show it to the cell: its facts no longer change. Raises: NotAllowed, ReviewUnknown, TransitionRefused."""
    review = _locked(review_id, by)
    REVIEW.move(review, ReviewAction.SHARE, by=by, at=at)
    review.shared_at, review.shared_by_name = at, by.name
    review.save(update_fields=["state", "shared_at", "shared_by_name"])
    return review


@transaction.atomic
def take_back(*, review_id: UUID, by: Actor, at: datetime) -> AfterActionReview:
    """Take it back to draft. Raises: NotAllowed, ReviewUnknown, TransitionRefused."""
    review = _locked(review_id, by)
    REVIEW.move(review, ReviewAction.TAKE_BACK, by=by, at=at)
    review.shared_at, review.shared_by_name = None, ""
    review.save(update_fields=["state", "shared_at", "shared_by_name"])
    return review


@transaction.atomic
def adopt(*, review_id: UUID, by: Actor, at: datetime) -> AfterActionReview:
    """Adopt it: the PDF is kept, the activation is debriefed, the log says so.

    Raises: NotAllowed, ReviewUnknown, ConclusionMissing, ProposalsOpen, TransitionRefused.
    """
    review = _locked(review_id, by)
    left = review.proposals.filter(state=ProposalState.OPEN).count()
    REVIEW.move(review, ReviewAction.ADOPT, by=by, at=at)
    if not review.conclusion:
        raise ConclusionMissing()
    if left:
        raise ProposalsOpen(count=left)
    review.adopted_at, review.adopted_by_name = at, by.name
    review.document_id = _document(review, by=by, at=at).pk
    review.save(update_fields=["state", "adopted_at", "adopted_by_name", "document_id"])
    if review.activation.state == ActivationState.LIFTED:
        activations.debrief(activation_id=review.activation_id, lessons=review.conclusion, by=by, at=at)
    with in_house_language():
        text = gettext("After-action review {number} of {reference} adopted.").format(
            number=review.number, reference=review.activation.reference
        )
    # The review of an exercise is real: it changes the plan.
    say_in_log(f"review-adopted:{review.pk}", text, by=by, at=at, about=review)
    return review


# Proposals, one at a time.


@transaction.atomic
def accept(*, proposal_id: UUID, by: Actor, at: datetime) -> ReviewProposal:
    """Make the change in the draft of the plan, beginning one from the version in force if there is none.

    Raises: NotAllowed, ReviewUnknown, ReviewFrozen, PlanMoved, VersionInReview, TransitionRefused.
    """
    proposal = _proposal(proposal_id, by)
    PROPOSAL.move(proposal, ProposalAction.ACCEPT, by=by, at=at)
    proposal.version = _amend(proposal, by=by, at=at)
    return _settled(proposal, "", by=by, at=at)


@transaction.atomic
def refuse(*, proposal_id: UUID, reason: str, by: Actor, at: datetime) -> ReviewProposal:
    """Leave the plan as it is, and say why.

    Raises: NotAllowed, ReviewUnknown, ReviewFrozen, RefusalReasonMissing, TransitionRefused.
    """
    if not reason.strip():
        raise RefusalReasonMissing()
    proposal = _proposal(proposal_id, by)
    PROPOSAL.move(proposal, ProposalAction.REFUSE, by=by, at=at)
    return _settled(proposal, reason.strip(), by=by, at=at)


def _settled(proposal: ReviewProposal, reason: str, *, by: Actor, at: datetime) -> ReviewProposal:
    proposal.settled_at, proposal.settled_by_name, proposal.reason = at, by.name, reason
    proposal.save(update_fields=["state", "settled_at", "settled_by_name", "reason", "version"])
    return proposal


def _amend(proposal: ReviewProposal, *, by: Actor, at: datetime) -> PlanVersion:
    """The newest version that is not put away, with one change more, becomes the draft."""
    review = proposal.review
    newest = review.activation.plan.versions.exclude(state="archived").order_by("-number").first()
    if newest is None:
        raise PlanMoved(what=review.activation.plan.name)
    try:
        document = amended(newest.document, proposal.change)
    except ChangeImpossible as gone:
        raise PlanMoved(what=str(gone)) from gone
    with in_house_language():
        note = gettext("After-action review {number}.").format(number=review.number)
    return plans.import_plan(content=plans.canonical_text(document), by=by, at=at, note=note)


# What every step shares.


def _over(activation_id: UUID, by: Actor) -> Activation:
    activation = (
        Activation.objects.visible_to(by)
        .select_related("plan", "plan_version")
        .select_for_update(of=("self",))
        .filter(pk=activation_id)
        .first()
    )
    if activation is None:
        raise ActivationUnknown()
    if activation.state not in OVER:
        raise NotOver()
    return activation


def _gather(review: AfterActionReview, *, by: Actor, at: datetime) -> None:
    """Freeze what the log, the tasks, the sheets and the figures say, and what they ask to change."""
    with translation.override(LANGUAGE):
        found = lived(review.activation, place=activations.place_of(review.activation), at=at)
        review.facts = {
            "exercise": review.activation.exercise,
            "since": found.since,
            "until": found.until,
            "gathered_at": at,
            "sections": [section.as_json(key) for key, section in sections(found)],
        }
        review.chain_seq, review.chain_head = log.head()
        review.drafted_at, review.drafted_by_name = at, by.name
        review.save()
        _write_proposals(review, found)


def _write_proposals(review: AfterActionReview, found: Lived) -> None:
    """Those already settled stay; the others are worked out anew."""
    review.proposals.filter(state=ProposalState.OPEN).delete()
    kept = [row.change for row in review.proposals.all()]
    rank = review.proposals.aggregate(last=Max("rank"))["last"] or 0
    wanted = proposals(tasks=found.tasks, roles=found.roles, reviews=found.reviews, staff=found.staff)
    fresh = [one for one in wanted if one.change not in kept]
    ReviewProposal.objects.bulk_create(
        ReviewProposal(
            review=review,
            rank=rank + number,
            kind=one.kind,
            said=_said(one),
            evidence=[_reason(fact) for fact in one.evidence],
            change=one.change,
        )
        for number, one in enumerate(fresh, start=1)
    )


def _said(one: Proposed) -> dict[str, str]:
    return {name: _words(value) for name, value in one.said.items()}


def _reason(fact: Reason) -> dict[str, Any]:
    return {
        "kind": Evidence(fact.kind).value,
        "said": {name: _words(value) for name, value in fact.said.items()},
    }


def _words(value: Any) -> str:
    """A fact as French words; codes of roles stay codes, each screen names them in its own language."""
    if isinstance(value, datetime):
        return said(value)
    if isinstance(value, timedelta):
        return typography.duration(value, language=LANGUAGE)
    if hasattr(value, "isoformat"):
        return typography.short_day(value, language=LANGUAGE)
    return str(value)


def _locked(review_id: UUID, by: Actor) -> AfterActionReview:
    review = (
        AfterActionReview.objects.visible_to(by)
        .select_related("activation__plan", "activation__plan_version")
        .select_for_update(of=("self",))
        .filter(pk=review_id)
        .first()
    )
    if review is None:
        raise ReviewUnknown()
    return review


def _open(review_id: UUID, by: Actor) -> AfterActionReview:
    review = _locked(review_id, by)
    if review.state == ReviewState.ADOPTED:
        raise ReviewFrozen()
    return review


def _proposal(proposal_id: UUID, by: Actor) -> ReviewProposal:
    """The review is locked first: two proposals accepted at once both reach the draft of the plan."""
    review_id = (
        ReviewProposal.objects.visible_to(by).filter(pk=proposal_id).values_list("review_id", flat=True)
    )
    if not review_id:
        raise ReviewUnknown()
    review = _open(review_id[0], by)
    proposal = ReviewProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)
    proposal.review = review
    return proposal


def sentence_of(proposal: ReviewProposal) -> str:
    """A proposal in words, in the language of the reader."""
    return str(ProposalKind(proposal.kind).label).format(**_named(proposal.said))


def evidence_of(proposal: ReviewProposal) -> list[str]:
    return [str(Evidence(one["kind"]).label).format(**_named(one["said"])) for one in proposal.evidence]


def _named(words: dict[str, str]) -> dict[str, str]:
    return {
        name: str(CellRole(value).label) if value in CellRole.values else value
        for name, value in words.items()
    }


def _document(review: AfterActionReview, *, by: Actor, at: datetime) -> Any:
    with translation.override(LANGUAGE):
        return documents.produce(
            template="continuity/review.typ",
            data={"review": _printed(review, at)},
            title=f"Retour d’expérience n°\u00a0{review.number}",
            by=by,
            at=at,
            kind=REVIEW_KIND,
            about=review.activation,
            permission=Permission.REVIEW_READ,
            key=f"review:{review.pk}",
            retention_class="crisis-log",
            paper={
                "subtitle": f"{review.activation.plan.name}, {review.activation.scope_label}",
                "classification": "Document interne – retour d’expérience",
                "watermark": "EXERCICE" if review.activation.exercise else "",
            },
        )


def _printed(review: AfterActionReview, at: datetime) -> dict[str, Any]:
    comments = {row.section: row for row in review.comments.exclude(text="")}
    return {
        "exercise": review.activation.exercise,
        "reference": review.activation.reference,
        "drafted": f"{said(review.drafted_at)}, {review.drafted_by_name}",
        "shared": f"{said(review.shared_at)}, {review.shared_by_name}" if review.shared_at else "",
        "adopted": f"{said(at)}, {review.adopted_by_name}",
        "conclusion": review.conclusion,
        "sections": [
            {
                **one,
                "comment": comments[one["key"]].text if one["key"] in comments else "",
                "comment_by": comments[one["key"]].written_by_name if one["key"] in comments else "",
            }
            for one in review.facts["sections"]
        ],
        "proposals": [
            {
                "text": sentence_of(row),
                "evidence": " ".join(evidence_of(row)),
                "state": str(row.get_state_display()),
                "reason": row.reason,
                "by": row.settled_by_name,
            }
            for row in review.proposals.all()
        ],
        "chain": {"seq": str(review.chain_seq), "head": review.chain_head},
        "printed_on": typography.moment(timezone.localtime(at), language=LANGUAGE),
    }
