"""The file of an agreed accompaniment, who may read it, and each time it was read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.modules.support.enums import Access, AgreementMeans, FileState, Origin, Result
from palier.modules.support.permissions import Permission

FOLLOWED = (FileState.ACTIVE, FileState.SUSPENDED)
AGREED = (*FOLLOWED, FileState.CLOSED)
UNFINISHED = (FileState.PROPOSED, *FOLLOWED)


class FileQuerySet(models.QuerySet["SupportFile"]):
    def in_clear(self) -> "FileQuerySet":
        """Files that may be shown: not those of a person sealed since."""
        return self.filter(withdrawn_at__isnull=True)

    def led_by(self, actor: Actor) -> "FileQuerySet":
        """Files that somebody leads; a job or a command leads none."""
        return self.in_clear().filter(worker_id=actor.user_id) if actor.user_id else self.none()

    def readable_by(self, actor: Actor) -> "FileQuerySet":
        """Files whose content an actor may read: one's own, those one is named on, and the team's by role."""
        by_name = Q(worker_id=actor.user_id) | Q(readers__user_id=actor.user_id)
        allowed = by_name if actor.user_id is not None else Q(pk__isnull=True)
        if actor.may(Permission.FILE_READ):
            allowed |= Q(access=Access.TEAM)
        return self.in_clear().filter(allowed).distinct()


class SupportFile(Record):
    """A follow-up agreed with a tenant: why, towards what, with whom, until when and with what result.

    Legal: consent (RGPD art. 6.1.a and 7); social-difficulty data are kept until the end of the follow-up is known
    (CNIL, délibération 2014-124, art. 4). `review_on` is due within six months of the last review. When the person is
    sealed, every text moves to `sealed_content`, under the key of her sealed file, and `withdrawn_at` is set.
    """

    reference = models.TextField(unique=True)
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    state = models.TextField(choices=FileState, default=FileState.PROPOSED)
    origin = models.TextField(choices=Origin)
    source_kind = text()
    source_id = text()
    referral_id = models.UUIDField(null=True, blank=True)
    access = models.TextField(choices=Access, default=Access.TEAM)
    worker_id = models.UUIDField()
    worker_name = models.TextField()
    worker_phone = text()
    situation = text()
    proposed_at = models.DateTimeField()
    proposed_by = models.TextField()
    agreed_on = models.DateField(null=True, blank=True)
    agreement_means = text(choices=AgreementMeans)
    agreement_note = text()
    agreement_version = text()
    may_share = models.BooleanField(default=False, db_default=False)
    review_on = models.DateField(null=True, blank=True)
    suspended_until = models.DateField(null=True, blank=True)
    state_reason = text()
    result = text(choices=Result)
    closing_note = text()
    closed_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    sealed_key = models.BinaryField(null=True)
    sealed_content = models.BinaryField(null=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        db_table = "support_file"
        indexes = [
            models.Index(fields=["person"], name="support_file_person"),
            models.Index(fields=["state", "review_on"], name="support_file_review"),
            models.Index(fields=["worker_id", "state"], name="support_file_worker"),
        ]
        constraints = [
            known("state", FileState, "support_file_state_known"),
            known("origin", Origin, "support_file_origin_known"),
            known("access", Access, "support_file_access_known"),
            known("agreement_means", AgreementMeans, "support_file_means_known", blank=True),
            known("result", Result, "support_file_result_known", blank=True),
            models.UniqueConstraint(
                fields=["source_kind", "source_id"],
                condition=~Q(source_kind=""),
                name="support_file_once_by_source",
                violation_error_message=_("A file was already opened from this."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AGREED)
                | (Q(agreed_on__isnull=False) & ~Q(agreement_means="") & Q(review_on__isnull=False)),
                name="support_file_follows_an_agreement",
                violation_error_message=_("Nothing is followed without the person's agreement."),
            ),
            models.CheckConstraint(
                condition=Q(state=FileState.CLOSED, closed_on__isnull=False)
                | (~Q(state=FileState.CLOSED) & Q(closed_on__isnull=True)),
                name="support_file_closed_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=FileState.CLOSED) | ~Q(result=""), name="support_file_closed_has_result"
            ),
            # Once withdrawn, nothing of what was written remains in clear, whoever writes it.
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | Q(situation="", closing_note="", agreement_note="", state_reason=""),
                name="support_file_withdrawn_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class FileReader(Record):
    """Somebody named on a file, whatever their role."""

    file = models.ForeignKey(SupportFile, models.CASCADE, related_name="readers")
    user_id = models.UUIDField()
    name = models.TextField()
    named_by = models.TextField()
    named_at = models.DateTimeField()

    class Meta:
        db_table = "support_file_reader"
        constraints = [
            models.UniqueConstraint(
                fields=["file", "user_id"],
                name="support_file_reader_once",
                violation_error_message=_("This person is named on the file already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class FileReading(Record):
    """One opening of a file, committed before it is shown. No foreign key: nothing may undo it."""

    file_id = models.UUIDField()
    by_id = models.UUIDField(null=True)
    by_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "support_file_reading"
        indexes = [models.Index(fields=["file_id", "-at"], name="support_file_reading_file")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}"
