"""After-action reviews as screens show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.continuity.enums import ProposalState, ReviewState
from palier.modules.continuity.models import Activation, AfterActionReview, ReviewProposal
from palier.modules.continuity.services.after_action import OVER, evidence_of, sentence_of
from palier.modules.continuity.workflow.lessons import PROPOSAL, REVIEW

TONES = {ReviewState.DRAFT: "info", ReviewState.SHARED: "accent", ReviewState.ADOPTED: "good"}
PROPOSAL_TONES = {ProposalState.OPEN: "warn", ProposalState.ACCEPTED: "good", ProposalState.REFUSED: ""}


class ReviewUnknown(NotFound):
    code = "continuity.review-unknown"


@dataclass(frozen=True)
class ReviewLine:
    """A review as the list shows it."""

    id: UUID
    number: int
    reference: str
    plan_name: str
    level_name: str
    scope_label: str
    exercise: bool
    state: str
    state_label: str
    tone: str
    drafted_at: datetime
    drafted_by: str
    adopted_at: datetime | None
    document_id: UUID | None


@dataclass(frozen=True)
class ProposalLine:
    """A change proposed, with the facts that call for it."""

    id: UUID
    sentence: str
    evidence: tuple[str, ...]
    state: str
    state_label: str
    tone: str
    settled_by: str
    settled_at: datetime | None
    reason: str
    version_id: UUID | None
    actions: tuple[str, ...]


@dataclass(frozen=True)
class SectionTable:
    """A table of a section: each row as (column, cell) pairs."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class SectionCard:
    """One section: its frozen facts, and what people said of them."""

    key: str
    facts: Mapping[str, Any]
    comment: str
    comment_by: str
    comment_at: datetime | None

    @property
    def anchor(self) -> str:
        return f"section-{self.key}"

    @property
    def tables(self) -> list[SectionTable]:
        """Each table with the name of its column beside every cell: a telephone shows rows one under the other."""
        return [
            SectionTable(
                one["title"],
                tuple(one["header"]),
                tuple(tuple(zip(one["header"], row, strict=False)) for row in one["rows"]),
            )
            for one in self.facts["tables"]
        ]


@dataclass(frozen=True)
class ReviewCard(ReviewLine):
    """A review, whole."""

    activation_id: UUID
    plan_code: str
    conclusion: str
    shared_at: datetime | None
    shared_by: str
    adopted_by: str
    gathered_at: datetime
    sections: tuple[SectionCard, ...]
    proposals: tuple[ProposalLine, ...]
    chain_seq: int
    chain_head: str
    actions: tuple[str, ...]

    @property
    def open_proposals(self) -> int:
        return sum(one.state == ProposalState.OPEN for one in self.proposals)

    @property
    def draft_version_id(self) -> UUID | None:
        """The version that the accepted proposals made: the last one names it."""
        return next((one.version_id for one in reversed(self.proposals) if one.version_id), None)

    @property
    def is_draft(self) -> bool:
        return self.state == ReviewState.DRAFT


@dataclass(frozen=True)
class Reviewable:
    """An activation that is over and has no review yet."""

    id: UUID
    label: str
    exercise: bool
    ended_at: datetime | None


def reviews(*, actor: Actor, limit: int = 100) -> list[ReviewLine]:
    """Every review, the latest first. One query."""
    rows = AfterActionReview.objects.visible_to(actor).select_related("activation__plan")
    return [ReviewLine(**_line(row)) for row in rows.order_by("-number")[:limit]]


def reviewable(*, actor: Actor, limit: int = 20) -> list[Reviewable]:
    """What is over and was not looked back upon, the latest first. One query."""
    known = AfterActionReview.objects.values("activation_id")
    rows = Activation.objects.visible_to(actor).filter(state__in=OVER).exclude(pk__in=known)
    return [
        Reviewable(
            row.pk,
            f"{row.reference} · {row.plan.name}, {row.level} – {row.level_name}, {row.scope_label}",
            row.exercise,
            row.lifted_at,
        )
        for row in rows.select_related("plan").order_by("-lifted_at")[:limit]
    ]


def review_of(activation_id: UUID, *, actor: Actor) -> ReviewLine | None:
    rows = AfterActionReview.objects.visible_to(actor).select_related("activation__plan")
    row = rows.filter(activation_id=activation_id).first()
    return ReviewLine(**_line(row)) if row else None


def review_card(review_id: UUID, *, actor: Actor) -> ReviewCard:
    """Raises: ReviewUnknown."""
    row = (
        AfterActionReview.objects.visible_to(actor)
        .select_related("activation__plan")
        .filter(pk=review_id)
        .first()
    )
    if row is None:
        raise ReviewUnknown()
    comments = {one.section: one for one in row.comments.exclude(text="")}
    return ReviewCard(
        **_line(row),
        activation_id=row.activation_id,
        plan_code=row.activation.plan.code,
        conclusion=row.conclusion,
        shared_at=row.shared_at,
        shared_by=row.shared_by_name,
        adopted_by=row.adopted_by_name,
        gathered_at=row.drafted_at,
        sections=tuple(_section(one, comments) for one in row.facts["sections"]),
        proposals=tuple(_proposal(one, row, actor) for one in row.proposals.all()),
        chain_seq=row.chain_seq,
        chain_head=row.chain_head,
        actions=tuple(str(action) for action in REVIEW.open_to(row, actor)),
    )


def _section(facts: Mapping[str, Any], comments: Mapping[str, Any]) -> SectionCard:
    said = comments.get(facts["key"])
    if said is None:
        return SectionCard(facts["key"], facts, "", "", None)
    return SectionCard(facts["key"], facts, said.text, said.written_by_name, said.written_at)


def _proposal(row: ReviewProposal, review: AfterActionReview, actor: Actor) -> ProposalLine:
    frozen = review.state == ReviewState.ADOPTED
    return ProposalLine(
        id=row.pk,
        sentence=sentence_of(row),
        evidence=tuple(evidence_of(row)),
        state=row.state,
        state_label=row.get_state_display(),
        tone=PROPOSAL_TONES[ProposalState(row.state)],
        settled_by=row.settled_by_name,
        settled_at=row.settled_at,
        reason=row.reason,
        version_id=row.version_id,
        actions=() if frozen else tuple(str(action) for action in PROPOSAL.open_to(row, actor)),
    )


def _line(row: AfterActionReview) -> dict[str, Any]:
    activation = row.activation
    return {
        "id": row.pk,
        "number": row.number,
        "reference": activation.reference,
        "plan_name": activation.plan.name,
        "level_name": f"{activation.level} – {activation.level_name}",
        "scope_label": activation.scope_label,
        "exercise": activation.exercise,
        "state": row.state,
        "state_label": row.get_state_display(),
        "tone": TONES[ReviewState(row.state)],
        "drafted_at": row.drafted_at,
        "drafted_by": row.drafted_by_name,
        "adopted_at": row.adopted_at,
        "document_id": row.document_id,
    }
