"""Campaigns, whom they call, and who calls."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.modules.outreach.enums import CampaignState, LineEnd, LineState, ScriptContext, Trigger
from palier.modules.outreach.models.segments import Segment
from palier.modules.outreach.permissions import Permission


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, actor: Actor) -> "CampaignQuerySet":
        return self if actor.may(Permission.CAMPAIGN_VIEW) else self.none()


class Campaign(Record):
    """Calls to the frail tenants of a place, over a period `[starts_on, ends_on)`.

    `origin_key` says what asked for it (an activation's step, a vigilance bulletin): the same cause never opens two.
    `max_attempts` over `attempt_days` days, at different slots: then a visit at the door (domain dossier § 2.4).
    """

    name = models.TextField()
    trigger = models.TextField(choices=Trigger, default=Trigger.HAND)
    origin_key = text()
    reason = text()
    scope_kind = models.TextField()
    scope_id = text()
    scope_label = text()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    context = models.TextField(choices=ScriptContext, default=ScriptContext.COURTESY)
    max_attempts = models.SmallIntegerField(default=3, db_default=3)
    attempt_days = models.SmallIntegerField(default=2, db_default=2)
    state = models.TextField(choices=CampaignState, default=CampaignState.DRAFT)
    run_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    owner_name = models.TextField()
    owner_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_reason = text()

    objects = CampaignQuerySet.as_manager()

    class Meta:
        db_table = "outreach_campaign"
        indexes = [models.Index(fields=["state", "-starts_on"], name="outreach_campaign_state")]
        constraints = [
            known("trigger", Trigger, "outreach_campaign_trigger_known"),
            known("context", ScriptContext, "outreach_campaign_context_known"),
            known("state", CampaignState, "outreach_campaign_state_known"),
            models.UniqueConstraint(
                fields=["origin_key"], condition=~Q(origin_key=""), name="outreach_campaign_once_by_cause"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="outreach_campaign_period",
                violation_error_message=_("The end comes before the start. Correct one of the two dates."),
            ),
            models.CheckConstraint(
                condition=Q(max_attempts__range=(1, 10), attempt_days__range=(1, 14)),
                name="outreach_campaign_attempts",
                violation_error_message=_("Write 1 to 10 attempts, over 1 to 14 days."),
            ),
            models.CheckConstraint(
                condition=Q(state=CampaignState.CLOSED, closed_at__isnull=False)
                | (~Q(state=CampaignState.CLOSED) & Q(closed_at__isnull=True)),
                name="outreach_campaign_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignSegment(Record):
    """A segment as it was when the campaign took it: a later change of the segment changes nothing here."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="segments")
    segment = models.ForeignKey(Segment, models.PROTECT, related_name="+")
    code = models.TextField()
    name = models.TextField()
    version = models.IntegerField()
    criteria = models.JSONField()
    weight = models.SmallIntegerField()
    cadence_days = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "outreach_campaign_segment"
        ordering = ["-weight", "code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "segment"], name="outreach_campaign_segment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.code}"


class CampaignCaller(Record):
    """An agent who calls for a campaign. `daily_calls`: how many households in a day, at most."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="callers")
    agent = models.ForeignKey("staff.Agent", models.PROTECT, related_name="+")
    languages = ArrayField(models.TextField(), default=list, blank=True)
    daily_calls = models.SmallIntegerField(default=30, db_default=30)
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        db_table = "outreach_campaign_caller"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "agent"],
                name="outreach_campaign_caller_once",
                violation_error_message=_("This agent already calls for this campaign."),
            ),
            models.CheckConstraint(
                condition=Q(daily_calls__range=(1, 200)),
                name="outreach_campaign_caller_load",
                violation_error_message=_("Write a number of calls from 1 to 200."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.agent_id}"


class Line(Record):
    """A household and a number in a campaign: one call covers all its frail members.

    `phone`: E.164, or "" when nobody of the household has a number that may be called: a visit at the door then.
    `caller` is kept from one call to the next. `score` orders the calls; `reasons` live on the members.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="lines")
    household = models.ForeignKey(
        "people.Household", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lot = models.ForeignKey("estate.Lot", models.SET_NULL, null=True, blank=True, related_name="+")
    residence = models.ForeignKey("estate.Residence", models.PROTECT, related_name="+")
    phone = text()
    slot = text()
    language = models.TextField(default="fr", db_default="fr")
    score = models.IntegerField(default=0, db_default=0)
    segment_code = text()
    cadence_days = models.SmallIntegerField(null=True, blank=True)
    caller = models.ForeignKey("staff.Agent", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.TextField(choices=LineState, default=LineState.ACTIVE, db_default="active")
    ended_because = text(choices=LineEnd)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_reached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "outreach_line"
        indexes = [
            models.Index(fields=["household"], name="outreach_line_household"),
            models.Index(fields=["phone"], name="outreach_line_phone"),
            models.Index(fields=["campaign", "caller"], name="outreach_line_caller"),
        ]
        constraints = [
            known("state", LineState, "outreach_line_state_known"),
            known("ended_because", LineEnd, "outreach_line_end_known", blank=True),
            models.UniqueConstraint(
                fields=["campaign", "phone"], condition=~Q(phone=""), name="outreach_line_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state=LineState.ACTIVE, ended_at__isnull=True)
                | Q(state=LineState.ENDED, ended_at__isnull=False),
                name="outreach_line_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.pk}"


class LineMember(Record):
    """A frail member of the household, with why: `reasons` is a list of `{code, …}` that `rules.reasons` words."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="members")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    segment_code = models.TextField()
    score = models.IntegerField(default=0, db_default=0)
    reasons = models.JSONField(default=list)

    class Meta:
        db_table = "outreach_line_member"
        verbose_name = _("place on a call list")
        verbose_name_plural = _("places on call lists")
        indexes = [models.Index(fields=["person"], name="outreach_line_member_person")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "person"], name="outreach_line_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.person_id}"


class FollowedPerson(Record):
    """A person whom the social workers follow, as the support module's news told it: an allowed input."""

    person = models.OneToOneField("people.Person", models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        db_table = "outreach_followed_person"

    def __str__(self) -> str:
        return str(self.person_id)
