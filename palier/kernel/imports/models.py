"""Received files, how they are read, what was corrected, and what each one changed.

Two more tables, `import_stage` and `import_issue`, are unlogged and have no model: they are rebuilt from the
received file and the corrections (see `staging.py`).
"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from palier.kernel.imports.enums import BatchState, Coverage, UndoVerdict
from palier.kernel.models import Record


class ImportBatch(Record):
    """One received file. The file itself is kept encrypted; its hash proves which one it was."""

    kind = models.TextField()
    coverage = models.TextField(choices=Coverage)
    state = models.TextField(choices=BatchState, default=BatchState.RECEIVED)
    file_name = models.TextField()
    file_path = models.TextField()
    sha256 = models.TextField()
    size_bytes = models.BigIntegerField()
    # How the file is read: sheet, separator, index of the line of names, names, column -> name, profile.
    reading = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    mapping = models.JSONField(default=dict)
    all_or_nothing = models.BooleanField(default=False)
    accept_absent = models.BooleanField(default=False)
    lines_read = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    warned = models.IntegerField(default=0)
    set_aside = models.IntegerField(default=0)
    absent = models.IntegerField(default=0)
    in_force = models.IntegerField(default=0)
    # Lines whose reference cannot be read: one of them may be what seems absent.
    unreadable = models.IntegerField(default=0)
    chunks = models.IntegerField(default=0)
    chunks_done = models.IntegerField(default=0)
    applied = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    tables = models.JSONField(default=dict)
    # What applying would do, worked out by applying and undoing; stale once a cell is corrected.
    preview = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    preview_is_stale = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    received_by = models.TextField()
    received_by_id = models.UUIDField(null=True)
    business_day = models.DateField()
    applied_at = models.DateTimeField(null=True)
    applied_by = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(blank=True, default="", db_default="")
    # What undoing would do, as last worked out, then what it did: `planned_at`, and rows by verdict.
    undoing = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), encoder=DjangoJSONEncoder
    )
    run_id = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_key = models.BinaryField(null=True)

    class Meta:
        db_table = "import_batch"
        verbose_name = _("received file")
        verbose_name_plural = _("received files")
        indexes = [models.Index(fields=["-received_at"], name="import_batch_recent_idx")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=BatchState.values),
                name="import_batch_state_known",
                violation_error_message=_("This state does not exist."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="applied") | models.Q(applied_at__isnull=False),
                name="import_batch_applied_has_date",
                violation_error_message=_("A batch that was applied has the time at which it was."),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("imports:batch", args=[self.pk])


class ImportProfile(Record):
    """A mapping kept under a name, for the next file of the same software."""

    kind = models.TextField()
    name = models.TextField()
    mapping = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    saved_by = models.TextField()

    class Meta:
        db_table = "import_profile"
        verbose_name = _("mapping profile")
        verbose_name_plural = _("mapping profiles")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"],
                name="import_profile_name_once",
                violation_error_message=_("A profile of this kind has this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportCorrection(Record):
    """A cell mended on screen: the latest one of a cell counts. The received file is never rewritten."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="corrections", db_index=False)
    line = models.IntegerField()
    column = models.TextField()
    value = models.TextField(blank=True)
    at = models.DateTimeField()
    by_name = models.TextField()
    by_id = models.UUIDField(null=True)

    class Meta:
        db_table = "import_correction"
        verbose_name = _("corrected cell")
        verbose_name_plural = _("corrected cells")
        indexes = [models.Index(fields=["batch", "line"], name="import_correction_line_idx")]

    def __str__(self) -> str:
        return f"{self.line} {self.column}"


class ImportChange(Record):
    """One row that a batch wrote. `before` is null for a new row. Written by set-based statements only."""

    # No constraint in the database: half a million rows a load would each be checked against one same batch.
    batch = models.ForeignKey(
        ImportBatch, models.DO_NOTHING, related_name="changes", db_constraint=False, db_index=False
    )
    chunk = models.IntegerField()
    step = models.SmallIntegerField(default=0)
    line = models.IntegerField(null=True)
    table_name = models.TextField()
    row_id = models.UUIDField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        db_table = "import_change"
        verbose_name = _("row changed by a load")
        verbose_name_plural = _("rows changed by loads")
        indexes = [
            models.Index(fields=["batch"], name="import_change_batch_idx"),
            models.Index(fields=["row_id"], name="import_change_row_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


class ImportUndoRow(Record):
    """One row of the plan by which a batch is undone. Written by set-based statements only.

    `is_made`: the batch made the row, and undoing removes it.
    `because`: the table that stands on it, or the later batch.
    """

    batch = models.ForeignKey(
        ImportBatch, models.DO_NOTHING, related_name="undo_rows", db_constraint=False, db_index=False
    )
    position = models.IntegerField()
    table_name = models.TextField()
    row_id = models.UUIDField()
    is_made = models.BooleanField()
    verdict = models.TextField(choices=UndoVerdict)
    because = models.TextField(blank=True)
    is_done = models.BooleanField(default=False)

    class Meta:
        db_table = "import_undo_row"
        verbose_name = _("row of an undoing")
        verbose_name_plural = _("rows of undoings")
        indexes = [
            models.Index(fields=["batch", "position"], name="import_undo_row_order_idx"),
            models.Index(fields=["row_id"], name="import_undo_row_row_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


class ImportAbsent(Record):
    """A row that a full file no longer has. `is_kept`: somebody said that it goes on all the same."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="absents", db_index=False)
    row_id = models.UUIDField()
    reference = models.TextField()
    label = models.TextField()
    is_kept = models.BooleanField(default=False)

    class Meta:
        db_table = "import_absent"
        verbose_name = _("record absent from a file")
        verbose_name_plural = _("records absent from a file")
        constraints = [models.UniqueConstraint(fields=["batch", "row_id"], name="import_absent_once")]

    def __str__(self) -> str:
        return self.reference
