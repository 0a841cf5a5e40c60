"""The crisis cell and the territorial cells: members, call-outs, meetings and decisions."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.modules.continuity.enums import AnswerVia, CellKind, CellRole, DecisionState, MeetingState, Seat
from palier.modules.continuity.models.activations import Activation, ActivationStep
from palier.modules.continuity.permissions import Permission


class CellQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> "CellQuerySet":
        return self if actor.may(Permission.CELL_READ) else self.none()


class Cell(Record):
    """The crisis cell itself, or a cell that adapts the actions to one territory."""

    kind = models.TextField(choices=CellKind)
    code = models.TextField(unique=True)
    name = models.TextField()
    departments = ArrayField(models.TextField(), default=list, blank=True)
    rhythm = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)

    objects = CellQuerySet.as_manager()

    class Meta:
        db_table = "continuity_cell"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind=CellKind.CENTRAL), name="continuity_one_central_cell"
            ),
            models.CheckConstraint(condition=Q(kind__in=CellKind.values), name="continuity_cell_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class CellMember(Record):
    """Somebody in a cell. Of a role's holder and deputies, one at a time is on duty (`on_duty`)."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="members")
    role = models.TextField(choices=CellRole, blank=True)
    seat = models.TextField(choices=Seat)
    name = models.TextField()
    job = models.TextField(blank=True)
    organisation = models.TextField(blank=True)
    email = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    agent_id = models.UUIDField(null=True)
    on_duty = models.BooleanField(default=False)
    on_duty_since = models.DateTimeField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = CellQuerySet.as_manager()

    class Meta:
        db_table = "continuity_cell_member"
        ordering = ["role", "seat", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "role"],
                condition=Q(seat=Seat.HOLDER, until__isnull=True),
                name="continuity_one_holder_by_role",
                violation_error_message=_(
                    "This role already has a holder. Appoint a deputy, or end the former one."
                ),
            ),
            models.UniqueConstraint(
                fields=["cell", "role"],
                condition=Q(on_duty=True) & ~Q(role=""),
                name="continuity_one_on_duty_by_role",
            ),
            models.CheckConstraint(
                condition=Q(on_duty=False) | Q(until__isnull=True), name="continuity_on_duty_is_there"
            ),
            models.CheckConstraint(
                condition=Q(seat=Seat.GUEST) | ~Q(role=""), name="continuity_seat_has_role"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="continuity_member_has_name"),
            models.CheckConstraint(
                condition=~Q(email="", phone=""),
                name="continuity_member_can_be_reached",
                violation_error_message=_("Give at least a telephone number or an e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"


class CallOut(Record):
    """One call of the cell: why, when, and who was called."""

    number = models.PositiveIntegerField(unique=True)
    cell = models.ForeignKey(Cell, models.PROTECT, related_name="call_outs")
    activation = models.ForeignKey(Activation, models.PROTECT, null=True, related_name="call_outs")
    step = models.OneToOneField(ActivationStep, models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    called_at = models.DateTimeField()
    called_by_name = models.TextField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    exercise = models.BooleanField(default=False)

    class Meta:
        db_table = "continuity_call_out"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number}"


class CallOutAnswer(Record):
    """One person called, and the answer. `nonce` makes the link of one call-out useless for another."""

    call_out = models.ForeignKey(CallOut, models.PROTECT, related_name="answers")
    member = models.ForeignKey(CellMember, models.PROTECT, related_name="+")
    role = models.TextField(choices=CellRole, blank=True)
    name = models.TextField()
    email = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    is_deputy = models.BooleanField(default=False)
    nonce = models.TextField()
    answered_at = models.DateTimeField(null=True)
    answered_via = models.TextField(choices=AnswerVia, blank=True)
    recorded_by_name = models.TextField(blank=True)

    class Meta:
        db_table = "continuity_call_out_answer"
        ordering = ["role", "is_deputy", "name"]
        constraints = [
            models.UniqueConstraint(fields=["call_out", "member"], name="continuity_called_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answered_via=""), name="continuity_answer_says_how"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Meeting(Record):
    """A meeting of a cell: agenda before, minutes after."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="meetings")
    number = models.PositiveIntegerField()
    state = models.TextField(choices=MeetingState, default=MeetingState.PLANNED)
    starts_at = models.DateTimeField()
    where = models.TextField(blank=True)
    agenda = models.TextField(blank=True)
    attendance = models.TextField(blank=True)
    minutes = models.TextField(blank=True)
    created_by_name = models.TextField()
    held_at = models.DateTimeField(null=True)
    exercise = models.BooleanField(default=False)

    objects = CellQuerySet.as_manager()

    class Meta:
        db_table = "continuity_meeting"
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["cell", "number"], name="continuity_meeting_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=MeetingState.values), name="continuity_meeting_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=MeetingState.HELD) | Q(held_at__isnull=False),
                name="continuity_meeting_held_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell} {self.number}"


class CellDecision(Record):
    """A decision of a cell, with who carries it out and by when."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="decisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    decided_by_name = models.TextField()
    decided_at = models.DateTimeField()
    owner_name = models.TextField(blank=True)
    due_on = models.DateField(null=True)
    state = models.TextField(choices=DecisionState, default=DecisionState.OPEN)
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)
    exercise = models.BooleanField(default=False)

    objects = CellQuerySet.as_manager()

    class Meta:
        db_table = "continuity_cell_decision"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["cell", "number"], name="continuity_decision_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=DecisionState.values), name="continuity_decision_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=DecisionState.OPEN) | Q(ended_at__isnull=False),
                name="continuity_decision_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=DecisionState.DROPPED) | ~Q(outcome=""),
                name="continuity_decision_dropped_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}"
