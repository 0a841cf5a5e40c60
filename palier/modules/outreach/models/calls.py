"""Calls to make, what each ring came to, and what was heard."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import flag, known, text
from palier.kernel.models import Record
from palier.modules.outreach.enums import (
    AlertClimb,
    AlertLevel,
    AlertState,
    AttemptResult,
    CallState,
    Debrief,
    Direction,
    Wellbeing,
)
from palier.modules.outreach.models.campaigns import Campaign, Line

UNFINISHED = (CallState.WAITING, CallState.IN_CALL)


class CallQuerySet(models.QuerySet["Call"]):
    def unfinished(self) -> "CallQuerySet":
        return self.filter(state__in=UNFINISHED)


class Call(Record):
    """One planned call to one line: the `round`-th of the campaign for this household.

    While a caller has it (`in_call`), `leased_by_id` holds it until `leased_until`; past that, anyone takes it again.
    `not_before`: when the person asked to be called back, or when the next slot begins.
    """

    line = models.ForeignKey(Line, models.CASCADE, related_name="calls")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="calls")
    phone = text()
    round = models.IntegerField(default=1, db_default=1)
    due_on = models.DateField()
    not_before = models.DateTimeField(null=True, blank=True)
    slot = text()
    language = models.TextField(default="fr", db_default="fr")
    score = models.IntegerField(default=0, db_default=0)
    caller = models.ForeignKey("staff.Agent", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.TextField(choices=CallState, default=CallState.WAITING, db_default="waiting")
    leased_by_id = models.UUIDField(null=True, blank=True)
    leased_by_name = text()
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts_made = models.SmallIntegerField(default=0, db_default=0)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    last_result = text(choices=AttemptResult)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = text()

    objects = CallQuerySet.as_manager()

    class Meta:
        db_table = "outreach_call"
        indexes = [
            # What the next-call desk reads: waiting calls, most urgent first.
            models.Index(
                fields=["due_on", "-score", "id"],
                condition=Q(state="waiting"),
                name="outreach_call_next",
            ),
            models.Index(
                fields=["caller", "due_on"], condition=Q(state="waiting"), name="outreach_call_mine"
            ),
            models.Index(fields=["leased_until"], condition=Q(state="in_call"), name="outreach_call_leases"),
            models.Index(fields=["campaign", "state", "due_on"], name="outreach_call_progress"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="outreach_call_phone"),
        ]
        constraints = [
            known("state", CallState, "outreach_call_state_known"),
            known("last_result", AttemptResult, "outreach_call_result_known", blank=True),
            models.UniqueConstraint(fields=["line", "round"], name="outreach_call_round_once"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(state__in=UNFINISHED), name="outreach_call_one_open"
            ),
            # Two campaigns may know the same number: two callers never ring it at the same time.
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(state="in_call") & ~Q(phone=""),
                name="outreach_call_number_in_one_hand",
            ),
            models.CheckConstraint(
                condition=Q(state="in_call", leased_by_id__isnull=False, leased_until__isnull=False)
                | (~Q(state="in_call") & Q(leased_by_id__isnull=True, leased_until__isnull=True)),
                name="outreach_call_lease_while_in_call",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, ended_at__isnull=True)
                | (~Q(state__in=UNFINISHED) & Q(ended_at__isnull=False)),
                name="outreach_call_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.round}"


class Attempt(Record):
    """One ring, or one call received, and what it came to. `by_id` is the account, `agent` the member of staff."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    direction = models.TextField(choices=Direction, default=Direction.OUTBOUND, db_default="outbound")
    result = models.TextField(choices=AttemptResult)
    slot = text()
    by_id = models.UUIDField(null=True)
    by_name = models.TextField()
    agent = models.ForeignKey("staff.Agent", models.SET_NULL, null=True, blank=True, related_name="+")
    typed_back = flag()

    class Meta:
        db_table = "outreach_attempt"
        indexes = [
            models.Index(fields=["by_id", "-at"], name="outreach_attempt_by"),
            models.Index(fields=["at"], name="outreach_attempt_at"),
        ]
        constraints = [
            known("direction", Direction, "outreach_attempt_direction_known"),
            known("result", AttemptResult, "outreach_attempt_result_known"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.result}"


class Report(Record):
    """What was heard in one conversation. `note` is guarded: no medical word, the tenant may read it (RGPD art. 15)."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="reports")
    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="report")
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.TextField()
    wellbeing = text(choices=Wellbeing)
    alert_level = models.TextField(choices=AlertLevel, default=AlertLevel.NONE, db_default="0")
    note = text()
    next_call_on = models.DateField(null=True, blank=True)
    is_hard = flag()
    debrief = text(choices=Debrief)

    class Meta:
        db_table = "outreach_report"
        indexes = [models.Index(fields=["by_id", "-at"], name="outreach_report_by")]
        constraints = [
            known("wellbeing", Wellbeing, "outreach_report_wellbeing_known", blank=True),
            known("alert_level", AlertLevel, "outreach_report_alert_known"),
            known("debrief", Debrief, "outreach_report_debrief_known", blank=True),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.at:%Y-%m-%d}"


class Need(Record):
    """Something that the person needs, ticked once; `referral_id` is the hand-over that it became.

    `kind`, `urgency` and `consent` hold the codes of `referrals.public`.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="needs")
    person = models.ForeignKey("people.Person", models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.TextField()
    urgency = models.TextField()
    consent = models.TextField()
    consent_how = text()
    note = text()
    referral_id = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "outreach_need"
        verbose_name = _("need heard in a call")
        verbose_name_plural = _("needs heard in calls")
        indexes = [models.Index(fields=["person"], name="outreach_need_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "person"],
                nulls_distinct=False,
                name="outreach_need_once",
                violation_error_message=_("This need is ticked already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.kind}"


class Alert(Record):
    """What a call revealed and somebody must take in charge: level 1 to 3, who took it and when."""

    report = models.OneToOneField(Report, models.CASCADE, related_name="alert")
    level = models.TextField(choices=AlertLevel)
    state = models.TextField(choices=AlertState, default=AlertState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    transmitted_to = text()
    transmitted_at = models.DateTimeField(null=True, blank=True)
    taken_by_id = models.UUIDField(null=True, blank=True)
    taken_by_name = text()
    taken_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_note = text()
    climb = models.TextField(choices=AlertClimb, default=AlertClimb.NONE, db_default="none")

    class Meta:
        db_table = "outreach_alert"
        indexes = [models.Index(fields=["state", "due_at"], name="outreach_alert_due")]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=["1", "2", "3"]), name="outreach_alert_level_known"),
            known("state", AlertState, "outreach_alert_state_known"),
            known("climb", AlertClimb, "outreach_alert_climb_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[AlertState.TAKEN, AlertState.CLOSED]) | Q(taken_at__isnull=False),
                name="outreach_alert_taken_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=AlertState.CLOSED) | (Q(closed_at__isnull=False) & ~Q(closing_note="")),
                name="outreach_alert_closed_says_how",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("opened_at")), name="outreach_alert_due_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.level}"
