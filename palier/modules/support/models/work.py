"""What is done in an accompaniment: aims, steps, partners, appointments, papers, and its story."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.modules.support.enums import (
    AimState,
    AppointmentState,
    Doer,
    EntryKind,
    PaperState,
    Place,
    StepState,
)
from palier.modules.support.models.files import SupportFile


class Aim(Record):
    """Something agreed with the person, to reach by a day."""

    file = models.ForeignKey(SupportFile, models.CASCADE, related_name="aims")
    title = models.TextField()
    due_on = models.DateField(null=True, blank=True)
    state = models.TextField(choices=AimState, default=AimState.OPEN)
    ended_on = models.DateField(null=True, blank=True)
    set_at = models.DateTimeField()

    class Meta:
        db_table = "support_aim"
        ordering = ["set_at", "id"]
        constraints = [
            known("state", AimState, "support_aim_state_known"),
            models.CheckConstraint(
                condition=Q(state=AimState.OPEN, ended_on__isnull=True)
                | (~Q(state=AimState.OPEN) & Q(ended_on__isnull=False)),
                name="support_aim_ended_has_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Step(Record):
    """One thing to do, by the worker, the person or a partner; `referral_id` when it was handed over."""

    file = models.ForeignKey(SupportFile, models.CASCADE, related_name="steps")
    aim = models.ForeignKey(Aim, models.SET_NULL, null=True, blank=True, related_name="steps")
    title = models.TextField()
    doer = models.TextField(choices=Doer, default=Doer.WORKER)
    partner = models.ForeignKey("partners.Partner", models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    state = models.TextField(choices=StepState, default=StepState.TO_DO)
    ended_on = models.DateField(null=True, blank=True)
    outcome = text()
    referral_id = models.UUIDField(null=True, blank=True)
    set_at = models.DateTimeField()

    class Meta:
        db_table = "support_step"
        ordering = ["due_on", "set_at", "id"]
        indexes = [models.Index(fields=["state", "due_on"], name="support_step_due")]
        constraints = [
            known("doer", Doer, "support_step_doer_known"),
            known("state", StepState, "support_step_state_known"),
            models.CheckConstraint(
                condition=Q(state=StepState.TO_DO, ended_on__isnull=True)
                | (~Q(state=StepState.TO_DO) & Q(ended_on__isnull=False)),
                name="support_step_ended_has_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class FilePartner(Record):
    """A partner who takes part, and whether the person agreed that facts be shared with it."""

    file = models.ForeignKey(SupportFile, models.CASCADE, related_name="partners")
    partner = models.ForeignKey("partners.Partner", models.CASCADE, related_name="+")
    role = text()
    may_share = models.BooleanField(default=False, db_default=False)
    consent_how = text()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "support_file_partner"
        constraints = [
            models.UniqueConstraint(
                fields=["file", "partner"],
                condition=Q(until__isnull=True),
                name="support_file_partner_once",
                violation_error_message=_("This partner already takes part."),
            ),
            models.CheckConstraint(
                condition=Q(may_share=False) | ~Q(consent_how=""),
                name="support_file_partner_sharing_proven",
                violation_error_message=_("Say how the person agreed to it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.partner_id}"


class Appointment(Record):
    """A meeting planned with the person. `sequence` grows at each change, for calendars (RFC 5545)."""

    file = models.ForeignKey(SupportFile, models.CASCADE, related_name="appointments")
    starts_at = models.DateTimeField()
    minutes = models.SmallIntegerField(default=45, db_default=45)
    place = models.TextField(choices=Place)
    where = text()
    is_danger = models.BooleanField(default=False, db_default=False)
    state = models.TextField(choices=AppointmentState, default=AppointmentState.PLANNED)
    outcome = text()
    sequence = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "support_appointment"
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["state", "starts_at"], name="support_appointment_when")]
        constraints = [
            known("place", Place, "support_appointment_place_known"),
            known("state", AppointmentState, "support_appointment_state_known"),
            models.CheckConstraint(
                condition=Q(minutes__range=(10, 480)),
                name="support_appointment_minutes",
                violation_error_message=_("Write a length from 10 to 480 minutes."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Paper(Record):
    """A document that a step needs, asked from the person: seen, or handed on, never copied here."""

    file = models.ForeignKey(SupportFile, models.CASCADE, related_name="papers")
    label = models.TextField()
    state = models.TextField(choices=PaperState, default=PaperState.ASKED)
    asked_on = models.DateField()
    changed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "support_paper"
        ordering = ["asked_on", "id"]
        constraints = [known("state", PaperState, "support_paper_state_known")]

    def __str__(self) -> str:
        return str(self.pk)


class Entry(Record):
    """One dated line of the story. It is added, never rewritten: a mistake is corrected by another line."""

    file = models.ForeignKey(SupportFile, models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.TextField(choices=EntryKind)
    text = models.TextField()
    by_id = models.UUIDField(null=True)
    by_name = models.TextField()

    class Meta:
        db_table = "support_entry"
        indexes = [models.Index(fields=["file", "-at"], name="support_entry_file")]
        constraints = [known("kind", EntryKind, "support_entry_kind_known")]

    def __str__(self) -> str:
        return str(self.pk)
