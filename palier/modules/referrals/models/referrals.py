"""Referrals, their story, and what is sent to partners about them."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.modules.referrals.enums import (
    CLOSED,
    Basis,
    Climb,
    ConsentGiven,
    DeclineReason,
    NeedKind,
    Outcome,
    ReferralState,
    SentBy,
    StepKind,
    Urgency,
)
from palier.modules.referrals.permissions import Permission


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, actor: Actor, *, agent_id: UUID | None = None) -> Self:
        """Keep what this actor may read: all of it, or what they opened or received; violence apart.

        `agent_id` is the agent whom the actor's account stands for. A sealed person's are in nobody's list.
        """
        rows = self.in_clear()
        if not actor.may(Permission.REFERRAL_VIEW):
            return rows.none()
        mine = Q(opened_by_id=actor.user_id) if actor.user_id else Q(pk__in=[])
        if agent_id:
            mine |= Q(agent=agent_id) | Q(team__agents=agent_id) & Q(agent__isnull=True)
        if not actor.may(Permission.REFERRAL_VIEW_ALL):
            rows = rows.filter(mine)
        if not actor.may(Permission.VIOLENCE_VIEW):
            rows = rows.filter(~Q(kind=NeedKind.VIOLENCE) | mine)
        return rows.distinct() if agent_id else rows

    def in_clear(self) -> Self:
        """Leave out those about a sealed person: for everything that lists, counts or sends."""
        return self.filter(Q(person__isnull=True) | Q(person__sealed_at__isnull=True))

    def unfinished(self) -> Self:
        return self.exclude(state__in=CLOSED)


class Referral(Record):
    """One hand-over: what is needed, by whom or where, who takes it, and what became of it.

    `source_kind` and `source_id` name the record it comes from; asking twice gives the same referral.
    `ack_due_at`: by when somebody must have acknowledged it. `due_at`: by when it should be settled, if said.
    """

    reference = models.TextField(unique=True)
    kind = models.TextField(choices=NeedKind)
    urgency = models.TextField(choices=Urgency, default=Urgency.NORMAL)
    state = models.TextField(choices=ReferralState, default=ReferralState.OPENED)
    summary = text()
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    lot = models.ForeignKey("estate.Lot", models.PROTECT, null=True, blank=True, related_name="+")
    residence = models.ForeignKey("estate.Residence", models.PROTECT, null=True, blank=True, related_name="+")
    district = models.ForeignKey("estate.District", models.PROTECT, null=True, blank=True, related_name="+")
    consent = models.TextField(choices=ConsentGiven)
    consent_how = text()
    consent_at = models.DateTimeField(null=True, blank=True)
    source_kind = text()
    source_id = models.UUIDField()
    partner = models.ForeignKey("partners.Partner", models.PROTECT, null=True, blank=True, related_name="+")
    agent = models.ForeignKey("staff.Agent", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("staff.Team", models.PROTECT, null=True, blank=True, related_name="+")
    served_by = text()
    served_id = models.UUIDField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by_id = models.UUIDField(null=True, blank=True)
    opened_by_name = models.TextField()
    opened_by_email = text()
    clock_from = models.DateTimeField()
    ack_due_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = text()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = text(choices=Outcome)
    outcome_note = text()
    decline_reason = text(choices=DeclineReason)
    withdraw_reason = text()
    climb = models.TextField(choices=Climb, default=Climb.NONE, db_default="none")
    climbed_at = models.DateTimeField(null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        db_table = "referrals_referral"
        constraints = [
            known("kind", NeedKind, "referrals_kind_known"),
            known("urgency", Urgency, "referrals_urgency_known"),
            known("state", ReferralState, "referrals_state_known"),
            known("consent", ConsentGiven, "referrals_consent_known"),
            known("outcome", Outcome, "referrals_outcome_known", blank=True),
            known("decline_reason", DeclineReason, "referrals_decline_known", blank=True),
            known("climb", Climb, "referrals_climb_known"),
            # Two clicks, two workers, one referral.
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "kind", "person"],
                nulls_distinct=False,
                name="referrals_source_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReferralState.SETTLED) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="referrals_settled_has_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReferralState.WITHDRAWN)
                | (Q(closed_at__isnull=False) & ~Q(withdraw_reason="")),
                name="referrals_withdrawn_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReferralState.RETURNED) | ~Q(decline_reason=""),
                name="referrals_returned_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ReferralState.ACKNOWLEDGED, ReferralState.IN_PROGRESS])
                | Q(acknowledged_at__isnull=False),
                name="referrals_taken_is_acknowledged",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_at__gte=F("opened_at")),
                name="referrals_due_after_opening",
                violation_error_message=_("The date comes before the opening. Choose a later one."),
            ),
        ]
        indexes = [
            models.Index(fields=["ack_due_at"], condition=~Q(state__in=list(CLOSED)), name="referrals_due"),
            models.Index(fields=["person"], name="referrals_person"),
            models.Index(fields=["residence"], name="referrals_residence"),
            models.Index(fields=["opened_at", "id"], name="referrals_opened"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED


class ReferralStep(Record):
    """One line of a referral's story: kept when the referral moves on, never changed.

    `once` makes a step that must not be written twice (a climb, a stop) unique for its referral.
    """

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps")
    kind = models.TextField(choices=StepKind)
    at = models.DateTimeField()
    by_name = models.TextField()
    via = models.TextField()
    towards = text()
    note = text()
    once = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "referrals_step"
        constraints = [
            known("kind", StepKind, "referrals_step_kind_known"),
            models.UniqueConstraint(fields=["referral", "once"], name="referrals_step_once"),
        ]
        indexes = [models.Index(fields=["referral", "at"], name="referrals_step_story")]

    def __str__(self) -> str:
        return f"{self.kind} {self.referral_id}"


class Transmission(Record):
    """A referral sent to a partner: its form, the ground on which data leave, and the link that answers.

    The link's token is random; only its digest is kept. `ended_at` closes the link whatever its age.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="transmissions")
    partner = models.ForeignKey("partners.Partner", models.PROTECT, related_name="+")
    basis = models.TextField(choices=Basis)
    sent_by = models.TextField(choices=SentBy)
    to_name = text()
    to_email = text()
    token_digest = models.TextField(unique=True)
    document_id = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField()
    sent_by_name = models.TextField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    first_read_at = models.DateTimeField(null=True, blank=True)
    last_read_at = models.DateTimeField(null=True, blank=True)
    times_read = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "referrals_transmission"
        constraints = [
            known("basis", Basis, "referrals_transmission_basis_known"),
            known("sent_by", SentBy, "referrals_transmission_sent_known"),
            # One live link at a time: sending to another partner ends the former.
            models.UniqueConstraint(
                fields=["referral"], condition=Q(ended_at__isnull=True), name="referrals_one_live_link"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="referrals_transmission_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.partner_id}"
