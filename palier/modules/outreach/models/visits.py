"""Visits at the door of those whom no call reached, and call sheets for the day when the machine is silent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.modules.outreach.enums import VisitAnswer, VisitState
from palier.modules.outreach.models.calls import Call
from palier.modules.outreach.models.campaigns import Campaign, Line


class Visit(Record):
    """A contact at the door, one metre away, without entering; never in without the tenant or the emergency services.

    `agent` is who covers the residence; `knocks` counts the times nobody opened.
    """

    line = models.ForeignKey(Line, models.CASCADE, related_name="visits")
    call = models.OneToOneField(Call, models.CASCADE, null=True, blank=True, related_name="visit")
    residence = models.ForeignKey("estate.Residence", models.PROTECT, related_name="+")
    lot = models.ForeignKey("estate.Lot", models.SET_NULL, null=True, blank=True, related_name="+")
    agent = models.ForeignKey("staff.Agent", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.TextField(choices=VisitState, default=VisitState.TO_VISIT)
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    knocks = models.SmallIntegerField(default=0, db_default=0)
    last_knock_at = models.DateTimeField(null=True, blank=True)
    answer = text(choices=VisitAnswer)
    note = text()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = text()
    referral_id = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "outreach_visit"
        indexes = [
            models.Index(fields=["state", "due_on"], name="outreach_visit_due"),
            models.Index(fields=["residence", "state"], name="outreach_visit_residence"),
        ]
        constraints = [
            known("state", VisitState, "outreach_visit_state_known"),
            known("answer", VisitAnswer, "outreach_visit_answer_known", blank=True),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state__in=[VisitState.TO_VISIT, VisitState.NOBODY]),
                name="outreach_visit_one_open",
                violation_error_message=_("A visit is already asked for this household."),
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.MET) | (~Q(answer="") & Q(ended_at__isnull=False)),
                name="outreach_visit_met_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.state}"


class CallSheet(Record):
    """A printed list of calls for one agent and one day; its lines are typed back by their number."""

    number = models.IntegerField(unique=True)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="sheets")
    agent = models.ForeignKey("staff.Agent", models.SET_NULL, null=True, blank=True, related_name="+")
    day = models.DateField()
    document_id = models.UUIDField(null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "outreach_call_sheet"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "agent", "day"], nulls_distinct=False, name="outreach_call_sheet_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.number)


class CallSheetLine(Record):
    """One numbered line of a sheet."""

    sheet = models.ForeignKey(CallSheet, models.CASCADE, related_name="lines")
    number = models.SmallIntegerField()
    call = models.ForeignKey(Call, models.CASCADE, related_name="+")
    typed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "outreach_call_sheet_line"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "number"], name="outreach_call_sheet_line_once"),
            models.UniqueConstraint(fields=["sheet", "call"], name="outreach_call_sheet_call_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.number}"
