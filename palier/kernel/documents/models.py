"""Kept documents: one row a file, with what proves that the file is still the one that was produced."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from palier.kernel.models import Record


class Document(Record):
    """A file handed to somebody or kept as proof.

    `path` is relative to the organisation's folder. `persons` lists the persons it names, so that sealing one
    of them can withdraw it. `key` makes production repeatable: a job killed half-way finds what it already
    made.
    """

    title = models.TextField()
    kind = models.TextField()
    template = models.TextField(blank=True)
    template_version = models.TextField(blank=True)
    language = models.TextField(default="fr")
    filename = models.TextField()
    media_type = models.TextField(default="application/pdf")
    path = models.TextField(unique=True)
    size_bytes = models.BigIntegerField()
    sha256 = models.TextField()
    is_tagged = models.BooleanField(default=False)
    about_table = models.TextField(blank=True)
    about_id = models.TextField(blank=True)
    persons = ArrayField(models.UUIDField(), default=list, blank=True)
    permission = models.TextField(blank=True)
    retention_class = models.TextField(default="general")
    key = models.TextField(null=True, blank=True, unique=True)
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    made_by_name = models.TextField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_key = models.BinaryField(null=True, blank=True)

    class Meta:
        db_table = "document"
        indexes = [
            models.Index(fields=["about_table", "about_id", "-made_at"], name="document_about_idx"),
            models.Index(fields=["kind", "-made_at"], name="document_kind_idx"),
            GinIndex(fields=["persons"], name="document_persons_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_hash_shape"
            ),
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="document_not_empty"),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentMentions(Record):
    """What the law asks every letter to say and that the organisation's own row does not hold. One row."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    legal_form = models.TextField(_("Legal form"), blank=True)
    registration = models.TextField(_("Registration (RCS) or public body"), blank=True)
    privacy_contact = models.TextField(_("Data protection contact"), blank=True)
    privacy_notice_url = models.TextField(_("Address of the full data protection notice"), blank=True)
    changed_at = models.DateTimeField(null=True)
    changed_by_name = models.TextField(blank=True)

    class Meta:
        db_table = "document_mentions"
        constraints = [
            models.CheckConstraint(condition=models.Q(only=True), name="document_mentions_only_one")
        ]

    def __str__(self) -> str:
        return self.legal_form or self.registration
