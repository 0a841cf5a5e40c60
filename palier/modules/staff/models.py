"""Agents, their teams, skills, equipment and hours, who covers which residence, and who is there each day."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.models import Record
from palier.kernel.search.expressions import search_key_column
from palier.modules.staff.enums import (
    CoverageRank,
    CoverageRole,
    EquipmentKind,
    HoursKind,
    Job,
    PresenceState,
    UsualDay,
)
from palier.modules.staff.permissions import Permission

STORED_STATES = [state for state in PresenceState.values if state != PresenceState.UNKNOWN]


def _span(start: str, end: str) -> Func:
    """`daterange(start, end)`: the half-open period of two date columns; no end means still running."""
    return Func(F(start), F(end), RangeBoundary(), function="DATERANGE", output_field=DateRangeField())


class VisibleQuerySet(models.QuerySet[Any]):
    """Rows that an actor may see: all of them, or none without the right."""

    permission = Permission.AGENT_VIEW

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.may(self.permission) else self.none()

    def running(self, on: date, start: str = "start_on", end: str = "end_on") -> Self:
        """Keep the rows whose half-open period `[start, end)` holds this day."""
        return self.filter(Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": on}), **{f"{start}__lte": on})


class Team(Record):
    """People who are led together; presence is filled a team at a time."""

    code = models.TextField(unique=True)
    name = models.TextField()
    agency = models.ForeignKey(
        "estate.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    leader = models.ForeignKey(
        "staff.Agent", on_delete=models.SET_NULL, null=True, blank=True, related_name="teams_led"
    )
    is_active = models.BooleanField(default=True, db_default=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        db_table = "staff_team"

    def __str__(self) -> str:
        return self.name


class AgentQuerySet(VisibleQuerySet):
    def at_work(self, on: date) -> Self:
        """Keep the agents who belong to the staff on this day."""
        return self.running(on, "active_from", "active_until")


class Agent(Record):
    """A person who works for the landlord, keyed by the reference of its HR file.

    `user_email` links the agent to the account of the same address, if there is one. `active_until` is the
    first day on which the agent no longer belongs to the staff.
    """

    reference = models.TextField(unique=True)
    last_name = models.TextField()
    first_name = models.TextField(blank=True, default="", db_default="")
    email = models.TextField(blank=True, default="", db_default="")
    phone = models.TextField(blank=True, default="", db_default="")
    job = models.TextField(choices=Job, default=Job.OTHER, db_default=Job.OTHER.value)
    job_title = models.TextField(blank=True, default="", db_default="")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="agents")
    agency = models.ForeignKey(
        "estate.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    user_email = models.TextField(blank=True, default="", db_default="")
    active_from = models.DateField()
    active_until = models.DateField(null=True, blank=True)
    search_key = search_key_column("last_name", "first_name", "reference")

    objects = AgentQuerySet.as_manager()

    class Meta:
        db_table = "staff_agent"
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="staff_agent_search"),
            models.Index(fields=["team", "search_key"], name="staff_agent_team"),
            models.Index(Lower("user_email"), name="staff_agent_user"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(job__in=Job.values), name="staff_agent_job_known"),
            models.CheckConstraint(
                condition=Q(active_until__isnull=True) | Q(active_until__gt=F("active_from")),
                name="staff_agent_period",
                violation_error_message=_(
                    "The last day comes before the first one. Correct one of the two dates."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class UsualWeek(Record):
    """What an agent's ordinary week looks like: the planning from which a day's presence is proposed."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="usual_week")
    monday = models.TextField(choices=UsualDay, default=UsualDay.ON_SITE, db_default="on_site")
    tuesday = models.TextField(choices=UsualDay, default=UsualDay.ON_SITE, db_default="on_site")
    wednesday = models.TextField(choices=UsualDay, default=UsualDay.ON_SITE, db_default="on_site")
    thursday = models.TextField(choices=UsualDay, default=UsualDay.ON_SITE, db_default="on_site")
    friday = models.TextField(choices=UsualDay, default=UsualDay.ON_SITE, db_default="on_site")
    saturday = models.TextField(choices=UsualDay, default=UsualDay.OFF, db_default="off")
    sunday = models.TextField(choices=UsualDay, default=UsualDay.OFF, db_default="off")

    DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

    class Meta:
        db_table = "staff_usual_week"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    *(
                        (f"{day}__in", UsualDay.values)
                        for day in (
                            "monday",
                            "tuesday",
                            "wednesday",
                            "thursday",
                            "friday",
                            "saturday",
                            "sunday",
                        )
                    )
                ),
                name="staff_usual_week_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}"

    def day(self, weekday: int) -> str:
        """Return the usual day for a weekday, 0 Monday … 6 Sunday."""
        return getattr(self, self.DAYS[weekday])


