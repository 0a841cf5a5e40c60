"""Rules switched on, holds, runs, proofs; requests of persons; what the organisation adds to the register."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.models import Record
from palier.kernel.retention.enums import (
    HoldNature,
    IdentityProof,
    PackageFormat,
    ProofKind,
    RequestChannel,
    RequestKind,
    RequestState,
    RunState,
)


def text() -> "models.TextField[str, str]":
    return models.TextField(blank=True, default="", db_default="")


class RetentionRule(Record):
    """An organisation's decision on one class: applied every night since somebody confirmed its dry run.

    `confirmed_term`: the duration that was confirmed ("36 months"); when it changes, the class waits to be confirmed
    again.
    """

    class_key = models.TextField(unique=True)
    is_on = models.BooleanField(default=False, db_default=False)
    confirmed_term = text()
    confirmed_fingerprint = text()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = text()
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = text()

    class Meta:
        db_table = "retention_rule"
        verbose_name = _("Rule of retention")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=False) | (Q(confirmed_at__isnull=False) & ~Q(confirmed_term="")),
                name="retention_rule_on_was_confirmed",
            )
        ]

    def __str__(self) -> str:
        return self.class_key


class HoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self, on: object) -> "HoldQuerySet":
        """Holds that count on a day; `until` is the last day."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=on), lifted_at__isnull=True)


class LegalHold(Record):
    """Something that must be kept beyond its time: nothing of it is purged nor erased until it is lifted."""

    about_table = models.TextField()
    about_id = models.UUIDField()
    nature = models.TextField(choices=HoldNature)
    reason = models.TextField()
    until = models.DateField(null=True, blank=True)
    placed_at = models.DateTimeField()
    placed_by = models.TextField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = text()
    lifted_reason = text()

    objects = HoldQuerySet.as_manager()

    class Meta:
        db_table = "retention_hold"
        verbose_name = _("Hold")
        constraints = [
            models.CheckConstraint(
                condition=Q(nature__in=HoldNature.values), name="retention_hold_nature_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="retention_hold_reason"),
            models.UniqueConstraint(
                fields=["about_table", "about_id", "nature"],
                condition=Q(lifted_at__isnull=True),
                name="retention_hold_once",
                violation_error_message=_("This is held already for this reason: change its end instead."),
            ),
        ]
        indexes = [models.Index(fields=["about_table", "about_id"], name="retention_hold_about")]

    def __str__(self) -> str:
        return f"{self.about_table} {self.nature}"


class RetentionRun(Record):
    """One purge of one class: begun one night, resumed after a kill, ended with a proof.

    `last_id`: where it stands. Counts move in the transaction of each chunk, so that none is counted twice.
    """

    class_key = models.TextField()
    term = models.TextField()
    before = models.DateTimeField()
    state = models.TextField(choices=RunState, default=RunState.RUNNING)
    last_id = models.UUIDField(null=True)
    applied = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    chunks = models.IntegerField(default=0)
    tables = models.JSONField(default=dict)
    years = models.JSONField(default=dict)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    started_at = models.DateTimeField()
    started_by = models.TextField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "retention_run"
        verbose_name = _("Purge")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="retention_run_state_known"),
            models.UniqueConstraint(
                fields=["class_key"], condition=Q(state="running"), name="retention_run_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["class_key", "-started_at"], name="retention_run_class")]

    def __str__(self) -> str:
        return f"{self.class_key} {self.started_at:%Y-%m-%d}"


class DestructionProof(Record):
    """What was destroyed, in numbers, in a gapless chain. Rights: INSERT and SELECT.

    `facts` hold no personal data; `hash` covers them and the proof before.
    """

    number = models.BigIntegerField(unique=True)
    kind = models.TextField(choices=ProofKind)
    class_key = models.TextField(blank=True)
    facts = models.JSONField(encoder=DjangoJSONEncoder)
    previous_hash = models.TextField()
    hash = models.TextField(unique=True)
    document_id = models.UUIDField(null=True)
    document_sha256 = models.TextField(blank=True)
    made_at = models.DateTimeField()
    source_id = models.UUIDField(unique=True)

    class Meta:
        db_table = "retention_proof"
        verbose_name = _("Proof of destruction")
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="retention_proof_begins_at_one"),
            models.CheckConstraint(
                condition=Q(hash__regex=r"^[0-9a-f]{64}$"), name="retention_proof_hash_shape"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class DataRequest(Record):
    """What somebody asks about her data, with the day by which she must have an answer.

    Legal: règlement (UE) 2016/679, art. 12 and 15 to 21. The identity is checked; no copy of a document is kept.
    """

    number = models.TextField(unique=True)
    kind = models.TextField(choices=RequestKind)
    state = models.TextField(choices=RequestState, default=RequestState.RECEIVED)
    subject_kind = text()
    subject_id = models.UUIDField(null=True, blank=True)
    requester = models.TextField()
    answer_to = text()
    channel = models.TextField(choices=RequestChannel)
    received_on = models.DateField()
    asked = text()
    due_on = models.DateField()
    extended_at = models.DateTimeField(null=True, blank=True)
    extension_reason = text()
    identity_proof = models.TextField(choices=IdentityProof, blank=True, default="", db_default="")
    identified_at = models.DateTimeField(null=True, blank=True)
    identified_by = text()
    answer = text()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = text()
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "retention_request"
        verbose_name = _("Request about personal data")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="retention_request_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RequestKind.values), name="retention_request_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=RequestChannel.values), name="retention_request_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(identity_proof__in=[*IdentityProof.values, ""]),
                name="retention_request_proof_known",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("received_on")), name="retention_request_due_after_received"
            ),
            models.CheckConstraint(
                condition=Q(extended_at__isnull=True) | ~Q(extension_reason=""),
                name="retention_request_extension_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.ANSWERED, RequestState.REFUSED])
                | (Q(closed_at__isnull=False) & ~Q(answer="")),
                name="retention_request_closed_with_answer",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.ANSWERED) | Q(identified_at__isnull=False),
                name="retention_request_answered_to_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="retention_request_due"),
            models.Index(fields=["subject_id"], name="retention_request_subject"),
        ]

    def __str__(self) -> str:
        return self.number


