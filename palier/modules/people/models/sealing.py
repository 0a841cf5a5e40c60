"""What remains of a sealed person: an encrypted file, who may open it, and each time it was opened."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import flag, known, text
from palier.kernel.models import Record
from palier.modules.people.enums import SealedFact, TrayState
from palier.modules.people.models.persons import Person


class SealedIdentity(Record):
    """The encrypted file of one sealed person. Without the master key these bytes say nothing.

    `payload` is JSON encrypted under the data key of this file, which `wrapped_key` holds, itself encrypted.
    Deleting `wrapped_key` destroys the file.
    """

    person = models.OneToOneField(Person, models.PROTECT, related_name="sealed_identity")
    wrapped_key = models.BinaryField()
    payload = models.BinaryField()
    sealed_at = models.DateTimeField()
    sealed_by = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "people_sealed_identity"

    def __str__(self) -> str:
        return str(self.pk)


class SealedReader(Record):
    """A referent named on one sealed file. Access is by name: the role alone opens nothing."""

    file = models.ForeignKey(SealedIdentity, models.CASCADE, related_name="readers")
    user_id = models.UUIDField()
    name = models.TextField()
    named_by = models.TextField()
    named_at = models.DateTimeField()

    class Meta:
        db_table = "people_sealed_reader"
        constraints = [
            models.UniqueConstraint(
                fields=["file", "user_id"],
                name="people_sealed_reader_once",
                violation_error_message=_("This person is named on the file already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SealedReading(Record):
    """One opening of one sealed file, committed before anything was decrypted. No foreign key: nothing may undo it.

    `reason` is encrypted under the master key, in base64: people write names in it.
    """

    file_id = models.UUIDField()
    by_id = models.UUIDField(null=True)
    by_name = models.TextField()
    reason = models.TextField()
    is_forced = flag()
    at = models.DateTimeField()

    class Meta:
        db_table = "people_sealed_reading"
        indexes = [models.Index(fields=["file_id", "-at"], name="people_sealed_reading_file")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}"


class SealedDigest(Record):
    """A keyed digest of what identifies a sealed person exactly: a reference, a contract, a name and birth
    date.
    """

    file = models.ForeignKey(SealedIdentity, models.CASCADE, related_name="digests")
    fact = models.TextField(choices=SealedFact)
    digest = models.TextField()

    class Meta:
        db_table = "people_sealed_digest"
        constraints = [known("fact", SealedFact, "people_sealed_digest_fact_known")]
        indexes = [models.Index(fields=["digest"], name="people_sealed_digest_value")]

    def __str__(self) -> str:
        return self.fact


class TrayLine(Record):
    """A line of a loaded file that names a sealed person, encrypted under her key, waiting for the
    referent.
    """

    file = models.ForeignKey(SealedIdentity, models.PROTECT, related_name="tray_lines")
    batch_id = models.UUIDField()
    content = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.TextField(choices=TrayState, default=TrayState.WAITING, db_default="waiting")
    handled_by = text()
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "people_tray_line"
        constraints = [
            known("state", TrayState, "people_tray_line_state_known"),
            models.CheckConstraint(
                condition=models.Q(state=TrayState.WAITING, handled_at__isnull=True)
                | (~models.Q(state=TrayState.WAITING) & models.Q(handled_at__isnull=False)),
                name="people_tray_line_handled",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
