"""Two records about one person: the pairs proposed, the merges made, the codes under which a person was known."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.modules.people.enums import AliasFact, ChangeKind, PairState
from palier.modules.people.models.persons import Person


class DuplicatePair(Record):
    """Two persons who may be one. `evidence` holds what makes one think so, and no personal data.

    A pair judged different stays for ever: it is never proposed again.
    """

    first = models.ForeignKey(Person, models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, models.CASCADE, related_name="+")
    state = models.TextField(choices=PairState, default=PairState.PROPOSED, db_default="proposed")
    score = models.SmallIntegerField()
    evidence = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = text()

    class Meta:
        db_table = "people_duplicate_pair"
        verbose_name = _("pair of possible duplicates")
        verbose_name_plural = _("pairs of possible duplicates")
        constraints = [
            known("state", PairState, "people_duplicate_pair_state_known"),
            models.UniqueConstraint(fields=["first", "second"], name="people_duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="people_duplicate_pair_ordered"),
            models.CheckConstraint(
                condition=Q(state=PairState.PROPOSED) | Q(judged_at__isnull=False),
                name="people_duplicate_pair_judged",
            ),
        ]
        indexes = [models.Index(fields=["state", "-score", "id"], name="people_duplicate_pair_work")]

    def __str__(self) -> str:
        return str(self.pk)


class Merge(Record):
    """One merge: the record `gone_id` was added to `kept_id`. Neither is a foreign key: both may go on to be merged.

    `moved`: rows moved, by table. `settled`: rows that both had, by table. `left`: what undoing could not put back.
    """

    kept_id = models.UUIDField()
    gone_id = models.UUIDField()
    moved = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    settled = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    merged_at = models.DateTimeField()
    merged_by = models.TextField()
    merged_by_id = models.UUIDField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = text()
    left = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "people_merge"
        verbose_name = _("merge of two persons")
        verbose_name_plural = _("merges of persons")
        constraints = [
            models.UniqueConstraint(
                fields=["gone_id"],
                condition=Q(undone_at__isnull=True),
                name="people_merge_gone_once",
                violation_error_message=_("This person was merged into another one already."),
            ),
            models.CheckConstraint(condition=~Q(kept_id=F("gone_id")), name="people_merge_of_two"),
        ]
        indexes = [
            models.Index(fields=["kept_id", "-merged_at"], name="people_merge_kept"),
            models.Index(fields=["-merged_at"], name="people_merge_recent"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None


class MergeChange(Record):
    """One thing that a merge wrote, in order: a column of a row, or a whole row (`column_name` is then empty)."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="changes")
    position = models.IntegerField()
    kind = models.TextField(choices=ChangeKind)
    table_name = models.TextField()
    row_id = models.TextField()
    column_name = text()
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "people_merge_change"
        verbose_name = _("change made by a merge")
        verbose_name_plural = _("changes made by merges")
        constraints = [
            known("kind", ChangeKind, "people_merge_change_kind_known"),
            models.UniqueConstraint(fields=["merge", "position"], name="people_merge_change_in_order"),
        ]
        indexes = [models.Index(fields=["row_id"], name="people_merge_change_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


class PersonAlias(Record):
    """A code or an id under which a person was known elsewhere or before: files and old addresses still say it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="aliases")
    fact = models.TextField(choices=AliasFact)
    value = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_person_alias"
        verbose_name = _("former code of a person")
        verbose_name_plural = _("former codes of persons")
        constraints = [
            known("fact", AliasFact, "people_person_alias_fact_known"),
            models.CheckConstraint(condition=~Q(value=""), name="people_person_alias_present"),
            models.UniqueConstraint(fields=["fact", "value"], name="people_person_alias_once"),
        ]

    def __str__(self) -> str:
        return self.fact