class PlannedLeave(Record):
    """Days on which an agent is known in advance not to work, half-open. Why is not kept."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="leaves")
    start_on = models.DateField()
    end_on = models.DateField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        db_table = "staff_planned_leave"
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gt=F("start_on")), name="staff_planned_leave_period"),
            ExclusionConstraint(
                name="staff_planned_leave_once",
                expressions=[
                    ("agent", RangeOperators.EQUAL),
                    (_span("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("A leave is already noted on some of these days. Change that one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.start_on}"


class TeamHours(Record):
    """The hours of a team over a period, half-open: usual ones, or those adapted to a crisis."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="hours")
    kind = models.TextField(choices=HoursKind, default=HoursKind.ADAPTED)
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True, default="", db_default="")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        db_table = "staff_team_hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=HoursKind.values), name="staff_team_hours_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gt=F("start_on")), name="staff_team_hours_period"
            ),
            ExclusionConstraint(
                name="staff_team_hours_once",
                expressions=[
                    ("team", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (_span("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This team already has hours of this kind on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.start_on}"


class TeamHoursSlot(Record):
    """One stretch of work on one weekday (0 Monday … 6 Sunday)."""

    hours = models.ForeignKey(TeamHours, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        db_table = "staff_team_hours_slot"
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="staff_team_hours_slot_weekday"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="staff_team_hours_slot_order"
            ),
            models.UniqueConstraint(
                fields=["hours", "weekday", "starts_at"], name="staff_team_hours_slot_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts_at}-{self.ends_at}"


class Skill(Record):
    """Something an agent can do that substitution depends on: an authorisation, a language, a tool."""

    code = models.TextField(unique=True)
    label = models.TextField()

    class Meta:
        db_table = "staff_skill"

    def __str__(self) -> str:
        return self.label


class AgentSkill(Record):
    """A skill that an agent has, until a date when it must be renewed."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="holders")
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "staff_agent_skill"
        constraints = [models.UniqueConstraint(fields=["agent", "skill"], name="staff_agent_skill_once")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.skill_id}"


class Coverage(Record):
    """Who covers which residence, in which role, over which period (half-open).

    A residence has one holder at a time in a role; seconds work beside the holder, deputies stand in.
    """

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="coverages")
    residence = models.ForeignKey("estate.Residence", on_delete=models.PROTECT, related_name="+")
    role = models.TextField(choices=CoverageRole)
    rank = models.TextField(choices=CoverageRank, default=CoverageRank.HOLDER, db_default="holder")
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        db_table = "staff_coverage"
        indexes = [models.Index(fields=["residence", "role"], name="staff_coverage_residence")]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=CoverageRole.values), name="staff_coverage_role_known"
            ),
            models.CheckConstraint(
                condition=Q(rank__in=CoverageRank.values), name="staff_coverage_rank_known"
            ),
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gt=F("start_on")),
                name="staff_coverage_period",
                violation_error_message=_("The end must come after the start."),
            ),
            ExclusionConstraint(
                name="staff_coverage_once",
                expressions=[
                    ("agent", RangeOperators.EQUAL),
                    ("residence", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_span("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This agent already covers this residence in this role then."),
            ),
            ExclusionConstraint(
                name="staff_coverage_one_holder",
                expressions=[
                    ("residence", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_span("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(rank=CoverageRank.HOLDER),
                violation_error_message=_(
                    "Another agent holds this role there then. End that coverage first, or add a deputy."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.role} {self.residence_id}"


class PresenceQuerySet(VisibleQuerySet):
    permission = Permission.PRESENCE_VIEW


class Presence(Record):
    """What is known of an agent on a day. No row means unknown; no reason is ever kept.

    `version` grows with each change: whoever saves on an older one is told, and overwrites nothing.
    """

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="presences")
    day = models.DateField()
    state = models.TextField(choices=PresenceState)
    reachable = models.BooleanField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        db_table = "staff_presence"
        indexes = [models.Index(fields=["day", "state"], name="staff_presence_day")]
        constraints = [
            models.UniqueConstraint(fields=["agent", "day"], name="staff_presence_once"),
            models.CheckConstraint(condition=Q(state__in=STORED_STATES), name="staff_presence_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.day} {self.state}"


class Equipment(Record):
    """Something the landlord has put into an agent's hands, from a day, until its return."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="equipment")
    kind = models.TextField(choices=EquipmentKind)
    label = models.TextField(blank=True, default="", db_default="")
    given_on = models.DateField()
    returned_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "staff_equipment"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=EquipmentKind.values), name="staff_equipment_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True) | Q(returned_on__gte=F("given_on")),
                name="staff_equipment_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}".strip()