class AccessPackage(Record):
    """One file of an access answer, encrypted on the disk and erased after a few days."""

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="packages")
    format = models.TextField(choices=PackageFormat)
    path = models.TextField(unique=True)
    sha256 = models.TextField()
    size_bytes = models.BigIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "retention_package"
        verbose_name = _("Access file")
        constraints = [
            models.CheckConstraint(
                condition=Q(format__in=PackageFormat.values), name="retention_package_format_known"
            ),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="retention_package_not_empty"),
        ]

    def __str__(self) -> str:
        return self.format


class RegisterSettings(Record):
    """What the register says of the organisation itself. One row."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    controller = text()
    officer_name = text()
    officer_contact = text()
    security = text()
    changed_at = models.DateTimeField(null=True)
    changed_by = text()

    class Meta:
        db_table = "retention_register"
        verbose_name = _("Heading of the register")
        constraints = [models.CheckConstraint(condition=Q(only=True), name="retention_register_only_one")]

    def __str__(self) -> str:
        return self.officer_name


class RegisterNote(Record):
    """What the organisation adds to one declared processing activity."""

    activity_key = models.TextField(unique=True)
    recipients = text()
    measures = text()
    assessed_on = models.DateField(null=True, blank=True)
    note = text()
    changed_at = models.DateTimeField()
    changed_by = models.TextField()

    class Meta:
        db_table = "retention_register_note"
        verbose_name = _("Note of the register")

    def __str__(self) -> str:
        return self.activity_key


class Processor(Record):
    """Somebody who handles data for the organisation, with the contract that binds them.

    Legal: règlement (UE) 2016/679, art. 28.
    """

    name = models.TextField()
    role = models.TextField()
    country = text()
    contract = text()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "retention_processor"
        verbose_name = _("Processor")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "role"],
                condition=Q(ended_on__isnull=True),
                name="retention_processor_once",
                violation_error_message=_("This processor is in the list already for the same work."),
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(role=""), name="retention_processor_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Breach(Record):
    """A breach of personal data: what happened, who is touched, what was done, who was told and when.

    Legal: règlement (UE) 2016/679, art. 33 (72 hours to tell the CNIL; every breach is recorded) and 34.
    """

    found_at = models.DateTimeField()
    what = models.TextField()
    data = text()
    people_count = models.IntegerField(null=True, blank=True)
    consequences = text()
    measures = text()
    is_risk = models.BooleanField(default=True, db_default=True)
    is_high_risk = models.BooleanField(default=False, db_default=False)
    authority_told_at = models.DateTimeField(null=True, blank=True)
    people_told_at = models.DateTimeField(null=True, blank=True)
    late_reason = text()
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "retention_breach"
        verbose_name = _("Breach of personal data")
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="retention_breach_described"),
            models.CheckConstraint(
                condition=Q(is_high_risk=False) | Q(is_risk=True), name="retention_breach_high_risk_is_risk"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.found_at:%Y-%m-%d}"
