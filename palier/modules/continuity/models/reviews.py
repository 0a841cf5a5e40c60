"""After-action reviews: facts frozen as they were gathered, what people add, the changes they lead to."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.modules.continuity.enums import ProposalKind, ProposalState, ReviewState
from palier.modules.continuity.models.activations import Activation
from palier.modules.continuity.models.plans import PlanVersion
from palier.modules.continuity.permissions import Permission


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> "ReviewQuerySet":
        return self if actor.may(Permission.REVIEW_READ) else self.none()


class AfterActionReview(Record):
    """What was learnt of one activation or exercise (RETEX). `facts` never change once it is shared."""

    number = models.PositiveIntegerField(unique=True)
    activation = models.OneToOneField(Activation, models.PROTECT, related_name="+")
    state = models.TextField(choices=ReviewState, default=ReviewState.DRAFT)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    conclusion = models.TextField(blank=True)
    drafted_at = models.DateTimeField()
    drafted_by_name = models.TextField()
    shared_at = models.DateTimeField(null=True)
    shared_by_name = models.TextField(blank=True)
    adopted_at = models.DateTimeField(null=True)
    adopted_by_name = models.TextField(blank=True)
    chain_seq = models.BigIntegerField()
    chain_head = models.TextField()
    document_id = models.UUIDField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        db_table = "continuity_review"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ReviewState.values), name="continuity_review_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=ReviewState.ADOPTED)
                | Q(adopted_at__isnull=False) & ~Q(adopted_by_name="") & ~Q(conclusion=""),
                name="continuity_review_adopted_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class ReviewComment(Record):
    """What people say of one section; the facts beside it stay as they are."""

    review = models.ForeignKey(AfterActionReview, models.PROTECT, related_name="comments")
    section = models.TextField()
    text = models.TextField(blank=True)
    written_at = models.DateTimeField()
    written_by_name = models.TextField()

    class Meta:
        db_table = "continuity_review_comment"
        ordering = ["section"]
        constraints = [
            models.UniqueConstraint(fields=["review", "section"], name="continuity_review_comment_once"),
        ]

    def __str__(self) -> str:
        return self.section


class ReviewProposal(Record):
    """One change to the plan that the facts call for. `change` is what accepting it does; `evidence`, why."""

    review = models.ForeignKey(AfterActionReview, models.PROTECT, related_name="proposals")
    rank = models.PositiveIntegerField()
    kind = models.TextField(choices=ProposalKind)
    said = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    change = models.JSONField(default=dict)
    state = models.TextField(choices=ProposalState, default=ProposalState.OPEN)
    settled_at = models.DateTimeField(null=True)
    settled_by_name = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    version = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="+")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        db_table = "continuity_review_proposal"
        ordering = ["review", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["review", "rank"], name="continuity_proposal_rank_once"),
            models.CheckConstraint(
                condition=Q(state__in=ProposalState.values), name="continuity_proposal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN) | Q(settled_at__isnull=False),
                name="continuity_proposal_settled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.ACCEPTED) | Q(version__isnull=False),
                name="continuity_proposal_accepted_has_version",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.REFUSED) | ~Q(reason=""),
                name="continuity_proposal_refused_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
